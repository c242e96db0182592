/**
 * Retrieval: test items look for training items of their class by the cosine of their features; a hit if any of the first
 * k is of the class, k = 1, 5, 10, 20, 50. Of videos (the mean of their windows; ten with `--windows 10`) and of single
 * clips, as in Xu et al., CVPR 2019 (VCOP). Nothing is trained.
 *
 * A patient is never in the gallery of his own items. How easily he would be found among them is told apart: features
 * that name the patient rather than what he shows do well at that.
 * @module
 */
import { z } from 'zod';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { type ClassProbe, probeClasses } from '../class-probe.ts';
import { type ClassTask, classSettings } from '../class-task.ts';
import type { ExamplePart } from '../examples.ts';
import type { FeatureTable } from '../feature-table.ts';
import { firstHits } from '../first-hits.ts';
import type { MatrixProduct } from '../matrix-product.ts';
import type { Directions } from '../neighbours.ts';
import type { Estimate, TapScore } from '../probe-result.ts';
import { rowDirections, shareOf, unitDirections } from '../unit-directions.ts';
import { type FeatureProtocol, listed, parseOptions } from './protocol.ts';

const options = z.object({
  k: z
    .preprocess(listed, z.array(z.coerce.number().int().positive()).min(1))
    .default([1, 5, 10, 20, 50])
    .describe('how many are retrieved; the first number is the headline'),
  ...classSettings,
});

export type RetrievalOptions = z.infer<typeof options>;

export const retrieval: FeatureProtocol<RetrievalOptions> = {
  id: 'retrieval',
  title: 'Retrieval',
  description: 'Test items look for training items of their class: a hit if any of the nearest k is of it.',
  needs: 'features',
  predicts: 'classes',
  options,
  async run(input, given) {
    const settings = parseOptions('retrieval', options, given);
    return probeClasses('retrieval', input, { ...settings, measure: 'retrieval' }, (task) => arrange(task, settings));
  },
};

function arrange(task: ClassTask, settings: RetrievalOptions): ClassProbe {
  const { train, validation, test } = task.examples;
  const several = test.rows.length > test.units.length;
  return {
    chance: chanceAt(settings.k[0], train, test),
    notes: [
      `A hit: at least one of the nearest ${settings.k[0]} of ${train.units.length} training items is of the class.`,
    ],
    measureTap: (table, product) => measureTap(table, product, { train, validation, test, several }, settings),
  };
}

interface Parts {
  readonly train: ExamplePart;
  readonly validation: ExamplePart;
  readonly test: ExamplePart;
  /** Whether items are shown in several windows. */
  readonly several: boolean;
}

async function measureTap(
  table: FeatureTable,
  product: MatrixProduct,
  { train, validation, test, several }: Parts,
  settings: RetrievalOptions,
): Promise<TapScore> {
  const gallery = unitDirections(table, train);
  const hitsOf = (part: ExamplePart) =>
    firstHits(
      gallery,
      unitDirections(table, part),
      (entry, query) => train.units[entry].target === part.units[query].target,
      product,
    );
  const videos = await hitsOf(test);
  const clips = several
    ? await firstHits(
        rowDirections(table, train),
        rowDirections(table, test),
        (entry, query) => train.targets[entry] === test.targets[query],
        product,
      )
    : undefined;
  const own = await ownPatients(unitDirections(table, test), test, product);
  const patients = test.units.map((unit) => unit.patient);
  const within = (before: ArrayLike<number>, k: number) => Uint8Array.from(before, (count) => (count < k ? 1 : 0));
  const intervalOf = (hits: ArrayLike<number>, owners: readonly string[]): Estimate =>
    clusterBootstrap(owners, (weights) => [shareOf(hits)(weights)], settings).intervals[0];
  const points = settings.k.map((k) => ({ at: k, score: intervalOf(within(videos, k), patients) }));
  const clipOwners = Array.from(test.unitOfRow, (unit) => patients[unit]);
  const ofClips = clips && settings.k.map((k) => intervalOf(within(clips, k), clipOwners));
  const first = within(videos, settings.k[0]);
  return {
    tap: table.tap,
    dimensions: table.columns,
    score: points[0].score,
    measures: {
      ...Object.fromEntries(points.slice(1).map(({ at, score }) => [`top ${at}`, score])),
      ...Object.fromEntries((ofClips ?? []).map((score, i) => [`clip top ${settings.k[i]}`, score])),
      ...(own === undefined ? {} : { 'same patient first': intervalOf(own.hits, own.patients) }),
    },
    validation: shareOf(within(await hitsOf(validation), settings.k[0]))(),
    hyperparameters: {},
    curve: {
      axis: 'items retrieved',
      points: points.map((point, i) => ({
        ...point,
        repeats: [point.score.value],
        ...(ofClips === undefined ? {} : { measures: { clip: ofClips[i].value } }),
      })),
    },
    items: test.units.map(({ item, patient, target }, unit) => ({
      item,
      patient,
      truth: target,
      correct: first[unit],
    })),
  };
}

/** Of test items whose patient has others: whether the most similar test item is one of them. */
async function ownPatients(
  directions: Directions,
  { units }: ExamplePart,
  product: MatrixProduct,
): Promise<{ hits: Uint8Array; patients: string[] } | undefined> {
  const before = await firstHits(
    directions,
    directions,
    (entry, query) => (entry === query ? undefined : units[entry].patient === units[query].patient),
    product,
  );
  const asked = [...units.keys()].filter((unit) => Number.isFinite(before[unit]));
  if (asked.length === 0) return undefined;
  return {
    hits: Uint8Array.from(asked, (unit) => (before[unit] === 0 ? 1 : 0)),
    patients: asked.map((unit) => units[unit].patient),
  };
}

/** What retrieving k at random hits. */
function chanceAt(k: number, train: ExamplePart, test: ExamplePart): number {
  const total = train.units.length;
  let sum = 0;
  for (const { target } of test.units) {
    const others = train.units.filter((unit) => unit.target !== target).length;
    let missed = 1;
    for (let i = 0; i < Math.min(k, total); i++) missed *= Math.max(0, others - i) / (total - i);
    sum += 1 - missed;
  }
  return sum / test.units.length;
}
