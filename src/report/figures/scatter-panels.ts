/**
 * Small maps beside each other, to see how one comes to be: the same points in every panel, in the same colours.
 * @module
 */
import type { ScatterPanelsFigure } from '../../explanation/finding.ts';
import { markup } from '../markup.ts';
import { categories, ink } from '../palette.ts';
import { figure, LINE_HEIGHT, label, round, shortened, textWidth } from './figure.ts';

const GAP = 16;
const INSET = 6;

export function scatterPanels({ title, panels }: ScatterPanelsFigure, { width = 720, columns = 4 } = {}): string {
  const across = Math.min(columns, Math.max(1, panels.length));
  const side = Math.min(220, (width - GAP * (across - 1)) / across);
  const groups = [...new Set(panels.flatMap(({ points }) => points.flatMap(({ group }) => group ?? [])))].sort();
  const colourOf = (group: string | undefined) =>
    group === undefined ? ink('accent') : categories[groups.indexOf(group) % categories.length];
  const lines = Math.ceil(panels.length / across);
  const drawn = panels.map(({ title: name, points }, i) => {
    const [left, top] = [
      (i % across) * (side + GAP),
      Math.floor(i / across) * (side + LINE_HEIGHT + GAP) + LINE_HEIGHT,
    ];
    const place = placed(points, side - 2 * INSET);
    return markup`${label(left, top - 6, shortened(name, side), { fill: ink('secondary') })}<rect x="${round(left)}" y="${round(top)}" width="${round(side)}" height="${round(side)}" fill="none" stroke="${ink('hairline')}"/>
${points.map((point) => markup`<circle cx="${round(left + INSET + place(point)[0])}" cy="${round(top + INSET + place(point)[1])}" r="2.5" fill="${colourOf(point.group)}" fill-opacity="0.8"/>`)}
`;
  });
  const bottom = lines * (side + LINE_HEIGHT + GAP);
  let at = 0;
  let row = 0;
  const key = groups.map((group) => {
    const wide = 24 + textWidth(group);
    if (at > 0 && at + wide > width) [at, row] = [0, row + 1];
    const [x, y] = [at, bottom + row * LINE_HEIGHT + 12];
    at += wide + 12;
    return markup`<circle cx="${round(x + 5)}" cy="${y - 4}" r="4" fill="${colourOf(group)}"/>${label(x + 14, y, group)}`;
  });
  return figure({
    width: across * side + (across - 1) * GAP,
    height: bottom + (groups.length === 0 ? 0 : (row + 1) * LINE_HEIGHT),
    title,
    description: `${panels.map((panel) => panel.title).join(', ')}: ${panels[0]?.points.length ?? 0} points each${groups.length === 0 ? '' : `, coloured by ${groups.join(', ')}`}.`,
    body: markup`${drawn}${key}`,
  });
}

/** Points into a square, the same scale along both axes. */
function placed(points: readonly { readonly x: number; readonly y: number }[], side: number) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = side / (Math.max(right - left, high - low) || 1);
  return ({ x, y }: { readonly x: number; readonly y: number }): readonly [number, number] => [
    (x - (left + right) / 2) * scale + side / 2,
    ((low + high) / 2 - y) * scale + side / 2,
  ];
}
