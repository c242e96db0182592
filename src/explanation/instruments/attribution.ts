/**
 * Where the network looks: maps of what moves its answer, for outputs that have no class, each held to its sanity checks
 * and shown only if it passes them (methods.md 7.4).
 * @module
 */
import { z } from 'zod';
import { deletionAndInsertion, mapChange, randomMap } from '../attribution/faithfulness.ts';
import { attributionFigures } from '../attribution/figures.ts';
import { type StructureScore, structureScores } from '../attribution/known-structures.ts';
import { blurredBaseline } from '../attribution/maps.ts';
import { type DrawnMap, drawMap, type MapMethod, mapMethods, mapTitles, usualMethods } from '../attribution/methods.ts';
import { type OpenedTarget, openTarget, targetKinds } from '../attribution/open-target.ts';
import { temporalOcclusion, viewImportance } from '../attribution/perturbation.ts';
import type { AttributionTarget } from '../attribution/target.ts';
import type { Check, Finding, FindingTable } from '../finding.ts';
import { defineInstrument, type InstrumentContext } from '../instrument.ts';

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
});
type Options = z.infer<typeof options>;

/** A map with everything it was held to. */
export interface JudgedMap extends DrawnMap {
  readonly method: MapMethod;
  /** Mean areas over inputs, and those of places in random order. */
  readonly deletion: number;
  readonly insertion: number;
  readonly randomDeletion: number;
  readonly randomInsertion: number;
  /** Likeness to the map of the network with the last third, then all, of its weights shuffled. */
  readonly cascade: readonly { readonly share: number; readonly spearman: number; readonly ssim: number }[];
  readonly shown: boolean;
  readonly reason: string;
}

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
  async look(subject, chosen, context) {
    const opened = await openTarget(subject, chosen, context.random);
    const { target, data } = opened;
    try {
      const baseline = blurredBaseline(data, target.layout);
      const methods = chosen.methods ?? usualMethods(target);
      const maps = await judgedMaps(target, data, baseline, { ...chosen, methods }, context);
      const views = target.layout.views > 1 ? await viewImportance(target, data) : undefined;
      const frames = target.layout.frames > 1 ? await temporalOcclusion(target, data) : undefined;
      const structures = await opened.structures();
      const scores = maps.flatMap((map) =>
        structures === undefined || !map.shown
          ? []
          : structureScores(map.map, structures, target.batch).map((score) => ({ method: map.method, ...score })),
      );
      return findingOf(opened, maps, { views, frames, scores });
    } finally {
      await target.release();
    }
  },
});

async function judgedMaps(
  target: AttributionTarget,
  data: Float32Array,
  baseline: Float32Array,
  { methods, steps, copies, masks }: Options & { readonly methods: readonly MapMethod[] },
  { random, onProgress }: InstrumentContext,
): Promise<JudgedMap[]> {
  const { batch, layout } = target;
  const settings = { baseline, random: random.split('maps'), steps, copies, masks };
  const shares = [1 / 3, 1];
  const damaged: AttributionTarget[] = [];
  for (const share of shares) damaged.push(await target.shuffled(share));
  const chance = await deletionAndInsertion(target, data, baseline, randomMap(batch, layout, random));
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const maps: JudgedMap[] = [];
  try {
    for (const method of methods) {
      const drawn = await drawMap(method, target, data, settings);
      const { deletion, insertion } = await deletionAndInsertion(target, data, baseline, drawn.map);
      const cascade = [];
      for (const [i, share] of shares.entries()) {
        const other = await drawMap(method, damaged[i], data, settings);
        cascade.push({ share, ...mapChange(drawn.map, other.map, batch, layout) });
      }
      const numbers = {
        deletion: mean(deletion),
        insertion: mean(insertion),
        randomDeletion: mean(chance.deletion),
        randomInsertion: mean(chance.insertion),
      };
      maps.push({ method, ...drawn, ...numbers, cascade, ...verdict(numbers, cascade, drawn) });
      onProgress(maps.length, methods.length, 'maps');
    }
  } finally {
    for (const other of damaged) await other.release();
  }
  return maps;
}

/** Spearman correlation with the map of a network that has learned nothing, above which a map says nothing of learning. */
const unchanged = 0.5;

function verdict(
  numbers: Pick<JudgedMap, 'deletion' | 'insertion' | 'randomDeletion' | 'randomInsertion'>,
  cascade: JudgedMap['cascade'],
  { incompleteness }: DrawnMap,
): { shown: boolean; reason: string } {
  const last = cascade.at(-1)!.spearman;
  if (incompleteness !== undefined && incompleteness > 0.05) {
    return {
      shown: false,
      reason: `it accounts for the answer only within ${(incompleteness * 100).toFixed(0)} %: take more steps`,
    };
  }
  if (last > unchanged) {
    return {
      shown: false,
      reason: `it hardly changes when all weights are shuffled (rank correlation ${last.toFixed(2)})`,
    };
  }
  if (!(numbers.insertion > numbers.randomInsertion) || !(numbers.deletion < numbers.randomDeletion)) {
    return {
      shown: false,
      reason: 'putting back or taking away what it names does no more than places in random order',
    };
  }
  return { shown: true, reason: 'passes its checks' };
}

/** What is shown beside the maps, where there is any. */
interface Beside {
  readonly views: Float32Array | undefined;
  readonly frames: Float32Array | undefined;
  readonly scores: readonly (StructureScore & { readonly method: MapMethod })[];
}

function findingOf(opened: OpenedTarget, maps: readonly JudgedMap[], { views, frames, scores }: Beside): Finding {
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
      : `Put back in its order, the answer has an area of ${best.insertion.toFixed(2)} under its way back, against ${best.randomInsertion.toFixed(2)} in random order (1 is at once); taken away, ${best.deletion.toFixed(2)} against ${best.randomDeletion.toFixed(2)}.`,
    ...(withheld.length === 0
      ? []
      : [`Withheld: ${withheld.map(({ method, reason }) => `${mapTitles[method]} (${reason})`).join('; ')}.`]),
    ...onStructures(best, scores),
    ...(target.unattended === undefined ? [] : [`No attention can be shown: ${target.unattended}.`]),
  ];
  return {
    instrument: 'attribution',
    title,
    sentences,
    checks: maps.map(checkOf),
    figures: attributionFigures(opened, shown, views, frames),
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
    ],
    data: {
      structures: scores,
      target: target.name,
      layout: target.layout,
      maps: maps.map(({ map: _, ...rest }) => rest),
      ...(views === undefined ? {} : { viewImportance: Array.from(views) }),
      ...(frames === undefined ? {} : { temporalOcclusion: Array.from(frames) }),
    },
  };
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Where the most faithful map lies, against the size of each structure. */
function onStructures(best: JudgedMap | undefined, scores: Beside['scores']): string[] {
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

function checkOf({ method, shown, reason, cascade, incompleteness }: JudgedMap): Check {
  const course = cascade
    .map(({ share, spearman }) => `${(share * 100).toFixed(0)} % shuffled: ${spearman.toFixed(2)}`)
    .join(', ');
  const complete = incompleteness === undefined ? '' : `; incomplete by ${(incompleteness * 100).toFixed(1)} % at most`;
  return {
    statement: `${capitalised(mapTitles[method])} depends on what was learned and beats a random order`,
    passed: shown,
    detail: `${reason}; rank correlation with ${course}${complete}`,
  };
}
