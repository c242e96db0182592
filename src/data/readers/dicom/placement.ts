/**
 * Where the pictures of a DICOM file lie: of a single slice within its series, and of the frames of one file.
 * @module
 */
import { createHash } from 'node:crypto';
import type { DataSet } from 'dicom-parser';
import type { MediaDescription, SlicePlace } from '../../media.ts';
import { cross, norm, scaled, type Vector } from '../../patient-space.ts';
import { type SliceStack, stackSeries } from '../../series.ts';
import { type DicomHeader, decimal, firstItem, text } from './header.ts';

/** The file within its series; `undefined` where it names none. */
export function sliceOf(header: DicomHeader): SlicePlace | undefined {
  const { dataSet } = header;
  const series = text(dataSet, 'x0020000e');
  if (series === undefined) return undefined;
  const rescale = rescaleOf(dataSet);
  const time = decimal(dataSet, 'x00181060') ?? clockMs(text(dataSet, 'x00080032'));
  const number = decimal(dataSet, 'x00200013');
  return {
    series: hashOf(series),
    instance: hashOf(text(dataSet, 'x00080018') ?? `${series} ${number}`),
    ...(number === undefined ? {} : { number }),
    ...planeOf(dataSet, dataSet),
    ...(time === undefined ? {} : { timeMs: time }),
    ...(rescale === undefined ? {} : { rescale }),
    ...described(dataSet),
  };
}

/** A unique identifier, made unrecognisable. */
export function hashOf(uid: string): string {
  return createHash('sha256').update(uid).digest('hex').slice(0, 16);
}

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/** True for objects that hold masks instead of pictures. */
export function isSegmentation(dataSet: DataSet): boolean {
  return text(dataSet, 'x00080016') === segmentationStorage;
}

function described(dataSet: DataSet): Pick<SlicePlace, 'describes' | 'classes'> {
  if (!isSegmentation(dataSet)) return {};
  const series = text(firstItem(dataSet, 'x00081115') ?? dataSet, 'x0020000e');
  if (series === undefined || firstItem(dataSet, 'x00081115') === undefined) return {};
  return { describes: hashOf(series), classes: segmentNames(dataSet) };
}

/** What the numbers of a segmentation stand for: coded names, not the free text that a person typed. */
function segmentNames(dataSet: DataSet): Record<string, string> {
  const names: Record<string, string> = {};
  for (const { dataSet: segment } of dataSet.elements.x00620002?.items ?? []) {
    const number = segment?.uint16('x00620004');
    if (segment === undefined || number === undefined) continue;
    const type = firstItem(segment, 'x0062000f');
    names[String(number)] = (type === undefined ? undefined : text(type, 'x00080104')) ?? `segment ${number}`;
  }
  return names;
}

/** Position and orientation of a plane. */
export function planeOf(
  position: DataSet | undefined,
  orientation: DataSet | undefined,
): Pick<SlicePlace, 'positionMm' | 'rows' | 'columns'> {
  const numbers = (dataSet: DataSet | undefined, tag: string, count: number) => {
    const values = Array.from({ length: count }, (_, i) =>
      dataSet === undefined ? undefined : decimal(dataSet, tag, i),
    );
    return values.every((value) => value !== undefined) ? values : undefined;
  };
  const at = numbers(position, 'x00200032', 3);
  const turned = numbers(orientation, 'x00200037', 6);
  if (at === undefined || turned === undefined) return {};
  const [columns, rows] = [turned.slice(0, 3), turned.slice(3)] as unknown as [Vector, Vector];
  if (!(norm(columns) > 0 && norm(rows) > 0) || !(norm(cross(columns, rows)) > 0)) return {};
  return {
    positionMm: at as unknown as Vector,
    columns: scaled(columns, 1 / norm(columns)),
    rows: scaled(rows, 1 / norm(rows)),
  };
}

