/**
 * A live curve: a few lines over the steps, what guessing reaches, and labels at the line ends. What it shows stands in
 * words below it.
 * @module
 */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatCount, separated } from '../sonde.ts';

export interface CurveLine {
  readonly name: string;
  readonly colour: string;
  readonly width: number;
  /** Step and value; a line may have fewer points than another. */
  readonly points: readonly (readonly [step: number, value: number])[];
}

export interface CurveProps {
  readonly title: string;
  readonly lines: readonly CurveLine[];
  readonly chance?: number;
  /** Steps the run will take: the axis shows how far it is. */
  readonly steps: number;
  /** Top of the axis; from the values where it is absent. */
  readonly top?: number;
  readonly format: (value: number) => string;
  readonly axisFormat: (value: number) => string;
}

const LABEL_ROOM = 138;
const HEIGHT = 230;
const FONT = '13px system-ui, sans-serif';

export function Curve(props: CurveProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current!;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const build = () => {
      chart.current?.destroy();
      chart.current = new uPlot(options(element, latest), dataOf(latest.current), element);
    };
    build();
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    dark.addEventListener('change', build);
    return () => {
      resized.disconnect();
      dark.removeEventListener('change', build);
      chart.current?.destroy();
    };
  }, [props.lines.length]);

  useEffect(() => chart.current?.setData(dataOf(props)), [props]);

  const words = sentence(props);
  return (
    <figure>
      <div ref={host} class="curve" role="img" aria-label={`${props.title}: ${words}`} />
      <figcaption>{words}</figcaption>
    </figure>
  );
}

/** The newest value of every line, in words. */
function sentence({ title, lines, chance, format }: CurveProps): string {
  const ends = lines.flatMap(({ name, points }) => {
    const end = points.at(-1);
    return end === undefined ? [] : [`${name} ${format(end[1])} at step ${formatCount(end[0])}`];
  });
  if (ends.length === 0) return 'Nothing measured yet.';
  const guessing = chance === undefined ? '' : `; guessing reaches ${format(chance)}`;
  return `${title.replace(/, %$/, '')}: ${ends.join(', ')}${guessing}.`;
}

/** uPlot wants one list of steps for all lines; missing values are bridged. */
function dataOf({ lines }: CurveProps): uPlot.AlignedData {
  const tables = lines.map(
    ({ points }): uPlot.AlignedData => [points.map(([step]) => step), points.map(([, value]) => value)],
  );
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(element: HTMLElement, latest: { readonly current: CurveProps }): uPlot.Options {
  const [secondary, hairline] = [cssColour('--secondary'), cssColour('--hairline')];
  const axis = { stroke: secondary, font: FONT, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [26, LABEL_ROOM, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [0, Math.max(1, latest.current.steps)] },
      y: { range: (_, low, high) => valueRange(latest.current, low, high) },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 30, space: 70, values: (_, steps) => steps.map(formatCount) },
      {
        ...axis,
        grid: { stroke: hairline, width: 1 },
        size: 44,
        space: 40,
        values: (_, values) => values.map((value) => latest.current.axisFormat(value)),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map(({ colour, width }) => ({
        stroke: colour,
        width,
        spanGaps: true,
        points: { show: false },
      })),
    ],
    hooks: { draw: [(chart) => annotate(chart, latest.current)] },
  };
}

function valueRange({ chance, top }: CurveProps, low: number | null, high: number | null): [number, number] {
  if (top !== undefined) return [0, top];
  const values = [low, high, chance].filter((value) => value !== null && value !== undefined);
  if (values.length === 0) return [0, 1];
  return [Math.min(0, ...values), Math.max(...values) * 1.05 || 1];
}

/** Chance as a thin line, the title above, and a label at every line's end. */
function annotate(chart: uPlot, { title, lines, chance, format }: CurveProps): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const y = (value: number) => Math.min(Math.max(chart.valToPos(value, 'y', true), bbox.top), bbox.top + bbox.height);
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.font = FONT.replace('13px', `${13 * ratio}px`);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillStyle = cssColour('--secondary');
  ctx.fillText(title, bbox.left, bbox.top - 15 * ratio);
  const line = (colour: string, width: number, from: number, to: number, height: number) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * ratio;
    ctx.beginPath();
    ctx.moveTo(from, height);
    ctx.lineTo(to, height);
    ctx.stroke();
  };
  const ends = lines.flatMap(({ name, colour, width, points }) => {
    const end = points.at(-1);
    return end === undefined ? [] : [{ text: `${name} ${format(end[1])}`, colour, width, at: y(end[1]) }];
  });
  if (chance !== undefined) {
    const colour = cssColour('--secondary');
    line(colour, 1, bbox.left, right, y(chance));
    ends.push({ text: `chance ${format(chance)}`, colour, width: 1, at: y(chance) });
  }
  const places = separated(
    ends.map(({ at }) => at),
    17 * ratio,
    [bbox.top, bbox.top + bbox.height],
  );
  ends.forEach(({ text, colour, width }, i) => {
    line(colour, width, right + 6 * ratio, right + 20 * ratio, places[i]);
    ctx.fillStyle = cssColour('--ink');
    ctx.fillText(text, right + 25 * ratio, places[i]);
  });
  ctx.restore();
}
