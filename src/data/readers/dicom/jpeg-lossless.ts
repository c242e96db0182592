/**
 * Lossless JPEG (ITU-T T.81, annex H): Huffman-coded differences from one of seven predictors. DICOM's processes 14.
 * One interleaved scan, no subsampling, 2 to 16 bits: what DICOM allows.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { CodecFrame } from './codec-thread.ts';
import { BitReader, type HuffmanTable, readHuffmanTables } from './huffman.ts';

interface Frame {
  readonly bits: number;
  readonly height: number;
  readonly width: number;
  readonly components: readonly number[];
}

interface Scan {
  /** Huffman table of each component, in the frame's order. */
  readonly tables: readonly HuffmanTable[];
  readonly predictor: number;
  readonly shift: number;
  readonly start: number;
}

/** Decodes one picture. `limit` bounds its values. Throws `data/unreadable`. */
export function decodeJpegLossless(bytes: Uint8Array, limit: number): CodecFrame {
  const { frame, scan, restart } = readMarkers(bytes);
  const { height, width, components, bits } = frame;
  if (height * width * components.length > limit) throw damaged();
  const values = decodeScan(new BitReader(bytes, scan.start, damaged), frame, scan, restart);
  const samples = bits > 8 ? values : Uint8Array.from(values);
  return {
    bytes: new Uint8Array(samples.buffer, 0, samples.byteLength),
    height,
    width,
    samples: components.length,
    bitsPerSample: bits,
    signed: false,
  };
}

function readMarkers(bytes: Uint8Array): { frame: Frame; scan: Scan; restart: number } {
  const tables: HuffmanTable[] = [];
  let frame: Frame | undefined;
  let restart = 0;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw damaged();
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes[at + 2] * 256 + bytes[at + 3];
    const body = bytes.subarray(at + 4, at + 2 + length);
    if (length < 2 || at + 2 + length > bytes.length) throw damaged();
    at += 2 + length;
    if (marker === 0xc4) {
      readHuffmanTables(
        body,
        (slot, table) => {
          tables[slot & 15] = table;
        },
        damaged,
      );
    } else if (marker === 0xdd) restart = body[0] * 256 + body[1];
    else if (marker === 0xc3) frame = readFrame(body);
    else if (marker === 0xda && frame !== undefined) return { frame, scan: readScan(body, frame, tables, at), restart };
  }
  throw damaged();
}

function readFrame(body: Uint8Array): Frame {
  const [bits, heightHigh, heightLow, widthHigh, widthLow, count] = body;
  const components = Array.from({ length: count }, (_, i) => body[6 + 3 * i]);
  const subsampled = components.some((_, i) => body[7 + 3 * i] !== 0x11);
  if (bits < 2 || bits > 16 || (count !== 1 && count !== 3) || body.length < 6 + 3 * count || subsampled)
    throw damaged();
  return { bits, height: heightHigh * 256 + heightLow, width: widthHigh * 256 + widthLow, components };
}

function readScan(body: Uint8Array, frame: Frame, tables: readonly HuffmanTable[], start: number): Scan {
  const count = body[0];
  if (count !== frame.components.length || body.length < 4 + 2 * count) throw damaged();
  const used = Array.from({ length: count }, (_, i) => tables[body[2 + 2 * i] >> 4]);
  const predictor = body[1 + 2 * count];
  const shift = body[3 + 2 * count] & 15;
  if (used.some((table) => table === undefined) || predictor < 1 || predictor > 7 || shift >= frame.bits)
    throw damaged();
  return { tables: used, predictor, shift, start };
}

function decodeScan(reader: BitReader, frame: Frame, scan: Scan, restart: number): Uint16Array {
  const { height, width, components, bits } = frame;
  const { tables, predictor, shift } = scan;
  const count = components.length;
  const row = width * count;
  const out = new Uint16Array(height * row);
  const initial = 1 << (bits - shift - 1);
  // After a restart the first row's rule holds again, from that pixel on.
  let origin = 0;
  for (let pixel = 0; pixel < height * width; pixel++) {
    if (restart > 0 && pixel > 0 && pixel % restart === 0) {
      reader.restart();
      origin = pixel;
    }
    const x = pixel % width;
    const firstRow = pixel - origin < width && pixel - x <= origin;
    for (let component = 0; component < count; component++) {
      const at = pixel * count + component;
      let expected: number;
      if (pixel === origin) expected = initial;
      else if (firstRow) expected = out[at - count];
      else if (x === 0) expected = out[at - row];
      else expected = predict(predictor, out[at - count], out[at - row], out[at - row - count]);
      out[at] = expected + reader.difference(tables[component]);
    }
  }
  if (shift > 0) for (let i = 0; i < out.length; i++) out[i] <<= shift;
  return out;
}

/** Table H.1: from the values to the left, above, and above to the left. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}

function damaged(): SondeError {
  return new SondeError('data/unreadable', 'the lossless JPEG pixels of this DICOM file are damaged');
}
