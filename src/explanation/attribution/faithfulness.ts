/**
 * Is a map to be believed? Taking away what it names first must hurt more than taking away anything; and it must change
 * when what the network has learned is destroyed (methods.md 7.4: mandatory).
 * @module
 */
import type { Random } from '../../base/random.ts';
import { spearman } from '../../statistics/correlation.ts';
import { type AttributionTarget, type InputLayout, mapLength } from './target.ts';

export interface Curves {
  /** Area under the number while the places the map names first are taken away; small is faithful. One an input. */
  readonly deletion: Float64Array;
  /** The same while they are put back into the baseline; large is faithful. */
  readonly insertion: Float64Array;
}

/**
 * Deletion and insertion by the order of a map, in `steps` equal parts, numbers counted from the baseline's in units of how
 * far whole inputs lie from it on average: an input that hardly moves its number, or lowers it, is no reason to divide by
 * nothing or to turn the order round. Petsiuk et al., BMVC 2018.
 */
export async function deletionAndInsertion(
  target: AttributionTarget,
  data: Float32Array,
  baseline: Float32Array,
  map: Float32Array,
  steps = 10,
): Promise<Curves> {
  const { layout, batch } = target;
  const places = mapLength(layout);
  const orders = Array.from({ length: batch }, (_, row) => {
    const own = map.subarray(row * places, (row + 1) * places);
    return Uint32Array.from(own.keys()).sort((a, b) => own[b] - own[a] || a - b);
  });
  const [whole, empty] = [await target.values(data), await target.values(baseline)];
  const unit = Math.max(
    1e-6,
    whole.reduce((sum, value, row) => sum + Math.abs(value - empty[row]) / batch, 0),
  );
  const scaled = (values: Float32Array, row: number) => (values[row] - empty[row]) / unit;
  const deletion = new Float64Array(batch);
  const insertion = new Float64Array(batch);
  for (let step = 0; step <= steps; step++) {
    const count = Math.round((places * step) / steps);
    const weight = (step === 0 || step === steps ? 0.5 : 1) / steps;
    const [without, only] = [data.slice(), baseline.slice()];
    orders.forEach((order, row) => {
      for (let k = 0; k < count; k++) {
        exchange(without, baseline, layout, row, order[k]);
        exchange(only, data, layout, row, order[k]);
      }
    });
    const [a, b] = [await target.values(without), await target.values(only)];
    for (let row = 0; row < batch; row++) {
      deletion[row] += weight * scaled(a, row);
      insertion[row] += weight * scaled(b, row);
    }
  }
  return { deletion, insertion };
}

/** A map that names places in no order at all: what any map must beat. */
export function randomMap(batch: number, layout: InputLayout, random: Random): Float32Array {
  const own = random.split('random map');
  return Float32Array.from({ length: batch * mapLength(layout) }, () => own.uniform());
}

/** All channels of one place of one input. */
function exchange(to: Float32Array, from: Float32Array, layout: InputLayout, row: number, place: number): void {
  const { views, channels, frames, height, width } = layout;
  const area = frames * height * width;
  const view = Math.floor(place / area);
  for (let c = 0; c < channels; c++) {
    const at = ((row * views + view) * channels + c) * area + (place % area);
    to[at] = from[at];
  }
}

export interface MapChange {
  /** Mean Spearman correlation of magnitudes with the original map: must fall. */
  readonly spearman: number;
  /** Mean structural similarity of the two maps. */
  readonly ssim: number;
}

/** How alike two sets of maps are, input by input. Adebayo et al., NeurIPS 2018. */
export function mapChange(a: Float32Array, b: Float32Array, batch: number, layout: InputLayout): MapChange {
  const places = mapLength(layout);
  let [rank, structure] = [0, 0];
  for (let row = 0; row < batch; row++) {
    const x = a.subarray(row * places, (row + 1) * places).map(Math.abs);
    const y = b.subarray(row * places, (row + 1) * places).map(Math.abs);
    const { value } = spearman(x, y);
    rank += (Number.isFinite(value) ? value : 0) / batch;
    structure += structuralSimilarity(x, y, layout) / batch;
  }
  return { spearman: rank, ssim: structure };
}

/** Structural similarity (Wang et al. 2004) of two maps scaled to [0, 1], in windows of 7 × 7 or what there is. */
export function structuralSimilarity(x: Float32Array, y: Float32Array, { height, width }: InputLayout): number {
  const [a, b] = [unitRange(x), unitRange(y)];
  const side = Math.min(7, height, width);
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
  let sum = 0;
  let windows = 0;
  for (let plane = 0; plane < a.length / (height * width); plane++) {
    for (let top = 0; top + side <= height; top += Math.max(1, side >> 1)) {
      for (let left = 0; left + side <= width; left += Math.max(1, side >> 1)) {
        let [ma, mb, aa, bb, ab] = [0, 0, 0, 0, 0];
        for (let i = 0; i < side; i++) {
          for (let j = 0; j < side; j++) {
            const at = plane * height * width + (top + i) * width + left + j;
            ma += a[at];
            mb += b[at];
            aa += a[at] ** 2;
            bb += b[at] ** 2;
            ab += a[at] * b[at];
          }
        }
        const n = side * side;
        [ma, mb] = [ma / n, mb / n];
        const [va, vb, cov] = [aa / n - ma * ma, bb / n - mb * mb, ab / n - ma * mb];
        sum += ((2 * ma * mb + c1) * (2 * cov + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
        windows++;
      }
    }
  }
  return windows === 0 ? 0 : sum / windows;
}

function unitRange(values: Float32Array): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
}
