/**
 * Two encoders that were shown the same pictures, tap by tap, by every measure; and many encoders at their last taps.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { groupedJackknife } from '../jackknife.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import {
  neighbourAgreement,
  procrustesDistance,
  projectionWeightedCca,
  representationalSimilarity,
  svcca,
  unbiasedCka,
} from '../measures/similarity.ts';
import type { StudiedEncoder } from '../subject.ts';

/** One encoder's taps with their Gram matrices. */
export interface Seen {
  readonly encoder: StudiedEncoder;
  readonly taps: readonly TapFeatures[];
  readonly grams: readonly Float64Array[];
}

/** Two encoders, tap by tap: CKA of every pair of taps, and every measure of the taps of the same name. */
export interface Compared {
  readonly a: string;
  readonly b: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cka: readonly (readonly number[])[];
  readonly same: readonly {
    readonly tap: string;
    readonly cka: Estimate;
    readonly svcca: number;
    readonly pwcca: number;
    readonly procrustes: number;
    readonly rsa: number;
    readonly neighbours: number;
  }[];
}

export function compare(
  a: Seen,
  b: Seen,
  { patients }: ShownInputs,
  neighbours: number,
  everything: boolean,
): Compared {
  const n = a.taps[0].rows;
  const cka = a.grams.map((k) => b.grams.map((l) => unbiasedCka(k, l, n)));
  const same = !everything
    ? []
    : a.taps.flatMap((tap, i) => {
        const j = b.taps.findIndex((other) => other.tap === tap.tap);
        if (j < 0) return [];
        const [estimate] = groupedJackknife(patients, (rows) => [unbiasedCka(a.grams[i], b.grams[j], n, rows)]);
        const other = b.taps[j];
        return [
          {
            tap: tap.tap,
            cka: estimate,
            svcca: svcca(tap, other),
            pwcca: projectionWeightedCca(tap, other),
            procrustes: procrustesDistance(tap, other),
            rsa: representationalSimilarity(tap, other),
            neighbours: neighbourAgreement(tap, other, Math.min(neighbours, n - 1)),
          },
        ];
      });
  return {
    a: a.encoder.name,
    b: b.encoder.name,
    rows: a.taps.map(({ tap }) => tap),
    columns: b.taps.map(({ tap }) => tap),
    cka,
    same,
  };
}

/** Every encoder against every other at one tap: the one of that name where all have it, else the last of each. */
export interface AllPairs {
  readonly tap: string;
  readonly names: readonly string[];
  readonly cka: readonly (readonly number[])[];
  /** Smallest CKA of two seeds of one method, and how many pairs of seeds there are. */
  readonly floor: number | undefined;
  readonly seedPairs: number;
}

export function allPairs(seen: readonly Seen[]): AllPairs {
  const [own] = seen;
  const shared = own.taps.findLast(({ tap }) => seen.every(({ taps }) => taps.some((other) => other.tap === tap)));
  const places = seen.map(({ taps }) =>
    shared === undefined ? taps.length - 1 : taps.findIndex(({ tap }) => tap === shared.tap),
  );
  const n = own.taps[0].rows;
  const cka = seen.map((a, i) => seen.map((b, j) => unbiasedCka(a.grams[places[i]], b.grams[places[j]], n)));
  const seeds: number[] = [];
  seen.forEach((a, i) => {
    for (let j = 0; j < i; j++) if (isSeedOf(a.encoder, seen[j].encoder)) seeds.push(cka[i][j]);
  });
  return {
    tap: shared?.tap ?? 'the last layer of each',
    names: seen.map(({ encoder }) => encoder.name),
    cka,
    floor: seeds.length === 0 ? undefined : Math.min(...seeds),
    seedPairs: seeds.length,
  };
}

/** Another seed of the same method on the same trunk. */
export function isSeedOf(other: StudiedEncoder, own: StudiedEncoder): boolean {
  return other.method !== undefined && other.method === own.method && other.seed !== own.seed;
}
