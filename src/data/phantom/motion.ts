/**
 * Time: beats, the volume curve with its phases, valves that open with flow, breathing.
 *
 * Volume over a beat: isovolumic contraction, ejection, isovolumic relaxation, rapid filling, diastasis, atrial kick.
 * Durations shorten with the square root of the beat, as the systolic intervals do, and diastasis takes what is left.
 * @module
 */
import type { Random } from '../../base/random.ts';

export interface Rhythm {
  readonly heartRate: number;
  readonly ejectionFraction: number;
  /** Times of the R waves in seconds; the first at or before 0, the last after the end. */
  readonly beats: readonly number[];
  /** Fraction of the stroke volume that comes with the atrial kick. */
  readonly atrialShare: number;
  readonly breathHz: number;
  readonly breathPhase: number;
}

/** Where in the beat an instant lies, and what follows from it. */
export interface Instant {
  readonly seconds: number;
  readonly beat: number;
  /** 0 at the R wave, 1 at the next. */
  readonly phase: number;
  /** Volume of the left ventricle over that at end-diastole. */
  readonly volume: number;
  /** Openings 0 to 1. */
  readonly mitral: number;
  readonly aortic: number;
  /** Breathing, -1 (out) to 1 (in). */
  readonly respiration: number;
}

/** Ends of the phases of a beat, as fractions of it. */
export interface Intervals {
  readonly contraction: number;
  readonly ejection: number;
  readonly relaxation: number;
  readonly rapidFilling: number;
  readonly diastasis: number;
}

export function drawRhythm(
  random: Random,
  options: { readonly ejectionFraction: number; readonly heartRate: number; readonly seconds: number },
): Rhythm {
  const { ejectionFraction, heartRate, seconds } = options;
  const stream = random.split('beats');
  const mean = 60 / heartRate;
  const beats = [-stream.uniform(0, mean)];
  while (beats[beats.length - 1]! <= seconds) {
    const beat = mean * (1 + 0.03 * Math.max(-2.5, Math.min(2.5, stream.normal())));
    beats.push(beats[beats.length - 1]! + beat);
  }
  return {
    heartRate,
    ejectionFraction,
    beats,
    atrialShare: random.split('atrial share').uniform(0.18, 0.35),
    breathHz: random.split('breath rate').uniform(0.2, 0.3),
    breathPhase: random.split('breath phase').uniform(0, 2 * Math.PI),
  };
}

export function intervals(beatSeconds: number): Intervals {
  const scale = Math.sqrt(beatSeconds / 0.85);
  const contraction = (0.05 * scale) / beatSeconds;
  const ejection = contraction + (0.29 * scale) / beatSeconds;
  const relaxation = ejection + (0.075 * scale) / beatSeconds;
  const left = 1 - relaxation;
  const kick = Math.min((0.12 * scale) / beatSeconds, 0.4 * left);
  const rapid = Math.min((0.19 * scale) / beatSeconds, left - kick);
  return { contraction, ejection, relaxation, rapidFilling: relaxation + rapid, diastasis: 1 - kick };
}

const step = (x: number) => (x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x));
const bump = (x: number) => (x <= 0 || x >= 1 ? 0 : Math.sin(Math.PI * x));

/** Volume over end-diastolic volume at a phase of a beat: 1 at its ends, 1 − EF from the end of ejection on. */
export function volumeAt(phase: number, beatSeconds: number, ejectionFraction: number, atrialShare: number): number {
  const { contraction, ejection, relaxation, rapidFilling, diastasis } = intervals(beatSeconds);
  const slow = 0.06;
  const ejected = step(((phase - contraction) / (ejection - contraction)) ** 0.85 || 0);
  if (phase <= contraction) return 1;
  if (phase <= relaxation) return 1 - ejectionFraction * Math.min(1, ejected);
  const early = step((phase - relaxation) / (rapidFilling - relaxation));
  const middle = diastasis > rapidFilling ? (phase - rapidFilling) / (diastasis - rapidFilling) : 1;
  const late = step((phase - diastasis) / (1 - diastasis));
  const filled = (1 - atrialShare - slow) * early + slow * Math.max(0, Math.min(1, middle)) + atrialShare * late;
  return 1 - ejectionFraction * (1 - filled);
}

/** Valves move within some 40 ms of the flow that moves them, and drift half shut in diastasis. */
function openings(phase: number, beatSeconds: number): { mitral: number; aortic: number } {
  const { contraction, ejection, relaxation, rapidFilling, diastasis } = intervals(beatSeconds);
  const rise = 0.045 / beatSeconds;
  const aortic = step((phase - contraction) / rise) * step((ejection + 0.3 * rise - phase) / rise);
  const early = bump((phase - relaxation) / (1.15 * (rapidFilling - relaxation))) ** 0.5;
  const late = 0.75 * bump((phase - diastasis + 0.2 * rise) / (1 - diastasis)) ** 0.5;
  const between = phase > relaxation + rise && phase < diastasis + rise ? 0.35 : 0;
  return { mitral: Math.max(early, late, between), aortic };
}

export function instantAt(rhythm: Rhythm, seconds: number): Instant {
  const { beats } = rhythm;
  let beat = 0;
  while (beat < beats.length - 2 && beats[beat + 1]! <= seconds) beat++;
  const length = beats[beat + 1]! - beats[beat]!;
  const phase = (seconds - beats[beat]!) / length;
  const breath = 2 * Math.PI * rhythm.breathHz * seconds + rhythm.breathPhase;
  return {
    seconds,
    beat,
    phase,
    volume: volumeAt(phase, length, rhythm.ejectionFraction, rhythm.atrialShare),
    ...openings(phase, length),
    respiration: Math.sin(breath) + 0.15 * Math.sin(2 * breath),
  };
}
