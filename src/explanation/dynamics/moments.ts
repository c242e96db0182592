/**
 * What each layer is like at every moment of which the encoder was kept.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { rankMe } from '../../training/measurements.ts';
import type { ShownFactor } from '../known-factors.ts';
import type { ShownInputs } from '../laboratory.ts';
import { gramMatrix, unbiasedCka } from '../measures/similarity.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';
import { foldedProbe } from './folded-probe.ts';

/** One layer at one moment. */
export interface TapMoment {
  readonly tap: string;
  /** Unbiased CKA to the finished network. */
  readonly cka: number;
  readonly rankMe: number;
  /** How well each factor is read, in the order of the factors: 0 guessing, 1 perfect. */
  readonly factors: readonly Estimate[];
}

export interface Moment {
  readonly step: number;
  readonly taps: readonly TapMoment[];
}

export interface Course {
  readonly moments: readonly Moment[];
  /** For each tap, moment by moment: unbiased CKA. */
  readonly epochs: readonly (readonly (readonly number[])[])[];
}

/** Untrained, snapshots, finished, with the step of each. */
export function momentsOf({ trained, untrained, snapshots, run }: Subject): [number, StudiedEncoder][] {
  return [
    ...(untrained === undefined ? [] : ([[0, untrained]] as [number, StudiedEncoder][])),
    ...snapshots.map((snapshot): [number, StudiedEncoder] => [snapshot.step!, snapshot]),
    [run!.manifest.training.steps, trained],
  ];
}

export async function measureCourse(
  { laboratory }: Subject,
  course: readonly (readonly [number, StudiedEncoder])[],
  inputs: ShownInputs,
  factors: readonly ShownFactor[],
  onMoment: (done: number) => void,
): Promise<Course> {
  const tables = [];
  for (const [, encoder] of course) tables.push(await laboratory.features(encoder, inputs, 1));
  const grams = tables.map((own) => own.map(gramMatrix));
  const last = grams.at(-1)!;
  const moments = tables.map((own, m): Moment => {
    const taps = own.map((table, t) => ({
      tap: table.tap,
      cka: unbiasedCka(grams[m][t], last[t], inputs.count),
      rankMe: rankMe(table.data, table.rows, table.columns),
      factors: foldedProbe(table, factors, inputs.patients),
    }));
    onMoment(m + 1);
    return { step: course[m][0], taps };
  });
  const epochs = tables[0].map((_, t) => grams.map((a) => grams.map((b) => unbiasedCka(a[t], b[t], inputs.count))));
  return { moments, epochs };
}

/** First step from which on nine tenths of the way from the first likeness to 1 are behind. */
export function settledAt(course: readonly (readonly [step: number, cka: number])[]): number {
  const start = course[0][1];
  const wanted = start + 0.9 * (1 - start);
  let settled = course.at(-1)![0];
  for (const [step, cka] of course.toReversed()) {
    if (cka < wanted) break;
    settled = step;
  }
  return settled;
}
