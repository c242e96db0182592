/**
 * Every format that can be read. Adding one is adding its file and a line here.
 * @module
 */
import type { MediaReader } from '../media.ts';
import { batchReaders } from './binary-batches.ts';
import { bmpReader } from './bmp.ts';
import { dicomReader } from './dicom.ts';
import { hdf5Reader } from './hdf5.ts';
import { idxReader } from './idx.ts';
import { imageReaders } from './image.ts';
import { matlabReader } from './matlab.ts';
import { metaImageReader } from './metaimage.ts';
import { niftiReader } from './nifti.ts';
import { npyReader } from './npy.ts';
import { npzReader } from './npz.ts';
import { nrrdReader } from './nrrd.ts';
import { csvSignalReader, parquetSignalReader } from './signal-table.ts';
import { videoReader } from './video.ts';
import { wavReader } from './wav.ts';

/** In the order they are asked. */
export const readers: readonly MediaReader[] = [
  dicomReader,
  ...imageReaders,
  bmpReader,
  niftiReader,
  nrrdReader,
  metaImageReader,
  npyReader,
  npzReader,
  idxReader,
  hdf5Reader,
  matlabReader,
  ...batchReaders,
  videoReader,
  wavReader,
  csvSignalReader,
  parquetSignalReader,
];

export type Recognition =
  | { readonly reader: MediaReader }
  /** Named or built like a medium, and yet nothing that can be opened. */
  | { readonly problem: string }
  /** No medium at all. */
  | undefined;

/** Which reader a file is for: by its first bytes, and where those say nothing by its name. */
export function recognise(head: Uint8Array, path: string): Recognition {
  const name = path.toLowerCase();
  const named = readers.find((reader) => reader.extensions.some((extension) => name.endsWith(extension)));
  if (head.length === 0) return named === undefined ? undefined : { problem: `this ${named.title} is an empty file` };
  const reader = readers.find((candidate) => candidate.sniff(head, path));
  if (reader !== undefined) return { reader };
  if (named !== undefined) {
    return { problem: `this file is named like a ${named.title}, but it holds ${describeContent(head)}` };
  }
  return undefined;
}

/** What the first bytes look like, in words. */
function describeContent(head: Uint8Array): string {
  const text = head.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
  if (!text) return 'data of an unknown format';
  const start = String.fromCharCode(...head.subarray(0, 64)).trimStart();
  return /^<(!doctype html|html)/i.test(start) ? 'a web page' : 'plain text';
}
