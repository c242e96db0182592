/**
 * Recognition of actions, views and findings in video: the network is fine-tuned on random clips and asked for ten clips
 * of a video, evenly spaced; the mean of their softmax answers for the video (Jing and Tian's survey; VCOP). Beside it: what
 * single clips reach, and what is left when the frames of a clip come in another order, or backwards. A network that
 * answers from single frames loses nothing by that.
 * @module
 */
import { z } from 'zod';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { averageByUnit } from '../examples.ts';
import { mostProbable } from '../metrics/confusion.ts';
import { variantSupervision } from '../network/fit-variants.ts';
import type { LabelFit } from '../network/label-fit.ts';
import type { LabelProblem } from '../network/label-problem.ts';
import { fitVariants, variantSettings } from '../network/label-variants.ts';
import type { Estimate } from '../probe-result.ts';
import { shareOf } from '../unit-directions.ts';
import { type IntervalOptions, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  ...variantSettings,
  windows: z.number().int().positive().default(10).describe('clips of a video that are answered and averaged'),
});

export type VideoOptions = z.infer<typeof options>;

export const video: NetworkProtocol<VideoOptions> = {
  id: 'video',
  title: 'Video recognition',
  description: 'Fine-tuned on clips; ten clips of a test video answer, and the mean of their answers counts.',
  needs: 'network',
  predicts: 'classes',
  options,
  supervision: variantSupervision,
  run: async (input, given) => {
    const settings = parseOptions('video', options, given);
    return fitVariants('video', input, settings, (problem, fit, answers) => ofClips(problem, fit, answers, settings));
  },
};

async function ofClips(
  problem: LabelProblem,
  fit: LabelFit,
  answers: Float64Array,
  interval: IntervalOptions,
): Promise<Readonly<Record<string, Estimate>>> {
  const { task, examples, source } = problem;
  if (task === undefined) return {};
  const { test } = examples;
  const classes = task.classes.length;
  const owners = test.units.map((unit) => unit.patient);
  const right = (given: Float64Array, truth: ArrayLike<number>) => {
    const found = mostProbable(given, classes);
    return Uint8Array.from(truth, (target, i) => (found[i] === target ? 1 : 0));
  };
  const share = (hits: Uint8Array, patients: readonly string[]) =>
    clusterBootstrap(patients, (weights) => [shareOf(hits)(weights)], interval).intervals[0];
  const clipOwners = Array.from(test.unitOfRow, (unit) => owners[unit]);
  const measures: Record<string, Estimate> = { clipAccuracy: share(right(answers, test.targets), clipOwners) };
  if (source.presentation.frames === 1) return measures;
  const truth = test.units.map((unit) => unit.target);
  for (const order of ['shuffled', 'backwards'] as const) {
    const given = averageByUnit(test, await fit.answer(test, order), classes);
    measures[`accuracy ${order}`] = share(right(given, truth), owners);
  }
  return measures;
}
