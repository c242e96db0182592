/**
 * Points in a plane, coloured by a class or by a quantity.
 * @module
 */
import type { ScatterFigure } from '../../explanation/finding.ts';
import { markup } from '../markup.ts';
import { formatNumber } from '../numbers.ts';
import { categories, cividis, ink, rgb } from '../palette.ts';
import { linearScale, niceDomain, ticks } from './chart.ts';
import { figure, LINE_HEIGHT, label, round, shortened, textWidth } from './figure.ts';

const INSET = 8;

/** As many decimals as tell the values apart. */
function written(value: number, among: readonly number[]): string {
  const decimals = [0, 1, 2].find((count) =>
    among.every((one) => Math.abs(one * 10 ** count - Math.round(one * 10 ** count)) < 1e-6),
  );
  return formatNumber(value, decimals ?? 3);
}

export function scatter(data: ScatterFigure, { width = 560 } = {}): string {
  const { points, square = false, quantity } = data;
  const groups = [...new Set(points.flatMap(({ group }) => group ?? []))].sort();
  const values = points.flatMap(({ value }) => (value === undefined || !Number.isFinite(value) ? [] : value));
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const legend =
    groups.length > 0
      ? Math.min(240, 40 + Math.max(...groups.map((group) => textWidth(group))))
      : values.length > 0
        ? 110
        : 8;
  const right = width - legend;
  const height = square ? right - 40 + 66 : Math.round(right * 0.66);
  const range = (of: (point: ScatterFigure['points'][number]) => number) => {
    const all = points.map(of).filter(Number.isFinite);
    return all.length === 0 ? ([0, 1] as const) : niceDomain(Math.min(...all), Math.max(...all));
  };
  const [across, up] = [range((point) => point.x), range((point) => point.y)];
  // Places on a map of an embedding mean nothing by themselves; quantities do.
  const marks = (domain: readonly [number, number]) => (square ? [] : ticks(domain[0], domain[1], 3));
  const marked = { x: marks(across), y: marks(up) };
  const left = Math.max(40, ...marked.y.map((value) => 10 + textWidth(written(value, marked.y))));
  // Points on the edge of what is drawn keep off the axes.
  const x = linearScale(across, [left + INSET, right - INSET]);
  const y = linearScale(up, [height - 32 - INSET, 34 + INSET]);
  const colourOf = ({ group, value }: ScatterFigure['points'][number]) => {
    if (group !== undefined) return categories[groups.indexOf(group) % categories.length];
    if (value !== undefined && Number.isFinite(value)) return rgb(cividis((value - least) / (most - least || 1)));
    return ink('accent');
  };
  const dots = points.map(
    (point) =>
      markup`<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3" fill="${colourOf(point)}" fill-opacity="0.8"/>`,
  );
  const steps = 24;
  const key =
    groups.length > 0
      ? groups.map(
          (group, i) =>
            markup`<circle cx="${right + 18}" cy="${44 + i * LINE_HEIGHT}" r="4" fill="${categories[i % categories.length]}"/>${label(right + 28, 48 + i * LINE_HEIGHT, shortened(group, legend - 32))}`,
        )
      : values.length > 0 && [
          label(right + 14, 30, shortened(quantity ?? '', legend - 14), { fill: ink('secondary') }),
          ...Array.from(
            { length: steps },
            (_, i) =>
              markup`<rect x="${right + 14}" y="${round(40 + (i * 120) / steps)}" width="12" height="${round(120 / steps + 0.5)}" fill="${rgb(cividis(1 - i / (steps - 1)))}"/>`,
          ),
          label(right + 32, 50, written(most, [least, most])),
          label(right + 32, 162, written(least, [least, most])),
        ];
  const ends = [
    ...marked.y.map((value) =>
      label(left - 6, y(value) + 4, written(value, marked.y), { anchor: 'end', fill: ink('secondary') }),
    ),
    ...marked.x.map((value) =>
      label(x(value), height - 14, written(value, marked.x), { anchor: 'middle', fill: ink('secondary') }),
    ),
  ];
  const below = square ? 12 : -4;
  const body = markup`<path d="M${round(left)} 34V${height - 32}H${round(right)}" fill="none" stroke="${ink('hairline')}"/>${label(left, 20, data.y, { fill: ink('secondary') })}${label(right, height - below, data.x, { anchor: 'end', fill: ink('secondary') })}
${dots}
${ends}${key}`;
  const description = `${points.length} points${groups.length > 0 ? `: ${groups.map((group) => `${group} ${points.filter((point) => point.group === group).length}`).join(', ')}` : ''}.`;
  return figure({ width, height: square ? height : height + 10, title: data.title, description, body });
}
