/**
 * R-CNN, the route of the relative-position paper: every proposal is cut out, stretched to the network's input and
 * described by the frozen features of a tap; a linear support vector machine a class is trained on the objects and on
 * proposals that overlap none, with hard negatives looked for again. Girshick et al., CVPR 2014; Doersch et al., ICCV 2015.
 * `regression` corrects the edges of what was found by ridge regression on the same features; without it (default) the
 * features are judged by what they recognise alone.
 * @module
 */
import { z } from 'zod';
import { picturesOf, scoreBoxes } from '../box-score.ts';
import { intervalSettings } from '../class-task.ts';
import { openEncoder } from '../encoder.ts';
import { type BoxCases, boxSettings, readBoxCases, recallNote } from '../network/box-cases.ts';
import { learnEdges } from '../network/edge-regression.ts';
import { checkTaps, networkSource } from '../network/learning-network.ts';
import { describeRegions, type RegionTable, regionsOf, rowsAt } from '../network/region-features.ts';
import { detectRegions, learnMachines } from '../network/region-machines.ts';
import { placeResult } from '../place-result.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  taps: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('taps that describe a proposal, a row each; default: the last one'),
  dimensions: z.number().int().positive().default(1024).describe('features of a proposal, about'),
  costs: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([0.01, 0.1, 1, 10])
    .describe('costs of errors to choose from, on validation pictures'),
  positiveWeight: z.number().positive().default(2).describe('how much an error on an object counts'),
  rounds: z.number().int().min(0).default(1).describe('times that hard negatives are looked for'),
  negatives: z
    .number()
    .int()
    .positive()
    .default(10)
    .describe('proposals of a picture that are taken as negatives first'),
  regression: z
    .boolean()
    .default(false)
    .describe('correct the edges of detections by ridge regression, a class each (appendix C of the paper)'),
  ...boxSettings,
  pictures: z.number().int().positive().default(100).describe('pictures of each part at most, drawn by the seed'),
  ...intervalSettings,
});

export type RcnnOptions = z.infer<typeof options>;

export const rcnn: NetworkProtocol<RcnnOptions> = {
  id: 'rcnn',
  title: 'R-CNN',
  description: 'Proposals cut out and described by frozen features; a support vector machine a class, hard negatives.',
  needs: 'network',
  predicts: 'boxes',
  options,
  run: async (input, given) => runRcnn(input, parseOptions('rcnn', options, given)),
};

async function runRcnn(input: NetworkInput, settings: RcnnOptions): Promise<ProbeResult> {
  const source = networkSource(input.model);
  const taps = settings.taps.length > 0 ? settings.taps : source.taps.slice(-1);
  checkTaps(source, taps);
  const cases = readBoxCases(source, input.store, settings, (done, total) =>
    input.onProgress?.('propose for', done, total),
  );
  const encoder = await openEncoder(input.model, {
    ...(input.device === undefined ? {} : { device: input.device }),
    ...(input.threads === undefined ? {} : { threads: input.threads }),
  });
  const scores: TapScore[] = [];
  try {
    const tables = await describeRegions(encoder, input, cases, taps, settings.dimensions);
    for (const [i, tap] of taps.entries()) {
      const onClass = (done: number, classes: number) =>
        input.onProgress?.('learn classes for', i * classes + done, taps.length * classes);
      scores.push({ tap, ...(await measureTap(tables[i], cases, settings, source.presentation.size, onClass)) });
    }
  } finally {
    await encoder.release();
  }
  return placeResult(input, settings, {
    protocol: 'rcnn',
    label: 'boxes',
    measure: 'ap50',
    classes: cases.classes,
    examples: cases.examples,
    notes: [recallNote(cases)],
    taps: scores,
  });
}

async function measureTap(
  table: RegionTable,
  cases: BoxCases,
  settings: RcnnOptions,
  size: number,
  onClass: (done: number, classes: number) => void,
): Promise<Omit<TapScore, 'tap'>> {
  const { classes, examples } = cases;
  const machines = await learnMachines(table, cases, settings, onClass);
  const edges = settings.regression
    ? await learnEdges(cases, regionsOf, (places) => rowsAt(table, places), size)
    : undefined;
  const fits = machines.map(({ fit }, target) => [target, fit] as const);
  const detections = detectRegions(examples.test, table, cases, fits, settings.overlap, edges);
  return {
    dimensions: table.columns,
    ...scoreBoxes(picturesOf(cases, examples.test, detections), examples.test, classes, settings),
    validation: machines.reduce((sum, { precision }) => sum + precision / machines.length, 0),
    hyperparameters: Object.fromEntries(classes.map((name, k) => [`cost ${name}`, machines[k].fit.cost])),
  };
}
