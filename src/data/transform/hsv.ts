/**
 * Between red, green and blue and hue, saturation and value. Smith, "Color gamut transform pairs", SIGGRAPH 1978. All of
 * them 0 to 1; the hue goes round: 0 and 1 are red.
 * @module
 */

export type Triple = readonly [number, number, number];

/** Grey has hue 0; black has saturation 0 besides. */
export function hsvOf([red, green, blue]: Triple): Triple {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  if (range <= 0) return [0, 0, value];
  const sixth =
    value === red ? (green - blue) / range : value === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  return [(sixth / 6 + 1) % 1, range / value, value];
}

/** The hue may be any number: whole turns are left out. */
export function rgbOf([hue, saturation, value]: Triple): Triple {
  const channel = (n: number) => {
    const k = (((n + 6 * hue) % 6) + 6) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}
