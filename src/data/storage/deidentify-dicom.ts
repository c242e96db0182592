/**
 * A clean copy of a DICOM file: attributes after the confidentiality profile, text in the pixels blackened, and every
 * other pixel as it was.
 * @module
 */
import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import dcmjs from 'dcmjs';
import { SondeError } from '../../base/errors.ts';
import { type Attributes, cleanAttributes, marksOfCleaning } from '../deidentify/clean-attributes.ts';
import { blacken } from '../deidentify/mask-samples.ts';
import type { PixelData } from '../media.ts';
import { type DicomHeader, isPart10, readHeader, text } from '../readers/dicom/header.ts';
import { readSamples } from '../readers/dicom/samples.ts';
import type { Box } from '../transform/crop.ts';
import { pseudonymOf } from './pseudonym.ts';

export interface CleanCopyOptions {
  readonly salt: string;
  /** Moves all dates of a patient by the same number of days instead of removing them. */
  readonly shiftDates?: boolean;
  /** Boxes to blacken, in pixels; none leaves the pixel data byte for byte. */
  readonly boxes?: readonly Box[];
}

export interface CleanCopy {
  readonly bytes: Uint8Array;
  readonly pseudonym: string;
  /** Of the object, after mapping: a name for its file. */
  readonly instance: string;
}

const pixelData = '7FE00010';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const deflated = '1.2.840.10008.1.2.1.99';
const bigEndian = '1.2.840.10008.1.2.2';

// It would print tags it does not know, with what is in them.
dcmjs.log.setLevel('silent');

/** Throws `data/unreadable` for a file that cannot be read or written. */
export async function cleanCopy(file: Uint8Array, options: CleanCopyOptions): Promise<CleanCopy> {
  const header = readHeader(file);
  const { dataSet } = header;
  const identity = text(dataSet, 'x00100020') ?? text(dataSet, 'x00100010') ?? '';
  const pseudonym = pseudonymOf(identity, options.salt);
  const mapUid = (uid: string) => mappedUid(uid.replaceAll('\0', '').trim(), options.salt);
  const cleaning = {
    pseudonym,
    mapUid,
    ...(options.shiftDates ? { shiftDays: -shiftOf(identity, options.salt) } : {}),
  };
  const boxes = options.boxes ?? [];
  const masked = boxes.length > 0;
  const syntax = text(dataSet, 'x00020010') ?? '1.2.840.10008.1.2';
  if (syntax === bigEndian) throw unwritable('it is big-endian, a retired way of writing; convert it first');
  const attributes = {
    ...cleanAttributes(readAttributes(file), cleaning),
    ...marksOfCleaning(cleaning, masked),
  };
  delete attributes[pixelData];
  const sameSyntax = syntax === deflated ? explicitLittleEndian : syntax;
  const pixels = masked ? await maskedPixels(header, boxes) : undefined;
  if (pixels !== undefined) Object.assign(attributes, pixels.attributes);
  const written = pixels === undefined ? sameSyntax : explicitLittleEndian;
  const instance = mapUid(text(dataSet, 'x00080018') ?? `${pseudonym}-${file.length}`);
  const head = writeHead(attributes, written, text(dataSet, 'x00080016') ?? '', instance);
  const body = pixels?.element ?? pixelElement(file, header, syntax);
  return { bytes: Buffer.concat([head, body]), pseudonym, instance };
}

/** Everything up to the pixels, as dcmjs reads it. */
function readAttributes(file: Uint8Array): Attributes {
  if (!isPart10(file)) throw unwritable('it has no preamble; a file of this age must be converted first');
  try {
    const buffer = new Uint8Array(file).buffer;
    const { dict } = dcmjs.data.DicomMessage.readFile(buffer, { untilTag: pixelData, includeUntilTagValue: false });
    return dict as Attributes;
  } catch (cause) {
    throw unwritable('its attributes are damaged', cause);
  }
}

function writeHead(attributes: Attributes, syntax: string, sopClass: string, instance: string): Uint8Array {
  try {
    const meta = {
      '00020001': { vr: 'OB', Value: [new Uint8Array([0, 1]).buffer] },
      '00020002': { vr: 'UI', Value: [sopClass] },
      '00020003': { vr: 'UI', Value: [instance] },
      '00020010': { vr: 'UI', Value: [syntax] },
      '00020012': { vr: 'UI', Value: [mappedUid('sonde', '')] },
    };
    const dict = new dcmjs.data.DicomDict(meta);
    dict.dict = Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
    return new Uint8Array(dict.write({ allowInvalidVRLength: true }));
  } catch (cause) {
    throw unwritable('its attributes cannot be written again', cause);
  }
}