/** Slope and intercept, where they change anything. */
export function rescaleOf(dataSet: DataSet | undefined): readonly [number, number] | undefined {
  if (dataSet === undefined) return undefined;
  const slope = decimal(dataSet, 'x00281053') ?? 1;
  const intercept = decimal(dataSet, 'x00281052') ?? 0;
  return slope === 0 || (slope === 1 && intercept === 0) ? undefined : [slope, intercept];
}

/** Slope and intercept of each frame, where they differ from frame to frame. */
export function frameScales(header: DicomHeader): readonly (readonly [number, number])[] | undefined {
  if (header.frames < 2 || header.dataSet.elements.x52009230 === undefined) return undefined;
  const scales = Array.from({ length: header.frames }, (_, frame) => {
    return rescaleOf(groupsOf(header, frame)('x00289145')) ?? ([1, 0] as const);
  });
  const [[slope, intercept]] = scales;
  return scales.every(([a, b]) => a === slope && b === intercept) ? undefined : scales;
}

/** Functional groups of one frame, and those that all frames share. */
export function groupsOf({ dataSet }: DicomHeader, frame: number): (tag: string) => DataSet | undefined {
  const own = dataSet.elements.x52009230?.items?.[frame]?.dataSet;
  const shared = firstItem(dataSet, 'x52009229');
  return (tag) => firstItem(own, tag) ?? firstItem(shared, tag);
}

/**
 * Stacks of the frames of one file, by where each lies; none where the file does not say. The `path` of each slice is
 * the number of its frame.
 */
export function frameStacks(header: DicomHeader, description: MediaDescription): SliceStack[] {
  const { frames, dataSet } = header;
  if (frames < 3) return [];
  const single: MediaDescription = { ...description, kind: 'image', frames: 1 };
  const places = Array.from({ length: frames }, (_, frame) => placeOfFrame(header, frame));
  if (places.some(({ positionMm }) => positionMm === undefined)) return [];
  const slices = places.map((place, frame) => ({
    path: String(frame),
    description: single,
    slice: { series: '', instance: String(frame), number: frame, ...place },
  }));
  const stacks = stackSeries(slices);
  const used = stacks.reduce((sum, stack) => sum + stack.slices.length, 0);
  return used === frames || dataSet.elements.x52009230 !== undefined ? stacks : [];
}

function placeOfFrame(header: DicomHeader, frame: number): Partial<SlicePlace> {
  const { dataSet } = header;
  if (dataSet.elements.x52009230 !== undefined) {
    const group = groupsOf(header, frame);
    const content = group('x00209111');
    const time = content === undefined ? undefined : (decimal(content, 'x00209153') ?? triggerOf(group));
    return { ...planeOf(group('x00209113'), group('x00209116')), ...(time === undefined ? {} : { timeMs: time }) };
  }
  // Radiotherapy doses lie at offsets along the normal of their first plane.
  const offset = decimal(dataSet, 'x3004000c', frame);
  const plane = planeOf(dataSet, dataSet);
  if (offset === undefined || plane.positionMm === undefined) return {};
  const normal = cross(plane.columns!, plane.rows!);
  const first = decimal(dataSet, 'x3004000c', 0)!;
  const moved = scaled(normal, offset - (first === 0 ? 0 : first));
  const [x, y, z] = plane.positionMm;
  return { ...plane, positionMm: [x + moved[0], y + moved[1], z + moved[2]] };
}

function triggerOf(group: (tag: string) => DataSet | undefined): number | undefined {
  const cardiac = group('x00189118');
  return cardiac?.elements.x00209153 === undefined ? undefined : cardiac.double('x00209153');
}

/** Milliseconds since midnight of `HHMMSS.FFFFFF`. */
function clockMs(value: string | undefined): number | undefined {
  const found = /^(\d\d)(\d\d)(\d\d(\.\d+)?)/.exec(value ?? '');
  return found === null ? undefined : 1000 * (Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]));
}
