/**
 * Which layers say the same: layer by layer within the network, against itself untrained, and against others, with the
 * noise floor of other seeds where they are given (methods.md 7.6).
 * @module
 */
import { z } from 'zod';
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { Check, FigureData, Finding, HeatMapFigure } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import type { ShownInputs } from '../laboratory.ts';
import { gramMatrix, unbiasedCka } from '../measures/similarity.ts';
import { type AllPairs, allPairs, type Compared, compare, isSeedOf, type Seen } from '../similarity/compare.ts';
import type { StudiedEncoder } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(192).describe('pictures looked at, patients taking turns'),
  neighbours: z.int().min(2).default(10).describe('neighbours compared'),
});
type Options = z.infer<typeof options>;

export const similarity = defineInstrument<Options>({
  id: 'similarity',
  title: 'Similarity of layers and networks',
  question: 'Which layers represent the pictures alike, and how far has training moved them?',
  source:
    'CKA (Kornblith 2019, unbiased: Nguyen 2021), SVCCA (Raghu 2017), PWCCA (Morcos 2018), Procrustes (Williams 2021), RSA',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, { inputs: count, neighbours }, { random, onProgress }) {
    const { laboratory } = subject;
    const inputs = await laboratory.inputs(subject.trained, count);
    const encoders = [
      subject.trained,
      ...(subject.untrained === undefined ? [] : [subject.untrained]),
      ...subject.others,
    ];
    const seen: Seen[] = [];
    for (const encoder of encoders) {
      const shown = encoder === subject.trained ? inputs : await sameWindows(laboratory, encoder, inputs);
      const taps = await laboratory.features(encoder, shown, 1);
      seen.push({ encoder, taps, grams: taps.map(gramMatrix) });
      onProgress(seen.length, encoders.length * 2, 'encoders');
    }
    const [own, ...others] = seen;
    const within = compare(own, own, inputs, neighbours, false);
    const compared: Compared[] = [];
    for (const other of others) {
      compared.push(compare(own, other, inputs, neighbours, true));
      onProgress(encoders.length + compared.length, encoders.length * 2, 'comparisons');
    }
    const checks = checksOf(own, within, inputs, random.split('shuffled').permutation(inputs.count));
    const pairs = seen.length > 2 ? allPairs(seen) : undefined;
    return findingOf(inputs, own, others, within, compared, pairs, checks);
  },
});

/** The same items at the same moments, shown as the other encoder wants them. */
async function sameWindows(
  laboratory: Parameters<(typeof similarity)['look']>[0]['laboratory'],
  encoder: StudiedEncoder,
  { items, starts }: ShownInputs,
): Promise<ShownInputs> {
  const opened = await laboratory.encoder(encoder);
  return laboratory.show(
    opened,
    items.map((item, i) => ({ item, start: starts[i] })),
  );
}

