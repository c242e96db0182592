/**
 * Progress on a terminal as one line that renews itself, elsewhere as a line every few seconds.
 * @module
 */
import { type ProgressLine, progressLine } from '../report/terminal.ts';

const quietIntervalMs = 5000;
const liveIntervalMs = 100;

export type Progress = Omit<ProgressLine, 'rate' | 'secondsLeft'>;

export interface ProgressReporter {
  update(progress: Progress): void;
  /** Leaves the last line standing. */
  end(): void;
}

export interface ReporterOptions {
  /** Nothing at all, for `--json`. */
  readonly silent?: boolean;
  /** Items one unit stands for, and what they are called, for the rate: steps of 16 clips, say. */
  readonly perUnit?: { readonly count: number; readonly unit: string };
}

/** Reports to standard error, so that results can be piped. */
export function progressReporter({ silent = false, perUnit }: ReporterOptions = {}): ProgressReporter {
  if (silent) return { update: () => undefined, end: () => undefined };
  const stream = process.stderr;
  const live = stream.isTTY === true;
  const started = performance.now();
  let first: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let shown = '';
  const draw = (line: string) => {
    if (live) stream.write(`\r\u001b[2K${line}`);
    else stream.write(`${line}\n`);
    shown = line;
  };
  let newest: string | undefined;
  return {
    update(progress) {
      first ??= progress.done;
      const now = performance.now();
      const seconds = (now - started) / 1000;
      const perSecond = seconds > 0.5 ? (progress.done - first) / seconds : undefined;
      const line = progressLine(
        {
          ...progress,
          ...(perSecond === undefined || perSecond <= 0
            ? {}
            : {
                rate:
                  perUnit === undefined
                    ? { perSecond, unit: progress.unit }
                    : { perSecond: perSecond * perUnit.count, unit: perUnit.unit },
                secondsLeft: (progress.total - progress.done) / perSecond,
              }),
        },
        live ? { width: stream.columns, colour: process.env.NO_COLOR === undefined } : {},
      );
      newest = line;
      const finished = progress.done >= progress.total;
      if (!finished && now - last < (live ? liveIntervalMs : quietIntervalMs)) return;
      last = now;
      draw(line);
    },
    end() {
      if (newest !== undefined && newest !== shown) draw(newest);
      if (live && newest !== undefined) stream.write('\n');
    },
  };
}
