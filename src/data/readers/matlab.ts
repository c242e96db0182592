/**
 * MATLAB files of versions 5 to 7 (7.3 is HDF5): variables of pictures, `[rows, columns]` and further axes. Through
 * `mat-for-js`, which is optional and reads a file as a whole.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { messageOf, SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import type { MediaReader, OpenedMedia, PixelData } from '../media.ts';
import { type NamedArray, openNamedArrays } from './array/named-arrays.ts';
import { begins } from './magic.ts';

export const matlabReader: MediaReader = {
  format: 'matlab',
  title: 'MATLAB file',
  extensions: ['.mat'],
  sniff: (head) => begins(head, 0, 'MATLAB 5.0 MAT-file'),
  open: openMatlab,
};

/** Values become JavaScript numbers in nested lists: large files would not fit. */
const largestFile = 2 ** 28;

async function openMatlab(path: string): Promise<OpenedMedia> {
  if (statSync(path).size > largestFile) {
    throw new SondeError('data/unreadable', 'this MATLAB file is larger than 256 MiB', {
      hint: "save it with save(…, '-v7.3'), which is read piece by piece",
    });
  }
  const { read } = await import('mat-for-js').catch((error: unknown) => {
    throw new SondeError(
      'data/unreadable',
      'MATLAB files need the optional package mat-for-js, which cannot be loaded',
      {
        hint: 'npm install mat-for-js',
        cause: error,
      },
    );
  });
  const bytes = readFileSync(path);
  let data: Record<string, unknown>;
  try {
    ({ data } = read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
  } catch (error) {
    throw new SondeError('data/unreadable', `this MATLAB file cannot be read: ${messageOf(error).split('\n', 1)[0]}`, {
      cause: error,
    });
  }
  const arrays: NamedArray[] = [];
  collect(data, '', arrays);
  return openNamedArrays(arrays, 'matlab');
}

function collect(value: Readonly<Record<string, unknown>>, prefix: string, arrays: NamedArray[]): void {
  for (const [key, content] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (Array.isArray(content)) {
      const array = fromNested(content);
      if (array !== undefined) arrays.push({ name, ...array });
    } else if (typeof content === 'object' && content !== null && prefix === '') {
      collect(content as Record<string, unknown>, `${name}/`, arrays);
    }
  }
}

/** `[rows, columns, …]` becomes `[…, rows, columns]`, last axis first; `undefined` where lists are ragged or no numbers. */
function fromNested(nested: readonly unknown[]): Pick<NamedArray, 'shape' | 'read'> | undefined {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  if (shape.some((length) => length === 0)) return undefined;
  const out = new Float32Array(sizeOf(shape));
  // Rows, then columns, stay the fastest axes; colours stay behind them.
  const colour = shape.length > 2 && shape[2] === 3 ? [2] : [];
  const further = shape
    .map((_, axis) => axis)
    .slice(2 + colour.length)
    .reverse();
  const order = shape.length === 1 ? [0] : [...further, 0, 1, ...colour];
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  let whole = true;
  const fill = (level: unknown, depth: number, at: number): boolean => {
    if (depth === shape.length) {
      if (typeof level !== 'number' && typeof level !== 'bigint') return false;
      out[at] = Number(level);
      if (!(Number.isInteger(out[at]) && out[at] >= 0 && out[at] <= 255)) whole = false;
      return true;
    }
    if (!Array.isArray(level) || level.length !== shape[depth]) return false;
    return level.every((inner, i) => fill(inner, depth + 1, at + i * strides[depth]));
  };
  if (!fill(nested, 0, 0)) return undefined;
  const values: PixelData = whole ? Uint8Array.from(out) : out;
  return { shape: order.map((axis) => shape[axis]), read: (start, count) => values.slice(start, start + count) };
}
