/**
 * Applies the profile to the attributes of one object, sequences included.
 * @module
 */
import { actionFor } from './profile.ts';

export interface Attribute {
  vr: string;
  Value?: unknown[];
}

/** Attributes by tag, eight hexadecimal digits. */
export type Attributes = Record<string, Attribute>;

export interface CleaningOptions {
  /** What stands in place of the patient's name and identity. */
  readonly pseudonym: string;
  mapUid(uid: string): string;
  /** Days by which dates are moved; dates and times are removed where absent. */
  readonly shiftDays?: number;
}

/** UIDs that DICOM itself gives out: classes, transfer syntaxes, well-known frames of reference. */
const standardUid = /^1\.2\.840\.10008\./;

/** New attributes; those given stay as they are. */
export function cleanAttributes(attributes: Attributes, options: CleaningOptions): Attributes {
  const clean: Attributes = {};
  for (const [tag, attribute] of Object.entries(attributes)) {
    const cleaned = cleanAttribute(tag.toUpperCase(), attribute, options);
    if (cleaned !== undefined) clean[tag.toUpperCase()] = cleaned;
  }
  return clean;
}

function cleanAttribute(tag: string, { vr, Value = [] }: Attribute, options: CleaningOptions): Attribute | undefined {
  const { shiftDays, mapUid } = options;
  switch (actionFor(tag, vr, shiftDays === undefined ? 'remove' : 'shift')) {
    case 'keep':
      return { vr, Value };
    case 'empty':
      return { vr, Value: [] };
    case 'map-uid':
      return { vr, Value: Value.map((uid) => (standardUid.test(String(uid)) ? uid : mapUid(String(uid)))) };
    case 'shift-date':
      return { vr, Value: vr === 'TM' ? Value : Value.map((date) => shiftedDate(String(date), shiftDays!)) };
    case 'look-inside':
      return { vr, Value: Value.map((item) => cleanAttributes(item as Attributes, options)) };
    case 'remove':
      return undefined;
  }
}

/** `YYYYMMDD`, or a date and time that begin so; what is no date becomes empty. */
export function shiftedDate(text: string, days: number): string {
  const match = /^(\d{4})(\d{2})(\d{2})(.*)$/.exec(text.trim());
  if (match === null) return '';
  const [, year, month, day, rest] = match;
  const moved = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) + days));
  return `${moved.toISOString().slice(0, 10).replaceAll('-', '')}${rest}`;
}

/** What says that an object was cleaned, and how (PS3.15, E.1.1; codes of PS3.16, CID 7050). */
export function marksOfCleaning(options: CleaningOptions, masked: boolean): Attributes {
  const codes = [
    ['113100', 'Basic Application Confidentiality Profile'],
    ...(masked ? [['113101', 'Clean Pixel Data Option']] : []),
    ...(options.shiftDays === undefined
      ? []
      : [['113107', 'Retain Longitudinal Temporal Information Modified Dates Option']]),
  ];
  return {
    '00100010': { vr: 'PN', Value: [options.pseudonym] },
    '00100020': { vr: 'LO', Value: [options.pseudonym] },
    '00100030': { vr: 'DA', Value: [] },
    '00100040': { vr: 'CS', Value: [] },
    '00120062': { vr: 'CS', Value: ['YES'] },
    '00120063': { vr: 'LO', Value: ['PS3.15 Basic Profile'] },
    '00120064': {
      vr: 'SQ',
      Value: codes.map(([code, meaning]) => ({
        '00080100': { vr: 'SH', Value: [code] },
        '00080102': { vr: 'SH', Value: ['DCM'] },
        '00080104': { vr: 'LO', Value: [meaning] },
      })),
    },
    '00280303': { vr: 'CS', Value: [options.shiftDays === undefined ? 'REMOVED' : 'MODIFIED'] },
    ...(masked ? { '00280301': { vr: 'CS', Value: ['NO'] } } : {}),
  };
}
