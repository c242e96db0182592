/**
 * The outline of the field of view: the sector, black margins, corners. What is never lit in any frame.
 * @module
 */
import { regionAlone, regionTransplant } from './regional.ts';
import type { Shortcut } from './shortcut.ts';
import { someFrames } from './stored-frames.ts';

/** Below this no pixel of the field of view stays in all frames: noise of the electronics is above it now and then. */
const black = 0.02;

export const margin: Shortcut = {
  id: 'margin',
  title: 'Sector, border and black margin',
  why: 'The shape of the field of view shows how a picture stands and where a part was cut from.',
  declared: ['border', 'outline'],
  remedy: 'cut parts inside the field of view (largestCrop below 1) or hide borders before training',
  unfit: () => undefined,
  find: (store, item) => {
    const frames = someFrames(store, item);
    const region = Uint8Array.from(frames[0], (_, i) => (frames.every((frame) => frame[i] <= black) ? 1 : 0));
    return withoutSpecks(region, store.sizeOf(item)[2]);
  },
  alone: regionAlone,
  transplant: regionTransplant('content'),
};

/** Keeps what hangs together with an edge of the picture: dark blood inside the field of view is content. */
function withoutSpecks(region: Uint8Array, width: number): Uint8Array | undefined {
  const height = region.length / width;
  const kept = new Uint8Array(region.length);
  const waiting: number[] = [];
  const visit = (y: number, x: number) => {
    const at = y * width + x;
    if (y < 0 || x < 0 || y >= height || x >= width || region[at] === 0 || kept[at] === 1) return;
    kept[at] = 1;
    waiting.push(at);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(y, x);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(y, x);
  let found = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    found++;
    const [y, x] = [Math.floor(at / width), at % width];
    visit(y - 1, x);
    visit(y + 1, x);
    visit(y, x - 1);
    visit(y, x + 1);
  }
  return found > 0.01 * region.length ? kept : undefined;
}
