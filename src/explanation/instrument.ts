/**
 * The contract of an instrument: one file that says what it asks, what it needs, and how it answers. Adding one is
 * adding its file under `instruments/` and a line in `index.ts`.
 * @module
 */
import type { z } from 'zod';
import type { Random } from '../base/random.ts';
import type { Finding } from './finding.ts';
import type { Subject } from './subject.ts';

/** What an instrument is given beside its subject. */
export interface InstrumentContext {
  /** A stream of its own: the same seed gives the same finding. */
  readonly random: Random;
  /** Told how far it is. */
  readonly onProgress: (done: number, total: number, unit: string) => void;
  readonly signal?: AbortSignal;
}

export interface Instrument<O = unknown> {
  readonly id: string;
  readonly title: string;
  /** What it asks of a network, as a question a clinician understands. */
  readonly question: string;
  /** Where it comes from. */
  readonly source: string;
  /** Whether it belongs to the set that `sonde explain` runs unless told otherwise. */
  readonly usual: boolean;
  /** Each field described; defaults are those of the laboratory. */
  readonly options: z.ZodType<O>;
  /** Why it cannot look at this subject, as a sentence, or `undefined`. */
  unfit(subject: Subject, options: O): string | undefined;
  look(subject: Subject, options: O, context: InstrumentContext): Promise<Finding>;
}

/** Keeps the option type while an instrument is written, and gives it the common type afterwards. */
export function defineInstrument<O>(instrument: Instrument<O>): Instrument {
  return instrument as unknown as Instrument;
}
