/**
 * Runs instruments on a subject, one after another; one that cannot look, or fails, is named and the others go on.
 * @module
 */
import { messageOf } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { parseOptions } from '../training/configuration.ts';
import type { Finding } from './finding.ts';
import type { Instrument } from './instrument.ts';
import type { Subject } from './subject.ts';
import { typeset } from './typeset.ts';

/** An instrument that found nothing to say, and why. */
export interface Omission {
  readonly instrument: string;
  readonly title: string;
  readonly reason: string;
}

export interface Explanation {
  readonly subject: string;
  readonly findings: readonly Finding[];
  readonly omissions: readonly Omission[];
}

export interface ExplainRequest {
  readonly subject: Subject;
  readonly instruments: readonly Instrument[];
  /** Options by instrument. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (instrument: Instrument, done: number, total: number, unit: string) => void;
  readonly onFinding?: (finding: Finding) => void;
}

/** Throws `usage` for an option that an instrument does not have, before any of them begins. */
export async function explain(request: ExplainRequest): Promise<Explanation> {
  const { subject, seed } = request;
  const chosen = request.instruments.map((instrument) => ({
    instrument,
    options: parseOptions(`instrument ${instrument.id}`, instrument.options, {}, request.options?.[instrument.id]),
  }));
  const findings: Finding[] = [];
  const omissions: Omission[] = [];
  for (const { instrument, options } of chosen) {
    if (request.signal?.aborted) break;
    const { id, title } = instrument;
    const reason = instrument.unfit(subject, options);
    if (reason !== undefined) {
      omissions.push({ instrument: id, title, reason });
      continue;
    }
    try {
      const finding = typeset(
        await instrument.look(subject, options, {
          random: new Random(seed).split('instrument', id),
          onProgress: (done, total, unit) => request.onProgress?.(instrument, done, total, unit),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        }),
      );
      findings.push(finding);
      request.onFinding?.(finding);
    } catch (error) {
      omissions.push({ instrument: id, title, reason: messageOf(error) });
    }
  }
  return { subject: subject.name, findings, omissions };
}