function findingOf(
  inputs: ShownInputs,
  own: Seen,
  others: readonly Seen[],
  within: Compared,
  compared: readonly Compared[],
  pairs: AllPairs | undefined,
  checks: readonly Check[],
): Finding {
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients, maps averaged over space`;
  const text = ({ value, low, high }: Estimate) => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  const untrained = compared.find((_, i) => others[i].encoder.role === 'random');
  const moved = untrained?.same.reduce((a, b) => (b.cka.value < a.cka.value ? b : a));
  const seeds = compared.filter((_, i) => isSeedOf(others[i].encoder, own.encoder));
  const methods = compared.filter(
    (_, i) => others[i].encoder.role === 'other' && !isSeedOf(others[i].encoder, own.encoder),
  );
  const title =
    moved === undefined
      ? 'Layers beside each other say more alike than layers far apart'
      : `Training moved ${moved.tap} furthest from where it began (CKA ${moved.cka.value.toFixed(2)})`;
  const sentences: string[] = [];
  const [first, last] = [own.taps[0].tap, own.taps.at(-1)!.tap];
  const ends = within.cka[0].at(-1)!;
  sentences.push(`The first layer (${first}) and the last (${last}) share ${ends.toFixed(2)} of unbiased CKA.`);
  if (moved !== undefined) {
    sentences.push(
      `Against the same network untrained: ${untrained!.same.map(({ tap, cka }) => `${tap} ${text(cka)}`).join(', ')}.`,
    );
  }
  sentences.push(...againstFloor(seeds, methods, text), ...amongAll(pairs));
  const figures: FigureData[] = [
    ...(pairs === undefined ? [] : [pairsGrid(pairs, shown)]),
    grid(within, 'within', `${own.encoder.name}, each against each`, shown),
    ...compared.map((entry, i) =>
      grid(entry, `against-${slug(others[i].encoder.name)}`, `${entry.a} against ${entry.b}`, shown),
    ),
  ];
  return {
    instrument: 'similarity',
    title,
    sentences,
    checks,
    figures,
    tables: compared.map(({ b, same }) => ({
      title: `The same layers of ${own.encoder.name} and ${b}`,
      columns: ['layer', 'CKA', 'SVCCA', 'PWCCA', 'Procrustes distance', 'RSA', 'shared neighbours'],
      rows: same.map((row) => [
        row.tap,
        text(row.cka),
        row.svcca.toFixed(2),
        row.pwcca.toFixed(2),
        row.procrustes.toFixed(2),
        row.rsa.toFixed(2),
        `${(row.neighbours * 100).toFixed(0)} %`,
      ]),
    })),
    data: { inputs: inputs.count, within, compared, ...(pairs === undefined ? {} : { pairs }) },
  };
}

/** A difference between methods counts only where it is larger than that between seeds of one method. */
function againstFloor(
  seeds: readonly Compared[],
  methods: readonly Compared[],
  text: (estimate: Estimate) => string,
): string[] {
  if (methods.length === 0 && seeds.length === 0) {
    return ['Give further seeds and methods with `--beside` to see differences against the noise of seeds.'];
  }
  const lowest = (entries: readonly Compared[], tap: string) =>
    Math.min(...entries.flatMap(({ same }) => same.filter((row) => row.tap === tap).map(({ cka }) => cka.value)));
  if (methods.length === 0) {
    const taps = seeds[0].same.map(({ tap }) => `${tap} ${lowest(seeds, tap).toFixed(2)}`);
    return [
      `Among ${seeds.length + 1} seeds of the same method the lowest CKA is ${taps.join(', ')}: the floor under any comparison.`,
    ];
  }
  return methods.map(({ b, same }) => {
    const rows = same.map(({ tap, cka }) => {
      const floor = lowest(seeds, tap);
      const verdict = !Number.isFinite(floor) ? '' : cka.high < floor ? ' (below the seeds)' : ' (within the seeds)';
      return `${tap} ${text(cka)}${verdict}`;
    });
    return `Against ${b}: ${rows.join(', ')}.${seeds.length === 0 ? ' Without other seeds of this method nothing says whether that is much.' : ''}`;
  });
}

function checksOf(own: Seen, within: Compared, { patients }: ShownInputs, order: ArrayLike<number>): Check[] {
  const diagonal = within.cka.map((row, i) => row[i]);
  const n = own.taps[0].rows;
  const last = own.taps.at(-1)!;
  const shuffled = new Float32Array(last.data.length);
  for (let row = 0; row < n; row++) {
    const from = order[row];
    shuffled.set(last.data.subarray(from * last.columns, (from + 1) * last.columns), row * last.columns);
  }
  const null_ = unbiasedCka(own.grams.at(-1)!, gramMatrix({ rows: n, columns: last.columns, data: shuffled }), n);
  return [
    {
      statement: 'A layer against itself is 1',
      passed: diagonal.every((value) => Math.abs(value - 1) < 1e-6),
      detail: `CKA ${diagonal.map((value) => value.toFixed(3)).join(', ')}`,
    },
    {
      statement: 'Pictures in another order share almost nothing',
      passed: Math.abs(null_) < Math.max(0.1, 4 / Math.sqrt(new Set(patients).size)),
      detail: `CKA ${null_.toFixed(3)} of ${last.tap} with its own rows shuffled`,
    },
  ];
}

function grid({ rows, columns, cka }: Compared, name: string, title: string, shown: string): HeatMapFigure {
  return {
    kind: 'heat-map',
    name,
    title: `Layers of ${title}`,
    caption: `Unbiased linear CKA, ${shown}.`,
    quantity: 'unbiased CKA',
    rows,
    columns,
    values: cka,
    domain: [0, 1],
    scale: 'sequential',
  };
}

/** The least alike of all networks, and whether seeds of one method are as far apart. */
function amongAll(pairs: AllPairs | undefined): string[] {
  if (pairs === undefined) return [];
  const { names, cka, floor, seedPairs, tap } = pairs;
  const entries = names.flatMap((a, i) => names.slice(0, i).map((b, j) => ({ a, b, value: cka[i][j] })));
  const least = entries.reduce((x, y) => (y.value < x.value ? y : x));
  const below = floor === undefined ? [] : entries.filter(({ value }) => value < floor);
  return [
    `Of ${names.length} networks at ${tap}, ${least.a} and ${least.b} are least alike (CKA ${least.value.toFixed(2)}).`,
    ...(floor === undefined
      ? []
      : [
          `${seedPairs === 1 ? 'The one pair' : `The ${seedPairs} pairs`} of seeds of one method ${seedPairs === 1 ? 'has' : 'have at least'} ${floor.toFixed(2)}; ${below.length} of ${entries.length} pairs are less alike than that.`,
        ]),
  ];
}

function pairsGrid({ names, cka, tap, floor }: AllPairs, shown: string): HeatMapFigure {
  return {
    kind: 'heat-map',
    name: 'networks',
    title: 'How alike all networks are',
    caption: `Unbiased linear CKA at ${tap}, ${shown}.${floor === undefined ? '' : ` Underlined: less alike than any two seeds of one method (${floor.toFixed(2)}).`}`,
    quantity: 'unbiased CKA',
    rows: names,
    columns: names,
    values: cka,
    ...(floor === undefined ? {} : { marked: cka.map((row) => row.map((value) => value < floor)) }),
    domain: [0, 1],
    scale: 'sequential',
  };
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
