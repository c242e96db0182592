/**
 * The colours of everything Sonde draws, as CSS custom properties with a light and a dark value, and the scales for
 * quantities.
 * @module
 */

const inks = {
  ground: ['#fcfcfa', '#15171a'],
  ink: ['#1c1f23', '#e8e8e4'],
  secondary: ['#5c636b', '#9aa0a6'],
  hairline: ['#e3e4e0', '#2c3034'],
  accent: ['#0b6e75', '#4fb3b9'],
  good: ['#2f7d4f', '#5fb481'],
  warning: ['#b7791f', '#d9a04a'],
  bad: ['#b3372f', '#e0716a'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type Ink = keyof typeof inks;

/** The mat medical pictures lie on, the same in light and dark, and what is written or drawn on it. */
export const mat = { ground: '#202225', ink: '#e8e8e4', secondary: '#9aa0a6', outline: '#4fb3b9' } as const;

/** Okabe and Ito's colours, in their order, for methods and labels. */
export const categories = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7'] as const;

/** A colour that follows the page's theme. */
export function ink(name: Ink): string {
  return `var(--${name})`;
}

function declarations(theme: 0 | 1): string {
  return Object.entries(inks)
    .map(([name, values]) => `--${name}:${values[theme]}`)
    .join(';');
}

/** The theme: light, dark where the reader's system is dark, light again on paper. */
export const paletteCss = `:root{color-scheme:light dark;${declarations(0)}}@media screen and (prefers-color-scheme:dark){:root{${declarations(1)}}}`;

/** A figure in fixed colours, for programs that know nothing of CSS custom properties. */
export function inFixedColours(svg: string, theme: 'light' | 'dark'): string {
  const index = theme === 'light' ? 0 : 1;
  return svg
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/var\(--([a-z]+)\)/g, (whole, name: string) => (name in inks ? inks[name as Ink][index] : whole));
}

export type Rgb = readonly [red: number, green: number, blue: number];

// Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency", PLoS ONE 2018:
// nine equally spaced samples.
const cividisStops: readonly Rgb[] = [
  [0, 32, 81],
  [17, 54, 108],
  [60, 77, 110],
  [98, 100, 111],
  [127, 124, 117],
  [154, 148, 120],
  [187, 175, 113],
  [226, 203, 92],
  [253, 234, 69],
];

/** The colour of a quantity from 0 to 1 on the cividis scale. */
export function cividis(value: number): Rgb {
  const position = Math.min(1, Math.max(0, value)) * (cividisStops.length - 1);
  const below = Math.min(Math.floor(position), cividisStops.length - 2);
  const part = position - below;
  const mix = (channel: number) =>
    Math.round(cividisStops[below][channel] * (1 - part) + cividisStops[below + 1][channel] * part);
  return [mix(0), mix(1), mix(2)];
}

// A blue, a red and the white between them, equally far in lightness.
const blue: Rgb = [33, 102, 172];
const red: Rgb = [178, 24, 43];

/** The colour of a signed quantity from −1 (blue) over 0 (white) to 1 (red). */
export function diverging(value: number): Rgb {
  const part = Math.min(1, Math.abs(value));
  const end = value < 0 ? blue : red;
  const mix = (channel: number) => Math.round(255 + (end[channel] - 255) * part);
  return [mix(0), mix(1), mix(2)];
}

export function rgb([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** Black or white, whichever reads better on a colour (relative luminance of WCAG 2). */
export function textOn(colour: Rgb): string {
  const [red, green, blue] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}
