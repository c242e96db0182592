/**
 * The picture on a method's page: a puzzle of its own sampler, made from the phantom.
 * @module
 */
import { Random } from '../src/base/random.ts';
import type { FrameStore } from '../src/data/media.ts';
import { createPhantom } from '../src/data/phantom/index.ts';
import type { PretextMethod } from '../src/pretext/method.ts';
import { puzzle } from '../src/report/figures/puzzle.ts';
import { sampleView } from '../src/training/sampling/views.ts';
import { headStore } from './head-phantom.ts';
import { smearStore } from './smear-phantom.ts';

/** Large enough for a person to recognise a heart in it. */
const side = 72;
/** Of puzzles of cubes: three of them, with their gaps, fit into the head. */
const cubeSide = 20;

function phantomStore(): FrameStore {
  const phantom = createPhantom({ patients: 4, size: 112 });
  const sizeOf = (item: number) => {
    const { frames, height, width, channels } = phantom.items[item];
    return [frames, height, width, channels] as const;
  };
  return {
    index: {
      version: 1,
      name: phantom.name,
      items: phantom.items,
      problems: [],
      split: { name: 'all', seed: 0, parts: {} },
      hash: phantom.name,
    },
    sizeOf,
    read: (item, window) => {
      const { data, shape } = phantom.render(item, window);
      return { data: Float32Array.from(data, (value) => value / 255), shape };
    },
  };
}

function storeFor({ card }: PretextMethod): FrameStore {
  if (card.needs === 'colour') return smearStore(160);
  return card.inputs.includes('clip') ? phantomStore() : headStore(80);
}

/** The figure of a method, as SVG text. */
export function methodFigure(method: PretextMethod): string {
  const store = storeFor(method);
  const { options } = method.presets.tiny;
  const larger = [{ size: side }, { side: cubeSide, depth: cubeSide }]
    .map((sizes) => method.options.safeParse({ ...options, ...sizes }))
    .find(({ success }) => success);
  const chosen = larger?.data ?? method.options.parse(options);
  const candidates = store.index.items.map((_, item) => item);
  const fitting = candidates.filter((item) => method.refuses(store.index.items[item], chosen) === undefined);
  const views = fitting.map((item) => sampleView(store, item, fitting));
  const random = new Random('page');
  const prepared = method.prepare?.(views, chosen, random.split('prepare'));
  const channels = method.card.needs === 'colour' ? (3 as const) : (1 as const);
  const context = { options: chosen, prepared, channels };
  return puzzle(method.draw(method.sample(views[0], random.split('sample'), context), context, { view: views[0] }));
}
