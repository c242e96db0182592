/**
 * Key points, the pose protocol of Shuffle and Learn: heat maps by a decoder on the encoder. Judged by the percentage of
 * correct key points, those within a share of the picture's side (PCK), along that share and as the area under it.
 * @module
 */
import { z } from 'zod';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { intervalSettings } from '../class-task.ts';
import { areaUnderCorrect, correctShare } from '../metrics/key-points.ts';
import { decoderKinds, decoderTaps } from '../network/decoders.ts';
import { measureVariants, rateNotes, rowRate, variantSupervision, variantsOf } from '../network/fit-variants.ts';
import { networkSource, tapShape } from '../network/learning-network.ts';
import { fitPoints, type PointCases, readPointCases } from '../network/point-fit.ts';
import { recipeOptions } from '../network/recipe.ts';
import { placeResult } from '../place-result.ts';
import type { Estimate, ProbeResult, TapScore } from '../probe-result.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  decoder: z
    .enum(decoderKinds)
    .exclude(['full'])
    .default('resize')
    .describe('what makes maps of the taps, as in segmentation'),
  frozen: z
    .preprocess(listed, z.array(z.string()).min(1))
    .default(['none'])
    .describe('stages to hold fast, up to and with the named tap: none, a tap, or all; several make several rows'),
  alpha: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([0.05, 0.1, 0.15, 0.2])
    .describe('distances that count as correct, of the side of the picture'),
  headline: z.number().positive().default(0.1).describe('the distance of the headline number'),
  ...recipeOptions,
  batchSize: z.number().int().positive().default(8).describe('pictures a step'),
  ...intervalSettings,
});

export type KeyPointOptions = z.infer<typeof options>;

export const keyPoints: NetworkProtocol<KeyPointOptions> = {
  id: 'key-points',
  title: 'Key points',
  description: 'Heat maps of key points by a decoder on the encoder; percentage of correct key points and its area.',
  needs: 'network',
  predicts: 'points',
  options,
  supervision: ({ frozen }) => {
    const way = variantSupervision({ taps: [], frozen });
    return 'shown' in way ? way : { options: { frozen: way.options.frozen } };
  },
  run: async (input, given) => runKeyPoints(input, parseOptions('key-points', options, given)),
};

async function runKeyPoints(input: NetworkInput, settings: KeyPointOptions): Promise<ProbeResult> {
  const source = networkSource(input.model);
  const names = decoderTaps(source);
  const last = names[names.length - 1];
  const variants = variantsOf(source, [last], settings.frozen, () => names);
  const cases = await readPointCases(source, input.store, input.dense, (done, total) =>
    input.onProgress?.('read points of', done, total),
  );
  const { decoder } = settings;
  const taps = await measureVariants(
    variants,
    input,
    settings,
    ({ frozen }, given) => fitPoints({ ...given, source, cases, decoder, frozen }),
    async (fit) => ({
      dimensions: tapShape(source, last)[0],
      ...scorePoints(await fit.distances(cases.examples.test), cases, source.presentation.size, settings),
    }),
  );
  return placeResult(input, settings, {
    protocol: 'key-points',
    label: 'points',
    measure: 'pck',
    classes: cases.names,
    examples: cases.examples,
    notes: [
      `Correct: within ${settings.headline} of the side of the picture. Points: ${cases.names.join(', ')}.`,
      ...rateNotes(input, settings, taps.map(rowRate)),
    ],
    taps,
  });
}

/** @param distances of each frame's points, in the network's pixels */
function scorePoints(
  distances: readonly (readonly number[])[],
  { cases, examples }: PointCases,
  size: number,
  settings: KeyPointOptions,
): Pick<TapScore, 'score' | 'measures' | 'items' | 'curve'> {
  const { units, rows } = examples.test;
  const shares = distances.map((own) => own.map((distance) => distance / size));
  const most = Math.max(...settings.alpha);
  const mm = distances.map((own, unit) => own.map((distance) => distance * (cases[rows[unit]].pixelMm ?? Number.NaN)));
  const columns: readonly (readonly [string, readonly number[]])[] = [
    ['pck', shares.map((own) => correctShare(own, settings.headline))],
    [`auc to ${most}`, shares.map((own) => areaUnderCorrect(own, most))],
    ['errorMm', mm.map((own) => own.reduce((sum, value) => sum + value, 0) / own.length)],
    ...settings.alpha.map((alpha) => [`pck ${alpha}`, shares.map((own) => correctShare(own, alpha))] as const),
  ];
  const { intervals } = clusterBootstrap(
    units.map(({ patient }) => patient),
    (weights) => columns.map(([, values]) => meanUnder(values, weights)),
    settings,
  );
  const measures: Record<string, Estimate> = {};
  columns.slice(0, 3).forEach(([name], i) => {
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  return {
    score: intervals[0],
    measures,
    curve: {
      axis: 'distance, of the side of the picture',
      points: settings.alpha.map((at, i) => ({ at, score: intervals[3 + i], repeats: [intervals[3 + i].value] })),
    },
    // A frame that shows no point has nothing to be right about.
    items: units.flatMap(({ item, patient }, unit) =>
      shares[unit].length === 0 ? [] : [{ item, patient, correct: columns[0][1][unit] }],
    ),
  };
}

/** Over frames that show a point. */
function meanUnder(values: readonly number[], weights?: ArrayLike<number>): number {
  let sum = 0;
  let total = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    sum += value * (weights?.[i] ?? 1);
    total += weights?.[i] ?? 1;
  });
  return sum / total;
}
