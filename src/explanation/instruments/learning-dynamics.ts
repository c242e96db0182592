/**
 * What was learned when: from the snapshots a run kept on the way, each layer's likeness to the end, its geometry, and
 * what its neighbours know; from its metrics, how the pretext task went with them (methods.md 7.10).
 * @module
 */
import { z } from 'zod';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { kendall, spearman } from '../../statistics/correlation.ts';
import { rankMe } from '../../training/measurements.ts';
import type { FigureData, Finding, LinesFigure, Series } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import { cosineNeighbours, gramMatrix, unbiasedCka } from '../measures/similarity.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(160).describe('pictures looked at'),
  label: z
    .string()
    .optional()
    .describe('label whose neighbours are watched; default: the first class label that varies'),
  neighbours: z.int().min(1).default(10).describe('neighbours that vote'),
});
type Options = z.infer<typeof options>;

/** One layer at one moment. */
interface Moment {
  readonly step: number;
  readonly taps: readonly {
    readonly tap: string;
    readonly cka: number;
    readonly rankMe: number;
    readonly neighbours?: { readonly value: number; readonly low: number; readonly high: number };
  }[];
}

export const learningDynamics = defineInstrument<Options>({
  id: 'learning-dynamics',
  title: 'Learning dynamics',
  question: 'Which layer settles when, and does the pretext task go with what is learned?',
  source: 'SVCCA and CKA over training (Raghu 2017, Kornblith 2019); methods.md 7.10',
  usual: true,
  options,
  unfit: ({ run, snapshots }) => {
    if (run === undefined) return 'a model from elsewhere has no history';
    return snapshots.length === 0 ? 'the run kept no snapshots (train with --snapshots)' : undefined;
  },
  async look(subject, { inputs: count, label, neighbours }, { onProgress }) {
    const { laboratory, trained, untrained, snapshots } = subject;
    const inputs = await laboratory.inputs(trained, count);
    const { steps } = subject.run!.manifest.training;
    const course: [number, StudiedEncoder][] = [
      ...(untrained === undefined ? [] : ([[0, untrained]] as [number, StudiedEncoder][])),
      ...snapshots.map((snapshot): [number, StudiedEncoder] => [snapshot.step!, snapshot]),
      [steps, trained],
    ];
    const known = label ?? firstClassLabel(subject);
    const { presentation } = await laboratory.encoder(trained);
    const labels = known === undefined ? undefined : laboratory.labels(inputs, known, presentation);
    const finals = (await laboratory.features(trained, inputs, 1)).map(gramMatrix);
    const moments: Moment[] = [];
    for (const [step, encoder] of course) {
      const tables = await laboratory.features(encoder, inputs, 1);
      moments.push({
        step,
        taps: tables.map((table, t) => ({
          tap: table.tap,
          cka: unbiasedCka(gramMatrix(table), finals[t], inputs.count),
          rankMe: rankMe(table.data, table.rows, table.columns),
          ...(labels === undefined ? {} : { neighbours: neighbourVote(table, inputs, labels, neighbours) }),
        })),
      });
      onProgress(moments.length, course.length, 'snapshots');
    }
    return findingOf(subject, inputs, moments, known);
  },
});

/** A label with between two and twelve classes; names come before numbers. */
function firstClassLabel({ store, items }: Subject): string | undefined {
  const values = new Map<string, Set<unknown>>();
  for (const item of items) {
    for (const [name, value] of Object.entries(store.index.items[item].labels)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  const fitting = [...values].filter(([, distinct]) => distinct.size >= 2 && distinct.size <= 12);
  const [first] = fitting.sort(
    ([a, x], [b, y]) =>
      Number(typeof [...x][0] === 'number') - Number(typeof [...y][0] === 'number') || a.localeCompare(b),
  );
  return fitting.find(([name]) => name === 'view')?.[0] ?? first?.[0];
}

/** Share of pictures whose nearest neighbours of other patients vote for their label; 95 % by bootstrap over patients. */
function neighbourVote(table: TapFeatures, { patients }: ShownInputs, labels: readonly unknown[], k: number) {
  const near = cosineNeighbours(table, table.rows - 1);
  const right = near.map((order, row) => {
    const votes = new Map<unknown, number>();
    let counted = 0;
    for (const other of order) {
      if (patients[other] === patients[row] || labels[other] === undefined) continue;
      votes.set(labels[other], (votes.get(labels[other]) ?? 0) + 1);
      if (++counted === k) break;
    }
    const [winner] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? [];
    return labels[row] === undefined ? Number.NaN : winner === labels[row] ? 1 : 0;
  });
  const rows = right.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]));
  const { intervals } = clusterBootstrap(
    rows.map((row) => patients[row]),
    (weights) => {
      let [sum, total] = [0, 0];
      rows.forEach((row, i) => {
        sum += weights[i] * right[row];
        total += weights[i];
      });
      return [sum / total];
    },
    { resamples: 1000 },
  );
  return intervals[0];
}

