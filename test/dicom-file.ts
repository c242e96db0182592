/**
 * Small DICOM files for tests, explicit little endian.
 * @module
 */

/** Text, numbers of the given representation, bytes, or items of a sequence. */
export type ElementValue = string | readonly number[] | Uint8Array | readonly DicomElements[];
/** `{ '0020,0032 DS': '0\\0\\5' }` */
export type DicomElements = { readonly [tag: string]: ElementValue };

const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT', 'OF', 'OD']);

/** A file of these elements, sorted by tag; `fragments` stand in the place of pixels for compressed syntaxes. */
export function dicomFile(
  elements: DicomElements,
  { syntax = '1.2.840.10008.1.2.1', fragments }: { syntax?: string; fragments?: readonly Uint8Array[] } = {},
): Uint8Array {
  const meta = encode({ '0002,0010 UI': syntax });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  const parts = [Buffer.alloc(128), Buffer.from('DICM'), encode({ '0002,0000 UL': length }), meta, encode(elements)];
  if (fragments !== undefined) {
    parts.push(tagged(0x7fe0, 0x0010), Buffer.from('OB\0\0\xff\xff\xff\xff', 'latin1'), item(Buffer.alloc(0)));
    for (const fragment of fragments) parts.push(item(padded(Buffer.from(fragment), 0)));
    parts.push(tagged(0xfffe, 0xe0dd), Buffer.alloc(4));
  }
  return Buffer.concat(parts);
}

function encode(elements: DicomElements): Buffer {
  const names = Object.keys(elements).sort();
  return Buffer.concat(
    names.map((name) => {
      const [group, element] = name
        .slice(0, 9)
        .split(',')
        .map((part) => Number.parseInt(part, 16));
      const vr = name.slice(10);
      const value = bytesOf(elements[name], vr);
      const head = Buffer.alloc(long.has(vr) ? 8 : 4);
      head.write(vr, 0, 'latin1');
      if (long.has(vr)) head.writeUInt32LE(value.length, 4);
      else head.writeUInt16LE(value.length, 2);
      return Buffer.concat([tagged(group, element), head, value]);
    }),
  );
}

function bytesOf(value: ElementValue, vr: string): Buffer {
  if (typeof value === 'string') return padded(Buffer.from(value, 'latin1'), vr === 'UI' ? 0 : 32);
  if (value instanceof Uint8Array) return padded(Buffer.from(value), 0);
  if (vr === 'SQ') return Buffer.concat((value as readonly DicomElements[]).map((one) => item(encode(one))));
  const numbers = value as readonly number[];
  const width = { US: 2, UL: 4, FD: 8 }[vr] ?? 2;
  const bytes = Buffer.alloc(width * numbers.length);
  numbers.forEach((number, i) => {
    if (vr === 'UL') bytes.writeUInt32LE(number, i * 4);
    else if (vr === 'FD') bytes.writeDoubleLE(number, i * 8);
    else bytes.writeUInt16LE(number, i * 2);
  });
  return bytes;
}

function item(content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  tagged(0xfffe, 0xe000).copy(head);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

function tagged(group: number, element: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(group);
  bytes.writeUInt16LE(element, 2);
  return bytes;
}

function padded(bytes: Buffer, fill: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([fill])]);
}

/** What every 8-bit or 16-bit grey picture needs. */
export function greyPicture(rows: number, columns: number, pixels: Uint8Array | Uint16Array): DicomElements {
  const wide = pixels instanceof Uint16Array;
  return {
    '0028,0002 US': [1],
    '0028,0004 CS': 'MONOCHROME2',
    '0028,0010 US': [rows],
    '0028,0011 US': [columns],
    '0028,0100 US': [wide ? 16 : 8],
    '0028,0101 US': [wide ? 16 : 8],
    '0028,0102 US': [wide ? 15 : 7],
    '0028,0103 US': [0],
    [`7FE0,0010 ${wide ? 'OW' : 'OB'}`]: new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
  };
}
