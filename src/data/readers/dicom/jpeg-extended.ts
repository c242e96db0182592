/**
 * JPEG with the discrete cosine transform, sequential and Huffman-coded (ITU-T T.81, annex F): what DICOM's processes
 * 2 and 4 are, with 8 or 12 bits. Other decoders at hand stop at 8.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';
import type { CodecFrame } from './codec-thread.ts';
import { BitReader, type HuffmanTable, readHuffmanTables } from './huffman.ts';

interface Component {
  readonly id: number;
  /** Blocks across and down in one unit of the scan. */
  readonly across: number;
  readonly down: number;
  readonly quantisation: number;
  /** Values, padded to whole units. */
  readonly values: Uint16Array;
  readonly stride: number;
}

interface Frame {
  readonly bits: number;
  readonly height: number;
  readonly width: number;
  readonly components: readonly Component[];
  readonly unitsAcross: number;
  readonly unitsDown: number;
}

/** Bits of a DCT picture's samples; `undefined` where the stream is none. */
export function sampleBits(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    if (bytes[at + 1] === 0xc0 || bytes[at + 1] === 0xc1) return bytes[at + 4];
    at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
  }
  return undefined;
}

/** Decodes one picture of one scan. `limit` bounds its values. Throws `data/unreadable`. */
export function decodeJpegExtended(bytes: Uint8Array, limit: number): CodecFrame {
  const quantisation: Uint16Array[] = [];
  const tables: HuffmanTable[] = [];
  let frame: Frame | undefined;
  let restart = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
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
    if (marker === 0xdb) readQuantisation(body, quantisation);
    else if (marker === 0xc4) {
      readHuffmanTables(
        body,
        (slot, table) => {
          tables[slot] = table;
        },
        damaged,
      );
    } else if (marker === 0xdd) restart = body[0] * 256 + body[1];
    else if (marker === 0xc0 || marker === 0xc1) frame = readFrame(body, limit);
    else if (marker === 0xda && frame !== undefined) {
      decodeScan(new BitReader(bytes, at, damaged), frame, body, { quantisation, tables, restart });
      return joined(frame);
    }
  }
  throw damaged();
}

/** Tables in the order of the stream (zigzag). */
function readQuantisation(body: Uint8Array, tables: Uint16Array[]): void {
  for (let at = 0; at < body.length; ) {
    const wide = body[at] >> 4 === 1;
    const slot = body[at++] & 15;
    if (at + (wide ? 128 : 64) > body.length) throw damaged();
    tables[slot] = Uint16Array.from({ length: 64 }, () => (wide ? body[at++] * 256 + body[at++] : body[at++]));
  }
}

function readFrame(body: Uint8Array, limit: number): Frame {
  const [bits, heightHigh, heightLow, widthHigh, widthLow, count] = body;
  const [height, width] = [heightHigh * 256 + heightLow, widthHigh * 256 + widthLow];
  if ((bits !== 8 && bits !== 12) || (count !== 1 && count !== 3) || body.length < 6 + 3 * count) throw damaged();
  if (height < 1 || width < 1 || height * width * count > limit) throw damaged();
  const shapes = Array.from({ length: count }, (_, i) => ({
    id: body[6 + 3 * i],
    across: body[7 + 3 * i] >> 4,
    down: body[7 + 3 * i] & 15,
    quantisation: body[8 + 3 * i],
  }));
  if (shapes.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) throw damaged();
  // A single component is never cut into larger units.
  const units = count === 1 ? shapes.map((shape) => ({ ...shape, across: 1, down: 1 })) : shapes;
  const unitsAcross = Math.ceil(width / (8 * Math.max(...units.map(({ across }) => across))));
  const unitsDown = Math.ceil(height / (8 * Math.max(...units.map(({ down }) => down))));
  const components = units.map((shape) => {
    const stride = unitsAcross * shape.across * 8;
    return { ...shape, stride, values: new Uint16Array(stride * unitsDown * shape.down * 8) };
  });
  return { bits, height, width, components, unitsAcross, unitsDown };
}

interface Tables {
  readonly quantisation: readonly Uint16Array[];
  readonly tables: readonly HuffmanTable[];
  readonly restart: number;
}

