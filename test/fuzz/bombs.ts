/**
 * Small files that ask for much: bombs, endless nesting, sizes beyond any memory.
 * @module
 */
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { SampleFile } from './samples.ts';

const megabyte = 2 ** 20;

export function bombs(): SampleFile[] {
  const zeros = gzipSync(new Uint8Array(256 * megabyte), { level: 9 });
  return [
    // Members of one gzip file follow each other: 24 × 256 MB from 6 MB.
    { name: 'bomb.nii.gz', bytes: Buffer.concat([gzipSync(hugeNifti()), ...Array.from({ length: 24 }, () => zeros)]) },
    {
      name: 'bomb.npy.gz',
      bytes: Buffer.concat([gzipSync(npyHeader('(4096, 65536, 65536)')), ...Array.from({ length: 24 }, () => zeros)]),
    },
    { name: 'huge.npy', bytes: npyHeader('(1000000, 1000000, 1000000)') },
    { name: 'negative.npy', bytes: npyHeader('(3, 99999999999999999999, 7)') },
    { name: 'bomb.npz', bytes: zipBomb() },
    { name: 'bomb.dcm', bytes: deflatedDicom() },
    { name: 'nested.dcm', bytes: nestedDicom(100_000) },
    { name: 'huge.png', bytes: hugePng() },
    { name: 'nested.safetensors', bytes: nestedJson(200_000) },
    { name: 'nested.onnx', bytes: nestedProtobuf(20_000) },
    {
      name: 'huge.nrrd',
      bytes: new TextEncoder().encode(
        'NRRD0004\ntype: double\ndimension: 3\nsizes: 99999 99999 99999\nencoding: gzip\n\n\x1f\x8b',
      ),
    },
    {
      name: 'outside.mhd',
      bytes: new TextEncoder().encode(
        'ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\nElementDataFile = ../../../../etc/passwd\n',
      ),
    },
    {
      name: 'outside.nhdr',
      bytes: new TextEncoder().encode(
        'NRRD0004\ntype: uint8\ndimension: 3\nsizes: 4 4 4\nencoding: raw\ndata file: /etc/passwd\n',
      ),
    },
    {
      name: 'a-images-idx3-ubyte',
      bytes: Uint8Array.of(0, 0, 8, 3, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255),
    },
  ];
}

function npyHeader(shape: string): Uint8Array {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  return Buffer.concat([Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0), Buffer.from(`${text}\n`)]);
}

function hugeNifti(): Uint8Array {
  const bytes = Buffer.alloc(352);
  bytes.writeInt32LE(348, 0);
  [3, 32767, 32767, 32767, 1, 1, 1, 1].forEach((value, i) => {
    bytes.writeInt16LE(value, 40 + 2 * i);
  });
  bytes.writeInt16LE(64, 70);
  bytes.writeInt16LE(64, 72);
  bytes.writeFloatLE(352, 108);
  bytes.write('n+1\0', 344, 'latin1');
  return bytes;
}

/** One entry that says it is small and unpacks to 1 GB, and 40 more that share its bytes. */
function zipBomb(): Uint8Array {
  const packed = deflateRawSync(new Uint8Array(1024 * megabyte), { level: 9 });
  const name = Buffer.from('train_images.npy');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(1000, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Array.from({ length: 40 }, () => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(1000, 24);
    entry.writeUInt16LE(name.length, 28);
    return Buffer.concat([entry, name]);
  });
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(40, 8);
  end.writeUInt16LE(40, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, directory, end]);
}

function dicomHead(syntax: string): Buffer {
  const value = Buffer.from(syntax.length % 2 === 0 ? syntax : `${syntax}\0`, 'latin1');
  const element = Buffer.alloc(8);
  element.set([2, 0, 0x10, 0, 0x55, 0x49, value.length, 0]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element, value]);
}

function deflatedDicom(): Uint8Array {
  const packed = deflateRawSync(new Uint8Array(1536 * megabyte), { level: 9 });
  return Buffer.concat([dicomHead('1.2.840.10008.1.2.1.99'), packed]);
}

/** Sequences within sequences, none of which ends. */
function nestedDicom(depth: number): Uint8Array {
  const level = Buffer.from([
    8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255,
  ]);
  return Buffer.concat([dicomHead('1.2.840.10008.1.2.1'), ...Array.from({ length: depth }, () => level)]);
}

/** A header of 60 000 × 60 000 pixels before a few bytes of data. */
function hugePng(): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length, 0);
    return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(64)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function nestedJson(depth: number): Uint8Array {
  const text = Buffer.from('['.repeat(depth) + ']'.repeat(depth));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length), 0);
  return Buffer.concat([length, text]);
}

/** A graph whose node has an attribute that is a graph whose node …: every level three lengths. */
function nestedProtobuf(depth: number): Uint8Array {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
  const parts: Buffer[] = [];
  let length = 0;
  // From the inside out: graph.node (1), node.attribute (5), attribute.g (6).
  for (let level = 0; level < depth; level++) {
    for (const tag of [0x32, 0x2a, 0x0a]) {
      const head = Buffer.from([tag, ...varint(length)]);
      parts.unshift(head);
      length += head.length;
    }
  }
  return Buffer.concat([Buffer.from([0x08, 8, 0x3a, ...varint(length)]), ...parts]);
}
