/**
 * NRRD, attached (`.nrrd`) and detached (`.nhdr`), raw or gzipped. Four axes of which one is no space are many volumes,
 * or colours where that axis is the first and 3 or 4 long.
 * @module
 */
import type { DType } from '../../tensor/host-array.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { fromRas, geometryOf, norm, type Vector } from '../patient-space.ts';
import { readHead } from './array/byte-source.ts';
import { begins } from './magic.ts';
import { numbersIn, openVolume, unreadable, type VolumeHeader } from './volume-header.ts';

const types: readonly (readonly [DType, RegExp])[] = [
  ['int8', /^(signed char|int8|int8_t)$/],
  ['uint8', /^(uchar|unsigned char|uint8|uint8_t)$/],
  ['int16', /^(short|short int|signed short|signed short int|int16|int16_t)$/],
  ['uint16', /^(ushort|unsigned short|unsigned short int|uint16|uint16_t)$/],
  ['int32', /^(int|signed int|int32|int32_t)$/],
  ['uint32', /^(uint|unsigned int|uint32|uint32_t)$/],
  ['int64', /^(longlong|long long|long long int|signed long long|signed long long int|int64|int64_t)$/],
  ['uint64', /^(ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t)$/],
  ['float32', /^float$/],
  ['float64', /^double$/],
];

export const nrrdReader: MediaReader = {
  format: 'nrrd',
  title: 'NRRD volume',
  extensions: ['.nrrd', '.nhdr'],
  supports: 'attached and detached, raw and gzip, either byte order, colours, several volumes',
  windowed: true,
  sniff: (head) => begins(head, 0, 'NRRD000'),
  open: openNrrd,
};

const headBytes = 2 ** 20;

async function openNrrd(path: string): Promise<OpenedMedia> {
  const text = Buffer.from(await readHead(path, headBytes)).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const fields = fieldsOf(end === null ? text : text.slice(0, end.index));
  return openVolume(path, headerOf(fields, end === null ? text.length : end.index + end[0].length));
}

function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    const found = /^([^:#]+):=?\s?(.*)$/.exec(line);
    if (found !== null && !line.startsWith('#')) fields.set(found[1].trim().toLowerCase(), found[2].trim());
  }
  return fields;
}

function headerOf(fields: ReadonlyMap<string, string>, headerLength: number): VolumeHeader {
  const typeName = fields.get('type')?.toLowerCase() ?? '';
  const type = types.find(([, pattern]) => pattern.test(typeName));
  if (type === undefined) throw unreadable('nrrd', 'its values are of no type that is supported');
  const sizes = numbersIn(fields.get('sizes') ?? '');
  if (sizes.length < 2 || sizes.length !== Number(fields.get('dimension'))) {
    throw unreadable('nrrd', 'its axes are not described');
  }
  const encoding = fields.get('encoding')?.toLowerCase() ?? 'raw';
  const packing = encoding === 'raw' ? 'raw' : encoding === 'gzip' || encoding === 'gz' ? 'gzip' : undefined;
  if (packing === undefined) throw unreadable('nrrd', 'its encoding is neither raw nor gzip');
  const dataFile = fields.get('data file') ?? fields.get('datafile');
  if (dataFile !== undefined && (/^list/i.test(dataFile) || /%/.test(dataFile))) {
    throw unreadable('nrrd', 'its pixels are spread over several files');
  }
  const skip = Number(fields.get('byte skip') ?? fields.get('byteskip') ?? 0);
  const kinds = (fields.get('kinds') ?? '').toLowerCase().split(/\s+/);
  const vectors = (fields.get('space directions') ?? '').match(/none|\([^)]*\)/gi) ?? [];
  const spatial = sizes.map((_, axis) => {
    if (vectors.length === sizes.length) return vectors[axis].toLowerCase() !== 'none';
    return kinds.length === sizes.length ? /^(space|domain|\?\?\?)$/.test(kinds[axis]) : true;
  });
  const colourFirst = sizes.length > 2 && (!spatial[0] || /color|vector/.test(kinds[0] ?? ''));
  const space = sizes.map((_, axis) => axis).slice(colourFirst ? 1 : 0);
  return {
    format: 'nrrd',
    dtype: type[0],
    bigEndian: fields.get('endian')?.toLowerCase() === 'big',
    sizes: space.map((axis) => sizes[axis]),
    samples: colourFirst ? sizes[0] : 1,
    planar: false,
    packing,
    dataFile,
    offset: skip < 0 ? -1 : (dataFile === undefined ? headerLength : 0) + skip,
    ...spaceOf(fields, vectors, space),
  };
}

function spaceOf(
  fields: ReadonlyMap<string, string>,
  vectors: readonly string[],
  axes: readonly number[],
): Pick<VolumeHeader, 'spacingMm' | 'geometry'> {
  const parsed = axes.slice(0, 3).map((axis) => numbersIn(vectors[axis] ?? '') as unknown as Vector);
  if (parsed.length === 3 && parsed.every((vector) => vector.length === 3)) {
    const toLps = spaceToLps(fields.get('space') ?? '');
    const spacingMm = parsed.map(norm).reverse() as [number, number, number];
    if (toLps === undefined) return { spacingMm, geometry: undefined };
    const origin = numbersIn(fields.get('space origin') ?? '0 0 0') as unknown as Vector;
    const [columns, rows, slices] = parsed.map(toLps);
    return {
      spacingMm,
      geometry: origin.length === 3 ? geometryOf(toLps(origin), [slices, rows, columns]) : undefined,
    };
  }
  const spacings = (fields.get('spacings') ?? '').split(/\s+/).map(Number);
  const [columns, rows, slices = 0] = axes.slice(0, 3).map((axis) => spacings[axis]);
  const known = columns > 0 && rows > 0;
  return { spacingMm: known ? [Number.isFinite(slices) ? slices : 0, rows, columns] : undefined, geometry: undefined };
}

/** From the file's space to left-posterior-superior. */
function spaceToLps(space: string): ((vector: Vector) => Vector) | undefined {
  const name = space.toLowerCase();
  if (/^(left-posterior-superior|lps)$/.test(name)) return (vector) => vector;
  if (/^(right-anterior-superior|ras)$/.test(name)) return fromRas;
  if (/^(left-anterior-superior|las)$/.test(name)) return ([x, y, z]) => [x, 0 - y, z];
  return undefined;
}
