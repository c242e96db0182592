/**
 * One frame of a DICOM file as numbers: unpacked or decompressed, in the host's byte order, colour by pixel.
 * @module
 */
import { inflateRawSync } from 'node:zlib';
import type { PixelData } from '../../media.ts';
import { type CodecFrame, decodeWithCodec, type WasmPacking } from './codec-thread.ts';
import { codedSize, withExtentOfHeader } from './coded-size.ts';
import { encodedFrame } from './encapsulated.ts';
import { type DicomHeader, unreadable } from './header.ts';
import { decodeJpegExtended, sampleBits } from './jpeg-extended.ts';
import { decodeJpegLossless } from './jpeg-lossless.ts';
import { decodeRle } from './rle.ts';

export interface Samples {
  /** `[rows, columns, samples]`, stored values. */
  readonly data: PixelData;
  /** True when a codec has already made RGB of what the header calls YBR. */
  readonly rgb: boolean;
}

/** Said of a file whose compressed frame carries a damaged size that its header sets right. */
export function mendedSize(header: DicomHeader): string[] {
  const element = header.dataSet.elements.x7fe00010;
  if (header.syntax.packing !== 'jpeg-2000' || !element.encapsulatedPixelData) return [];
  const size = codedSize(encodedFrame(header, element, 0));
  if (size === undefined || (size.height === header.rows && size.width === header.columns)) return [];
  return [
    `its compressed frame says ${size.height} x ${size.width}: damaged, and read as the ${header.rows} x ${header.columns} of its header and tiles`,
  ];
}

/** Stored values of frame `number`. Throws `data/unreadable`. */
export async function readSamples(header: DicomHeader, number: number): Promise<Samples> {
  const { syntax, dataSet, rows, columns, samples, bitsAllocated } = header;
  const element = dataSet.elements.x7fe00010;
  const pixels = rows * columns;
  if (syntax.packing === undefined) {
    throw unreadable(`its pixels are compressed as ${syntax.name}, which this version cannot decode`);
  }
  if (syntax.packing === 'native' || !element.encapsulatedPixelData) {
    return { data: nativeFrame(header, number), rgb: false };
  }
  const encoded = encodedFrame(header, element, number);
  if (syntax.packing === 'deflated') return { data: layOut(inflate(encoded, header), header), rgb: false };
  if (syntax.packing === 'rle') {
    if (bitsAllocated === 1) {
      const bits = decodeRle(encoded, Math.ceil(pixels / 8), 1, 1);
      return { data: unpackBits(bits, 0, pixels), rgb: false };
    }
    const bytes = decodeRle(encoded, pixels, samples, bitsAllocated / 8);
    return { data: byPixel(asNumbers(bytes, header), pixels, samples), rgb: false };
  }
  if (syntax.packing === 'video') throw unreadable('its frames are a video and are not read one by one');
  const frame = await decodeFrame(syntax.packing, encoded, header);
  if (frame.height !== rows || frame.width !== columns || frame.samples !== samples) {
    throw unreadable(
      `its compressed frame is ${frame.height} x ${frame.width} x ${frame.samples}, its header says ${rows} x ${columns} x ${samples}`,
    );
  }
  const wide = syntax.packing === 'jpeg-extended' && frame.bitsPerSample > 8;
  const rgb =
    syntax.packing === 'jpeg' || syntax.packing === 'jpeg-2000' || (syntax.packing === 'jpeg-extended' && !wide);
  return { data: asNumbers(frame.bytes, codedLayout(header, frame)), rgb };
}

async function decodeFrame(
  packing: WasmPacking | 'jpeg-lossless' | 'jpeg-extended',
  encoded: Uint8Array,
  header: DicomHeader,
): Promise<CodecFrame> {
  if (packing === 'jpeg-lossless') {
    return decodeJpegLossless(encoded, header.rows * header.columns * header.samples);
  }
  if (packing === 'jpeg-extended') {
    const limit = header.rows * header.columns * header.samples;
    // With 8 bits the process is the baseline one with more tables.
    if (sampleBits(encoded) !== 8) return decodeJpegExtended(encoded, limit);
    return decodeWithCodec('jpeg', withColourMark(encoded, header));
  }
  // A codec believes what the frame says and would reserve gigabytes, or run for minutes, for a damaged size.
  const size = codedSize(encoded);
  if (size === undefined ? packing === 'jpeg-ls' : size.height !== header.rows || size.width !== header.columns) {
    const mended = withExtentOfHeader(encoded, { height: header.rows, width: header.columns });
    if (mended !== undefined) return decodeWithCodec(packing, mended);
    const claimed = size === undefined ? 'of no known size' : `${size.height} x ${size.width}`;
    throw unreadable(`its compressed frame is ${claimed}, its header says ${header.rows} x ${header.columns}`);
  }
  return decodeWithCodec(packing, packing === 'jpeg' ? withColourMark(encoded, header) : encoded);
}

/** How a codec's samples lie in memory: the stream knows its bits; JPEG-LS and lossless JPEG leave the sign to the header. */
function codedLayout(header: DicomHeader, frame: CodecFrame): Layout {
  const bitsAllocated = frame.bitsPerSample > 8 ? 16 : 8;
  if (header.syntax.packing === 'jpeg-ls' || header.syntax.packing === 'jpeg-lossless')
    return { ...header, bitsAllocated };
  const { bitsPerSample: bitsStored } = frame;
  return {
    bitsAllocated,
    bitsStored,
    highBit: bitsStored - 1,
    signed: header.signed && header.syntax.packing !== 'jpeg' && header.syntax.packing !== 'jpeg-extended',
  };
}

