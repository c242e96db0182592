/**
 * The best Gabor function for a filter: how much of it is an oriented wave in a window (methods.md 7.1).
 * @module
 */

export interface GaborFit {
  /** Share of the filter's energy that the function accounts for, in [0, 1]. */
  readonly r2: number;
  /** Of the wave's crests, in [0, π). */
  readonly orientation: number;
  /** Cycles per pixel. */
  readonly frequency: number;
}

/** Where, how wide, which way and how fine: everything but amplitude and phase. */
type Shape = readonly [x: number, y: number, along: number, across: number, angle: number, frequency: number];

/**
 * Fits exp(−u²/2σ² − v²/2τ²) · cos(2πfu + φ) to a filter `[size, size]` less its mean. Amplitude and phase are solved
 * exactly for every shape; the shape is searched from a grid and refined coordinate by coordinate.
 * Throws `RangeError` for filters under 5 × 5: six numbers would fit them whatever they are.
 */
export function fitGabor(filter: ArrayLike<number>, size: number): GaborFit {
  if (size < 5) throw new RangeError(`fitGabor: a filter of ${size} × ${size} is too small to be fitted`);
  const pixels = Float64Array.from({ length: size * size }, (_, i) => filter[i]);
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  for (let i = 0; i < pixels.length; i++) pixels[i] -= mean;
  const energy = pixels.reduce((sum, value) => sum + value * value, 0);
  if (!(energy > 0)) return { r2: 0, orientation: 0, frequency: 0 };
  let best: { shape: Shape; explained: number } | undefined;
  for (const shape of starts(size)) {
    const found = explained(pixels, size, shape);
    if (best === undefined || found > best.explained) best = { shape, explained: found };
  }
  const refined = refine(pixels, size, best!.shape, best!.explained);
  const [, , , , angle, frequency] = refined.shape;
  return {
    r2: Math.min(1, refined.explained / energy),
    orientation: ((angle % Math.PI) + Math.PI) % Math.PI,
    frequency: Math.abs(frequency),
  };
}

function starts(size: number): Shape[] {
  const shapes: Shape[] = [];
  const middle = (size - 1) / 2;
  for (const offset of [-size / 6, 0, size / 6]) {
    for (const width of [size / 5, size / 2.5]) {
      for (let turn = 0; turn < 8; turn++) {
        for (const frequency of [1 / size, 1.7 / size, 2.6 / size, 0.4]) {
          if (frequency > 0.5) continue;
          const angle = (turn * Math.PI) / 8;
          const [dx, dy] = [Math.cos(angle) * offset, Math.sin(angle) * offset];
          shapes.push([middle + dx, middle + dy, width, width, angle, frequency]);
        }
      }
    }
  }
  return shapes;
}

/** Energy that the best amplitude and phase account for: a projection on two windowed waves. */
function explained(pixels: Float64Array, size: number, [x0, y0, along, across, angle, frequency]: Shape): number {
  if (!(along > 0.3 && across > 0.3 && frequency > 0 && frequency <= 0.5 && along < 2 * size && across < 2 * size))
    return 0;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  let [ee, oo, eo, pe, po, se, so] = [0, 0, 0, 0, 0, 0, 0];
  const even = new Float64Array(pixels.length);
  const odd = new Float64Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [(i % size) - x0, Math.floor(i / size) - y0];
    const u = x * cosine + y * sine;
    const v = y * cosine - x * sine;
    const window = Math.exp(-(u * u) / (2 * along * along) - (v * v) / (2 * across * across));
    even[i] = window * Math.cos(2 * Math.PI * frequency * u);
    odd[i] = window * Math.sin(2 * Math.PI * frequency * u);
    se += even[i] / pixels.length;
    so += odd[i] / pixels.length;
  }
  // The filter has no mean; neither may the waves.
  for (let i = 0; i < pixels.length; i++) {
    const [a, b] = [even[i] - se, odd[i] - so];
    ee += a * a;
    oo += b * b;
    eo += a * b;
    pe += pixels[i] * a;
    po += pixels[i] * b;
  }
  const determinant = ee * oo - eo * eo;
  if (determinant > 1e-9 * ee * oo) return (pe * pe * oo - 2 * pe * po * eo + po * po * ee) / determinant;
  const single = ee >= oo ? (pe * pe) / (ee || 1) : (po * po) / (oo || 1);
  return single;
}

function refine(pixels: Float64Array, size: number, from: Shape, value: number) {
  let shape = [...from];
  let best = value;
  const steps = [size / 8, size / 8, size / 10, size / 10, Math.PI / 16, 0.3 / size];
  for (let round = 0; round < 24; round++) {
    let moved = false;
    for (let axis = 0; axis < shape.length; axis++) {
      for (const way of [-1, 1]) {
        const other = shape.slice();
        other[axis] += way * steps[axis];
        const found = explained(pixels, size, other as unknown as Shape);
        if (found > best) {
          [best, shape, moved] = [found, other, true];
        }
      }
    }
    if (!moved) for (let axis = 0; axis < steps.length; axis++) steps[axis] /= 2;
  }
  return { shape: shape as unknown as Shape, explained: best };
}
