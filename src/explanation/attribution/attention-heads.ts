/**
 * What single heads attend to, layer by layer: each map held to the checks of any other, drawn only where it passes them,
 * with how far and how widely the head looks.
 * @module
 */
import type { FigureData, FindingTable, PicturesFigure, ShownPicture } from '../finding.ts';
import { shownFrames } from '../frame-name.ts';
import { type Attentions, type Head, type HeadReach, headMap, headReach } from './attention.ts';
import { overlayOf, pictureOf } from './figures.ts';
import type { Judge, JudgedMap } from './judgement.ts';
import type { OpenedTarget } from './open-target.ts';
import type { AttributionTarget } from './target.ts';

export type JudgedHead = JudgedMap<Head> & { readonly reach: HeadReach };

/**
 * At most so many heads: all of some layers, spread evenly to the last; of one layer alone as many as may be.
 */
export function chosenHeads(counts: readonly number[], most: number): Head[] {
  const widest = Math.max(...counts);
  const layers = Math.min(counts.length, Math.max(1, Math.floor(most / widest)));
  const picked = Array.from({ length: layers }, (_, k) => Math.round(((k + 1) * counts.length) / layers));
  return picked.flatMap((layer) =>
    Array.from({ length: Math.min(most, counts[layer - 1]) }, (_, head) => ({ layer, head: head + 1 })),
  );
}

export interface HeadStudy {
  readonly layers: number;
  readonly heads: readonly JudgedHead[];
  /** Mean distance, in pixels, of attention spread evenly over all places. */
  readonly even: number;
}

/** `undefined` where the network has no attention to show. */
export async function judgedHeads(
  { target, data }: OpenedTarget,
  judge: Judge,
  most: number,
): Promise<HeadStudy | undefined> {
  if (target.unattended !== undefined || most === 0) return undefined;
  const own = await target.attentions(data);
  const chosen = chosenHeads(
    own.layers.map(({ heads }) => heads),
    most,
  );
  const drawn = (attentions: Attentions, of: AttributionTarget) =>
    chosen.map((method) => ({ method, map: headMap(attentions, method, of), signed: false }));
  const judged = await judge.judged(async (of) => drawn(of === target ? own : await of.attentions(data), of));
  return {
    layers: own.layers.length,
    heads: judged.map((map) => ({ ...map, reach: headReach(own, map.method, target.layout) })),
    even: headReach(evenly(own), { layer: 1, head: 1 }, target.layout).pixels,
  };
}

/** One head that spreads its attention over all tokens alike. */
function evenly({ layout }: Attentions): Attentions {
  const weights = new Float32Array(layout.tokens ** 2).fill(1 / layout.tokens);
  return { planes: 1, layout, layers: [{ heads: 1, weights, slopes: weights }] };
}

const nameOf = ({ layer, head }: Head) => `layer ${layer}, head ${head}`;

export function headSentences({ heads, even }: HeadStudy, { target, unit }: OpenedTarget): string[] {
  const shown = heads.filter((map) => map.shown);
  const byReach = heads.toSorted((a, b) => a.reach.pixels - b.reach.pixels);
  const [near, far] = [byReach[0], byReach.at(-1)!];
  const { frames } = target.layout;
  const text = ({ method, reach }: JudgedHead) =>
    `${nameOf(method)}, ${reach.pixels.toFixed(1)} pixels${frames > 1 ? ` and ${reach.frames.toFixed(1)} ${unit}s` : ''} away`;
  return [
    `Of ${heads.length} single heads, the maps of ${shown.length} pass the checks; a head that fails may matter all the same, but not by where it looks.`,
    `On average the head that looks nearest is ${text(near)}, the one that looks farthest ${text(far)}; attention spread evenly would look ${even.toFixed(1)} pixels away.`,
  ];
}

