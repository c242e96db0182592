/**
 * Bins that follow the data: k-means on values that occur, so that common ranges are told apart finely and empty ones not
 * at all. Lloyd, "Least squares quantization in PCM", 1982; first centres as in Arthur and Vassilvitskii, "k-means++", 2007.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import { encodeSoftly, type ValueBins } from './value-bins.ts';

/** Values that are looked at. */
const most = 20_000;
const rounds = 20;

/**
 * `count` different bins for values `[N, dimensions]`, in rising order.
 *
 * @throws SondeError `data/unsuitable` where fewer different values occur
 */
export function dataBins(
  values: Float32Array,
  dimensions: number,
  count: number,
  random: Random,
): ValueBins & { readonly spacing: number } {
  const drawn = thinned(values, dimensions, random);
  let centres = firstCentres(drawn, dimensions, count, random);
  for (let round = 0; round < rounds; round++) {
    const moved = means(drawn, { dimensions, centres });
    if (moved.every((value, i) => value === centres[i])) break;
    centres = moved;
  }
  const sorted = rising(centres, dimensions);
  return { dimensions, centres: sorted, spacing: meanSpacing(sorted, dimensions) };
}

function thinned(values: Float32Array, dimensions: number, random: Random): Float32Array {
  const count = values.length / dimensions;
  if (count <= most) return values;
  const out = new Float32Array(most * dimensions);
  for (let i = 0; i < most; i++) {
    const from = random.integer(count) * dimensions;
    out.set(values.subarray(from, from + dimensions), i * dimensions);
  }
  return out;
}

/** The next centre is a value, likelier the farther it lies from those before. */
function firstCentres(values: Float32Array, dimensions: number, count: number, random: Random): Float32Array {
  const total = values.length / dimensions;
  const centres = new Float32Array(count * dimensions);
  const far = new Float64Array(total).fill(Number.POSITIVE_INFINITY);
  let chosen = random.integer(total);
  for (let k = 0; k < count; k++) {
    const centre = values.subarray(chosen * dimensions, (chosen + 1) * dimensions);
    centres.set(centre, k * dimensions);
    let sum = 0;
    for (let i = 0; i < total; i++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++) distance += (values[i * dimensions + d] - centre[d]) ** 2;
      if (distance < far[i]) far[i] = distance;
      sum += far[i];
    }
    if (k === count - 1) break;
    if (sum === 0) {
      throw new SondeError('data/unsuitable', `only ${k + 1} different values occur, and ${count} bins are asked for`, {
        hint: `ask for at most ${k + 1} (--set bins=${k + 1}), or choose data with more of them`,
      });
    }
    let rest = random.uniform(0, sum);
    chosen = far.findIndex((distance) => {
      rest -= distance;
      return rest < 0;
    });
    if (chosen < 0) chosen = far.indexOf(Math.max(...far));
  }
  return centres;
}

/** The mean of the values nearest to each centre; one that is nearest to none stays. */
function means(values: Float32Array, bins: ValueBins): Float32Array {
  const { dimensions, centres } = bins;
  const sums = new Float64Array(centres.length);
  const counts = new Float64Array(centres.length / dimensions);
  encodeSoftly(values, bins, 1, 0).bins.forEach((bin, i) => {
    counts[bin]++;
    for (let d = 0; d < dimensions; d++) sums[bin * dimensions + d] += values[i * dimensions + d];
  });
  return centres.map((value, i) => {
    const members = counts[Math.floor(i / dimensions)];
    return members === 0 ? value : sums[i] / members;
  });
}

function rising(centres: Float32Array, dimensions: number): Float32Array {
  const rows = Array.from({ length: centres.length / dimensions }, (_, k) =>
    Array.from(centres.subarray(k * dimensions, (k + 1) * dimensions)),
  );
  rows.sort((a, b) => {
    const at = a.findIndex((value, d) => value !== b[d]);
    return at < 0 ? 0 : a[at] - b[at];
  });
  return Float32Array.from(rows.flat());
}

/** Mean distance of a centre from its nearest neighbour. */
function meanSpacing(centres: Float32Array, dimensions: number): number {
  const count = centres.length / dimensions;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let other = 0; other < count; other++) {
      if (other === k) continue;
      let distance = 0;
      for (let d = 0; d < dimensions; d++)
        distance += (centres[k * dimensions + d] - centres[other * dimensions + d]) ** 2;
      nearest = Math.min(nearest, distance);
    }
    sum += Math.sqrt(nearest);
  }
  return sum / count;
}
