/**
 * Who is in the phantom and what is recorded of them: every factor drawn from a stream of its own, so that factors are
 * independent unless a shortcut is planted.
 * @module
 */
import { Random } from '../../base/random.ts';
import { type Anatomy, drawAnatomy } from './anatomy.ts';
import { drawRhythm, type Rhythm } from './motion.ts';
import {
  type AnomalyName,
  anomalyNames,
  type FaultName,
  type OverlayName,
  type PhantomOptions,
  shortcutOf,
  type ViewName,
  viewNames,
} from './options.ts';
import { groupCoarseness } from './recompression.ts';

/** All that is known of one clip before a pixel is made. */
export interface RecordingFactors {
  readonly id: string;
  readonly patient: string;
  readonly view: ViewName;
  readonly anatomy: Anatomy;
  readonly ejectionFraction: number;
  readonly heartRate: number;
  readonly rhythm: Rhythm;
  readonly site: number;
  readonly gainDb: number;
  readonly frequencyMhz: number;
  readonly overlays: readonly OverlayName[];
  readonly fault: FaultName | 'none';
  /** Whether the frames went through a lossy copy. */
  readonly recompressed: boolean;
  /** How coarsely each frame was compressed, and its place in its group of pictures; empty where none was. */
  readonly coarseness: readonly number[];
  readonly groupPlace: readonly number[];
  /** Which frame of the unbroken recording each frame shows, and when that was, in seconds. */
  readonly sourceFrames: readonly number[];
  readonly times: readonly number[];
  /** Extra gain of each frame in decibels. */
  readonly gainDrift: readonly number[];
  /** The item whose pictures these are: its own id unless this clip is a duplicate. */
  readonly original: string;
  readonly random: Random;
}

const gainSpreadDb = 3;

export function drawCohort(options: PhantomOptions): RecordingFactors[] {
  const root = new Random(options.seed).split('phantom');
  const digits = Math.max(3, String(options.patients).length);
  const cohort: RecordingFactors[] = [];
  for (let index = 0; index < options.patients; index++) {
    const patient = `patient-${String(index + 1).padStart(digits, '0')}`;
    const stream = root.split('patient', index);
    const sick = stream.split('sick').bernoulli(options.anomalies);
    const anomaly: AnomalyName = sick
      ? anomalyNames[1 + stream.split('anomaly').integer(anomalyNames.length - 1)]!
      : 'none';
    const anatomy = drawAnatomy(stream.split('anatomy'), anomaly);
    for (const view of options.views) {
      for (let take = 0; take < options.recordings; take++) {
        const id = `${patient}/${view}${options.recordings > 1 ? `-${take + 1}` : ''}`;
        const drawn = drawRecording(stream.split('recording', view, take), { id, patient, view, anatomy }, options);
        const previous = cohort[cohort.length - 1];
        // A clip that was stored twice: the pictures and the truth of the one before it, under another name.
        if (drawn.fault === 'duplicate' && previous !== undefined && previous.patient === patient) {
          cohort.push({ ...previous, id, fault: 'duplicate' });
        } else {
          cohort.push(drawn.fault === 'duplicate' ? { ...drawn, fault: 'none' } : drawn);
        }
      }
    }
  }
  return cohort;
}

function drawRecording(
  random: Random,
  known: Pick<RecordingFactors, 'id' | 'patient' | 'view' | 'anatomy'>,
  options: PhantomOptions,
): RecordingFactors {
  const ejectionFraction = random.split('ejection fraction').uniform(20, 75);
  const heartRate = random.split('heart rate').uniform(45, 120);
  const faulty = options.faults.length > 0 && random.split('faulty').bernoulli(0.25);
  const fault = faulty ? random.split('fault').choice(options.faults) : 'none';
  const cue = plantedCue(random.split('shortcut'), { ...known, ejectionFraction, heartRate }, options);
  const { sourceFrames, times, gainDrift } = timeline(random.split('timeline'), fault, options);
  const seconds = Math.max(...times) + 1;
  const ownGain = random.split('gain').uniform(-gainSpreadDb, gainSpreadDb);
  return {
    ...known,
    ejectionFraction,
    heartRate,
    rhythm: drawRhythm(random.split('rhythm'), { ejectionFraction: ejectionFraction / 100, heartRate, seconds }),
    site: cue?.site ?? random.split('site').integer(options.sites),
    gainDb: cue?.gain === undefined ? ownGain : cue.gain * Math.abs(ownGain),
    frequencyMhz: Math.round(random.split('frequency').uniform(1.7, 3.5) * 10) / 10,
    overlays: options.overlays.filter((name) => name !== cue?.overlay?.name).concat(cue?.overlay?.shown ?? []),
    fault,
    recompressed: fault === 'recompression',
    ...groups(random.split('group of pictures'), options),
    sourceFrames,
    times,
    gainDrift,
    original: known.id,
    random,
  };
}

