/**
 * Arrays as media: one or many items out of each, read window by window.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type {
  Frames,
  FrameWindow,
  Label,
  MediaDescription,
  MediaItem,
  MediaPart,
  OpenedMedia,
  PixelData,
  SplitPart,
} from '../../media.ts';
import { newPixels, resolveWindow } from '../../window.ts';
import type { PictureLayout } from './picture-layout.ts';

/** One array of a file. */
export interface ArrayMember {
  /** Empty where the file holds no other. */
  readonly name: string;
  readonly layout: PictureLayout;
  /** Elements from a position on, in the order of the array. */
  readonly read: (start: number, count: number) => PixelData;
  /** Black and white; default: 0 and 255 for bytes, else as with `values`, from the smallest to the largest. */
  readonly range?: MediaItem['intensityRange'] | 'values';
  readonly labels?: (item: number) => Readonly<Record<string, Label>>;
  readonly official?: SplitPart;
  /** What the description adds: spacing, geometry, rate. */
  readonly facts?: Pick<MediaDescription, 'spacingMm' | 'geometry' | 'frameRateHz'>;
}

export interface ArrayMediaOptions {
  readonly format: string;
  readonly preferred?: OpenedMedia['preferred'];
  /** The array as one item, where `members` takes it apart. */
  readonly whole?: ArrayMember;
  readonly warnings?: readonly string[];
  readonly close?: () => void;
}

/** Elements that are looked at to find black and white. */
const scanned = 2 ** 26;
/** Items a file may hold. */
const mostItems = 2_000_000;

/** Media of arrays. Throws `data/unreadable` where there are none. */
export function openArrays(members: readonly ArrayMember[], options: ArrayMediaOptions): OpenedMedia {
  const { format, whole, preferred, warnings, close } = options;
  if (members.reduce((sum, { layout }) => sum + layout.items, 0) > mostItems) {
    throw new SondeError('data/unreadable', `this file announces more than ${mostItems} pictures`);
  }
  const byName = new Map(members.map((member) => [member.name, member]));
  const parts = members.flatMap((member) => partsOf(member, format));
  const first = whole === undefined ? parts[0]?.description : describe(whole, format);
  if (first === undefined) throw new SondeError('data/unreadable', 'this file holds no array of pictures');
  const single = parts.length <= 1 && whole === undefined && parts[0]?.official === undefined;
  return {
    description: first,
    ...(single ? {} : { parts }),
    ...(preferred === undefined ? {} : { preferred }),
    ...(warnings === undefined ? {} : { warnings }),
    async read(window, part) {
      if (part === undefined) return readItem(whole ?? members[0], 0, window);
      const slash = part.lastIndexOf('/');
      const numbered = /^\d+$/.test(part.slice(slash + 1)) && !byName.has(part);
      const member = byName.get(numbered ? part.slice(0, Math.max(0, slash)) : part);
      const item = numbered ? Number(part.slice(slash + 1)) : 0;
      if (member === undefined || item >= member.layout.items) {
        throw new SondeError('data/unreadable', `this file has no part '${part}'`, {
          hint: 'it has changed since it was indexed; index it again',
        });
      }
      return readItem(member, item, window);
    },
    close,
  };
}

function partsOf(member: ArrayMember, format: string): MediaPart[] {
  const { name, layout, labels, official } = member;
  const description = describe(member, format);
  return Array.from({ length: layout.items }, (_, item) => ({
    name: layout.items === 1 && name !== '' ? name : `${name === '' ? '' : `${name}/`}${item}`,
    description: labels === undefined ? description : { ...description, labels: labels(item) },
    ...(official === undefined ? {} : { official }),
  }));
}

function describe(member: ArrayMember, format: string): MediaDescription {
  const { kind, frames, height, width, samples } = member.layout;
  const channels = samples >= 3 ? 3 : 1;
  return { kind, frames, height, width, channels, intensityRange: rangeOf(member), format, ...member.facts };
}

/** Frames of one item of an array. */
function readItem({ layout, read }: ArrayMember, item: number, window: FrameWindow | undefined): Frames {
  const { frames, height, width, samples } = layout;
  const { start, count, stride } = resolveWindow(window, frames);
  const size = height * width * samples;
  const from = (layout.first ?? 0) + item * (layout.pitch ?? frames * size);
  let data: PixelData;
  if (stride === 1) data = read(from + start * size, count * size);
  else {
    const one = read(from + start * size, size);
    data = newPixels(one, count * size);
    data.set(one);
    for (let i = 1; i < count; i++) data.set(read(from + (start + i * stride) * size, size), i * size);
  }
  const channels = samples >= 3 ? 3 : 1;
  return { data: arrange(data, count, layout), shape: [count, height, width, channels] };
}

/** Rows before columns, colours by pixel, no opacity. */
function arrange(data: PixelData, count: number, layout: PictureLayout): PixelData {
  const { height, width, samples, planar = false, byColumn = false } = layout;
  const channels = samples >= 3 ? 3 : 1;
  if (samples === channels && !byColumn && (!planar || samples === 1)) return data;
  const out = newPixels(data, count * height * width * channels);
  const [yStep, xStep] = byColumn ? [1, height] : [width, 1];
  const [pixelStep, channelStep] = planar ? [1, height * width] : [samples, 1];
  let to = 0;
  for (let frame = 0; frame < count; frame++) {
    const base = frame * height * width * samples;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = base + (y * yStep + x * xStep) * pixelStep;
        for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel * channelStep];
      }
    }
  }
  return out;
}

/** Black and white: 0 and 255 for bytes, 0 and 1 for numbers between them, else the smallest and largest number there is. */
export function rangeOf({ layout, read, range }: ArrayMember): MediaItem['intensityRange'] {
  if (range !== undefined && range !== 'values') return range;
  const { items, frames, height, width, samples, first = 0 } = layout;
  const size = frames * height * width * samples;
  const pitch = layout.pitch ?? size;
  const looked = Math.max(1, Math.min(items, Math.floor(scanned / size)));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const piece = 2 ** 22;
  for (let i = 0; i < looked; i++) {
    const from = first + Math.floor((i * items) / looked) * pitch;
    for (let at = 0; at < size; at += piece) {
      const values = read(from + at, Math.min(piece, size - at));
      if (values instanceof Uint8Array && range === undefined) return [0, 255];
      for (let j = 0; j < values.length; j++) {
        const value = values[j];
        if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
        if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
      }
    }
  }
  if (!(low <= high)) throw new SondeError('data/unreadable', 'this file holds no finite number');
  if (range === undefined && low >= 0 && high <= 1 && high > 0.5) return [0, 1];
  return [low, high > low ? high : low + 1];
}
