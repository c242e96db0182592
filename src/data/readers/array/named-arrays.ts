/**
 * Files that hold arrays by name: which are pictures, which are their labels, which part of a split they belong to.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { Label, OpenedMedia, SplitPart } from '../../media.ts';
import { type ArrayMember, openArrays } from './array-media.ts';
import { interpretShape } from './picture-layout.ts';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly read: ArrayMember['read'];
  /** True for truth values, shown as 0 and 1. */
  readonly truth?: boolean;
  /** True where columns lie one after another: MATLAB's order. */
  readonly byColumn?: boolean;
}

const parts: readonly (readonly [RegExp, SplitPart])[] = [
  [/^train/i, 'train'],
  [/^val/i, 'validation'],
  [/^test/i, 'test'],
];
/** Values of one item that are labels, not a signal. */
const mostLabels = 40;

/** Media of all arrays of pictures. Throws `data/unreadable` where there are none. */
export function openNamedArrays(arrays: readonly NamedArray[], format: string, close?: () => void): OpenedMedia {
  const members: ArrayMember[] = [];
  for (const { name, shape, read, truth, byColumn } of arrays) {
    const meaning = interpretShape(shape);
    const companions = labelArrays(name, shape[0], arrays);
    // Where labels tell how many items there are, the first axis counts them; else one array is one clip.
    const meant = companions.length > 0 ? (meaning?.many ?? meaning?.whole) : (meaning?.whole ?? meaning?.many);
    if (meant === undefined) continue;
    const { height, width } = meant;
    const layout = byColumn ? { ...meant, byColumn, height: width, width: height } : meant;
    members.push({
      name,
      layout,
      read,
      ...(truth ? { range: [0, 1] as const } : {}),
      ...(companions.length > 0 && layout.items === shape[0] ? { labels: labelReader(companions) } : {}),
      ...officialPart(name),
    });
  }
  if (members.length === 0) {
    throw new SondeError('data/unreadable', 'this file holds no array of pictures', {
      found:
        arrays
          .map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
          .slice(0, 8)
          .join(', ') || 'no array at all',
    });
  }
  return openArrays(members, { format, close });
}

/** `train_images` belongs to the part of the split it is named after. */
export function officialPart(name: string): { official?: SplitPart } {
  const found = parts.find(([pattern]) => pattern.test(name.slice(name.lastIndexOf('/') + 1)));
  return found === undefined ? {} : { official: found[1] };
}

/** Arrays `[N]` or `[N, K]` whose name begins as this one's does. */
function labelArrays(name: string, items: number, arrays: readonly NamedArray[]): NamedArray[] {
  const prefix = /^(.*?)(images?|data|x|clips?|volumes?|pixels)?$/i.exec(name)?.[1] ?? '';
  return arrays.filter(({ name: other, shape }) => {
    if (other === name || shape[0] !== items || shape.length > 2 || shape.length === 0) return false;
    return (shape[1] ?? 1) <= mostLabels && other.startsWith(prefix);
  });
}

function labelReader(arrays: readonly NamedArray[]): (item: number) => Record<string, Label> {
  const columns = arrays.map(({ name, shape, read }) => {
    const width = shape[1] ?? 1;
    const label = name
      .replace(/^.*\//, '')
      .replace(/^(train|val(idation)?|test)_?/i, '')
      .replace(/^labels?$/i, 'label');
    return { label: label === '' ? 'label' : label, width, values: read(0, shape[0] * width) };
  });
  return (item) => {
    const labels: Record<string, Label> = {};
    for (const { label, width, values } of columns) {
      for (let i = 0; i < width; i++) {
        const value = values[item * width + i];
        if (Number.isFinite(value)) labels[width === 1 ? label : `${label} ${i + 1}`] = value;
      }
    }
    return labels;
  };
}
