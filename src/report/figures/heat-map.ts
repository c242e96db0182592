/**
 * A heat map: rows × columns in colour with the number in each cell; cividis for quantities, blue-white-red with white at
 * zero for differences.
 * @module
 */
import type { HeatMapFigure } from '../../explanation/finding.ts';
import { markup } from '../markup.ts';
import { formatNumber } from '../numbers.ts';
import { cividis, diverging, ink, rgb, textOn } from '../palette.ts';
import { figure, label, round, shortened, textWidth } from './figure.ts';

const LONGEST_NAME = 230;

export function heatMap(data: HeatMapFigure, { width = 720 } = {}): string {
  const { rows, columns, values, marked, scale, quantity, decimals = 2 } = data;
  const left = Math.min(LONGEST_NAME, Math.max(40, ...rows.map((name) => textWidth(name) + 12)));
  const cell = Math.min(72, Math.max(14, (width - left - 16) / Math.max(1, columns.length)));
  const height = Math.min(34, Math.max(18, cell * 0.6));
  const slanted = columns.some((name) => textWidth(name) > cell - 6);
  const above = 30 + (slanted ? 12 + 0.64 * Math.min(110, Math.max(...columns.map((name) => textWidth(name)))) : 22);
  const [low, high] = domainOf(data);
  const colourOf = (value: number) =>
    scale === 'diverging'
      ? diverging(value / (Math.max(Math.abs(low), Math.abs(high)) || 1))
      : cividis((value - low) / (high - low || 1));
  const cells = values.flatMap((row, r) =>
    row.map((value, c) => {
      const [x, y] = [left + c * cell, above + r * height];
      if (value === undefined || !Number.isFinite(value)) {
        return markup`<rect x="${round(x)}" y="${round(y)}" width="${round(cell - 1)}" height="${round(height - 1)}" fill="none" stroke="${ink('hairline')}"/>\n`;
      }
      const colour = colourOf(value);
      const text = formatNumber(value, decimals);
      const fits = textWidth(text) < cell - 2;
      const mark = marked?.[r]?.[c] === true;
      return markup`<g><title>${rows[r]}, ${columns[c]}: ${formatNumber(value, decimals + 1)}</title><rect x="${round(x)}" y="${round(y)}" width="${round(cell - 1)}" height="${round(height - 1)}" fill="${rgb(colour)}"/>${fits && label(x + (cell - 1) / 2, y + height / 2 + 4, text, { anchor: 'middle', fill: textOn(colour), ...(mark ? { weight: 700 } : {}) })}${mark && markup`<path d="M${round(x + 2)} ${round(y + height - 3.5)}H${round(x + cell - 3)}" stroke="${textOn(colour)}" stroke-width="1.5"/>`}</g>\n`;
    }),
  );
  const names = [
    ...rows.map((name, r) =>
      label(left - 8, above + (r + 0.5) * height + 4, shortened(name, left - 10), { anchor: 'end' }),
    ),
    ...columns.map((name, c) =>
      slanted
        ? label(left + (c + 0.5) * cell + 2, above - 8, shortened(name, 110), { rotate: -40 })
        : label(left + (c + 0.5) * cell, above - 8, name, { anchor: 'middle' }),
    ),
  ];
  const total = Math.max(left + columns.length * cell + (slanted ? 70 : 8), left + textWidth(quantity) + 8);
  const body = markup`${label(left, 14, quantity, { fill: ink('secondary') })}
${cells}${names}`;
  return figure({
    width: total,
    height: above + rows.length * height + 8,
    title: data.title,
    description: describe(data),
    body,
  });
}

function domainOf({ domain, values }: HeatMapFigure): readonly [number, number] {
  if (domain !== undefined) return domain;
  const known = values.flat().filter((value): value is number => value !== undefined && Number.isFinite(value));
  return known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
}

function describe({ rows, columns, values, decimals = 2 }: HeatMapFigure): string {
  return rows
    .map(
      (name, r) =>
        `${name}: ${columns.flatMap((column, c) => (values[r][c] === undefined ? [] : `${column} ${formatNumber(values[r][c]!, decimals)}`)).join(', ')}.`,
    )
    .join(' ');
}