function decodeScan(
  reader: BitReader,
  frame: Frame,
  body: Uint8Array,
  { quantisation, tables, restart }: Tables,
): void {
  const { components, unitsAcross, unitsDown, bits } = frame;
  if (body[0] !== components.length) throw damaged();
  const plans = components.map((component, i) => {
    const plan = {
      component,
      direct: tables[body[2 + 2 * i] >> 4],
      alternating: tables[16 + (body[2 + 2 * i] & 15)],
      steps: quantisation[component.quantisation],
      last: 0,
    };
    if (body[1 + 2 * i] !== component.id || !plan.direct || !plan.alternating || !plan.steps) throw damaged();
    return plan;
  });
  const block = new Float64Array(64);
  for (let unit = 0; unit < unitsAcross * unitsDown; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      reader.restart();
      for (const plan of plans) plan.last = 0;
    }
    const [unitY, unitX] = [Math.floor(unit / unitsAcross), unit % unitsAcross];
    for (const plan of plans) {
      const { component, direct, alternating, steps } = plan;
      for (let part = 0; part < component.across * component.down; part++) {
        block.fill(0);
        plan.last += reader.difference(direct);
        block[0] = plan.last * steps[0];
        for (let k = 1; k < 64; k++) {
          const symbol = reader.symbol(alternating);
          const [run, category] = [symbol >> 4, symbol & 15];
          if (category === 0 && run !== 15) break;
          k += run;
          if (k > 63) throw damaged();
          if (category > 0) block[zigzag[k]] = reader.signed(category) * steps[k];
        }
        const y = (unitY * component.down + Math.floor(part / component.across)) * 8;
        const x = (unitX * component.across + (part % component.across)) * 8;
        store(block, component, y * component.stride + x, bits);
      }
    }
  }
}

/** Back from frequencies to values, rounded and clipped. */
function store(block: Float64Array, { values, stride }: Component, start: number, bits: number): void {
  for (let x = 0; x < 8; x++) transform(block, x, 8, 2 ** (constantBits - extraBits));
  for (let y = 0; y < 8; y++) transform(block, y * 8, 1, 2 ** (constantBits + extraBits + 3));
  const [middle, most] = [2 ** (bits - 1), 2 ** bits - 1];
  for (let i = 0; i < 64; i++) {
    values[start + (i >> 3) * stride + (i & 7)] = Math.min(most, Math.max(0, block[i] + middle));
  }
}

const constantBits = 13;
/** Fraction bits kept between the two passes. */
const extraBits = 1;

/**
 * One pass of the inverse transform over 8 values, after Loeffler, Ligtenberg and Moschytz, in the fixed-point numbers of
 * the Independent JPEG Group's library: the same values, rounding included.
 */
function transform(values: Float64Array, start: number, step: number, divisor: number): void {
  const at = (i: number) => values[start + i * step];
  const shared = (at(2) + at(6)) * 4433;
  const [even2, even3] = [shared - at(6) * 15137, shared + at(2) * 6270];
  const [even0, even1] = [(at(0) + at(4)) * 8192, (at(0) - at(4)) * 8192];
  const sums = [even0 + even3, even1 + even2, even1 - even2, even0 - even3];
  const [odd0, odd1, odd2, odd3] = [at(7), at(5), at(3), at(1)];
  const common = (odd0 + odd2 + odd1 + odd3) * 9633;
  const z1 = (odd0 + odd3) * -7373;
  const z2 = (odd1 + odd2) * -20995;
  const z3 = (odd0 + odd2) * -16069 + common;
  const z4 = (odd1 + odd3) * -3196 + common;
  const odds = [odd3 * 12299 + z1 + z4, odd2 * 25172 + z2 + z3, odd1 * 16819 + z2 + z4, odd0 * 2446 + z1 + z3];
  for (let i = 0; i < 4; i++) {
    values[start + i * step] = Math.floor((sums[i] + odds[i] + divisor / 2) / divisor);
    values[start + (7 - i) * step] = Math.floor((sums[i] - odds[i] + divisor / 2) / divisor);
  }
}

/** Row-major positions in the order of the stream. */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
];

/** Components side by side; those with fewer values are repeated. */
function joined({ bits, height, width, components }: Frame): CodecFrame {
  const count = components.length;
  const [across, down] = [
    Math.max(...components.map((component) => component.across)),
    Math.max(...components.map((component) => component.down)),
  ];
  const values = new Uint16Array(height * width * count);
  components.forEach((component, channel) => {
    for (let y = 0; y < height; y++) {
      const row = Math.floor((y * component.down) / down) * component.stride;
      for (let x = 0; x < width; x++) {
        values[(y * width + x) * count + channel] = component.values[row + Math.floor((x * component.across) / across)];
      }
    }
  });
  const samples = bits > 8 ? values : Uint8Array.from(values);
  const bytes = new Uint8Array(samples.buffer, 0, samples.byteLength);
  return { bytes, height, width, samples: count, bitsPerSample: bits, signed: false };
}

function damaged(): SondeError {
  return new SondeError('data/unreadable', 'the extended JPEG pixels of this DICOM file are damaged');
}