/** The class of a label that a shortcut follows: a number from 0. */
function classOf(
  label: 'view' | 'anomaly' | 'ejectionFraction' | 'heartRate',
  factors: Pick<RecordingFactors, 'view' | 'anatomy' | 'ejectionFraction' | 'heartRate'>,
): number {
  if (label === 'view') return viewNames.indexOf(factors.view);
  if (label === 'anomaly') return factors.anatomy.anomaly === 'none' ? 0 : 1;
  if (label === 'ejectionFraction') return factors.ejectionFraction < 47.5 ? 0 : 1;
  return factors.heartRate < 82.5 ? 0 : 1;
}

interface PlantedCue {
  readonly site?: number;
  /** +1 or -1. */
  readonly gain?: number;
  readonly overlay?: { readonly name: OverlayName; readonly shown: readonly OverlayName[] };
}

/** With the planted strength the cue follows the label's class (its parity, for cues of two values), else chance. */
function plantedCue(
  random: Random,
  factors: Pick<RecordingFactors, 'view' | 'anatomy' | 'ejectionFraction' | 'heartRate'>,
  options: PhantomOptions,
): PlantedCue | undefined {
  const shortcut = shortcutOf(options);
  if (shortcut === undefined) return undefined;
  const values = shortcut.cue === 'site' ? options.sites : 2;
  const follows = random.split('follows').bernoulli(options.shortcutStrength);
  const value = follows ? classOf(shortcut.label, factors) % values : random.split('chance').integer(values);
  if (shortcut.cue === 'site') return { site: value };
  if (shortcut.cue === 'gain') return { gain: value === 1 ? 1 : -1 };
  return { overlay: { name: shortcut.cue, shown: value === 1 ? [shortcut.cue] : [] } };
}

/** Recordings are cut out of videos anywhere, so that the first frame has any place in its group. */
function groups(
  random: Random,
  { compression, keyFrames, frames }: PhantomOptions,
): Pick<RecordingFactors, 'coarseness' | 'groupPlace'> {
  if (compression === 0) return { coarseness: [], groupPlace: [] };
  const first = random.integer(keyFrames);
  const groupPlace = Array.from({ length: frames }, (_, frame) => (first + frame) % keyFrames);
  const coarseness = groupPlace.map((place) =>
    keyFrames === 1 ? compression : groupCoarseness(compression, place, keyFrames),
  );
  return { coarseness, groupPlace };
}

/** Times of the frames, and what faults do to them. */
function timeline(
  random: Random,
  fault: RecordingFactors['fault'],
  { frames, frameRateHz }: PhantomOptions,
): Pick<RecordingFactors, 'sourceFrames' | 'times' | 'gainDrift'> {
  const sourceFrames = Array.from({ length: frames }, (_, frame) => frame);
  const gainDrift = new Array<number>(frames).fill(0);
  if (fault === 'freeze') {
    const from = random.integer(Math.max(1, frames >> 1));
    const long = 2 + random.integer(Math.max(1, frames >> 1));
    for (let frame = from; frame < Math.min(frames, from + long); frame++) sourceFrames[frame] = from;
  } else if (fault === 'cut' && frames > 1) {
    const at = 1 + random.integer(frames - 1);
    const jump = Math.round(random.uniform(0.25, 1.2) * frameRateHz);
    for (let frame = at; frame < frames; frame++) sourceFrames[frame] = frame + jump;
  } else if (fault === 'gain-drift') {
    const total = random.uniform(5, 10) * (random.bernoulli() ? 1 : -1);
    for (let frame = 0; frame < frames; frame++) gainDrift[frame] = (total * frame) / Math.max(1, frames - 1);
  }
  return { sourceFrames, times: sourceFrames.map((frame) => frame / frameRateHz), gainDrift };
}
