/**
 * A run as it happens, as server-sent events: `metrics` (one line of metrics.jsonl; its id is the byte to go on from),
 * `rewind` (forget the metrics so far), `manifest`, `puzzles` (they changed) and `report` (its address).
 * @module
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { GrowingFile } from './growing-file.ts';
import { fileInside, pathInside, type RunFolder, readManifest, reportOf } from './workspace.ts';

export interface RunEventOptions {
  /** `Last-Event-ID`: the byte of metrics.jsonl to go on from. */
  readonly from?: number;
  readonly signal: AbortSignal;
  readonly intervalMs?: number;
}

const HEARTBEAT_MS = 15000;

/** The events of a run until the signal ends them; each is the text of one event. */
export async function* runEvents(root: string, run: RunFolder, options: RunEventOptions): AsyncGenerator<string, void> {
  const { from = 0, signal, intervalMs = 200 } = options;
  const metrics = new GrowingFile(join(run.path, 'metrics.jsonl'), from);
  const watched = { manifest: '', puzzles: '', report: '' };
  let silent = 0;
  yield 'retry: 1000\n\n';
  while (!signal.aborted) {
    let said = false;
    const manifest = await readManifest(root, run.path);
    const text = manifest === undefined ? watched.manifest : JSON.stringify(manifest);
    if (text !== watched.manifest) {
      watched.manifest = text;
      said = true;
      yield event('manifest', text);
    }
    const readable = await fileInside(root, pathInside(root, run.path, 'metrics.jsonl'));
    const { rewound, lines } = readable === undefined ? { rewound: false, lines: [] } : await metrics.read();
    if (rewound) yield event('rewind', '{}', '0');
    // A line cut by a killed run says nothing; the run writes that step again when it resumes.
    const whole = lines.filter((line) => isObject(line.text));
    if (whole.length > 0) yield whole.map((line) => event('metrics', line.text, String(line.end))).join('');
    const puzzles = await stampOf(join(run.path, 'puzzles.json'));
    if (puzzles !== watched.puzzles) {
      watched.puzzles = puzzles;
      said = true;
      yield event('puzzles', '{}');
    }
    const report = (await reportOf(root, run)) ?? '';
    if (report !== watched.report) {
      watched.report = report;
      said = true;
      yield event('report', JSON.stringify({ path: report }));
    }
    if (said || rewound || lines.length > 0) silent = 0;
    else silent += intervalMs;
    if (silent >= HEARTBEAT_MS) {
      silent = 0;
      yield ': still here\n\n';
    }
    // More may wait when a whole chunk was read; else look again in a moment.
    if (lines.length === 0) await setTimeout(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}

/** The events as the body of a response; leaving it ends them. */
export function eventStream(events: AsyncGenerator<string, void>, onCancel: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: onCancel,
  });
}

function event(name: string, data: string, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? '' : `${found.ino}:${found.size}:${found.mtimeMs}`;
}
