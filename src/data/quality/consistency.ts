/**
 * Items that differ from the others in spacing, frame rate, size or colour, which a network would learn instead of anatomy.
 * @module
 */
import type { MediaItem } from '../media.ts';

export interface Inconsistency {
  readonly what: 'spacing' | 'frame rate' | 'channels';
  readonly text: string;
  /** The items in the minority, at most. */
  readonly items: readonly string[];
}

/** Values further from the median than this factor are another setting, not a rounding. */
const apart = 1.5;

export function inconsistencies(items: readonly MediaItem[]): Inconsistency[] {
  return [spacing(items), frameRate(items), channels(items)].filter((found) => found !== undefined);
}

function spacing(items: readonly MediaItem[]): Inconsistency | undefined {
  const known = items.filter(({ spacingMm }) => spacingMm !== undefined && spacingMm[1] > 0);
  const missing = items.filter((item) => !known.includes(item));
  const middle = median(known.map((item) => item.spacingMm![1]));
  const odd = known.filter(({ spacingMm }) => isApart(spacingMm![1], middle));
  const uneven = known.filter(({ spacingMm }) => isApart(spacingMm![1], spacingMm![2]));
  if (odd.length > 0) {
    const text = `pixel spacing of ${countOf(odd)} differs from the median of ${round(middle)} mm by more than half: resample to one spacing`;
    return { what: 'spacing', text, items: ids(odd) };
  }
  if (uneven.length > 0) {
    const text = `${countOf(uneven)} ${uneven.length === 1 ? 'has' : 'have'} pixels that are not square`;
    return { what: 'spacing', text, items: ids(uneven) };
  }
  if (known.length === 0 || missing.length === 0) return undefined;
  return {
    what: 'spacing',
    text: `pixel spacing is unknown for ${missing.length} of ${items.length} items`,
    items: ids(missing),
  };
}

function frameRate(items: readonly MediaItem[]): Inconsistency | undefined {
  const clips = items.filter(({ kind }) => kind === 'clip');
  const known = clips.filter(({ frameRateHz }) => frameRateHz !== undefined);
  const middle = median(known.map((item) => item.frameRateHz!));
  const odd = known.filter(({ frameRateHz }) => isApart(frameRateHz!, middle));
  if (odd.length > 0) {
    const text = `frame rate of ${countOf(odd)} differs from the median of ${round(middle)} Hz by more than half: sample clips by time, not by frames`;
    return { what: 'frame rate', text, items: ids(odd) };
  }
  const missing = clips.filter((clip) => !known.includes(clip));
  if (known.length === 0 || missing.length === 0) return undefined;
  return {
    what: 'frame rate',
    text: `the frame rate of ${missing.length} of ${clips.length} clips is unknown`,
    items: ids(missing),
  };
}

function channels(items: readonly MediaItem[]): Inconsistency | undefined {
  const colour = items.filter((item) => item.channels === 3);
  const grey = items.filter((item) => item.channels === 1);
  if (colour.length === 0 || grey.length === 0) return undefined;
  const fewer = colour.length < grey.length ? colour : grey;
  const text = `${grey.length} items are grey and ${colour.length} in colour: a network can tell them apart by that alone`;
  return { what: 'channels', text, items: ids(fewer) };
}

function isApart(a: number, b: number): boolean {
  return a > apart * b || b > apart * a;
}

function ids(items: readonly MediaItem[]): string[] {
  return items.map(({ id }) => id);
}

function countOf(items: readonly MediaItem[]): string {
  return items.length === 1 ? 'one item' : `${items.length} items`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
