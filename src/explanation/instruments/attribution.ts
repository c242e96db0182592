/**
 * Where the network looks: maps of what moves its answer, for outputs that have no class, each held to its sanity checks
 * and shown only if it passes them (methods.md 7.4).
 * @module
 */
import { z } from 'zod';
import { type HeadStudy, headFigures, headSentences, headTable, judgedHeads } from '../attribution/attention-heads.ts';
import { attributionFigures } from '../attribution/figures.ts';
import { checkOf, Judge, type JudgedMap } from '../attribution/judgement.ts';
import { type StructureScore, structureScores } from '../attribution/known-structures.ts';
import { blurredBaseline } from '../attribution/maps.ts';
import { drawMap, type MapMethod, mapMethods, mapTitles, usualMethods } from '../attribution/methods.ts';
import { type OpenedTarget, openTarget, targetKinds } from '../attribution/open-target.ts';
import { temporalOcclusion, viewImportance } from '../attribution/perturbation.ts';
import type { Finding, FindingTable } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';

const options = z.strictObject({
  target: z
    .enum(targetKinds)
    .default('auto')
    .describe('what is explained: pretext logit, energy of an embedding, similarity of a pair; auto: what there is'),
  tap: z.string().optional().describe('layer of energy and similarity; default: the last'),
  inputs: z.int().min(1).max(32).default(4).describe('pictures explained'),
  methods: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',') : value),
      z.array(z.enum(mapMethods)).optional(),
    )
    .describe(`maps, with commas: ${mapMethods.join(', ')}; default: all that the network has but the first two`),
  steps: z.int().min(10).default(64).describe('steps of integrated gradients'),
  copies: z.int().min(2).default(25).describe('noisy copies of SmoothGrad'),
  masks: z.int().min(50).default(200).describe('masks of RISE'),
  heads: z.int().min(0).default(16).describe('single heads of attention whose maps are judged, at the most'),
});
type Options = z.infer<typeof options>;

export const attribution = defineInstrument<Options>({
  id: 'attribution',
  title: 'Attribution',
  question: 'Which places and frames of a picture move the network’s answer?',
  source:
    'SmoothGrad (Smilkov 2017), integrated gradients (Sundararajan 2017), Grad-CAM (Selvaraju 2017), occlusion (Zeiler 2014), RISE (Petsiuk 2018); sanity checks (Adebayo 2018)',
  usual: true,
  options,
  unfit: (subject, { target }) =>
    target === 'pretext' && subject.run === undefined ? 'a model from elsewhere has no pretext logits' : undefined,
  async look(subject, chosen, { random, onProgress }) {
    const opened = await openTarget(subject, chosen, random);
    const { target, data } = opened;
    const baseline = blurredBaseline(data, target.layout);
    const judge = await Judge.open(target, data, baseline, random);
    try {
      const methods = chosen.methods ?? usualMethods(target);
      const { steps, copies, masks } = chosen;
      const settings = { baseline, random: random.split('maps'), steps, copies, masks };
      const maps: JudgedMap<MapMethod>[] = [];
      for (const method of methods) {
        maps.push(...(await judge.judged(async (of) => [{ method, ...(await drawMap(method, of, data, settings)) }])));
        onProgress(maps.length, methods.length + 1, 'maps');
      }
      const heads = await judgedHeads(opened, judge, chosen.heads);
      onProgress(methods.length + 1, methods.length + 1, 'maps');
      const views = target.layout.views > 1 ? await viewImportance(target, data) : undefined;
      const frames = target.layout.frames > 1 ? await temporalOcclusion(target, data) : undefined;
      const structures = await opened.structures();
      const scores = maps.flatMap((map) =>
        structures === undefined || !map.shown
          ? []
          : structureScores(map.map, structures, target.batch).map((score) => ({ method: map.method, ...score })),
      );
      return findingOf(opened, maps, { views, frames, scores, heads });
    } finally {
      await judge.release();
      await target.release();
    }
  },
});

/** What is shown beside the maps, where there is any. */
interface Beside {
  readonly views: Float32Array | undefined;
  readonly frames: Float32Array | undefined;
  readonly scores: readonly (StructureScore & { readonly method: MapMethod })[];
  readonly heads: HeadStudy | undefined;
}

