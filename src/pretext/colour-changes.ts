/**
 * Changes of colour that a network should not mind: contrast along the main colours of the data, saturation, value and
 * hue. Dosovitskiy et al., "Discriminative unsupervised feature learning with exemplar convolutional neural networks",
 * TPAMI 2016, section 3.1.
 * @module
 */
import type { Random } from '../base/random.ts';
import { hsvOf, rgbOf } from '../data/transform/hsv.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { symmetricEigen } from '../statistics/symmetric-eigen.ts';

/** Where the colours of all pixels lie: their mean, and the directions in which they vary, the widest first. */
export interface ColourAxes {
  readonly mean: readonly number[];
  /** Unit vectors, one a row, `[3, 3]`. */
  readonly axes: readonly (readonly number[])[];
}

/** Principal components of RGB pixels, each three numbers one after another, `scale` their white. */
export function colourAxesOf(pixels: ArrayLike<number>, scale = 1): ColourAxes {
  const count = pixels.length / 3;
  const sums = [0, 0, 0];
  const products = new Float64Array(9);
  for (let i = 0; i < pixels.length; i += 3) {
    for (let a = 0; a < 3; a++) {
      const value = pixels[i + a] / scale;
      sums[a] += value;
      for (let b = 0; b < 3; b++) products[3 * a + b] += (value * pixels[i + b]) / scale;
    }
  }
  const mean = sums.map((sum) => sum / count);
  const { vectors } = symmetricEigen(
    products.map((product, i) => product / count - mean[Math.floor(i / 3)] * mean[i % 3]),
    3,
  );
  return { mean, axes: [0, 1, 2].map((k) => Array.from(vectors.subarray(3 * k, 3 * k + 3))) };
}

/** Largest changes; factors and powers are uniform in their logarithm, from the reciprocal on where nothing else is said. */
export interface ColourRanges {
  /** Factor of each principal component. */
  readonly contrast: number;
  /** Power of saturation and of value. */
  readonly power: number;
  /** Factors of saturation and of value. */
  readonly smallestGain: number;
  readonly largestGain: number;
  /** Added to saturation and to value. */
  readonly brightness: number;
  /** Added to the hue, whose full turn is 1. */
  readonly hue: number;
}

export interface ColourChange {
  readonly firstComponent: number;
  readonly secondComponent: number;
  readonly thirdComponent: number;
  readonly saturationPower: number;
  readonly saturationGain: number;
  readonly saturationShift: number;
  readonly valuePower: number;
  readonly valueGain: number;
  readonly valueShift: number;
  readonly hueShift: number;
}

/** The same change holds for all pixels of a patch. */
export function drawColourChange(ranges: ColourRanges, random: Random): ColourChange {
  const component = () => random.logUniform(1 / ranges.contrast, ranges.contrast);
  const power = () => random.logUniform(1 / ranges.power, ranges.power);
  const gain = () => random.logUniform(ranges.smallestGain, ranges.largestGain);
  const shift = () => random.uniform(-ranges.brightness, ranges.brightness);
  return {
    firstComponent: component(),
    secondComponent: component(),
    thirdComponent: component(),
    saturationPower: power(),
    saturationGain: gain(),
    saturationShift: shift(),
    valuePower: power(),
    valueGain: gain(),
    valueShift: shift(),
    hueShift: random.uniform(-ranges.hue, ranges.hue),
  };
}

const limited = (value: number): number => Math.min(1, Math.max(0, value));

/** Stretches the colours of `[1, H, W, 3]`, 0 to 1, along the axes, then changes saturation, value and hue. */
export function changeColours(
  { data, shape }: Pixels<Float32Array>,
  change: ColourChange,
  { mean, axes }: ColourAxes,
): Pixels<Float32Array> {
  const factors = [change.firstComponent, change.secondComponent, change.thirdComponent];
  // One matrix for all pixels: Σ f a aᵀ.
  const stretch = [0, 1, 2].map((row) =>
    [0, 1, 2].map((column) => axes.reduce((sum, axis, k) => sum + factors[k] * axis[row] * axis[column], 0)),
  );
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [red, green, blue] = [0, 1, 2].map((c) => data[i + c] - mean[c]);
    const [r, g, b] = stretch.map((row, c) => limited(mean[c] + row[0] * red + row[1] * green + row[2] * blue));
    const [hue, saturation, value] = hsvOf([r, g, b]);
    const changed = rgbOf([
      hue + change.hueShift,
      limited(change.saturationGain * saturation ** change.saturationPower + change.saturationShift),
      limited(change.valueGain * value ** change.valuePower + change.valueShift),
    ]);
    out.set(changed, i);
  }
  return { data: out, shape };
}
