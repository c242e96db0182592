/**
 * Which known factors each layer holds: every label of the data, class or measurement, read from every tap beside the
 * same network untrained (methods.md 7.8). On the phantom every factor of the picture is a label.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { compareTaps } from '../../evaluation/compare-taps.ts';
import { labelKind } from '../../evaluation/examples.ts';
import { extractFeatures } from '../../evaluation/extraction.ts';
import type { FeatureTable } from '../../evaluation/feature-table.ts';
import type { ProbeResult } from '../../evaluation/probe-result.ts';
import { linear } from '../../evaluation/protocols/linear.ts';
import { ridge } from '../../evaluation/protocols/ridge.ts';
import { runtimeMatrixProduct } from '../../evaluation/runtime-matrix-product.ts';
import { adjustBenjaminiHochberg } from '../../statistics/multiple-comparisons.ts';
import { dealtAnew } from '../factors/dealt-labels.ts';
import { type FactorNeighbours, type FactorScore, neighbourMap, scoreMap } from '../factors/factor-map.ts';
import { answerOfNeighbours, nearestOfTraining } from '../factors/neighbour-probe.ts';
import type { Check, Finding } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import { factorNames, unfitFactors } from '../known-factors.ts';
import type { StudiedEncoder } from '../subject.ts';

const options = z.strictObject({
  labels: z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.string()).optional())
    .describe('factors to look for, with commas; default: every label that varies'),
  windows: z.int().min(1).default(2).describe('windows of each clip'),
  dimensions: z.int().min(1).default(256).describe('features a tap, about'),
  neighbours: z.int().min(1).default(10).describe('most similar pictures of training patients that are asked'),
  resamples: z.int().min(200).default(1000).describe('resamples of patients'),
});
type Options = z.infer<typeof options>;

export const factors = defineInstrument<Options>({
  id: 'factors',
  title: 'Known factors by layer',
  question: 'Which facts about the pictures can be read from which layer, and did training put them there?',
  source: 'probing known factors, methods.md 7.8; false discovery rate: Benjamini and Hochberg 1995',
  usual: true,
  options,
  unfit: (subject, { labels }) => unfitFactors(subject, labels),
  async look(subject, chosen, { random, onProgress }) {
    const names = chosen.labels ?? factorNames(subject);
    const encoders = [subject.trained, ...(subject.untrained === undefined ? [] : [subject.untrained])];
    const tables: (readonly FeatureTable[])[] = [];
    for (const encoder of encoders) {
      const opened = await subject.laboratory.encoder(encoder);
      const { windows, dimensions } = chosen;
      tables.push(await extractFeatures(opened, subject.store, { windows, dimensions }));
    }
    const near = tables[0].map((table) => nearestOfTraining(table, chosen.neighbours));
    const results = new Map<string, readonly ProbeResult[]>();
    const asked: FactorNeighbours[] = [];
    const left: string[] = [];
    for (const [i, name] of names.entries()) {
      try {
        const probes: ProbeResult[] = [];
        for (const [e, encoder] of encoders.entries()) probes.push(await probeFactor(name, tables[e], encoder, chosen));
        results.set(name, probes);
        for (const table of near) {
          const answer = answerOfNeighbours(table, name, chosen.resamples);
          if (answer !== undefined) asked.push({ factor: name, ...answer });
        }
      } catch (error) {
        // A label that one part of the split lacks cannot be probed; the others can.
        if (!(error instanceof SondeError)) throw error;
        left.push(`${name} (${error.problem})`);
      }
      onProgress(i + 1, names.length, 'factors');
    }
    if (results.size === 0) {
      throw new SondeError('evaluation/labels', 'no label of the data can be probed', { found: left.join('; ') });
    }
    const scores = scoresOf(results);
    const control = await dealtControl(scores, tables[0], subject.trained, chosen, random.split('control'));
    return findingOf(scores, results, asked, left, control);
  },
});

async function probeFactor(
  label: string,
  tables: readonly FeatureTable[],
  { name, role }: StudiedEncoder,
  { resamples }: Options,
): Promise<ProbeResult> {
  const values = tables[0].labels?.[label] ?? [];
  const input = {
    tables,
    label,
    encoder: { name, role: role === 'random' ? ('random' as const) : ('pretrained' as const) },
    product: runtimeMatrixProduct,
  };
  if (labelKind(values) === 'numbers') return ridge.run(input, { resamples });
  return linear.run(input, { resamples, measure: 'balancedAccuracy' });
}

/** What a probe reads of a factor that was dealt anew among the items of each part, so that it says nothing of them. */
type Control = Pick<FactorScore, 'factor' | 'tap' | 'share' | 'low' | 'high'>;

