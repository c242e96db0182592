/**
 * The truth behind a frame: chamber masks and boxes, key points, displacement, overlays.
 * @module
 */

import type { Contraction, MovedPoints } from './field.ts';
import { MaterialPoints } from './field.ts';
import type { OverlayName } from './options.ts';
import { type Box, overlayBoxes } from './overlays.ts';
import type { EchoRecording } from './recording.ts';
import { tissueInView } from './scatterers.ts';
import { type TissueName, tissue, tissues } from './tissue.ts';
import { pointOnPlane } from './views.ts';

export const chamberNames = ['left ventricle', 'right ventricle', 'left atrium', 'right atrium', 'aorta'] as const;
export type ChamberName = (typeof chamberNames)[number];

export interface Point {
  readonly row: number;
  readonly column: number;
}

export interface FrameTruth {
  /** Tissue codes, `[H, W]`; 255 outside the sector. Names in `tissues`. */
  readonly tissue: Uint8Array;
  readonly tissueNames: readonly TissueName[];
  /** 1 inside, `[H, W]`; papillary muscles count as ventricle, as in clinical tracing. Only chambers in sight. */
  readonly masks: Readonly<Partial<Record<ChamberName, Uint8Array>>>;
  readonly boxes: Readonly<Partial<Record<ChamberName, Box>>>;
  /** Places in pixels: apex, hinges of the valves; those that the view cuts. */
  readonly keyPoints: Readonly<Record<string, Point>>;
  /**
   * How far the material now at a pixel (fractions allowed) has moved since another frame, in pixels
   * [rows, columns], in the plane.
   */
  displacement(row: number, column: number, sinceFrame: number): readonly [rows: number, columns: number];
  readonly overlays: Readonly<Partial<Record<OverlayName, Box>>>;
  readonly phase: number;
  /** Millilitres. */
  readonly volume: number;
  readonly respiration: number;
}

const one = new MaterialPoints(1);
const at: MovedPoints = { right: new Float32Array(1), deep: new Float32Array(1), through: new Float32Array(1) };

/**
 * The material point (picture coordinates at end-diastole and breath 0) that is at (right, deep) now: the field is
 * solved backwards by damped fixed-point iteration.
 */
function materialAt(recording: EchoRecording, state: Contraction, right: number, deep: number): [number, number] {
  let [x, y] = [right, deep];
  for (let iteration = 0; iteration < 14; iteration++) {
    const [nowRight, nowDeep] = placeOf(recording, state, x, y);
    const [missRight, missDeep] = [right - nowRight, deep - nowDeep];
    x += 0.9 * missRight;
    y += 0.9 * missDeep;
    if (missRight * missRight + missDeep * missDeep < 1e-4) break;
  }
  return [x, y];
}

function placeOf({ field, view }: EchoRecording, state: Contraction, x: number, y: number): [number, number] {
  const point = pointOnPlane(view, x, y);
  field.describe(one, 0, point[0], point[1], point[2]);
  field.move(one, state, at, 1);
  return [at.right[0]!, at.deep[0]!];
}

export function frameTruth(recording: EchoRecording, frame: number): FrameTruth {
  const { geometry } = recording.scene;
  const { size, pixelsPerMm, originColumn, originRow, halfAngle, depthMm } = geometry;
  const { instant, state } = recording.stateAt(frame);
  const { anatomy } = recording.factors;
  const codes = new Uint8Array(size * size).fill(255);
  const toMm = (row: number, column: number): [number, number] => [
    (column + 0.5 - originColumn) / pixelsPerMm,
    (row + 0.5 - originRow) / pixelsPerMm,
  ];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [right, deep] = toMm(row, column);
      if (deep < 0 || Math.hypot(right, deep) > depthMm || Math.abs(Math.atan2(right, deep)) > halfAngle) continue;
      const [x, y] = materialAt(recording, state, right, deep);
      codes[row * size + column] = tissueInView(anatomy, recording.view, x, y);
    }
  }
  const masks: Partial<Record<ChamberName, Uint8Array>> = {};
  const boxes: Partial<Record<ChamberName, Box>> = {};
  for (const name of chamberNames) {
    const wanted = tissue[name];
    const mask = codes.map((code) =>
      code === wanted || (name === 'left ventricle' && code === tissue['papillary muscle']) ? 1 : 0,
    );
    const box = boxOf(mask, size);
    if (box === undefined) continue;
    masks[name] = mask;
    boxes[name] = box;
  }
  const toPixel = ([right, deep]: readonly number[]): Point => ({
    row: originRow + deep! * pixelsPerMm - 0.5,
    column: originColumn + right! * pixelsPerMm - 0.5,
  });
  return {
    tissue: codes,
    tissueNames: tissues,
    masks,
    boxes,
    keyPoints: keyPoints(recording, state, toPixel),
    displacement(row, column, sinceFrame) {
      const [right, deep] = toMm(row, column);
      const [x, y] = materialAt(recording, state, right, deep);
      const before = placeOf(recording, recording.stateAt(sinceFrame).state, x, y);
      return [(deep - before[1]) * pixelsPerMm, (right - before[0]) * pixelsPerMm];
    },
    overlays: overlayBoxes(recording.scene),
    phase: instant.phase,
    volume: instant.volume * recording.field.endDiastolicVolume,
    respiration: instant.respiration,
  };
}

function keyPoints(
  recording: EchoRecording,
  state: Contraction,
  toPixel: (place: readonly number[]) => Point,
): Record<string, Point> {
  const { field, valves, view, factors } = recording;
  const { apexWallMm, baseMm } = factors.anatomy;
  if (view.name === 'parasternal-short-axis') {
    return { 'ventricle centre': toPixel(field.moveOne([0, 0, 0.52 * baseMm], state)) };
  }
  const points: Record<string, Point> = { apex: toPixel(field.moveOne([0, 0, apexWallMm], state)) };
  for (const { name, hinges } of valves) {
    const [first, second] = hinges;
    points[`${name} hinge 1`] = toPixel(field.moveOne(first, state));
    points[`${name} hinge 2`] = toPixel(field.moveOne(second, state));
    if (name === 'aortic') {
      const middle = [0, 1, 2].map((axis) => (first[axis]! + second[axis]!) / 2) as [number, number, number];
      points['aortic root'] = toPixel(field.moveOne(middle, state));
    }
  }
  return points;
}

function boxOf(mask: Uint8Array, size: number): Box | undefined {
  let [top, left, bottom, right] = [size, size, 0, 0];
  for (let index = 0; index < mask.length; index++) {
    if (mask[index] === 0) continue;
    const [row, column] = [Math.floor(index / size), index % size];
    top = Math.min(top, row);
    left = Math.min(left, column);
    bottom = Math.max(bottom, row + 1);
    right = Math.max(right, column + 1);
  }
  return bottom > top ? { top, left, bottom, right } : undefined;
}
