/**
 * From stored values to grey that grows brighter, or to RGB.
 * @module
 */
import type { DataSet } from 'dicom-parser';
import type { PixelData } from '../../media.ts';
import { type DicomHeader, unreadable } from './header.ts';
import type { Samples } from './samples.ts';

/** Smallest and largest value the stored bits can hold. */
export function storedRange({ bitsStored, signed }: Pick<DicomHeader, 'bitsStored' | 'signed'>): [number, number] {
  return signed ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1] : [0, 2 ** bitsStored - 1];
}

/** Values of a frame as they are handed out: MONOCHROME1 turned over, palettes looked up, YBR made RGB. */
export function present(header: DicomHeader, { data, rgb }: Samples): PixelData {
  const { photometric } = header;
  if (header.samples === 1) {
    if (photometric === 'PALETTE COLOR') return lookUp(data, paletteOf(header));
    return photometric === 'MONOCHROME1' ? turnedOver(data, header) : data;
  }
  if (rgb || !photometric.startsWith('YBR')) return data;
  if (photometric === 'YBR_FULL' || photometric === 'YBR_FULL_422') return fromYbr(data as Uint8Array);
  throw unreadable(
    `its colours are coded as ${/^[A-Z_0-9]{1,16}$/.test(photometric) ? photometric : 'something unknown'}`,
  );
}

const palettes = new WeakMap<DicomHeader, Palette>();

/** Read once a file: it may have 65 536 entries, and the file a thousand frames. */
function paletteOf(header: DicomHeader): Palette {
  const palette = palettes.get(header) ?? readPalette(header.dataSet);
  palettes.set(header, palette);
  return palette;
}

/** White for black: the value v becomes smallest + largest − v. */
function turnedOver(data: PixelData, header: DicomHeader): PixelData {
  const [low, high] = storedRange(header);
  const out = data.slice();
  for (let i = 0; i < out.length; i++) out[i] = low + high - out[i];
  return out;
}

/** Full-range YCbCr to RGB (PS3.3, C.7.6.3.1.2). */
function fromYbr(data: Uint8Array): Uint8Array {
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i + 2 < data.length; i += 3) {
    const luma = data[i];
    const blue = data[i + 1] - 128;
    const red = data[i + 2] - 128;
    out[i] = luma + 1.402 * red;
    out[i + 1] = luma - 0.344136 * blue - 0.714136 * red;
    out[i + 2] = luma + 1.772 * blue;
  }
  return new Uint8Array(out.buffer);
}

export interface Palette {
  /** Stored value of the first entry. */
  readonly first: number;
  /** Red, green, blue of each entry. */
  readonly colours: Uint8Array | Uint16Array;
  readonly bits: 8 | 16;
}

/** The palette of a file. Throws `data/unreadable`. */
export function readPalette(dataSet: DataSet): Palette {
  const descriptor = [0, 1, 2].map((i) => dataSet.uint16('x00281101', i));
  const [entries, first, bits] = [descriptor[0] === 0 ? 65536 : descriptor[0], descriptor[1], descriptor[2]];
  if (entries === undefined || first === undefined || (bits !== 8 && bits !== 16)) {
    throw unreadable('its palette is missing or damaged');
  }
  const colours = bits === 8 ? new Uint8Array(entries * 3) : new Uint16Array(entries * 3);
  ['x00281201', 'x00281202', 'x00281203'].forEach((tag, channel) => {
    const segmented = dataSet.elements[segmentedTags[channel]];
    if (dataSet.elements[tag] === undefined && segmented !== undefined) {
      const values = expandSegments(dataSet, segmentedTags[channel], bits, entries);
      for (let i = 0; i < entries; i++) colours[i * 3 + channel] = values[i];
      return;
    }
    const element = dataSet.elements[tag];
    // Eight-bit entries are packed two to a word, or given a word each.
    const packed = element !== undefined && bits === 8 && element.length < entries * 2;
    if (element === undefined || element.length < entries * (packed ? 1 : 2)) {
      throw unreadable('its palette is missing or shorter than announced');
    }
    for (let i = 0; i < entries; i++) {
      const value = packed ? dataSet.byteArray[element.dataOffset + i] : (dataSet.uint16(tag, i) ?? 0);
      colours[i * 3 + channel] = value;
    }
  });
  return { first, colours, bits };
}

const segmentedTags = ['x00281221', 'x00281222', 'x00281223'];

/** A palette told in segments: runs of values, straight lines, and repetitions of earlier segments (PS3.3, C.7.9.2). */
function expandSegments(dataSet: DataSet, tag: string, bits: 8 | 16, entries: number): number[] {
  const element = dataSet.elements[tag];
  const bytes = dataSet.byteArray;
  const { dataOffset } = element;
  const count = bits === 8 ? element.length : element.length >> 1;
  const word = (i: number): number => {
    if (i >= count) throw unreadable('its palette is shorter than announced');
    return bits === 8 ? bytes[dataOffset + i] : (dataSet.uint16(tag, i) ?? 0);
  };
  const values: number[] = [];
  const starts: number[] = [];
  const segment = (start: number): number => {
    const [kind, length] = [word(start), word(start + 1)];
    if (kind === 0) {
      for (let i = 0; i < length; i++) values.push(word(start + 2 + i));
      return start + 2 + length;
    }
    if (kind !== 1 || values.length === 0) throw unreadable('its palette is damaged');
    const [from, to] = [values[values.length - 1], word(start + 2)];
    for (let i = 1; i <= length; i++) values.push(Math.round(from + ((to - from) * i) / length));
    return start + 3;
  };
  for (let at = 0; at < count && values.length < entries; ) {
    starts.push(at);
    if (word(at) !== 2) {
      at = segment(at);
      continue;
    }
    // An indirect segment: so many earlier segments again, from a byte offset given in two words.
    const repeated = word(at + 1);
    const offset = bits === 8 ? u32(bytes, dataOffset + at + 2) : (word(at + 2) + 65_536 * word(at + 3)) / 2;
    let from = starts.indexOf(offset);
    if (from < 0 || repeated > starts.length) throw unreadable('its palette is damaged');
    for (let i = 0; i < repeated && values.length < entries; i++, from++) {
      if (from >= starts.length - 1) throw unreadable('its palette is damaged');
      segment(starts[from]);
    }
    at += bits === 8 ? 6 : 4;
  }
  if (values.length < entries) throw unreadable('its palette is shorter than announced');
  return values;
}

function u32(bytes: Uint8Array, at: number): number {
  return bytes[at] + 256 * bytes[at + 1] + 65_536 * bytes[at + 2] + 2 ** 24 * bytes[at + 3];
}

function lookUp(data: PixelData, { first, colours }: Palette): Uint8Array | Uint16Array {
  const last = colours.length / 3 - 1;
  const out = colours instanceof Uint8Array ? new Uint8Array(data.length * 3) : new Uint16Array(data.length * 3);
  for (let i = 0; i < data.length; i++) {
    const entry = Math.min(Math.max(data[i] - first, 0), last) * 3;
    out[i * 3] = colours[entry];
    out[i * 3 + 1] = colours[entry + 1];
    out[i * 3 + 2] = colours[entry + 2];
  }
  return out;
}
