/**
 * Text headers of volumes (NRRD, MetaImage): `key: value` lines before the pixels or in a file of their own.
 * @module
 */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { bytesPerElement, type DType } from '../../tensor/host-array.ts';
import type { Geometry, OpenedMedia } from '../media.ts';
import { type ArrayMember, openArrays } from './array/array-media.ts';
import { type ByteSource, memoryBytes, openBytes } from './array/byte-source.ts';
import type { PictureLayout } from './array/picture-layout.ts';
import { readElements } from './array/stored-array.ts';

/** What a header says, whatever its dialect. */
export interface VolumeHeader {
  readonly format: 'nrrd' | 'metaimage';
  readonly dtype: DType;
  readonly bigEndian: boolean;
  /** Lengths of the axes of space and time, fastest first. */
  readonly sizes: readonly number[];
  /** Values of a pixel. */
  readonly samples: number;
  /** True where each value of a pixel has its own volume, false where they lie side by side. */
  readonly planar: boolean;
  readonly packing: 'raw' | 'gzip' | 'zlib';
  /** File of the pixels, where that is not the header's own; bytes before them, or -1 where they end the file. */
  readonly dataFile: string | undefined;
  readonly offset: number;
  /** Between [slices, rows, columns]. */
  readonly spacingMm: readonly [number, number, number] | undefined;
  readonly geometry: Geometry | undefined;
}

/** Opens what a header describes. Throws `data/unreadable`. */
export async function openVolume(path: string, header: VolumeHeader): Promise<OpenedMedia> {
  const { dtype, bigEndian, format, spacingMm, geometry } = header;
  const layout = layoutOf(header);
  const length = sizeOf(header.sizes) * header.samples * bytesPerElement(dtype);
  const file = header.dataFile === undefined ? path : besideOf(path, header.dataFile);
  const { source, offset } = await pixelsOf(file, header, length);
  const array = { source, dtype, bigEndian, offset };
  const [slices = 0, rows = 0, columns = 0] = spacingMm ?? [];
  const volume = layout.kind === 'volume';
  const member: ArrayMember = {
    name: '',
    layout,
    read: (start, count) => readElements(array, start, count),
    ...(layout.samples > 1 ? {} : { range: 'values' }),
    facts: {
      ...(spacingMm === undefined ? {} : { spacingMm: [volume ? slices : 0, rows, columns] }),
      ...(geometry === undefined ? {} : { geometry }),
    },
  };
  try {
    const media = openArrays([member], { format, close: () => source.close() });
    return file === path ? media : { ...media, companions: [basename(file)] };
  } catch (error) {
    source.close();
    throw error;
  }
}

function layoutOf({ sizes, samples, planar, format }: VolumeHeader): PictureLayout {
  const [width, height, frames = 1, ...further] = sizes;
  if (!sizes.every((length) => Number.isSafeInteger(length) && length >= 1) || height === undefined) {
    throw unreadable(format, `its axes are ${sizes.join(' x ')} long`);
  }
  const items = sizeOf(further);
  const kind = frames > 1 ? 'volume' : 'image';
  if (samples === 1) return { kind, items, frames, height, width, samples };
  if (planar) return { kind, items: items * samples, frames, height, width, samples: 1 };
  if (samples === 2 || samples === 3 || samples === 4) return { kind, items, frames, height, width, samples };
  throw unreadable(format, `it has ${samples} values a pixel instead of 1, 3 or 4`);
}

/** A file named by a header: in the same folder and nowhere else. */
function besideOf(path: string, name: string): string {
  if (basename(name) !== name || name === '..') {
    throw new SondeError('data/unreadable', 'this header names a file of pixels in another folder', {
      hint: 'put both files into one folder and name the pixels without a path',
    });
  }
  const file = join(dirname(path), name);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new SondeError('data/unreadable', 'the file of pixels that this header names is not there');
  // A link could lead anywhere.
  if (!stats.isFile())
    throw new SondeError('data/unreadable', 'the pixels that this header names are no file of their own');
  return file;
}

async function pixelsOf(
  file: string,
  { packing, offset, format }: VolumeHeader,
  length: number,
): Promise<{ source: ByteSource; offset: number }> {
  const { size } = statSync(file);
  if (packing === 'raw') {
    const start = offset < 0 ? size - length : offset;
    if (start < 0) throw unreadable(format, `its pixels should take ${length} bytes, the file has ${size}`);
    return { source: await openBytes(file, start + length), offset: start };
  }
  if (offset < 0 || length > size * 1032 + 64) throw unreadable(format, 'its pixels are cut off or damaged');
  const packed = readFileSync(file).subarray(offset);
  return { source: memoryBytes(inflate(packed, packing, length, format)), offset: 0 };
}

function inflate(
  bytes: Uint8Array,
  packing: 'gzip' | 'zlib',
  length: number,
  format: VolumeHeader['format'],
): Uint8Array {
  let out: Uint8Array;
  try {
    const unpack = packing === 'gzip' ? gunzipSync : inflateSync;
    out = unpack(bytes, { maxOutputLength: length + 1024 });
  } catch (error) {
    throw unreadable(format, 'its pixels are cut off or damaged', error);
  }
  if (out.length < length) throw unreadable(format, `its pixels end after ${out.length} of ${length} bytes`);
  return out;
}

export function unreadable(format: VolumeHeader['format'], what: string, cause?: unknown): SondeError {
  const title = { nrrd: 'NRRD', metaimage: 'MetaImage' }[format];
  return new SondeError('data/unreadable', `this ${title} file cannot be read: ${what}`, { cause });
}

/** Numbers of a header, of any notation: `1 2 3`, `(1,2,3)`. */
export function numbersIn(text: string): number[] {
  return (text.match(/[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/gi) ?? []).map(Number);
}
