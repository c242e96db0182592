/**
 * Pictures that a unit answers to most, found by climbing: cosine waves along frames, rows and columns, the fine ones held
 * back in proportion, so that the result is made of what pictures are made of (Olah et al., Distill 2017; methods.md 7.2).
 * @module
 */
import type { Random } from '../base/random.ts';
import type { AttributionTarget, InputLayout } from './attribution/target.ts';
import { inputLength } from './attribution/target.ts';

export interface ClimbOptions {
  readonly steps: number;
  /** Of Adam, on the waves' heights. */
  readonly rate: number;
  /** Largest shift of each step, in pixels. */
  readonly jitter: number;
  /** Range of values the data take: results stay inside. */
  readonly range: readonly [low: number, high: number];
  /** Weights of the squared size and of the differences between neighbours. */
  readonly size: number;
  readonly roughness: number;
  readonly random: Random;
}

export interface Climbed {
  /** `[batch, …]`. */
  readonly pictures: Float32Array;
  /** Of each input, before and after. */
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** Climbs for every input of the batch at once, each from a start of its own. */
export async function climb(target: AttributionTarget, options: ClimbOptions): Promise<Climbed> {
  const { layout, batch } = target;
  const { steps, rate, jitter, range, random } = options;
  const waves = new Waves(layout);
  const length = inputLength(layout);
  const heights = Float64Array.from({ length: batch * length }, () => 0.1 * random.normal());
  const [first, second] = [new Float64Array(heights.length), new Float64Array(heights.length)];
  let before: Float32Array | undefined;
  for (let step = 1; step <= steps; step++) {
    const own = random.split('step', step);
    const [dy, dx] = [own.integer(2 * jitter + 1) - jitter, own.integer(2 * jitter + 1) - jitter];
    const pictures = bounded(waves.pictures(heights, batch), range);
    const { values, gradients } = await target.gradients(rolled(pictures.values, layout, dy, dx));
    before ??= values;
    const uphill = rolled(gradients, layout, -dy, -dx);
    penalise(uphill, pictures.values, layout, options);
    for (let i = 0; i < uphill.length; i++) uphill[i] *= pictures.slopes[i];
    const slope = waves.heights(uphill, batch);
    for (let i = 0; i < heights.length; i++) {
      first[i] = 0.9 * first[i] + 0.1 * slope[i];
      second[i] = 0.999 * second[i] + 0.001 * slope[i] ** 2;
      const corrected = first[i] / (1 - 0.9 ** step) / (Math.sqrt(second[i] / (1 - 0.999 ** step)) + 1e-8);
      heights[i] += rate * corrected;
    }
  }
  const pictures = bounded(waves.pictures(heights, batch), range).values;
  return { pictures, before: before ?? (await target.values(pictures)), after: await target.values(pictures) };
}

/** Squeezes smoothly into the range of the data, with the slope of doing so. */
function bounded(values: Float32Array, [low, high]: readonly [number, number]) {
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  const out = new Float32Array(values.length);
  const slopes = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const t = Math.tanh(values[i]);
    out[i] = middle + half * t;
    slopes[i] = half * (1 - t * t);
  }
  return { values: out, slopes };
}

/** Takes size and roughness, along rows, columns and frames, off the slope. */
function penalise(
  slope: Float32Array,
  values: Float32Array,
  layout: InputLayout,
  { size, roughness }: ClimbOptions,
): void {
  const { frames, height, width } = layout;
  const strides = [1, width, ...(frames > 1 ? [width * height] : [])];
  const lengths = [width, height, frames];
  for (let i = 0; i < values.length; i++) {
    slope[i] -= 2 * size * values[i];
    strides.forEach((stride, axis) => {
      if (Math.floor(i / stride) % lengths[axis] === lengths[axis] - 1) return;
      const difference = 2 * roughness * (values[i + stride] - values[i]);
      slope[i] += difference;
      slope[i + stride] -= difference;
    });
  }
}

function rolled(values: Float32Array, { height, width }: InputLayout, dy: number, dx: number): Float32Array {
  if (dy === 0 && dx === 0) return values.slice();
  const out = new Float32Array(values.length);
  for (let plane = 0; plane < values.length / (height * width); plane++) {
    for (let y = 0; y < height; y++) {
      const to = (((y + dy) % height) + height) % height;
      for (let x = 0; x < width; x++) {
        out[plane * height * width + to * width + ((((x + dx) % width) + width) % width)] =
          values[(plane * height + y) * width + x];
      }
    }
  }
  return out;
}

/** Orthonormal cosine waves along frames, rows and columns, each scaled by one over its frequency. */
class Waves {
  readonly #layout: InputLayout;
  readonly #bases: readonly Float64Array[];
  readonly #scales: Float64Array;

  constructor(layout: InputLayout) {
    this.#layout = layout;
    const { frames, height, width } = layout;
    this.#bases = [frames, height, width].map(cosineBasis);
    this.#scales = new Float64Array(frames * height * width);
    let at = 0;
    let total = 0;
    for (let t = 0; t < frames; t++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const frequency = Math.hypot(t / frames, y / height, x / width);
          this.#scales[at] = 1 / Math.max(frequency, 1 / Math.max(frames, height, width));
          total += this.#scales[at++] ** 2;
        }
      }
    }
    const mean = Math.sqrt(total / this.#scales.length);
    for (let i = 0; i < this.#scales.length; i++) this.#scales[i] /= mean;
  }

  pictures(heights: Float64Array, batch: number): Float32Array {
    const scaled = Float64Array.from(heights, (value, i) => value * this.#scales[i % this.#scales.length]);
    return Float32Array.from(this.#transform(scaled, batch, false));
  }

  /** The adjoint: what a slope of the pixels is for the heights. */
  heights(slope: Float32Array, batch: number): Float64Array {
    return this.#transform(Float64Array.from(slope), batch, true).map(
      (value, i) => value * this.#scales[i % this.#scales.length],
    );
  }

  #transform(values: Float64Array, batch: number, adjoint: boolean): Float64Array {
    const { views, channels, frames, height, width } = this.#layout;
    const volumes = batch * views * channels;
    let out = values;
    const lengths = [frames, height, width];
    const strides = [height * width, width, 1];
    for (const axis of [0, 1, 2]) {
      const n = lengths[axis];
      if (n === 1) continue;
      const next = new Float64Array(out.length);
      const basis = this.#bases[axis];
      const lines = (volumes * frames * height * width) / n;
      for (let line = 0; line < lines; line++) {
        const start = Math.floor(line / strides[axis]) * strides[axis] * n + (line % strides[axis]);
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let k = 0; k < n; k++) {
            sum += (adjoint ? basis[i * n + k] : basis[k * n + i]) * out[start + k * strides[axis]];
          }
          next[start + i * strides[axis]] = sum;
        }
      }
      out = next;
    }
    return out;
  }
}

/** DCT-II, orthonormal: row k is the k-th wave over n places. */
function cosineBasis(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [k, i] = [Math.floor(at / n), at % n];
    return Math.sqrt((k === 0 ? 1 : 2) / n) * Math.cos((Math.PI * (i + 0.5) * k) / n);
  });
}
