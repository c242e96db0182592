/**
 * MetaImage: `.mha` with its pixels, `.mhd` with the pixels in a file beside it, raw or zlib-compressed.
 * @module
 */
import type { DType } from '../../tensor/host-array.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { geometryOf, scaled, type Vector } from '../patient-space.ts';
import { readHead } from './array/byte-source.ts';
import { numbersIn, openVolume, unreadable, type VolumeHeader } from './volume-header.ts';

const types: Readonly<Record<string, DType>> = {
  MET_CHAR: 'int8',
  MET_UCHAR: 'uint8',
  MET_SHORT: 'int16',
  MET_USHORT: 'uint16',
  MET_INT: 'int32',
  MET_UINT: 'uint32',
  MET_LONG: 'int32',
  MET_ULONG: 'uint32',
  MET_LONG_LONG: 'int64',
  MET_ULONG_LONG: 'uint64',
  MET_FLOAT: 'float32',
  MET_DOUBLE: 'float64',
};

export const metaImageReader: MediaReader = {
  format: 'metaimage',
  title: 'MetaImage volume',
  extensions: ['.mha', '.mhd'],
  supports: '.mha and .mhd, raw and zlib, either byte order',
  windowed: true,
  sniff: (head) => /^(ObjectType\s*=\s*Image|NDims\s*=)/.test(Buffer.from(head.subarray(0, 64)).toString('latin1')),
  open: openMetaImage,
};

const headBytes = 2 ** 16;

async function openMetaImage(path: string): Promise<OpenedMedia> {
  const text = Buffer.from(await readHead(path, headBytes)).toString('latin1');
  const fields = new Map<string, string>();
  let end = 0;
  // ElementDataFile is the last line by definition: pixels may follow.
  for (const found of text.matchAll(/([A-Za-z]\w*)\s*=[ \t]*([^\r\n]*)\r?(\n|$)/g)) {
    fields.set(found[1], found[2].trim());
    end = found.index + found[0].length;
    if (found[1] === 'ElementDataFile') break;
  }
  return openVolume(path, headerOf(fields, end));
}

function headerOf(fields: ReadonlyMap<string, string>, headerLength: number): VolumeHeader {
  const dtype = types[fields.get('ElementType') ?? ''];
  if (dtype === undefined) throw unreadable('metaimage', 'its values are of no type that is supported');
  const file = fields.get('ElementDataFile');
  if (file === undefined) throw unreadable('metaimage', 'it does not say where its pixels are');
  if (/^LIST\b/i.test(file) || /%/.test(file))
    throw unreadable('metaimage', 'its pixels are spread over several files');
  const sizes = numbersIn(fields.get('DimSize') ?? '');
  if (sizes.length < 2 || sizes.length !== Number(fields.get('NDims'))) {
    throw unreadable('metaimage', 'its axes are not described');
  }
  const local = /^LOCAL$/i.test(file);
  const skip = Number(fields.get('HeaderSize') ?? 0);
  const yes = (...names: string[]) => names.some((name) => /^true|^1/i.test(fields.get(name) ?? ''));
  return {
    format: 'metaimage',
    dtype,
    bigEndian: yes('BinaryDataByteOrderMSB', 'ElementByteOrderMSB'),
    sizes,
    samples: Number(fields.get('ElementNumberOfChannels') ?? 1),
    planar: false,
    packing: yes('CompressedData') ? 'zlib' : 'raw',
    dataFile: local ? undefined : file,
    offset: skip < 0 ? -1 : (local ? headerLength : 0) + skip,
    ...spaceOf(fields, sizes.length),
  };
}

function spaceOf(fields: ReadonlyMap<string, string>, rank: number): Pick<VolumeHeader, 'spacingMm' | 'geometry'> {
  const [columns, rows, slices = 0] = numbersIn(fields.get('ElementSpacing') ?? fields.get('ElementSize') ?? '');
  if (!(columns > 0 && rows > 0)) return { spacingMm: undefined, geometry: undefined };
  const matrix = numbersIn(fields.get('TransformMatrix') ?? fields.get('Orientation') ?? '');
  const origin = numbersIn(fields.get('Offset') ?? fields.get('Position') ?? fields.get('Origin') ?? '');
  const spacingMm = [slices, rows, columns] as const;
  if (rank < 3 || matrix.length !== rank * rank || origin.length < 3 || !(slices > 0)) {
    return { spacingMm, geometry: undefined };
  }
  // Each run of the matrix is the direction of one axis; MetaImage is in LPS.
  const axis = (i: number) => matrix.slice(i * rank, i * rank + 3) as unknown as Vector;
  const steps = [scaled(axis(2), slices), scaled(axis(1), rows), scaled(axis(0), columns)] as const;
  return { spacingMm, geometry: geometryOf(origin.slice(0, 3) as unknown as Vector, steps) };
}
