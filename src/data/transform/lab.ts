/**
 * CIE L*a*b*: lightness apart from colour, with distances about as large as they look. From and to sRGB (IEC 61966-2-1)
 * under daylight D65, two-degree observer, with the matrix and the white of scikit-image, whose conversion colourisation
 * was trained with.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Pixels } from './pixels.ts';

const white = [0.95047, 1, 1.08883] as const;
const toXyz = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
] as const;
const toLinear = inverse(toXyz);

type Triple = readonly [number, number, number];

/** One colour, values 0 to 1, as L (0 to 100), a (green to magenta) and b (blue to yellow). */
export function labOf(red: number, green: number, blue: number): Triple {
  const [r, g, b] = [linearOf(red), linearOf(green), linearOf(blue)];
  const [x, y, z] = toXyz.map((row, i) => compressed((row[0] * r + row[1] * g + row[2] * b) / white[i]));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Back to red, green and blue; what no screen shows is clipped to 0 and 1. */
export function rgbOf(lightness: number, a: number, b: number): Triple {
  const y = (lightness + 16) / 116;
  const [x, ...rest] = [y + a / 500, y, Math.max(0, y - b / 200)].map((value, i) => white[i] * expanded(value));
  const [red, green, blue] = toLinear.map((row) => displayed(row[0] * x + row[1] * rest[0] + row[2] * rest[1]));
  return [red, green, blue];
}

/** Colour pictures `[T, H, W, 3]`, values 0 to 1, as `[T, H, W, 3]` of L, a and b. */
export function rgbToLab(pixels: Pixels<Float32Array>): Pixels<Float32Array> {
  return mapped(pixels, labOf);
}

/** The inverse of `rgbToLab`, clipped. */
export function labToRgb(pixels: Pixels<Float32Array>): Pixels<Float32Array> {
  return mapped(pixels, rgbOf);
}

function mapped(
  { data, shape }: Pixels<Float32Array>,
  convert: (a: number, b: number, c: number) => Triple,
): Pixels<Float32Array> {
  if (shape[3] !== 3) throw usageError('colours have three channels', { found: `${shape[3]}` });
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) out.set(convert(data[i], data[i + 1], data[i + 2]), i);
  return { data: out, shape };
}

const linearOf = (value: number): number => (value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92);

function displayed(linear: number): number {
  const value = linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : 12.92 * linear;
  return Math.min(1, Math.max(0, value));
}

const compressed = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
const expanded = (t: number): number => (t > 0.2068966 ? t ** 3 : (t - 16 / 116) / 7.787);

function inverse([[a, b, c], [d, e, f], [g, h, i]]: readonly (readonly [number, number, number])[]): Triple[] {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant],
    [(f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant],
    [(d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant],
  ];
}
