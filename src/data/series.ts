/**
 * From slices in files of their own to volumes and clips: sorted by where they lie along the normal of their plane.
 * @module
 */
import type { Geometry, MediaDescription, SlicePlace } from './media.ts';
import { cross, difference, dot, geometryOf, norm, scaled, type Vector } from './patient-space.ts';

/** One picture with a place. */
export interface PlacedSlice {
  readonly path: string;
  readonly description: MediaDescription;
  readonly slice: SlicePlace;
}

/** Slices that belong together, in order. */
export interface SliceStack {
  readonly slices: readonly PlacedSlice[];
  readonly description: MediaDescription;
  /** Sentences about gaps and other doubts. */
  readonly doubts: readonly string[];
}

/** Fewer slices than this stay single pictures. */
const fewest = 3;
/** Positions nearer than this are the same, in millimetres. */
const samePlace = 0.01;
/** Directions whose cosine is above this are the same. */
const sameDirection = 0.9999;

/**
 * Stacks of the slices of one series. Slices of another size or orientation make stacks of their own; several pictures
 * at each position make a stack for each time; many pictures at one position make a clip. What makes no stack is left out.
 */
export function stackSeries(slices: readonly PlacedSlice[]): SliceStack[] {
  const instances = new Set<string>();
  const single = slices.filter(isPlaced).filter(({ slice }) => {
    // Copies of one picture are no further slices.
    return !instances.has(slice.instance) && instances.add(slice.instance);
  });
  const groups = groupByPlane(single).filter((group) => group.length >= fewest);
  const turned = groups.length > 1 ? [`its slices are of ${groups.length} orientations or sizes: each is an item`] : [];
  return groups.flatMap((group, i) => stacksOfPlane(group, i === 0 ? turned : []));
}

type Placed = PlacedSlice & {
  readonly slice: Required<Pick<SlicePlace, 'positionMm' | 'rows' | 'columns'>> & SlicePlace;
};

function isPlaced(slice: PlacedSlice): slice is Placed {
  const { positionMm, rows, columns } = slice.slice;
  return positionMm !== undefined && rows !== undefined && columns !== undefined && slice.description.frames === 1;
}

function groupByPlane(slices: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  for (const slice of slices) {
    const group = groups.find(([first]) => samePlane(first, slice));
    if (group === undefined) groups.push([slice]);
    else group.push(slice);
  }
  return groups;
}

function samePlane(a: Placed, b: Placed): boolean {
  const [one, other] = [a.description, b.description];
  return (
    one.height === other.height &&
    one.width === other.width &&
    one.channels === other.channels &&
    dot(a.slice.rows, b.slice.rows) > sameDirection &&
    dot(a.slice.columns, b.slice.columns) > sameDirection
  );
}

function stacksOfPlane(group: readonly Placed[], doubts: readonly string[]): SliceStack[] {
  const normal = cross(group[0].slice.columns, group[0].slice.rows);
  const along = ({ slice }: Placed) => dot(slice.positionMm, normal);
  const positions = positionsOf(group, along);
  if (positions.length === 1) return differ(group) ? [clipOf(inTime(group), doubts)] : [];
  const times = Math.max(...positions.map((position) => position.length));
  const even = positions.every((position) => position.length === times);
  const uneven = even ? [] : ['some positions hold more pictures than others: only the first picture of each is used'];
  if (positions.length < fewest) return [];
  return Array.from({ length: even ? times : 1 }, (_, time) =>
    volumeOf(
      positions.map((position) => inTime(position)[time]),
      normal,
      time === 0 ? [...doubts, ...uneven] : [],
    ),
  );
}

/** True where time or number tells the pictures apart. */
function differ(group: readonly Placed[]): boolean {
  return [new Set(group.map(({ slice }) => slice.timeMs)), new Set(group.map(({ slice }) => slice.number))].some(
    (values) => values.size === group.length && !values.has(undefined),
  );
}

/** Slices by position, in the direction of the normal. */
function positionsOf(group: readonly Placed[], along: (slice: Placed) => number): Placed[][] {
  const sorted = [...group].sort((a, b) => along(a) - along(b) || byTime(a, b));
  const positions: Placed[][] = [];
  for (const slice of sorted) {
    const last = positions.at(-1);
    if (last !== undefined && along(slice) - along(last[0]) < samePlace) last.push(slice);
    else positions.push([slice]);
  }
  return positions;
}

