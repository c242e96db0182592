/**
 * Where places of the stored frames end up in the questions: the same questions are drawn again with noise in those
 * places, and what differs by more than the change of brightness that normalising makes is where they are. So no
 * sampler has to tell how it cuts, turns and mirrors.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { resolveWindow } from '../../data/window.ts';
import type { InputLayout } from '../attribution/target.ts';
import type { QuestionBatch } from '../pretext-network.ts';
import { endsOf, greyPlane, planeArea, planeCount } from './planes.ts';

/** The store with noise that stands still in the places found of each item, frame by frame. */
export function noisyStore(
  store: FrameStore,
  find: (item: number, frame: number) => Uint8Array | undefined,
  random: Random,
): FrameStore {
  const noise = new Map<number, Float32Array>();
  const noiseOf = (item: number, length: number) => {
    let known = noise.get(item);
    if (known === undefined) {
      known = random.split('noise', item).fillUniform(new Float32Array(length));
      noise.set(item, known);
    }
    return known;
  };
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const { data, shape } = store.read(item, window);
      const { start, stride } = resolveWindow(window, store.sizeOf(item)[0]);
      const [frames, height, width, channels] = shape;
      const own = noiseOf(item, height * width);
      const out = data.slice();
      for (let t = 0; t < frames; t++) {
        const places = find(item, start + t * stride);
        if (places === undefined) continue;
        for (let i = 0; i < places.length; i++) {
          if (places[i] === 0) continue;
          out.fill(own[i], (t * places.length + i) * channels, (t * places.length + i + 1) * channels);
        }
      }
      return { data: out, shape };
    },
  };
}

/** Whether two batches asked the same: every draw but measured quantities agrees, question for question. */
export function drawnAlike(a: QuestionBatch, b: QuestionBatch): boolean[] {
  return a.factors.map((factors, slot) =>
    Object.entries(factors).every(([name, value]) => {
      const other = b.factors[slot][name];
      if (typeof value === 'number' && !Number.isInteger(value)) return true;
      return JSON.stringify(value) === JSON.stringify(other);
    }),
  );
}

/**
 * The places, `[views, frames, height, width]`, where `noisy` is not the one line of `plain` that the rest of
 * its plane follows; `undefined` where there are none.
 */
export function differingPlaces(
  plain: Float32Array,
  noisy: Float32Array,
  layout: InputLayout,
  random: Random,
): Uint8Array | undefined {
  const area = planeArea(layout);
  const region = new Uint8Array(planeCount(layout) * area);
  for (let plane = 0; plane < planeCount(layout); plane++) {
    const [x, y] = [greyPlane(plain, layout, plane), greyPlane(noisy, layout, plane)];
    const line = commonLine(x, y, random);
    const [low, high] = endsOf(y);
    const tolerance = 0.04 * (high - low);
    for (let i = 0; i < area; i++) {
      // Places that a mask of the sampler holds at one value are the same in both.
      const follows =
        x[i] === y[i] || (line !== undefined && Math.abs(line.slope * x[i] + line.offset - y[i]) <= tolerance);
      region[plane * area + i] = follows ? 0 : 1;
    }
  }
  return region.some((value) => value === 1) ? region : undefined;
}

/** The line that most pixels follow, found among lines through two of them. */
function commonLine(x: Float32Array, y: Float32Array, random: Random) {
  const [low, high] = endsOf(x);
  const [bottom, top] = endsOf(y);
  let best: { slope: number; offset: number; count: number } | undefined;
  for (let draw = 0; draw < 40; draw++) {
    const [a, b] = [random.integer(x.length), random.integer(x.length)];
    if (Math.abs(x[a] - x[b]) < 0.05 * (high - low) || high === low) continue;
    const slope = (y[a] - y[b]) / (x[a] - x[b]);
    if (!(slope > 0)) continue;
    const offset = y[a] - slope * x[a];
    let count = 0;
    for (let i = 0; i < x.length; i++) {
      if (Math.abs(slope * x[i] + offset - y[i]) <= 0.005 * (top - bottom)) count++;
    }
    if (best === undefined || count > best.count) best = { slope, offset, count };
  }
  return best !== undefined && best.count >= 8 ? best : undefined;
}