function findingOf(
  opened: OpenedTarget,
  maps: readonly JudgedMap<MapMethod>[],
  { views, frames, scores, heads }: Beside,
): Finding {
  const { target, patients } = opened;
  const shown = maps.filter((map) => map.shown);
  const withheld = maps.filter((map) => !map.shown);
  const best = shown.toSorted((a, b) => b.insertion - b.randomInsertion - (a.insertion - a.randomInsertion))[0];
  const title =
    best === undefined
      ? `No map of ${target.name} passes its checks, so none is shown`
      : `${capitalised(mapTitles[best.method])} is the most faithful map of ${target.name}: the places it names first restore it soonest`;
  const sentences = [
    best === undefined
      ? 'What the maps name does not matter to the network more than other places, or does not depend on what it has learned.'
      : `Where 0 is the answer to the blurred input and 1 that to the whole, places put back in its order bring the answer to ${best.insertion.toFixed(2)} on average over the way, in random order to ${best.randomInsertion.toFixed(2)}; taken away, they leave ${best.deletion.toFixed(2)} against ${best.randomDeletion.toFixed(2)}.`,
    ...(withheld.length === 0
      ? []
      : [`Withheld: ${withheld.map(({ method, reason }) => `${mapTitles[method]} (${reason})`).join('; ')}.`]),
    ...onStructures(best, scores),
    ...(heads === undefined ? [] : headSentences(heads, opened)),
    ...(target.unattended === undefined ? [] : [`No attention can be shown: ${target.unattended}.`]),
  ];
  return {
    instrument: 'attribution',
    title,
    sentences,
    checks: maps.map((map) => checkOf(capitalised(mapTitles[map.method]), map)),
    figures: [
      ...attributionFigures(opened, shown, views, frames),
      ...(heads === undefined ? [] : headFigures(heads, opened)),
    ],
    tables: [
      ...(scores.length === 0 ? [] : [structureTable(scores)]),
      {
        title: `Faithfulness on ${patients.length} inputs of ${new Set(patients).size} patients`,
        columns: [
          'map',
          'insertion',
          'in random order',
          'deletion',
          'in random order',
          'last third shuffled',
          'all shuffled',
          'SSIM, all',
        ],
        rows: maps.map((map) => [
          mapTitles[map.method],
          map.insertion.toFixed(2),
          map.randomInsertion.toFixed(2),
          map.deletion.toFixed(2),
          map.randomDeletion.toFixed(2),
          map.cascade[0].spearman.toFixed(2),
          map.cascade.at(-1)!.spearman.toFixed(2),
          map.cascade.at(-1)!.ssim.toFixed(2),
        ]),
      },
      ...(heads === undefined ? [] : [headTable(heads, opened)]),
    ],
    data: {
      structures: scores,
      target: target.name,
      layout: target.layout,
      maps: maps.map(({ map: _, ...rest }) => rest),
      ...(heads === undefined ? {} : { heads: heads.heads.map(({ map: _, ...rest }) => rest) }),
      ...(views === undefined ? {} : { viewImportance: Array.from(views) }),
      ...(frames === undefined ? {} : { temporalOcclusion: Array.from(frames) }),
    },
  };
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Where the most faithful map lies, against the size of each structure. */
function onStructures(best: JudgedMap<MapMethod> | undefined, scores: Beside['scores']): string[] {
  const own = scores.filter(({ method, inputs }) => method === best?.method && inputs > 0);
  if (own.length === 0) return [];
  const text = own.map(
    ({ structure, energy, area, inputs }) =>
      `${(energy * 100).toFixed(0)} % on ${structure}, which covers ${(area * 100).toFixed(0)} % (${inputs} ${inputs === 1 ? 'input' : 'inputs'})`,
  );
  return [`Of that map lie ${text.join('; ')}.`];
}

function structureTable(scores: Beside['scores']): FindingTable {
  const shown = scores.filter(({ inputs }) => inputs > 0);
  const methods = [...new Set(shown.map(({ method }) => method))];
  const structures = [...new Set(shown.map(({ structure }) => structure))];
  const find = (method: MapMethod, structure: string) =>
    shown.find((score) => score.method === method && score.structure === structure)!;
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`;
  return {
    title: 'Share of each map on known structures, and in how many inputs its largest place lies there',
    columns: ['map', ...structures],
    rows: [
      ['the structure’s share of the area', ...structures.map((name) => percent(find(methods[0], name).area))],
      ...methods.map((method) => [
        mapTitles[method],
        ...structures.map((name) => {
          const { energy, hits, inputs } = find(method, name);
          return `${percent(energy)}, ${Math.round(hits * inputs)} of ${inputs}`;
        }),
      ]),
    ],
  };
}