function inTime(slices: readonly Placed[]): Placed[] {
  return [...slices].sort(byTime);
}

function byTime(a: Placed, b: Placed): number {
  const time = (a.slice.timeMs ?? 0) - (b.slice.timeMs ?? 0);
  const number = (a.slice.number ?? 0) - (b.slice.number ?? 0);
  return time || number || (a.path < b.path ? -1 : 1);
}

function volumeOf(slices: readonly Placed[], normal: Vector, doubts: readonly string[]): SliceStack {
  const [first] = slices;
  const place = ({ slice }: Placed) => dot(slice.positionMm, normal);
  const steps = slices.slice(1).map((slice, i) => place(slice) - place(slices[i]));
  const step = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  const missing = steps.reduce((sum, found) => sum + Math.max(0, Math.round(found / step) - 1), 0);
  const wide = Math.max(...steps);
  const uneven = steps.some((found) => Math.abs(found - step) > 0.05 * step);
  const gaps =
    missing > 0
      ? [
          `${plural(missing, 'slice')} of ${slices.length + missing} seem to be missing: the widest gap is ${round(wide)} mm, the usual ${round(step)} mm`,
        ]
      : uneven
        ? [
            `its slices lie ${round(Math.min(...steps))} to ${round(wide)} mm apart, the usual distance is ${round(step)} mm`,
          ]
        : [];
  const [, rows = 0, columns = 0] = first.description.spacingMm ?? [];
  const slant = slantOf(slices, normal);
  const geometry = geometryOf(first.slice.positionMm, [scaled(normal, step), first.slice.rows, first.slice.columns]);
  return {
    slices,
    description: {
      ...joined(slices, 'volume', geometry),
      ...(rows > 0 && columns > 0 ? { spacingMm: [round(step, 6), rows, columns] as const } : {}),
    },
    doubts: [...doubts, ...gaps, ...slant],
  };
}

/** A gantry that was tilted shifts the slices against each other. */
function slantOf(slices: readonly Placed[], normal: Vector): string[] {
  const path = difference(slices[slices.length - 1].slice.positionMm, slices[0].slice.positionMm);
  const straight = Math.abs(dot(path, normal)) / norm(path);
  if (straight > 0.999) return [];
  return [`its slices are shifted against each other by ${round((Math.acos(straight) * 180) / Math.PI)} degrees`];
}

function clipOf(slices: readonly Placed[], doubts: readonly string[]): SliceStack {
  const times = slices.map(({ slice }) => slice.timeMs);
  const steps = times.slice(1).map((time, i) => (time ?? Number.NaN) - (times[i] ?? Number.NaN));
  const step = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  const regular = step > 0 && steps.every((found) => Math.abs(found - step) <= 0.2 * step);
  return {
    slices,
    description: { ...joined(slices, 'clip', undefined), ...(regular ? { frameRateHz: 1000 / step } : {}) },
    doubts,
  };
}

function joined(
  slices: readonly PlacedSlice[],
  kind: 'clip' | 'volume',
  geometry: Geometry | undefined,
): MediaDescription {
  const { spacingMm, geometry: _, frameRateHz: __, labels, rescale, ...first } = slices[0].description;
  const ranges = slices.map(({ description, slice }) => {
    const [slope, intercept] = slice.rescale ?? [1, 0];
    return description.intensityRange.map((value) => value * slope + intercept);
  });
  const shared = Object.entries(labels ?? {}).filter(([name, value]) =>
    slices.every(({ description }) => description.labels?.[name] === value),
  );
  return {
    ...first,
    kind,
    frames: slices.length,
    intensityRange: [Math.min(...ranges.map(([low]) => low)), Math.max(...ranges.map(([, high]) => high))],
    ...(spacingMm === undefined ? {} : { spacingMm }),
    ...(geometry === undefined ? {} : { geometry }),
    // Slices that bring their own scale are read in real units; frames of one file share one, and are not.
    ...(rescale === undefined || slices[0].slice.rescale !== undefined ? {} : { rescale }),
    ...(shared.length === 0 ? {} : { labels: Object.fromEntries(shared) }),
  };
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