function findingOf(
  subject: Subject,
  inputs: ShownInputs,
  moments: readonly Moment[],
  label: string | undefined,
): Finding {
  const taps = moments[0].taps.map(({ tap }) => tap);
  const settled = taps.map((tap, t) => ({
    tap,
    step: settledAt(moments.map(({ step, taps: own }) => [step, own[t].cka])),
  }));
  const order = settled.toSorted((a, b) => a.step - b.step);
  const ranks = settled.map(({ step }) => step);
  const upward =
    taps.length > 2
      ? kendall(
          ranks,
          taps.map((_, i) => i),
        ).value
      : Number.NaN;
  const varied = new Set(ranks).size > 1;
  const title = varied
    ? `${order[0].tap} settles first, after ${order[0].step} steps; ${order.at(-1)!.tap} last, after ${order.at(-1)!.step}`
    : `All layers settle together, after about ${order[0].step} steps`;
  const sentences = [
    `A layer has settled when nine tenths of the way to its final likeness (unbiased CKA) are behind it: ${settled.map(({ tap, step }) => `${tap} ${step}`).join(', ')} steps.`,
    ...(varied && Number.isFinite(upward)
      ? [
          upward > 0.3
            ? `Layers settle from the bottom up (Kendall τ ${upward.toFixed(2)}).`
            : upward < -0.3
              ? `Layers settle from the top down (Kendall τ ${upward.toFixed(2)}).`
              : `There is no order from bottom to top (Kendall τ ${upward.toFixed(2)}).`,
        ]
      : []),
    ...pretextAgainst(subject, moments, label),
  ];
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients`;
  const series = (of: (tap: Moment['taps'][number]) => { value: number; low?: number; high?: number } | undefined) =>
    taps.map(
      (tap, t): Series => ({
        name: tap,
        role: 'other',
        points: moments.flatMap(({ step, taps: own }) => {
          const value = of(own[t]);
          return value === undefined ? [] : [{ x: step, ...value }];
        }),
      }),
    );
  const chart = (name: string, heading: string, y: string, caption: string, list: readonly Series[]): LinesFigure => ({
    kind: 'lines',
    name,
    title: heading,
    caption,
    x: 'training step',
    y,
    series: list,
  });
  const figures: FigureData[] = [
    chart(
      'settling',
      title,
      'unbiased CKA to the end',
      `Each layer against itself at the end of training, ${shown}.`,
      series(({ cka }) => ({ value: cka })),
    ),
    chart(
      'rank',
      'How many directions each layer uses on the way',
      'effective rank (RankMe)',
      `Maps averaged over space, ${shown}.`,
      series((tap) => ({ value: tap.rankMe })),
    ),
  ];
  if (label !== undefined) {
    figures.push(
      chart(
        'neighbours',
        `How often neighbours of other patients share the ${label}`,
        'share of pictures',
        `Vote of the nearest by cosine, ${shown}; bands: 95 % by bootstrap over patients.`,
        series((tap) => tap.neighbours),
      ),
    );
  }
  return {
    instrument: 'learning-dynamics',
    title,
    sentences,
    checks: [
      {
        statement: 'The finished network is itself',
        passed: moments.at(-1)!.taps.every(({ cka }) => Math.abs(cka - 1) < 1e-6),
        detail: moments
          .at(-1)!
          .taps.map(({ tap, cka }) => `${tap} ${cka.toFixed(3)}`)
          .join(', '),
      },
    ],
    figures,
    data: { inputs: inputs.count, label, settled, moments },
  };
}

/** First step from which on nine tenths of the way from the first likeness to 1 are behind. */
function settledAt(course: readonly (readonly [step: number, cka: number])[]): number {
  const start = course[0][1];
  const wanted = start + 0.9 * (1 - start);
  let settled = course.at(-1)![0];
  for (const [step, cka] of course.toReversed()) {
    if (cka < wanted) break;
    settled = step;
  }
  return settled;
}

/** Does the pretext task rise with what is learned? Spearman over the snapshots, each layer with the held-out accuracy. */
function pretextAgainst({ run }: Subject, moments: readonly Moment[], label: string | undefined): string[] {
  const held = run!.metrics.filter(({ validationAccuracy }) => validationAccuracy !== undefined);
  if (held.length < 3 || label === undefined || moments.length < 4) return [];
  const accuracyAt = (step: number) =>
    held.reduce((a, b) => (Math.abs(b.step - step) < Math.abs(a.step - step) ? b : a)).validationAccuracy!;
  const pretext = moments.map(({ step }) => accuracyAt(step));
  const rows = moments[0].taps.map(({ tap }, t) => {
    const { value } = spearman(
      pretext,
      moments.map(({ taps }) => taps[t].neighbours!.value),
    );
    return `${tap} ${Number.isFinite(value) ? value.toFixed(2) : 'undefined'}`;
  });
  return [
    `Over ${moments.length} moments, pretext accuracy and ${label} among neighbours correlate (Spearman): ${rows.join(', ')}.`,
  ];
}
