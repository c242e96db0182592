/**
 * Space, time and intensity of a DICOM file: pixel spacing, frame rate, window.
 * @module
 */
import type { DataSet } from 'dicom-parser';
import type { Annotation, Box, MediaItem, MediaKind } from '../../media.ts';
import { type DicomHeader, decimal, firstItem } from './header.ts';

/** Kinds of imaging whose frames follow each other in time. */
const moving = new Set(['US', 'IVUS', 'XA', 'RF', 'ES', 'GM', 'XC', 'SM', 'DX', 'CR']);

export function kindOf(header: DicomHeader, frameRateHz: number | undefined): MediaKind {
  if (header.frames === 1) return 'image';
  return frameRateHz !== undefined || moving.has(header.modality ?? '') ? 'clip' : 'volume';
}

/** Frames a second, from the frame time, its vector, or the recommended rate. */
export function frameRateOf(dataSet: DataSet): number | undefined {
  const milliseconds = decimal(dataSet, 'x00181063') ?? meanStep(dataSet, 'x00181065');
  if (milliseconds !== undefined && milliseconds > 0) return 1000 / milliseconds;
  const rate = decimal(dataSet, 'x00180040') ?? decimal(dataSet, 'x00082144');
  return rate !== undefined && rate > 0 ? rate : undefined;
}

/** Mean of the steps of a frame time vector, whose first entry is 0. */
function meanStep(dataSet: DataSet, tag: string): number | undefined {
  const count = dataSet.numStringValues(tag) ?? 0;
  if (count < 2) return undefined;
  let sum = 0;
  for (let i = 1; i < count; i++) sum += decimal(dataSet, tag, i) ?? Number.NaN;
  return Number.isFinite(sum) ? sum / (count - 1) : undefined;
}

const regionTypes: Readonly<Record<number, string>> = {
  1: 'tissue',
  2: 'colour flow',
  3: 'pulsed-wave spectrum',
  4: 'continuous-wave spectrum',
  10: 'ECG',
};

/** The regions of an ultrasound picture: what is tissue, flow, spectrum, ECG. */
export function ultrasoundRegions(dataSet: DataSet): Annotation[] {
  const boxes = (dataSet.elements.x00186011?.items ?? []).flatMap(({ dataSet: region }): Box[] => {
    const [left, top, right, bottom] = ['x00186018', 'x0018601a', 'x0018601c', 'x0018601e'].map((tag) =>
      region?.uint32(tag),
    );
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) return [];
    if (right <= left || bottom <= top) return [];
    const label = regionTypes[region?.uint16('x00186014') ?? 0] ?? 'other';
    return [{ label, x: left, y: top, width: right - left + 1, height: bottom - top + 1 }];
  });
  return boxes.length === 0 ? [] : [{ type: 'boxes', name: 'ultrasound regions', boxes }];
}

/** [slices, rows, columns] in millimetres; slices 0 where they are not known or there are none. */
export function spacingOf(header: DicomHeader, kind: MediaKind): MediaItem['spacingMm'] {
  const { dataSet } = header;
  const measures =
    firstItem(firstItem(dataSet, 'x52009229') ?? firstItem(dataSet, 'x52009230'), 'x00289110') ?? dataSet;
  const plane = pair(measures, 'x00280030') ?? pair(dataSet, 'x00181164') ?? ultrasoundSpacing(dataSet);
  if (plane === undefined) return undefined;
  const slices = decimal(measures, 'x00180088') ?? decimal(measures, 'x00180050') ?? 0;
  return [kind === 'volume' ? Math.abs(slices) : 0, plane[0], plane[1]];
}

function pair(dataSet: DataSet, tag: string): [number, number] | undefined {
  const rows = decimal(dataSet, tag, 0);
  const columns = decimal(dataSet, tag, 1);
  return rows !== undefined && columns !== undefined && rows > 0 && columns > 0 ? [rows, columns] : undefined;
}

/** From the first region of an ultrasound picture that is measured in centimetres. */
function ultrasoundSpacing(dataSet: DataSet): [number, number] | undefined {
  for (const { dataSet: region } of dataSet.elements.x00186011?.items ?? []) {
    if (region?.uint16('x00186024') !== 3 || region.uint16('x00186026') !== 3) continue;
    const rows = Math.abs(region.double('x0018602e') ?? 0) * 10;
    const columns = Math.abs(region.double('x0018602c') ?? 0) * 10;
    if (rows > 0 && columns > 0) return [rows, columns];
  }
  return undefined;
}

/** The window the file recommends, in stored values: [black, white]. */
export function windowOfFile(dataSet: DataSet): [number, number] | undefined {
  const shared = firstItem(dataSet, 'x52009229');
  const voi = firstItem(shared, 'x00289132') ?? dataSet;
  const rescale = firstItem(shared, 'x00289145') ?? dataSet;
  const centre = decimal(voi, 'x00281050');
  const width = decimal(voi, 'x00281051');
  if (centre === undefined || width === undefined || width < 1) return undefined;
  const slope = decimal(rescale, 'x00281053') ?? 1;
  const intercept = decimal(rescale, 'x00281052') ?? 0;
  if (slope === 0) return undefined;
  // Linear window (PS3.3, C.11.2.1.2.1), and back from rescaled to stored values.
  const half = Math.max(0.5, (width - 1) / 2);
  const stored = (value: number) => (value - intercept) / slope;
  return [stored(centre - 0.5 - half), stored(centre - 0.5 + half)];
}
