/**
 * What scanners burn into frames: text, depth ticks, a grey bar, an ECG strip in step with the heart, a focus marker.
 * @module
 */
import { drawText, textWidth } from './glyphs.ts';
import { instantAt, type Rhythm } from './motion.ts';
import type { OverlayName } from './options.ts';
import type { SectorGeometry } from './scan-conversion.ts';
import type { ProbeSetting, Scanner } from './scanner.ts';

/** A part of the picture, in pixels: rows [top, bottom), columns [left, right). */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface OverlayScene {
  readonly shown: readonly OverlayName[];
  readonly geometry: SectorGeometry;
  readonly scanner: Scanner;
  readonly setting: ProbeSetting;
  readonly rhythm: Rhythm;
}

/** The voltage of an ECG at a phase of the beat: P before the R wave, QRS about it, T after. */
export function electrocardiogram(phase: number): number {
  const wave = (centre: number, width: number) => {
    const away = phase - centre - Math.round(phase - centre);
    return Math.exp(-(away * away) / (2 * width * width));
  };
  const qrs = wave(0, 0.011) - 0.14 * wave(-0.026, 0.009) - 0.24 * wave(0.028, 0.011);
  return qrs + 0.14 * wave(-0.17, 0.024) + 0.26 * wave(0.3, 0.038);
}

/** Where each overlay is drawn: fixed for a recording. */
export function overlayBoxes(scene: OverlayScene): Partial<Record<OverlayName, Box>> {
  const { geometry, scanner } = scene;
  const { size } = geometry;
  const unit = size / 96;
  const right = scanner.overlaySide === 'right';
  const scale = Math.max(1, Math.floor(unit));
  const boxes: Partial<Record<OverlayName, Box>> = {};
  for (const name of scene.shown) {
    if (name === 'text') {
      const width = Math.max(...lines(scene).map((line) => textWidth(line, scale)));
      const left = right ? 2 : size - 2 - width;
      boxes.text = { top: 2, left, bottom: 2 + lines(scene).length * 6 * scale, right: left + width };
    } else if (name === 'ticks') {
      const column = right ? size - Math.round(5 * unit) : Math.round(2 * unit);
      const top = Math.round(geometry.originRow);
      const bottom = Math.min(size, Math.round(geometry.originRow + geometry.depthMm * geometry.pixelsPerMm) + 1);
      boxes.ticks = { top, left: column, bottom, right: column + Math.max(3, Math.round(4 * unit)) };
    } else if (name === 'bar') {
      const left = right ? size - Math.round(12 * unit) : Math.round(9 * unit);
      boxes.bar = {
        top: Math.round(4 * unit),
        left,
        bottom: Math.round(28 * unit),
        right: left + Math.round(4 * unit),
      };
    } else if (name === 'ecg') {
      boxes.ecg = { top: size - Math.round(14 * unit), left: 0, bottom: size, right: size };
    } else {
      const row = Math.round(geometry.originRow + scene.setting.focusMm * geometry.pixelsPerMm);
      const column = right ? size - Math.round(10 * unit) : Math.round(7 * unit);
      const half = Math.max(2, Math.round(2.4 * unit));
      boxes.focus = { top: row - half, left: column, bottom: row + half + 1, right: column + half + 1 };
    }
  }
  return boxes;
}

function lines({ setting, rhythm }: OverlayScene): string[] {
  return [
    `D ${(setting.depthMm / 10).toFixed(0)}CM`,
    `F ${setting.frequencyMhz.toFixed(1)}`,
    `G ${Math.round(setting.gainDb + 50)}`,
    `HR ${Math.round(rhythm.heartRate)}`,
  ];
}

/** Burns the overlays of a scene into one frame at `offset` of `out`, at a time of the recording. */
export function drawOverlays(scene: OverlayScene, seconds: number, out: Uint8Array, offset: number): void {
  if (scene.shown.length === 0) return;
  const boxes = overlayBoxes(scene);
  const { scanner, geometry } = scene;
  const { size } = geometry;
  const grey = Math.round(scanner.overlayGrey);
  const scale = Math.max(1, Math.floor(size / 96));
  const set = (row: number, column: number, value: number) => {
    if (row >= 0 && row < size && column >= 0 && column < size) out[offset + row * size + column] = value;
  };
  if (boxes.text) {
    const { top, left } = boxes.text;
    lines(scene).forEach((line, index) => {
      drawText(out, offset, size, { row: top + index * 6 * scale, column: left, scale, grey }, line);
    });
  }
  if (boxes.ticks) {
    const { left, right } = boxes.ticks;
    for (let mm = 0; mm <= geometry.depthMm; mm += 10) {
      const row = Math.round(geometry.originRow + mm * geometry.pixelsPerMm);
      const length = mm % 50 === 0 ? right - left : Math.max(1, (right - left) >> 1);
      for (let k = 0; k < length; k++) set(row, scanner.overlaySide === 'right' ? right - 1 - k : left + k, grey);
    }
  }
  if (boxes.bar) {
    const { top, bottom, left, right } = boxes.bar;
    for (let row = top; row < bottom; row++) {
      const value = Math.round((255 * (bottom - 1 - row)) / (bottom - 1 - top));
      for (let column = left; column < right; column++) set(row, column, value);
    }
  }
  if (boxes.focus) {
    const { top, bottom, left, right } = boxes.focus;
    const middle = (top + bottom - 1) / 2;
    for (let row = top; row < bottom; row++) {
      const width = right - left - Math.abs(row - middle);
      for (let k = 0; k < width; k++) set(row, scanner.overlaySide === 'right' ? right - 1 - k : left + k, grey);
    }
  }
  if (boxes.ecg) drawStrip(scene.rhythm, seconds, boxes.ecg, grey, set);
}

const sweepSeconds = 2.4;

/** A sweep from left to right that overwrites the one before, with a gap at the present. */
function drawStrip(
  rhythm: Rhythm,
  seconds: number,
  box: Box,
  grey: number,
  set: (row: number, column: number, value: number) => void,
): void {
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const sweep = Math.floor(seconds / sweepSeconds);
  const present = (seconds / sweepSeconds - sweep) * width;
  const voltage = (at: number) => {
    const start = rhythm.beats[0]!;
    const length = 60 / rhythm.heartRate;
    // Before the recording the heart beat evenly.
    return electrocardiogram(at < start ? (at - start) / length : instantAt(rhythm, at).phase);
  };
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++) set(row, column, 0);
  }
  for (let column = 0; column < width; column++) {
    if (column > present && column < present + 0.05 * width) continue;
    const time = ((column <= present ? sweep : sweep - 1) + column / width) * sweepSeconds;
    let [low, high] = [Infinity, -Infinity];
    for (let part = 0; part <= 8; part++) {
      const value = voltage(time + (part / 8) * (sweepSeconds / width));
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    const rowOf = (value: number) => Math.round(box.top + (height - 2) * (0.8 - 0.72 * value));
    for (let row = rowOf(high); row <= rowOf(low); row++) set(row, box.left + column, grey);
  }
}
