/**
 * The tags of a DICOM file that say how to read its pixels and what they show.
 * @module
 */
import { inflateRawSync } from 'node:zlib';
import dicomParser, { type DataSet } from 'dicom-parser';
import { SondeError } from '../../../base/errors.ts';
import { type TransferSyntax, transferSyntax } from './transfer-syntax.ts';

export interface DicomHeader {
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  /** Photometric interpretation: MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_… */
  readonly photometric: string;
  /** Colour by plane instead of by pixel. */
  readonly planar: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly modality: string | undefined;
}

/** Deflated files may not blow up beyond this. */
const largestInflated = 2 ** 29;

/** Parses a file. Throws `data/unreadable`; messages repeat nothing from the file but numbers and known names. */
export function readHeader(bytes: Uint8Array): DicomHeader {
  const dataSet = parse(bytes);
  const uid = text(dataSet, 'x00020010') ?? guessSyntax(bytes);
  const has = (tag: string) => dataSet.elements[tag] !== undefined;
  if (!has('x7fe00010')) {
    throw new SondeError('data/unreadable', 'this DICOM file holds no pictures', {
      hint: 'reports, plans, directories and signals are no pictures; leave them out',
    });
  }
  const rows = dataSet.uint16('x00280010') ?? 0;
  const columns = dataSet.uint16('x00280011') ?? 0;
  const samples = dataSet.uint16('x00280002') ?? 1;
  const bitsAllocated = dataSet.uint16('x00280100') ?? 0;
  const bitsStored = dataSet.uint16('x00280101') ?? bitsAllocated;
  const frames = integer(dataSet, 'x00280008') ?? 1;
  if (rows < 1 || columns < 1) throw unreadable('it does not say how large its pictures are');
  if (frames < 1) throw unreadable(`it says that it holds ${frames} frames`);
  if (samples !== 1 && samples !== 3) throw unreadable(`it has ${samples} samples a pixel instead of 1 or 3`);
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw unreadable(`it has ${bitsAllocated} bits a sample instead of 1, 8, 16 or 32`);
  }
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw unreadable(`it stores ${bitsStored} bits in samples of ${bitsAllocated}`);
  }
  return {
    dataSet,
    syntax: transferSyntax(uid),
    rows,
    columns,
    frames,
    samples,
    photometric: text(dataSet, 'x00280004') ?? 'MONOCHROME2',
    planar: dataSet.uint16('x00280006') === 1,
    bitsAllocated,
    bitsStored,
    highBit: Math.min(bitsAllocated - 1, dataSet.uint16('x00280102') ?? bitsStored - 1),
    signed: dataSet.uint16('x00280103') === 1,
    modality: text(dataSet, 'x00080060'),
  };
}

function parse(bytes: Uint8Array): DataSet {
  try {
    const implicit = implicitUnderExplicit(bytes);
    if (implicit !== undefined) return implicit;
    const headless = !isPart10(bytes);
    return dicomParser.parseDicom(bytes, {
      ...(headless ? { TransferSyntaxUID: guessSyntax(bytes) } : {}),
      inflater: (all: Uint8Array, position: number) => {
        const body = inflateRawSync(all.subarray(position), { maxOutputLength: largestInflated });
        return Buffer.concat([all.subarray(0, position), body]);
      },
    });
  } catch (error) {
    const partial = pictureBeforeDamage(bytes, error);
    if (partial !== undefined) return partial;
    throw new SondeError('data/unreadable', 'this DICOM file is cut off or damaged');
  }
}

/**
 * Some writers announce an explicit or compressed syntax and then leave the value representations out; `undefined` for
 * files that keep their word.
 */
function implicitUnderExplicit(bytes: Uint8Array): DataSet | undefined {
  if (!isPart10(bytes)) return undefined;
  const dataSet: DataSet & { readonly position?: number } = dicomParser.readPart10Header(bytes);
  const start = dataSet.position ?? bytes.length;
  const uid = text(dataSet, 'x00020010') ?? '';
  const { packing, bigEndian } = transferSyntax(uid);
  const announced = uid !== implicitSyntax && packing !== undefined && bigEndian !== true;
  // The first element is one of group 8, whose number and length the next bytes are.
  if (!announced || bytes[start] !== 8 || bytes[start + 1] !== 0 || spellsRepresentation(bytes, start + 4)) {
    return undefined;
  }
  const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, start);
  dicomParser.parseDicomDataSetImplicit(dataSet, stream, bytes.length, { untilTag: 'x7fe00010' });
  const pixels = dataSet.elements.x7fe00010;
  if (pixels?.hadUndefinedLength) {
    stream.position = pixels.dataOffset;
    dicomParser.findEndOfEncapsulatedElement(stream, pixels, stream.warnings);
  }
  return dataSet;
}

/** What was parsed before an error, when that includes the pixels: damage behind them does no harm. */
function pictureBeforeDamage(bytes: Uint8Array, error: unknown): DataSet | undefined {
  const { dataSet } = (error ?? {}) as { dataSet?: DataSet };
  if (dataSet?.elements?.x7fe00010 === undefined || !isPart10(bytes)) return undefined;
  Object.assign(dataSet.elements, dicomParser.readPart10Header(bytes).elements);
  return dataSet;
}

/** True with the preamble and prefix of a DICOM file. */
export function isPart10(bytes: Uint8Array): boolean {
  return bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d;
}

/** For files without a preamble: explicit where the first element spells its value representation. */
function guessSyntax(bytes: Uint8Array): string {
  return spellsRepresentation(bytes, 4) ? '1.2.840.10008.1.2.1' : implicitSyntax;
}

const implicitSyntax = '1.2.840.10008.1.2';

/** True where two capital letters stand: the value representation of an explicit element. */
function spellsRepresentation(bytes: Uint8Array, at: number): boolean {
  const letter = (byte: number) => byte >= 0x41 && byte <= 0x5a;
  return letter(bytes[at]) && letter(bytes[at + 1]);
}

/** A text element without padding; `undefined` where absent or empty. */
export function text(dataSet: DataSet, tag: string): string | undefined {
  const value = dataSet.string(tag)?.replaceAll('\0', '').trim();
  return value === '' ? undefined : value;
}

/** A number from a decimal string, one of several where the element has them. */
export function decimal(dataSet: DataSet, tag: string, index = 0): number | undefined {
  if (index >= (dataSet.numStringValues(tag) ?? 0)) return undefined;
  const value = dataSet.floatString(tag, index);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function integer(dataSet: DataSet, tag: string): number | undefined {
  const value = dataSet.elements[tag] === undefined ? undefined : dataSet.intString(tag);
  return value !== undefined && Number.isInteger(value) ? value : undefined;
}

/** First item of a sequence. */
export function firstItem(dataSet: DataSet | undefined, tag: string): DataSet | undefined {
  return dataSet?.elements[tag]?.items?.[0]?.dataSet;
}

export function unreadable(what: string): SondeError {
  return new SondeError('data/unreadable', `this DICOM file cannot be read: ${what}`);
}