/** Pictures with each head’s map; withheld ones show the picture alone. */
export function headFigures(study: HeadStudy, opened: OpenedTarget): FigureData[] {
  const { heads, layers, even } = study;
  const { target } = opened;
  const figure = target.layout.frames > 1 ? headsOverFrames(study, opened) : headsOfPicture(study, opened);
  return [
    ...(figure === undefined ? [] : [figure]),
    ...(new Set(heads.map(({ method }) => method.layer)).size < 2
      ? []
      : [
          {
            kind: 'scatter' as const,
            name: 'head-reach',
            title: 'How far each head looks, from the first layer to the last',
            caption: `A point a head, ${heads.length} heads of ${layers} layers: mean distance between a place and what it attends to, over ${target.batch} inputs. Attention spread evenly over all places would give ${even.toFixed(1)}.`,
            x: 'layer',
            y: 'mean distance, pixels',
            points: heads.map(({ method, reach }) => ({ x: method.layer, y: reach.pixels })),
          },
        ]),
  ];
}

const figureTitle = 'What single heads attend to';
const figureCaption =
  'Yellow is much, dark little; each map is scaled by itself. A picture without a map is a head whose map fails its checks.';

/** One input: rows are layers, columns heads. */
function headsOfPicture({ heads }: HeadStudy, opened: OpenedTarget): PicturesFigure {
  const picture = pictureOf(opened, 0, 0);
  const layers = [...new Set(heads.map(({ method }) => method.layer))];
  return {
    kind: 'pictures',
    name: 'heads',
    title: figureTitle,
    caption: `One input of ${opened.target.batch}. ${figureCaption}`,
    columns: Math.max(...layers.map((layer) => heads.filter(({ method }) => method.layer === layer).length)),
    rows: layers.map((layer) => ({
      label: `layer ${layer}`,
      pictures: heads
        .filter(({ method }) => method.layer === layer)
        .map((map) => ({
          picture,
          caption: `head ${map.method.head}${map.shown ? '' : ', withheld'}`,
          ...(map.shown ? { overlay: overlayOf(map, opened.target.layout, 0, 0) } : {}),
        })),
    })),
  };
}

/** One input: rows are heads, columns frames or slices. Heads whose maps fail are left out. */
function headsOverFrames({ heads }: HeadStudy, opened: OpenedTarget): PicturesFigure | undefined {
  const shown = heads.filter((map) => map.shown);
  if (shown.length === 0) return undefined;
  const { layout, batch } = opened.target;
  const picture = pictureOf(opened, 0, 0);
  const frames = shownFrames(layout.frames);
  const row = (label: string, map?: JudgedHead) => ({
    label,
    pictures: frames.map(
      (frame): ShownPicture => ({
        picture,
        frame,
        ...(map === undefined ? { caption: `${opened.unit} ${frame + 1}` } : { overlay: overlayOf(map, layout, 0, 0) }),
      }),
    ),
  });
  return {
    kind: 'pictures',
    name: 'heads',
    title: figureTitle,
    caption: `One input of ${batch}, ${frames.length} of its ${layout.frames} ${opened.unit}s; ${heads.length - shown.length} of ${heads.length} heads are withheld. ${figureCaption.split('. ')[0]}.`,
    columns: frames.length,
    rows: [row('shown'), ...shown.map((map) => row(nameOf(map.method), map))],
  };
}

export function headTable({ heads }: HeadStudy, { target, unit }: OpenedTarget): FindingTable {
  const deep = target.layout.frames > 1;
  return {
    title: 'Every head: how far and how widely it looks, and whether its map can be believed',
    columns: [
      'head',
      'distance, pixels',
      ...(deep ? [`distance, ${unit}s`] : []),
      'places attended to',
      'insertion',
      'deletion',
      'all shuffled',
      'map',
    ],
    rows: heads.map(({ method, reach, insertion, deletion, cascade, shown }) => [
      nameOf(method),
      reach.pixels.toFixed(1),
      ...(deep ? [reach.frames.toFixed(1)] : []),
      reach.places.toFixed(1),
      insertion.toFixed(2),
      deletion.toFixed(2),
      cascade.at(-1)!.spearman.toFixed(2),
      shown ? 'shown' : 'withheld',
    ]),
  };
}