/** The factor that is read best, at its layer, dealt anew; `undefined` where it cannot be probed so. */
async function dealtControl(
  scores: readonly FactorScore[],
  tables: readonly FeatureTable[],
  encoder: StudiedEncoder,
  options: Options,
  random: Random,
): Promise<Control | undefined> {
  const { factor, tap } = scores.reduce((a, b) => (b.share > a.share ? b : a));
  const table = tables.find((entry) => entry.tap === tap)!;
  const labels = { ...table.labels, [factor]: dealtAnew(table, factor, random) };
  try {
    const probe = await probeFactor(factor, [{ ...table, labels }], encoder, options);
    const [{ score }] = probe.taps;
    const share = (value: number) => shareOf(value, probe);
    return { factor, tap, share: share(score.value), low: share(score.low), high: share(score.high) };
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    return undefined;
  }
}

function scoresOf(results: ReadonlyMap<string, readonly ProbeResult[]>): FactorScore[] {
  const scores: FactorScore[] = [];
  for (const [factor, [own, twin]] of results) {
    const differences = twin === undefined ? undefined : compareTaps(own, twin);
    for (const { tap, score } of own.taps) {
      const other = twin?.taps.find((entry) => entry.tap === tap);
      const difference = differences?.find((entry) => entry.tap === tap);
      scores.push({
        factor,
        kind: own.measure === 'r2' ? 'numbers' : 'classes',
        tap,
        score: score.value,
        share: shareOf(score.value, own),
        low: shareOf(score.low, own),
        high: shareOf(score.high, own),
        ...(other === undefined ? {} : { shareUntrained: shareOf(other.score.value, twin) }),
        ...(difference === undefined ? {} : { difference: { ...difference.difference, p: difference.p } }),
      });
    }
  }
  const tested = scores.filter(({ difference }) => difference !== undefined);
  const adjusted = adjustBenjaminiHochberg(tested.map(({ difference }) => difference!.p));
  const p = new Map(tested.map((score, i) => [score, adjusted[i]]));
  return scores.map((score) =>
    score.difference === undefined ? score : { ...score, difference: { ...score.difference, p: p.get(score)! } },
  );
}

/** 0 at what guessing reaches, 1 at perfect; below 0 where it is worse than guessing. */
function shareOf(score: number, { measure, classes }: ProbeResult): number {
  if (measure === 'r2') return score;
  const chance = 1 / (classes?.length ?? 2);
  return (score - chance) / (1 - chance);
}