function inflate(encoded: Uint8Array, header: DicomHeader): Uint8Array {
  const { rows, columns, samples, bitsAllocated } = header;
  const length = Math.ceil((rows * columns * samples * bitsAllocated) / 8);
  try {
    const bytes = inflateRawSync(encoded, { maxOutputLength: length + 16 });
    if (bytes.length >= length) return bytes;
  } catch {
    // Said below.
  }
  throw unreadable('a deflated frame is damaged');
}

/**
 * Without a marker that says otherwise a JPEG decoder takes three components for YCbCr. Where the header says RGB and
 * the stream is silent, an Adobe marker is put in front that says so too.
 */
function withColourMark(encoded: Uint8Array, { photometric, samples }: DicomHeader): Uint8Array {
  if (samples !== 3 || photometric !== 'RGB') return encoded;
  // Application markers stand right behind the start of the image.
  for (let at = 2; encoded[at] === 0xff && encoded[at + 1] >= 0xe0 && encoded[at + 1] <= 0xef; ) {
    const length = encoded[at + 2] * 256 + encoded[at + 3];
    // A decoder passes over an Adobe marker that is too short to say anything.
    if (encoded[at + 1] === 0xe0 || (encoded[at + 1] === 0xee && length >= 14)) return encoded;
    at += 2 + length;
  }
  const mark = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0];
  return Uint8Array.from([0xff, 0xd8, ...mark, ...encoded.subarray(2)]);
}

function nativeFrame(header: DicomHeader, number: number): PixelData {
  const { dataSet, syntax, rows, columns, samples, bitsAllocated, photometric, frames } = header;
  const element = dataSet.elements.x7fe00010;
  const pixels = rows * columns;
  const bits = bitsAllocated * pixels * (photometric === 'YBR_FULL_422' && samples === 3 ? 2 : samples);
  const available = Math.min(element.length, dataSet.byteArray.length - element.dataOffset);
  if (Math.ceil((bits * frames) / 8) > available) {
    throw unreadable(`its pixels end after ${available} of ${Math.ceil((bits * frames) / 8)} bytes`);
  }
  const first = (number * bits) / 8;
  const start = Math.floor(first);
  // Words of two bytes stay whole, so that big-endian ones can be turned.
  const end = Math.min(element.length, Math.ceil((first + bits / 8) / 2) * 2);
  let bytes = dataSet.byteArray.subarray(element.dataOffset + (start & ~1), element.dataOffset + end);
  const swap = syntax.bigEndian === true ? (bitsAllocated > 8 ? bitsAllocated / 8 : element.vr === 'OW' ? 2 : 1) : 1;
  if (swap > 1) bytes = swapped(bytes, swap);
  return layOut(bytes.subarray(start & 1), header, (number * bits) % 8);
}

/** Uncompressed bytes of one frame as numbers, colour by pixel. */
function layOut(bytes: Uint8Array, header: DicomHeader, skipBits = 0): PixelData {
  const { rows, columns, samples, bitsAllocated, photometric, planar } = header;
  const pixels = rows * columns;
  if (bitsAllocated === 1) return unpackBits(bytes, skipBits, pixels * samples);
  if (photometric === 'YBR_FULL_422' && samples === 3 && !planar) return unfold422(bytes, pixels);
  const data = asNumbers(bytes.subarray(0, (pixels * samples * bitsAllocated) / 8), header);
  return planar ? byPixel(data, pixels, samples) : data;
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let i = 0; i + width <= copy.length; i += width) copy.subarray(i, i + width).reverse();
  return copy;
}

/** One bit a pixel, least significant first; frames follow each other without padding. */
function unpackBits(bytes: Uint8Array, skip: number, count: number): Uint8Array {
  const out = new Uint8Array(count);
  for (let i = 0; i < count; i++) out[i] = (bytes[(skip + i) >> 3] >> ((skip + i) & 7)) & 1;
  return out;
}

/** Two pixels share a colour: Y Y Cb Cr becomes Y Cb Cr, Y Cb Cr. */
function unfold422(bytes: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 3);
  for (let pair = 0; pair < pixels >> 1; pair++) {
    const [first, second, blue, red] = bytes.subarray(pair * 4, pair * 4 + 4);
    out.set([first, blue, red, second, blue, red], pair * 6);
  }
  return out;
}

type Layout = Pick<DicomHeader, 'bitsAllocated' | 'bitsStored' | 'highBit' | 'signed'>;

/** Little-endian bytes as numbers; bits outside the stored ones (overlays) are dropped, the sign is carried on. */
function asNumbers(bytes: Uint8Array, layout: Layout): PixelData {
  const { bitsAllocated, signed } = layout;
  // A copy is aligned, and does not keep the whole file alive.
  const { buffer } = new Uint8Array(bytes);
  if (bitsAllocated === 8) return masked(signed ? new Int8Array(buffer) : new Uint8Array(buffer), layout);
  if (bitsAllocated === 16) return masked(signed ? new Int16Array(buffer) : new Uint16Array(buffer), layout);
  if (signed) return new Int32Array(buffer);
  // No type of the contract holds 32 unsigned bits; float32 keeps 24 of them.
  return Float32Array.from(new Uint32Array(buffer));
}

function masked<D extends PixelData>(data: D, { bitsAllocated, bitsStored, highBit, signed }: Layout): D {
  if (bitsStored === bitsAllocated) return data;
  const left = 32 - 1 - highBit;
  const right = 32 - bitsStored;
  for (let i = 0; i < data.length; i++) data[i] = signed ? (data[i] << left) >> right : (data[i] << left) >>> right;
  return data;
}

/** Planes of red, green and blue interleaved. */
function byPixel<D extends PixelData>(planes: D, pixels: number, samples: number): D {
  if (samples === 1) return planes;
  const out = planes.slice() as D;
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < pixels; i++) out[i * samples + sample] = planes[sample * pixels + i];
  }
  return out;
}
