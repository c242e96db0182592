/**
 * The lab: a local web server that shows a workspace's runs while they happen. It listens on 127.0.0.1 alone, answers
 * only to its token, reads only its workspace and writes nothing.
 * @module
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { messageOf, usageError } from '../base/errors.ts';
import { guard } from './guard.ts';
import { type MethodSummary, routes } from './routes.ts';
import { fileInside, fileResponse, openWorkspace } from './workspace.ts';

export type { MethodSummary } from './routes.ts';

export interface LabOptions {
  /** The folder that holds the runs: a run's own, one with runs in it, or one with a folder `runs`. */
  readonly workspace: string;
  /** Any free one where it is absent. */
  readonly port?: number;
  /** A fresh random one where it is absent. */
  readonly token?: string;
  /** Opens the system's browser at the lab's address. */
  readonly openBrowser?: boolean;
  /** What to say about each method; from the cards. */
  readonly methods?: readonly MethodSummary[];
}

export interface Lab {
  /** With the token: whoever has it can read the workspace. */
  readonly url: string;
  /** Ends all streams and connections. */
  close(): Promise<void>;
}

/**
 * Starts the lab. Throws `usage` where the workspace is no folder or the port is taken.
 *
 * @example
 * const lab = await startLab({ workspace: 'demo' });
 * console.log(lab.url);
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { port = 0, token = randomBytes(24).toString('base64url'), methods = [], openBrowser = false } = options;
  const root = await openWorkspace(options.workspace);
  const stop = new AbortController();
  const bound = { port };
  const app = new Hono();
  app.use('*', guard({ token, port: () => bound.port }));
  app.route('/', routes({ root, methods, signal: stop.signal }));
  app.get('/*', (context) => appFile(context.req.path));
  app.notFound((context) => context.json({ error: 'There is nothing here.' }, 404));
  app.onError((error, context) => context.json({ error: messageOf(error) }, 500));

  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw usageError(`port ${port} cannot be listened on`, { hint: 'leave the port out to take any free one', cause });
  }
  bound.port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${bound.port}/?token=${token}`;
  if (openBrowser) open(url);

  return {
    url,
    async close() {
      stop.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

/** The lab's app as vite built it: one page, and what it loads. */
async function appFile(path: string): Promise<Response> {
  const dist = await realpath(fileURLToPath(new URL('../../lab/dist', import.meta.url))).catch(() => undefined);
  const found = dist === undefined ? undefined : await fileInside(dist, path === '/' ? 'index.html' : path.slice(1));
  if (found !== undefined) return fileResponse(found);
  if (path === '/') return new Response(unbuilt, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  return Response.json({ error: 'There is nothing here.' }, { status: 404 });
}

const unbuilt =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sonde lab</title><p>The lab has not been built. Run <code>npm run build -w lab</code> and load this page again.</p></html>\n';

/** Asks the system for its browser; a machine without one shows the address in the terminal all the same. */
function open(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['explorer', url]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
