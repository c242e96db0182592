/**
 * Lossless JPEG (ITU-T T.81, annex H): Huffman-coded differences from one of seven predictors. DICOM's processes 14.
 * One interleaved scan, no subsampling, 2 to 16 bits: what DICOM allows.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { CodecFrame } from './wasm-codecs.ts';

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

/** Values by code: for every 16 bits that may come next, `value << 5 | length`; 0 where no code fits. */
type HuffmanTable = Uint16Array;

/** Decodes one picture. `limit` bounds its values. Throws `data/unreadable`. */
export function decodeJpegLossless(bytes: Uint8Array, limit: number): CodecFrame {
  const { frame, scan, restart } = readMarkers(bytes);
  const { height, width, components, bits } = frame;
  if (height * width * components.length > limit) throw damaged();
  const values = decodeScan(new BitReader(bytes, scan.start), frame, scan, restart);
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
    if (marker === 0xc4) readTables(body, tables);
    else if (marker === 0xdd) restart = body[0] * 256 + body[1];
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

function readTables(body: Uint8Array, tables: HuffmanTable[]): void {
  let at = 0;
  while (at + 17 <= body.length) {
    const slot = body[at] & 15;
    const counts = body.subarray(at + 1, at + 17);
    at += 17;
    const table = new Uint16Array(65536);
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      for (let i = 0; i < counts[length - 1]; i++, code++) {
        const value = body[at++];
        if (value === undefined || value > 16 || code >= 1 << length) throw damaged();
        table.fill((value << 5) | length, code << (16 - length), (code + 1) << (16 - length));
      }
      code <<= 1;
    }
    tables[slot] = table;
  }
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

class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Bits made up behind the end of the data. */
  #missing = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** The next difference: its category by Huffman code, then as many bits. */
  difference(table: HuffmanTable): number {
    const entry = table[this.#peek(16)];
    if (entry === 0) throw damaged();
    this.#count -= entry & 31;
    const category = entry >> 5;
    if (category === 0) return 0;
    if (category === 16) return 32768;
    const value = this.#peek(category);
    this.#count -= category;
    if (this.#count < this.#missing) throw damaged();
    return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
  }

  #peek(length: number): number {
    while (this.#count < length) {
      let byte = this.#bytes[this.#at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        // A marker or the end: zeros follow, which are an error only once they are used.
        byte = 0;
        this.#missing += 8;
        if (this.#missing > 64) throw damaged();
      } else this.#at += byte === 0xff ? 2 : 1;
      // No more than 23 bits are ever held, so nothing is lost at the top.
      this.#bits = ((this.#bits << 8) | byte) & 0xffffff;
      this.#count += 8;
    }
    return (this.#bits >> (this.#count - length)) & ((1 << length) - 1);
  }

  /** Goes on behind the next restart marker. */
  restart(): void {
    this.#bits = this.#count = this.#missing = 0;
    const marker = this.#bytes[this.#at + 1];
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw damaged();
    this.#at += 2;
  }
}

function damaged(): SondeError {
  return new SondeError('data/unreadable', 'the lossless JPEG pixels of this DICOM file are damaged');
}
