/**
 * Named values with their intervals, one below the other, with thin named lines for chance and the like.
 * @module
 */
import type { IntervalsFigure } from '../../explanation/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { formatNumber } from '../numbers.ts';
import { ink } from '../palette.ts';
import { linearScale, niceDomain, ticks } from './chart.ts';
import { figure, LINE_HEIGHT, label, round, shortened, textWidth } from './figure.ts';

const ROW = 24;

const bounded = (low: number | undefined, high: number | undefined) =>
  low !== undefined && high !== undefined && Number.isFinite(low) && Number.isFinite(high);

export function intervals(data: IntervalsFigure, { width = 720 } = {}): string {
  const { entries, levels = [], quantity } = data;
  const left = Math.min(260, Math.max(60, ...entries.map(({ name }) => textWidth(name) + 14)));
  const values = [
    ...entries.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ...levels.map(({ value }) => value),
  ];
  const finite = values.filter(Number.isFinite);
  const [least, most] = finite.length === 0 ? [0, 1] : niceDomain(Math.min(...finite), Math.max(...finite), 5);
  const decimals = most - least >= 20 ? 0 : most - least >= 2 ? 1 : most - least >= 0.1 ? 2 : 3;
  const textOf = ({ value, low, high }: (typeof entries)[number]) =>
    `${formatNumber(value, decimals + 1)}${bounded(low, high) ? ` [${formatNumber(low!, decimals + 1)}, ${formatNumber(high!, decimals + 1)}]` : ''}`;
  const right = width - 20 - Math.max(0, ...entries.map((entry) => textWidth(textOf(entry))));
  const x = linearScale([least, most], [left + 8, right]);
  const parts: Markup[] = [];
  let y = 34 + (levels.length > 0 ? LINE_HEIGHT : 0);
  const top = y;
  let group: string | undefined;
  for (const entry of entries) {
    if (entry.group !== undefined && entry.group !== group) {
      group = entry.group;
      parts.push(label(0, y + 15, group, { weight: 600 }));
      y += ROW;
    }
    const middle = y + ROW / 2;
    const { low, high, value } = entry;
    parts.push(
      markup`${label(left - 4, middle + 4.5, shortened(entry.name, left - 8), { anchor: 'end' })}${bounded(low, high) && markup`<path d="M${round(x(low!))} ${round(middle)}H${round(x(high!))}" stroke="${ink('ink')}" stroke-width="1.5"/>`}<circle cx="${round(x(value))}" cy="${round(middle)}" r="3.5" fill="${ink('accent')}"/>${label(right + 12, middle + 4.5, textOf(entry), { fill: ink('secondary') })}`,
    );
    y += ROW;
  }
  const lines = [
    ...ticks(least, most, 5).map(
      (value) =>
        markup`<path d="M${round(x(value))} ${top}V${y}" stroke="${ink('hairline')}"/>${label(x(value), y + 18, formatNumber(value, decimals), { anchor: 'middle', fill: ink('secondary') })}`,
    ),
    ...levels.map(
      ({ name, value }) =>
        markup`<path d="M${round(x(value))} ${top}V${y}" stroke="${ink('secondary')}"/>${label(x(value), top - 6, name, { anchor: 'middle', fill: ink('secondary') })}`,
    ),
  ];
  const body = markup`${label(left + 8, 14, quantity, { fill: ink('secondary') })}${lines}
${parts.map((part) => markup`${part}\n`)}`;
  const description = entries
    .map(
      ({ name, value, low, high }) =>
        `${name}: ${formatNumber(value, decimals + 1)}${low === undefined || high === undefined ? '' : ` from ${formatNumber(low, decimals + 1)} to ${formatNumber(high, decimals + 1)}`}.`,
    )
    .join(' ');
  return figure({ width, height: y + 28, title: data.title, description, body });
}