function findingOf(
  scores: readonly FactorScore[],
  results: ReadonlyMap<string, readonly ProbeResult[]>,
  asked: readonly FactorNeighbours[],
  left: readonly string[],
  control: Control | undefined,
): Finding {
  const names = [...results.keys()];
  const [first] = results.values();
  const taps = first[0].taps.map(({ tap }) => tap);
  const { counts } = first[0];
  const best = (factor: string) =>
    scores.filter((score) => score.factor === factor).reduce((a, b) => (b.share > a.share ? b : a));
  const ranked = names.map(best).sort((a, b) => b.share - a.share);
  const learned = scores.filter(
    ({ difference }) => difference !== undefined && difference.p < 0.05 && difference.low > 0,
  );
  const lost = scores.filter(
    ({ difference }) => difference !== undefined && difference.p < 0.05 && difference.high < 0,
  );
  const compared = first.length > 1;
  const title =
    ranked[0].share < 0.1
      ? 'No known factor can be read from any layer much better than by guessing'
      : `Of the known factors ${ranked[0].factor} is read best, from ${ranked[0].tap}: ${interval(ranked[0])} of the way from guessing to perfect`;
  const named = (list: readonly FactorScore[]) =>
    [...new Set(list.map(({ factor }) => factor))]
      .map(
        (factor) =>
          `${factor} (${list
            .filter((score) => score.factor === factor)
            .map(({ tap }) => tap)
            .join(', ')})`,
      )
      .join('; ');
  const sentences = [
    ...bestLayers(ranked),
    ...(compared
      ? [
          learned.length === 0
            ? 'Nothing is held better than by the untrained network once all tests are corrected together.'
            : `Training put in: ${named(learned)}.`,
          lost.length === 0
            ? 'Training lost nothing that the untrained network holds.'
            : `Training lost: ${named(lost)}.`,
        ]
      : ['There is no untrained twin to say what the architecture gives for nothing.']),
    ...neighboursSay(asked),
    ...(left.length === 0 ? [] : [`Not probed: ${left.join('; ')}.`]),
  ];
  const caption = `Probes fitted on ${counts.train.patients} patients, tuned on ${counts.validation.patients}, judged on ${counts.test.patients}. 0 is guessing, 1 perfect: balanced accuracy above chance for classes, R² for measurements.`;
  return {
    instrument: 'factors',
    title,
    sentences,
    checks: checksOf(scores, control),
    figures: [
      scoreMap(
        'factor-map',
        'Known factors in every layer',
        `${caption}${compared ? ' Underlined: trained and untrained differ, paired bootstrap over patients, false discovery rate below 5 %.' : ''}`,
        names,
        taps,
        scores,
        ({ share }) => share,
        'share of the way from guessing to perfect',
        'sequential',
      ),
      ...(compared
        ? [
            scoreMap(
              'factor-gain',
              'What training added to each layer, and what it took away',
              'The same probes, trained less untrained; underlined as above.',
              names,
              taps,
              scores,
              ({ share, shareUntrained }) => share - (shareUntrained ?? 0),
              'trained less untrained',
              'diverging',
            ),
          ]
        : []),
      neighbourMap(
        'factor-neighbours',
        'What the pictures most alike know of each factor, without any fitting',
        `Vote or mean of the nearest pictures of training patients by cosine, judged on ${counts.test.patients} test patients; on the scale of the map of probes.`,
        names,
        taps,
        asked,
      ),
    ],
    data: { scores, neighbours: asked, left },
  };
}

/** Factors at their best layers; those that cannot be told from guessing by name only. */
function bestLayers(ranked: readonly FactorScore[]): string[] {
  const told = ranked.filter(({ low }) => low > 0);
  const rest = ranked.filter(({ low }) => !(low > 0)).map(({ factor }) => factor);
  return [
    ...(told.length === 0
      ? []
      : [
          `At their best layers: ${told
            .slice(0, 6)
            .map((score) => `${score.factor} at ${score.tap} ${interval(score)}`)
            .join(', ')}.`,
        ]),
    ...(rest.length === 0 ? [] : [`At no layer to be told from guessing: ${rest.join(', ')}.`]),
  ];
}

/** Factors whose neighbours know them, best first. */
function neighboursSay(asked: readonly FactorNeighbours[]): string[] {
  const names = [...new Set(asked.map(({ factor }) => factor))];
  const best = names
    .map((name) =>
      asked.filter(({ factor }) => factor === name).reduce((a, b) => (b.share.value > a.share.value ? b : a)),
    )
    .filter(({ share }) => share.low > 0)
    .sort((a, b) => b.share.value - a.share.value);
  if (best.length === 0) return ['The nearest pictures of other patients share no factor more than by chance.'];
  const text = best
    .slice(0, 5)
    .map(
      ({ factor, tap, share }) =>
        `${factor} at ${tap} ${interval({ share: share.value, low: share.low, high: share.high })}`,
    );
  return [`Without fitting anything, the nearest pictures of other patients share: ${text.join(', ')}.`];
}

function checksOf(scores: readonly FactorScore[], control: Control | undefined): Check[] {
  const over = scores.filter(({ share }) => share > 1 + 1e-9);
  return [
    {
      statement: 'No factor is read better than perfectly',
      passed: over.length === 0,
      detail: `${scores.length} cells`,
    },
    ...(control === undefined
      ? []
      : [
          {
            statement: 'A factor dealt anew among the items is read by guessing only',
            passed: control.low <= 0,
            detail: `${control.factor} at ${control.tap}: ${interval(control)} of the way from guessing to perfect`,
          },
        ]),
  ];
}

const whole = (share: number) => (share * 100).toFixed(0);
const interval = ({ share, low, high }: { readonly share: number; readonly low: number; readonly high: number }) =>
  `${whole(share)} % [${whole(low)}, ${whole(high)}]`;
