/**
 * Lines with bands over a quantity or over named places; labels stand at line ends, levels such as chance are thin lines
 * with a name.
 * @module
 */
import type { LinesFigure, Series } from '../../explanation/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { formatNumber, formatSmall } from '../numbers.ts';
import { categories, ink } from '../palette.ts';
import { bandPath, type EndLabel, endLabels, linearScale, linePath, niceDomain, xAxis, yAxis } from './chart.ts';
import { figure, label, round, shortened, textWidth } from './figure.ts';
import { intervals } from './intervals.ts';

export function lines(data: LinesFigure, { width = 720, height = 340 } = {}): string {
  const { series, levels = [], places, logarithmicX = false } = data;
  if (places?.length === 1) return atOnePlace(data, places[0]);
  const points = series.flatMap((entry) => entry.points);
  const place = (x: number) => (logarithmicX ? Math.log10(x) : x);
  const names = [...series, ...levels].map(({ name }) => textWidth(name));
  const labelWidth = Math.min(width * 0.34, 44 + Math.max(0, ...names));
  const right = width - labelWidth;
  const xs = points.map(({ x }) => place(x));
  const heights = [
    ...points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ...levels.map(({ value }) => value),
  ];
  const finite = heights.filter(Number.isFinite);
  const [low, high] = finite.length === 0 ? [0, 1] : niceDomain(Math.min(...finite), Math.max(...finite), 5);
  const slanted = places?.some((name) => textWidth(name) > (right - 72) / Math.max(1, places.length - 1) - 8) ?? false;
  const below =
    places === undefined || !slanted
      ? 48
      : 28 + 0.64 * Math.max(...places.map((name) => Math.min(textWidth(name), 110)));
  const inset = places === undefined ? 0 : 12;
  const domain: [number, number] = xs.length === 0 ? [0, 1] : [Math.min(...xs), Math.max(...xs)];
  const plot = {
    x: linearScale(domain, [56 + inset, right - inset]),
    y: linearScale([low, high], [height - below, 34]),
  };
  const axes = { x: linearScale(domain, [56, right]), y: plot.y };
  let order = 0;
  const drawn = series.map((entry) => {
    const style = styleOf(entry, () => categories[order++ % categories.length]);
    return { entry, style, curve: drawSeries(entry, style, (x) => plot.x(place(x)), plot.y) };
  });
  const ends: EndLabel[] = [
    ...drawn.flatMap(({ entry, style }) => {
      const last = entry.points.at(-1);
      if (last === undefined) return [];
      const weight = entry.role === 'trained' ? 600 : undefined;
      return [
        {
          y: plot.y(last.value),
          text: entry.name,
          stroke: strokeOf(style),
          ...(weight === undefined ? {} : { weight }),
        },
      ];
    }),
    ...levels.map(({ name, value }) => ({
      y: plot.y(value),
      text: name,
      stroke: markup`stroke="${ink('secondary')}"`,
    })),
  ];
  const step = high - low;
  const decimals = step >= 20 ? 0 : step >= 2 ? 1 : step >= 0.2 ? 2 : 3;
  const body = markup`${yAxis(axes, data.y, (value) => formatNumber(value, decimals))}
${levels.map(({ value }) => markup`<path d="M56 ${round(plot.y(value))}H${round(right)}" stroke="${ink('secondary')}"/>`)}
${drawn.map(({ curve }) => markup`${curve}\n`)}${
  places === undefined
    ? xAxis(axes, data.x, (value) => (logarithmicX ? tick(10 ** value) : tick(value)))
    : [
        ...places.map((name, i) =>
          slanted
            ? label(plot.x(i) + 4, height - below + 18, shortened(name, 110), {
                anchor: 'end',
                fill: ink('secondary'),
                rotate: -40,
              })
            : label(plot.x(i), height - below + 20, name, { anchor: 'middle', fill: ink('secondary') }),
        ),
        label(right, height - 4, `${data.x} →`, { anchor: 'end', fill: ink('secondary') }),
      ]
}
${endLabels(right, ends, [34, height - below], labelWidth)}`;
  return figure({ width, height, title: data.title, description: describe(data), body });
}

/** Where there is one place only there is no course to draw: values with their intervals, one below the other. */
function atOnePlace({ series, levels, title, caption, name, y }: LinesFigure, place: string): string {
  return intervals({
    kind: 'intervals',
    name,
    title,
    caption,
    quantity: `${y}, at ${place}`,
    entries: series.flatMap(({ name: of, points }) =>
      points.slice(0, 1).map(({ x: _, ...measured }) => ({ name: of, ...measured })),
    ),
    ...(levels === undefined ? {} : { levels }),
  });
}

interface LineStyle {
  readonly colour: string;
  readonly width: number;
  readonly dash?: string;
}

function styleOf({ role, colour }: Series, next: () => string): LineStyle {
  if (role === 'random') return { colour: ink('secondary'), width: 1.5, dash: '5 4' };
  if (role === 'supervised') return { colour: ink('ink'), width: 1.5, dash: '1.5 4' };
  return { colour: colour ?? next(), width: role === 'trained' ? 2.25 : 1.75 };
}

function strokeOf({ colour, width, dash }: LineStyle): Markup {
  return markup`stroke="${colour}" stroke-width="${width}"${dash !== undefined && markup` stroke-dasharray="${dash}"`}`;
}

function drawSeries({ points }: Series, style: LineStyle, x: (value: number) => number, y: (value: number) => number) {
  const banded = points.every(({ low, high }) => low !== undefined && high !== undefined) && points.length > 1;
  const band =
    banded &&
    markup`<path d="${bandPath(points.map((point) => [x(point.x), y(point.low!), y(point.high!)]))}" fill="${style.colour}" fill-opacity="0.15"/>`;
  const dots =
    points.length <= 24 &&
    points.map(
      (point) =>
        markup`<circle cx="${round(x(point.x))}" cy="${round(y(point.value))}" r="2.5" fill="${style.colour}"/>`,
    );
  return markup`${band}<path d="${linePath(points.map((point) => [x(point.x), y(point.value)]))}" fill="none" ${strokeOf(style)}/>${dots}`;
}

const tick = (value: number) =>
  Number.isInteger(value) ? formatNumber(value, 0) : Math.abs(value) >= 1 ? formatNumber(value, 1) : formatSmall(value);

function describe({ series, places }: LinesFigure): string {
  return series
    .map(({ name, points }) => {
      const shown = points.length <= 24 ? points : points.filter((_, i) => i % Math.ceil(points.length / 24) === 0);
      return `${name}: ${shown.map(({ x, value }) => `${places?.[x] ?? tick(x)} ${formatSmall(value)}`).join('; ')}.`;
    })
    .join(' ');
}
