/**
 * The lab's API: runs, their records and files, read-only.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { type Context, Hono } from 'hono';
import type { MethodCard } from '../pretext/card.ts';
import type { RunManifest } from '../training/run-record.ts';
import { filePolicy } from './guard.ts';
import { eventStream, runEvents } from './run-events.ts';
import { fileInside, fileResponse, listRuns, pathInside, type RunFolder, reportOf } from './workspace.ts';

/** What the lab says about a method while it trains: part of its card. */
export type MethodSummary = Pick<MethodCard, 'id' | 'title' | 'idea' | 'paper' | 'colour'>;

/** One line of the list of runs. */
export interface RunSummary {
  /** Names the run in addresses. */
  readonly name: string;
  readonly id: string;
  readonly state: RunManifest['state'];
  readonly method: string;
  readonly data: string;
  readonly steps: number;
  /** Path of its report inside the workspace. */
  readonly report?: string;
}

export interface RouteOptions {
  /** Real path of the workspace. */
  readonly root: string;
  readonly methods: readonly MethodSummary[];
  /** Ends all event streams. */
  readonly signal: AbortSignal;
}

/** Addresses under `/api` and `/files`. */
export function routes({ root, methods, signal }: RouteOptions): Hono {
  const app = new Hono();

  app.get('/api/methods', (context) => {
    const summaries = methods.map(
      ({ id, title, idea, paper, colour }): MethodSummary => ({ id, title, idea, paper, colour }),
    );
    return context.json(summaries);
  });

  app.get('/api/runs', async (context) => {
    const runs = await listRuns(root);
    const summaries = runs.map(
      async (run): Promise<RunSummary> => ({
        name: run.name,
        id: run.manifest.id,
        state: run.manifest.state,
        method: run.manifest.method.title,
        data: run.manifest.data.name,
        steps: run.manifest.training.steps,
        report: await reportOf(root, run),
      }),
    );
    return context.json(await Promise.all(summaries));
  });

  const ofRun = (path: string, answer: (run: RunFolder, context: Context) => Promise<Response> | Response) =>
    app.get(`/api/runs/:run/${path}`, async (context) => {
      const name = context.req.param('run');
      const run = (await listRuns(root)).find((candidate) => candidate.name === name);
      return run === undefined ? missing(context, `There is no run ${name}.`) : answer(run, context);
    });

  const file = async (run: RunFolder, path: string, context: Context) => {
    const found = await fileInside(root, pathInside(root, run.path, path));
    return found === undefined
      ? missing(context, `The run has no ${path}.`)
      : fileResponse(found, { 'Content-Security-Policy': filePolicy });
  };

  const listing = async (run: RunFolder, folder: string, context: Context) => {
    const path = await fileInside(root, pathInside(root, run.path, folder), 'folder');
    const entries = path === undefined ? [] : await readdir(path, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name);
    return context.json(names.sort());
  };

  ofRun('manifest', (run, context) => context.json(run.manifest));
  ofRun('metrics', (run, context) => file(run, 'metrics.jsonl', context));
  ofRun('puzzles', (run, context) => file(run, 'puzzles.json', context));
  ofRun('results', (run, context) => listing(run, 'results', context));
  ofRun('results/:file', (run, context) => file(run, `results/${context.req.param('file')}`, context));
  ofRun('figures', (run, context) => listing(run, 'figures', context));
  ofRun('figures/:file', (run, context) => file(run, `figures/${context.req.param('file')}`, context));
  ofRun('events', (run, context) => {
    const stop = new AbortController();
    const reached = Number(context.req.header('last-event-id') ?? 0);
    const from = Number.isSafeInteger(reached) && reached > 0 ? reached : 0;
    const events = runEvents(root, run, { from, signal: AbortSignal.any([signal, stop.signal]) });
    return new Response(
      eventStream(events, () => stop.abort()),
      {
        headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' },
      },
    );
  });

  app.get('/files/*', async (context) => {
    const path = decoded(context.req.path.slice('/files/'.length));
    const found = path === undefined ? undefined : await fileInside(root, path);
    return found === undefined
      ? missing(context, 'There is no such file.')
      : fileResponse(found, { 'Content-Security-Policy': filePolicy });
  });

  return app;
}

function missing(context: Context, sentence: string): Response {
  return context.json({ error: sentence }, 404);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