/** The element as it is in the file, with its header. */
function pixelElement(file: Uint8Array, { dataSet }: DicomHeader, syntax: string): Uint8Array {
  const element = dataSet.elements.x7fe00010;
  const bytes = syntax === deflated ? inflated(file, dataSet.byteArray) : dataSet.byteArray;
  const isTag = (at: number) => [0xe0, 0x7f, 0x10, 0x00].every((byte, i) => bytes[at + i] === byte);
  const short = element.dataOffset - 8;
  const start = syntax === '1.2.840.10008.1.2' || isTag(short) ? short : element.dataOffset - 12;
  if (start === short && syntax !== '1.2.840.10008.1.2')
    throw unwritable('its attributes are not of the kind it announces');
  // Compressed pixels end with a delimiter of eight bytes, which the length does not always count.
  let end = element.dataOffset + element.length;
  const delimiter = [0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0];
  const delimited = (at: number) => delimiter.every((byte, i) => bytes[at + i] === byte);
  if (element.encapsulatedPixelData && !delimited(end - 8) && delimited(end)) end += 8;
  return bytes.subarray(start, Math.min(end, bytes.length));
}

/** The parser keeps the file as it was inflated; without that, it is inflated here. */
function inflated(file: Uint8Array, parsed: Uint8Array): Uint8Array {
  if (parsed.length > file.length) return parsed;
  return inflateRawSync(file);
}

async function maskedPixels(header: DicomHeader, boxes: readonly Box[]) {
  const { frames, rows, columns, samples, photometric, bitsAllocated } = header;
  if (bitsAllocated === 1) throw unwritable('pixels of one bit hold no text to blacken');
  const parts: Uint8Array[] = [];
  let kind: PixelData | undefined;
  let rgb = false;
  for (let frame = 0; frame < frames; frame++) {
    const decoded = await readSamples(header, frame);
    // Samples of the first frame may be kept by the decoder: they are copied before they change.
    const data = decoded.data.slice() as PixelData;
    blacken(header, data, decoded.rgb, boxes);
    kind ??= data;
    rgb ||= decoded.rgb;
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const bytesPerSample = kind!.BYTES_PER_ELEMENT;
  if (kind instanceof Float32Array) throw unwritable('its samples have 32 bits, which cannot be written again');
  const length = frames * rows * columns * samples * bytesPerSample;
  const padded = length + (length % 2);
  const element = Buffer.alloc(12 + padded);
  element.set([0xe0, 0x7f, 0x10, 0x00], 0);
  element.write(bytesPerSample === 1 ? 'OB' : 'OW', 4, 'latin1');
  element.writeUInt32LE(padded, 8);
  let at = 12;
  for (const part of parts) {
    element.set(part, at);
    at += part.length;
  }
  const bits = header.bitsStored;
  const number = (vr: string, value: number) => ({ vr, Value: [value] });
  const attributes: Attributes = {
    '00280100': number('US', 8 * bytesPerSample),
    '00280101': number('US', bits),
    '00280102': number('US', bits - 1),
    ...(samples === 3 ? { '00280006': number('US', 0) } : {}),
    ...(samples === 3 && (rgb || photometric.startsWith('YBR'))
      ? { '00280004': { vr: 'CS', Value: [rgb ? 'RGB' : 'YBR_FULL'] } }
      : {}),
  };
  return { element, attributes };
}

/** The same UID always becomes the same one (PS3.5, B.2: `2.25.` and a number of 128 bits). */
export function mappedUid(uid: string, salt: string): string {
  const hash = createHash('sha256').update(salt).update('\0uid\0').update(uid).digest('hex').slice(0, 31);
  return `2.25.${BigInt(`0x1${hash}`)}`;
}

/** 1 to 3650 days, the same for all files of a patient. */
function shiftOf(identity: string, salt: string): number {
  const hash = createHash('sha256').update(salt).update('\0dates\0').update(identity.trim()).digest();
  return 1 + (hash.readUInt32LE(0) % 3650);
}

function unwritable(what: string, cause?: unknown): SondeError {
  return new SondeError('data/unreadable', `this DICOM file cannot be cleaned: ${what}`, { cause });
}
