/**
 * NIfTI-1 and NIfTI-2: single files and pairs (`.hdr` with `.img`), plain or gzipped, in either byte order.
 * The axes are those of the file: columns run along x, rows along y, slices along z; `geometry` says where they point.
 * Three axes are a volume. More are many volumes, one item for each position along the further axes, in the file's order;
 * but a single slice over time is a clip.
 * @module
 */
import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { sizeOf } from '../../base/shape.ts';
import { bytesPerElement } from '../../tensor/host-array.ts';
import type { MediaItem, MediaReader, OpenedMedia } from '../media.ts';
import { type ArrayMember, openArrays, rangeOf } from './array/array-media.ts';
import { isGzip, openBytes, readHead } from './array/byte-source.ts';
import type { PictureLayout } from './array/picture-layout.ts';
import { readElements } from './array/stored-array.ts';
import { type NiftiHeader, niftiKind, readNiftiHeader, unreadable } from './nifti-header.ts';

export const niftiReader: MediaReader = {
  format: 'nifti',
  title: 'NIfTI volume',
  extensions: ['.nii', '.nii.gz'],
  supports:
    'NIfTI-1 and 2, single files and pairs, gzipped, either byte order, scaling, affine; 4 to 7 axes as many volumes; RGB',
  windowed: true,
  sniff: (head, path) => niftiKind(head) !== undefined || (isGzip(head) && /\.(nii|hdr)\.gz$/i.test(path)),
  open: openNifti,
};

async function openNifti(path: string): Promise<OpenedMedia> {
  const header = readNiftiHeader(await readHead(path, 544));
  const pixels = header.pair ? imageBeside(path) : path;
  const { dimensions, dtype, samples, offset, bigEndian, slope, intercept } = header;
  const elements = sizeOf(dimensions) * samples;
  const source = await openBytes(pixels, offset + elements * bytesPerElement(dtype));
  const array = { source, dtype, bigEndian, offset, slope, intercept };
  const layout = layoutOf(header);
  const member: ArrayMember = {
    name: '',
    layout,
    read: (start, count) => readElements(array, start, count),
    range: samples > 1 ? [0, 255] : 'values',
    facts: factsOf(header, layout),
  };
  try {
    const range = samples > 1 ? ([0, 255] as const) : usableWindow(header.window, rangeOf(member));
    const media = openArrays([{ ...member, range }], { format: 'nifti', close: () => source.close() });
    return header.pair ? { ...media, companions: [basename(pixels)] } : media;
  } catch (error) {
    source.close();
    throw error;
  }
}

function layoutOf({ dimensions, samples }: NiftiHeader): PictureLayout {
  const [width, height, slices, ...further] = dimensions;
  const items = sizeOf(further);
  const picture = { height, width, samples };
  if (slices > 1) return { kind: 'volume', items, frames: slices, ...picture };
  const moving = items > 1 && items === further[0];
  return moving
    ? { kind: 'clip', items: 1, frames: items, ...picture }
    : { kind: 'image', items, frames: 1, ...picture };
}

function factsOf(header: NiftiHeader, { kind }: PictureLayout): ArrayMember['facts'] {
  const { spacingMm, geometry, secondsPerStep } = header;
  const [slices, rows, columns] = spacingMm ?? [0, 0, 0];
  return {
    ...(spacingMm === undefined ? {} : { spacingMm: [kind === 'volume' ? slices : 0, rows, columns] }),
    ...(geometry === undefined ? {} : { geometry }),
    ...(kind === 'clip' && secondsPerStep !== undefined ? { frameRateHz: 1 / secondsPerStep } : {}),
  };
}

/** The window the file recommends, unless it shows next to nothing of the values. */
function usableWindow(window: NiftiHeader['window'], values: MediaItem['intensityRange']): MediaItem['intensityRange'] {
  if (window === undefined) return values;
  const shared = Math.min(window[1], values[1]) - Math.max(window[0], values[0]);
  return shared >= 0.1 * (window[1] - window[0]) ? window : values;
}

/** The `.img` of a `.hdr`, gzipped or not. */
function imageBeside(path: string): string {
  const stem = path.replace(/\.hdr(\.gz)?$/i, '');
  for (const ending of ['.img', '.img.gz', '.IMG', '.IMG.gz']) {
    // A link could lead out of the folder.
    if (lstatSync(stem + ending, { throwIfNoEntry: false })?.isFile()) return stem + ending;
  }
  throw unreadable('its pixels should be in an .img file beside it, and there is none');
}
