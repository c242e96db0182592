/**
 * Nearest neighbours: no training at all. Each test item takes the class of the training items whose features point in
 * the most similar direction, weighted by similarity (Wu et al., CVPR 2018; the protocol of DINO). Windows of an item
 * are averaged into one vector first. How many neighbours vote is chosen on validation patients; all numbers asked for
 * are shown. With `k=1` it is probing by the nearest neighbour.
 * @module
 */
import { z } from 'zod';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { classStatistic } from '../class-measures.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classMeasures, classSettings } from '../class-task.ts';
import { chanceOf, scoreClassification } from '../classification-score.ts';
import { judgeOf, truthOf } from '../classifier.ts';
import type { ExamplePart } from '../examples.ts';
import { mostProbable } from '../metrics/confusion.ts';
import { amongTop, voteOfNeighbours } from '../neighbours.ts';
import type { Estimate } from '../probe-result.ts';
import { shareOf, unitDirections } from '../unit-directions.ts';
import { type FeatureProtocol, listed, parseOptions } from './protocol.ts';

const options = z.object({
  measure: z.enum(classMeasures).default('accuracy').describe('headline number'),
  k: z
    .preprocess(listed, z.array(z.coerce.number().int().positive()).min(1))
    .default([10, 20, 100, 200])
    .describe('neighbours that vote; the number is chosen on validation patients'),
  temperature: z.number().positive().default(0.07).describe('a vote weighs exp(cosine / temperature)'),
  ...classSettings,
});

export type KnnOptions = z.infer<typeof options>;

export const knn: FeatureProtocol<KnnOptions> = {
  id: 'knn',
  title: 'Nearest neighbours',
  description:
    'Weighted vote of the training items with the most similar features; how many vote is chosen on validation patients.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('knn', options, given);
    return probeClasses('knn', input, settings, (task) => arrange(task, settings));
  },
};

function arrange(task: ClassTask, settings: KnnOptions): ClassProbe {
  const { measure, temperature } = settings;
  const { train, validation, test } = task.examples;
  const classes = task.classes.length;
  const neighbours = [...new Set(settings.k)].sort((a, b) => a - b);
  const beyond = neighbours.filter((k) => k > train.units.length);
  const judge = judgeOf(measure, validation, classes);
  const truth = truthOf(test);
  const patients = test.units.map((unit) => unit.patient);
  return {
    chance: chanceOf(task, measure),
    notes:
      beyond.length === 0
        ? []
        : [
            `Of k = ${beyond.join(', ')} neighbours only ${train.units.length} can vote: there are no more training items.`,
          ],
    measureTap: async (table, product) => {
      const gallery = unitDirections(table, train);
      const votesOf = (part: ExamplePart) =>
        voteOfNeighbours(
          gallery,
          truthOf(train),
          unitDirections(table, part),
          classes,
          { neighbours, temperature },
          product,
        );
      const held = (await votesOf(validation)).map(judge);
      const best = held.indexOf(Math.max(...held));
      const votes = await votesOf(test);
      const measures = votes.flatMap((own) => [
        classStatistic(measure, { classes, truth, answers: mostProbable(own, classes), scores: own }),
        shareOf(amongTop(own, truth, classes, Math.min(5, classes))),
      ]);
      const { intervals } = clusterBootstrap(patients, (weights) => measures.map((of) => of(weights)), settings);
      const scored = scoreClassification(task, votes[best], { measure, probabilities: true }, settings);
      const five: Record<string, Estimate> = classes > 5 ? { top5: intervals[2 * best + 1] } : {};
      return {
        tap: table.tap,
        dimensions: table.columns,
        ...scored,
        measures: { ...scored.measures, ...five },
        validation: held[best],
        hyperparameters: { k: neighbours[best] },
        curve: {
          axis: 'neighbours that vote',
          points: neighbours.map((k, i) => ({
            at: k,
            score: intervals[2 * i],
            repeats: [intervals[2 * i].value],
            ...(classes > 5 ? { measures: { top5: intervals[2 * i + 1].value } } : {}),
          })),
        },
      };
    },
  };
}
