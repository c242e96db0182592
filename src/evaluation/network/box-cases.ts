/**
 * Pictures with boxes as a network is shown them, and where something may be in each.
 * @module
 */
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { FrameStore, SplitPart } from '../../data/media.ts';
import { partOf } from '../../data/split.ts';
import { centreBox } from '../../data/transform/crop.ts';
import type { ExamplePart, Examples } from '../examples.ts';
import type { Row } from '../extraction.ts';
import { boxOverlap, type Corners } from '../metrics/boxes.ts';
import type { NetworkSource } from './learning-network.ts';
import { distinct, gridProposals, selectiveProposals } from './proposals.ts';
import { ShownWindows } from './shown-windows.ts';

/** Options of every protocol that detects. */
export const boxSettings = {
  proposals: z
    .enum(['selective', 'grid', 'both'])
    .default('both')
    .describe('where something may be: selective search, a grid of boxes, or both'),
  most: z.number().int().positive().default(150).describe('proposals a picture at most'),
  pictures: z.number().int().positive().default(400).describe('pictures of each part at most, drawn by the seed'),
  overlap: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.3)
    .describe('overlap above which the better of two detections drops the other'),
};

/** An object in the network's own pixels. */
export interface BoxObject {
  readonly box: Corners;
  /** Class number from 0 on. */
  readonly target: number;
}

export interface BoxCase {
  readonly row: Row;
  readonly objects: readonly BoxObject[];
  readonly proposals: readonly Corners[];
}

export interface BoxCases {
  readonly classes: readonly string[];
  readonly cases: readonly BoxCase[];
  /** A unit a picture; rows are numbers of cases. */
  readonly examples: Examples;
  readonly shown: ShownWindows;
}

export interface BoxCaseOptions {
  readonly proposals: 'selective' | 'grid' | 'both';
  readonly most: number;
  readonly pictures: number;
  readonly seed: number;
}

/** Throws `usage` for a network of clips, `data/unsuitable` and `evaluation/labels` where boxes are missing. */
export function readBoxCases(
  source: NetworkSource,
  store: FrameStore,
  options: BoxCaseOptions,
  onPicture?: (done: number, total: number) => void,
): BoxCases {
  const { presentation } = source;
  if (source.rank !== 2 || presentation.frames !== 1) {
    throw usageError('boxes are detected in single pictures', {
      found: `a network of ${presentation.frames} frames`,
      hint: 'choose a run of a method for images',
    });
  }
  const { items, name, split } = store.index;
  const drawn = items.flatMap(({ annotations = [] }, item) => {
    const boxes = annotations.flatMap((entry) => (entry.type === 'boxes' ? entry.boxes : []));
    return boxes.length === 0 ? [] : [{ item, boxes }];
  });
  if (drawn.length === 0) {
    throw new SondeError('data/unsuitable', `no item of ${name} has boxes to detect`, {
      hint: 'index data in the layout of PASCAL VOC (Annotations/, JPEGImages/, ImageSets/)',
    });
  }
  const classes = [...new Set(drawn.flatMap(({ boxes }) => boxes.map(({ label }) => label)))].sort();
  const shown = new ShownWindows(store, presentation);
  const cases: BoxCase[] = [];
  const parts = {} as Record<SplitPart, ExamplePart>;
  const chosen = { train: [], validation: [], test: [] } as Record<SplitPart, typeof drawn>;
  for (const entry of drawn) chosen[partOf(split, items[entry.item])].push(entry);
  const total = Object.values(chosen).reduce((sum, own) => sum + Math.min(own.length, options.pictures), 0);
  for (const part of ['train', 'validation', 'test'] as const) {
    const own = new Random(options.seed).split('pictures', part).shuffle(chosen[part]).slice(0, options.pictures);
    if (own.length === 0) {
      throw new SondeError('evaluation/labels', `no item of the ${part} part of ${name} has boxes`, {
        hint: 'split the data again',
      });
    }
    const first = cases.length;
    for (const { item, boxes } of own) {
      const { height, width } = items[item];
      const frame = boxes.find((box) => box.frame !== undefined)?.frame;
      const row = { item, start: frame ?? 0 };
      const objects = boxes
        .filter((box) => box.frame === undefined || box.frame === row.start)
        .flatMap(({ label, ...box }): BoxObject[] => {
          const inside = ontoPicture(box, height, width, presentation.size);
          return inside === undefined ? [] : [{ box: inside, target: classes.indexOf(label) }];
        });
      cases.push({ row, objects, proposals: proposalsIn(shown.show(row), source, options) });
      onPicture?.(cases.length, total);
    }
    const rows = Int32Array.from({ length: own.length }, (_, i) => first + i);
    parts[part] = {
      rows,
      targets: new Float64Array(rows.length),
      unitOfRow: Int32Array.from({ length: own.length }, (_, i) => i),
      units: own.map(({ item }) => ({ item: items[item].id, patient: items[item].patient, target: 0 })),
    };
  }
  return { classes, cases, examples: parts, shown };
}

/** From the original picture to the square that is shown; `undefined` for a box of which less than half is in it. */
function ontoPicture(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  rows: number,
  columns: number,
  size: number,
): Corners | undefined {
  const side = Math.min(rows, columns);
  const square = centreBox(rows, columns, side, side);
  const scale = size / side;
  const within = (value: number) => Math.min(size, Math.max(0, value * scale));
  const box: Corners = [
    within(x - square.x),
    within(y - square.y),
    within(x + width - square.x),
    within(y + height - square.y),
  ];
  const kept = (box[2] - box[0]) * (box[3] - box[1]);
  return kept >= 0.5 * width * height * scale * scale ? box : undefined;
}

function proposalsIn(
  picture: Float32Array,
  { presentation: { channels, size } }: NetworkSource,
  { proposals, most }: BoxCaseOptions,
): Corners[] {
  const searched = proposals === 'grid' ? [] : selectiveProposals(picture, channels, size);
  // Objects of a few sizes fill most of what a microscope shows; a grid finds those that a search misses.
  const grid = proposals === 'selective' ? [] : gridProposals(size, [0.2, 0.35, 0.5], [1]);
  const large = searched.filter(([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1) >= 9);
  return distinct([...large, ...grid], 0.9).slice(0, most);
}

/** The share of objects that some proposal covers by half or more: what no detector on these proposals can exceed. */
export function proposalRecall({ cases }: BoxCases, { rows }: ExamplePart): number {
  let objects = 0;
  let covered = 0;
  for (const row of rows) {
    for (const { box } of cases[row].objects) {
      objects++;
      if (cases[row].proposals.some((proposal) => boxOverlap(proposal, box) >= 0.5)) covered++;
    }
  }
  return covered / objects;
}

/** What a reader has to know to read precisions of these proposals. */
export function recallNote(cases: BoxCases): string {
  const share = Math.round(100 * proposalRecall(cases, cases.examples.test));
  return `Proposals cover ${share} % of the test objects by half or more: no detector on them finds others.`;
}
