/**
 * The phantom: beating hearts seen by ultrasound, whose every factor is known.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Frames, FrameWindow, Label, MediaItem, MediaSource } from '../media.ts';
import { resolveWindow } from '../window.ts';
import { drawCohort, type RecordingFactors } from './cohort.ts';
import { instantAt } from './motion.ts';
import { completeOptions, type PhantomOptions } from './options.ts';
import { EchoRecording, settingOf } from './recording.ts';
import { type FrameTruth, frameTruth } from './truth.ts';

export { segmentNames } from './anatomy.ts';
export type { PhantomOptions } from './options.ts';
export { anomalyNames, overlayNames, parsePhantom, phantomOptions, viewNames } from './options.ts';
export { type ChamberName, chamberNames, type FrameTruth, type Point } from './truth.ts';

/** A source of clips made on demand; every frame is a function of the options alone. */
export interface Phantom extends MediaSource {
  readonly options: PhantomOptions;
  /** Frames of an item, uint8 `[T, H, W, 1]`. Throws `usage` for an item or a window that does not exist. */
  render(item: number, window?: FrameWindow): Frames & { readonly data: Uint8Array };
  /** What is true of one frame of an item. */
  truth(item: number, frame: number): FrameTruth;
}

/** How many recordings are kept ready to be drawn (about a megabyte each). */
const keptRecordings = 6;

/** Makes a phantom. Options left out take their defaults. Throws `usage` for options that do not exist. */
export function createPhantom(given: Partial<PhantomOptions> = {}): Phantom {
  const options = completeOptions(given);
  const cohort = drawCohort(options);
  const kept = new Map<string, EchoRecording>();
  const items = cohort.map((factors) => describe(factors, options));
  const numbers = new Map(items.map(({ id }, index) => [id, index]));

  function recordingOf(item: number): EchoRecording {
    const factors = cohort[item];
    if (factors === undefined) {
      throw usageError(`the phantom has no item ${item}`, { expected: `0 to ${cohort.length - 1}` });
    }
    const key = factors.original;
    const recording = kept.get(key) ?? new EchoRecording(factors, options);
    kept.delete(key);
    kept.set(key, recording);
    if (kept.size > keptRecordings) kept.delete(kept.keys().next().value!);
    return recording;
  }

  function render(item: number, window?: FrameWindow) {
    const recording = recordingOf(item);
    const { start, count, stride } = resolveWindow(window, options.frames);
    const { size } = options;
    const data = new Uint8Array(count * size * size);
    for (let i = 0; i < count; i++) recording.render(start + i * stride, data, i * size * size);
    return { data, shape: [count, size, size, 1] as const };
  }

  return {
    name: 'phantom',
    options,
    items,
    problems: [],
    render,
    truth(item, frame) {
      resolveWindow({ start: frame, count: 1 }, options.frames);
      return frameTruth(recordingOf(item), frame);
    },
    async read(item, window) {
      const index = numbers.get(item.id);
      if (index === undefined) throw usageError(`the phantom has no item '${item.id}'`);
      return render(index, window);
    },
  };
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

function describe(factors: RecordingFactors, options: PhantomOptions): MediaItem {
  const { anatomy, rhythm, times } = factors;
  const { view, field, scanner, setting, scene } = settingOf(factors, options);
  const instants = times.map((time) => instantAt(rhythm, time));
  const whole = field.endDiastolicVolume;
  const labels: Record<string, Label> = {
    view: factors.view,
    ejectionFraction: rounded(factors.ejectionFraction, 2),
    heartRate: rounded(factors.heartRate, 2),
    endDiastolicVolumeMl: rounded(whole, 2),
    endSystolicVolumeMl: rounded(whole * (1 - factors.ejectionFraction / 100), 2),
    anomaly: anatomy.anomaly,
    segment: anatomy.segment?.name ?? 'none',
    valve: anatomy.valve ?? 'none',
    site: scanner.name,
    gain: rounded(setting.gainDb, 2),
    depthMm: view.depthMm,
    frequencyMhz: setting.frequencyMhz,
    attenuation: rounded(anatomy.attenuation, 3),
    overlays: factors.overlays.length === 0 ? 'none' : factors.overlays.join('+'),
    fault: factors.fault,
  };
  if (factors.original !== factors.id) labels.duplicateOf = factors.original;
  const spacing = 1 / scene.geometry.pixelsPerMm;
  return {
    id: factors.id,
    patient: factors.patient,
    kind: 'clip',
    frames: options.frames,
    height: options.size,
    width: options.size,
    channels: 1,
    spacingMm: [0, spacing, spacing],
    frameRateHz: options.frameRateHz,
    intensityRange: [0, 255],
    labels,
    frameLabels: {
      phase: instants.map(({ phase }) => rounded(phase, 4)),
      volume: instants.map(({ volume }) => rounded(volume * whole, 2)),
      respiration: instants.map(({ respiration }) => rounded(respiration, 4)),
      ...(options.keyFrames > 1 && factors.groupPlace.length > 0 ? { groupPlace: [...factors.groupPlace] } : {}),
    },
    format: 'phantom',
  };
}
