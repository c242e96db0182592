/**
 * A run as it happens: its manifest, metrics, puzzles and report, kept up to date by the server's events.
 * @module
 */
import { useEffect, useState } from 'preact/hooks';
import { fetchPuzzles, runAddress } from './api.ts';
import type { MetricsRecord, PuzzleDrawing, RunManifest } from './sonde.ts';

export interface LiveRun {
  readonly manifest?: RunManifest;
  readonly metrics: readonly MetricsRecord[];
  readonly puzzles: readonly PuzzleDrawing[];
  /** Path of the report inside the workspace, once there is one. */
  readonly report?: string;
  /** False while the server cannot be reached. */
  readonly connected: boolean;
}

const nothing: LiveRun = { metrics: [], puzzles: [], connected: true };

/** A page is redrawn at most this often, however fast a run writes. */
const REDRAW_MS = 100;

/** Follows a run by its name; starts anew when the name changes. */
export function useLiveRun(name: string | undefined): LiveRun {
  const [run, setRun] = useState<LiveRun>(nothing);
  useEffect(() => {
    setRun(nothing);
    if (name === undefined) return undefined;
    let current = nothing;
    let timer: number | undefined;
    let closed = false;
    const change = (part: Partial<LiveRun>) => {
      current = { ...current, ...part };
      timer ??= window.setTimeout(() => {
        timer = undefined;
        if (!closed) setRun(current);
      }, REDRAW_MS);
    };
    const events = new EventSource(runAddress(name, 'events'));
    const on = (event: string, act: (data: string) => void) =>
      events.addEventListener(event, (message) => act((message as MessageEvent<string>).data));
    on('manifest', (data) => change({ manifest: JSON.parse(data) }));
    on('metrics', (data) => change({ metrics: withRecord(current.metrics, JSON.parse(data)) }));
    on('rewind', () => change({ metrics: [] }));
    on('report', (data) => change({ report: JSON.parse(data).path || undefined }));
    on('puzzles', () => {
      // Caught between two writes the file may not parse; the next event brings it whole.
      fetchPuzzles(name).then(
        (puzzles) => change({ puzzles }),
        () => undefined,
      );
    });
    events.addEventListener('open', () => change({ connected: true }));
    events.addEventListener('error', () => change({ connected: false }));
    return () => {
      closed = true;
      clearTimeout(timer);
      events.close();
    };
  }, [name]);
  return run;
}

/** A resumed run repeats steps: what it says now replaces what it said before. */
function withRecord(metrics: readonly MetricsRecord[], record: MetricsRecord): readonly MetricsRecord[] {
  const last = metrics.at(-1);
  const earlier =
    last === undefined || last.step < record.step ? metrics : metrics.filter(({ step }) => step < record.step);
  return [...earlier, record];
}
