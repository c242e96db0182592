/** The same training step in a real browser and in Node. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import test from 'node:test';
import { chromium } from 'playwright-core';
import { processor } from '../../src/runtime/backends/onnxruntime/backend.ts';
import { trainTiny } from '../tiny-training.ts';

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const root = join(import.meta.dirname, '../..');
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Bundles the page and serves it; nothing else is served. */
async function servePage(): Promise<{ url: string; close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-training-page-'));
  execFileSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', 'test/browser/training-page', '--outDir', folder, '--minify', 'false'],
    { cwd: root, stdio: 'pipe' },
  );
  const server = createServer(({ url = '/' }, response) => {
    const path = join(folder, normalize(url === '/' ? '/index.html' : url));
    if (!existsSync(path)) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(readFileSync(path));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async () => {
    await new Promise((closed) => server.close(closed));
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

test('fifty training steps in a browser give the losses of Node', {
  skip: executable === undefined && 'no Chromium on this machine',
}, async (t) => {
  const { url, close } = await servePage();
  t.after(close);
  const browser = await chromium.launch({ executablePath: executable!, args: ['--no-sandbox', '--no-first-run'] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    for (const rank of [2, 3] as const) {
      const expected = await trainTiny(rank, processor, 50);
      const found = await page.evaluate(
        (wanted) =>
          (globalThis as unknown as { trainTiny: (rank: 2 | 3, steps: number) => Promise<number[]> }).trainTiny(
            wanted,
            50,
          ),
        rank,
      );
      t.diagnostic(`${rank}-D, last loss: browser ${found[49]}, Node ${expected[49]}`);
      assert.equal(found.length, 50);
      assert.ok(expected[49] < 0.2 * expected[0], 'it learns');
      found.forEach((loss, i) => {
        assert.ok(Math.abs(loss - expected[i]) < 1e-4, `${rank}-D, step ${i + 1}: ${loss}, not ${expected[i]}`);
      });
    }
    assert.deepEqual(complaints, []);
    assert.deepEqual(
      asked.filter((address) => !address.startsWith(url) && !address.startsWith('blob:')),
      [],
    );
  } finally {
    await browser.close();
  }
});
