/** The lab in a real browser: a run that grows, and the page that shows it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { puzzlesToJson } from '../../src/pretext/drawing-file.ts';
import { renderReport } from '../../src/report/report.ts';
import { startLab } from '../../src/server/lab.ts';
import { rotationPuzzle } from '../figures/puzzle-fixture.ts';
import { learningMetrics, manifest, reportData } from '../figures/report-fixture.ts';

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const root = fileURLToPath(new URL('../..', import.meta.url));

async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable!,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

interface Scene {
  readonly page: Page;
  readonly run: string;
  /** Everything the browser complained about. */
  readonly complaints: string[];
  /** Every address the page asked for. */
  readonly asked: string[];
}

async function scene(t: TestContext): Promise<Scene> {
  execFileSync(process.execPath, ['../node_modules/vite/bin/vite.js', 'build'], {
    cwd: join(root, 'lab'),
    stdio: 'pipe',
  });
  const workspace = mkdtempSync(join(tmpdir(), 'sonde-browser-'));
  const run = join(workspace, 'runs', 'live');
  mkdirSync(run, { recursive: true });
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...manifest, state: 'running' }));
  writeFileSync(join(run, 'metrics.jsonl'), '');
  const idea = 'A clip is turned, and the network must say by how much.';
  const lab = await startLab({
    workspace,
    methods: [{ ...reportData.runs[0].card, id: 'rotation', title: 'Rotation', idea }],
  });
  const browser = await launch();
  t.after(async () => {
    await browser.close();
    await lab.close();
    rmSync(workspace, { recursive: true, force: true });
  });
  const page = await browser.newPage();
  const [complaints, asked]: [string[], string[]] = [[], []];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(lab.url);
  return { page, run, complaints, asked };
}

const plain = async (page: Page, selector: string) =>
  (await page.locator(selector).allInnerTexts()).join('\n').replace(/[\u202f\u00a0]/g, ' ');

/** Waits for a text to appear on the page; playwright ends the wait with an error when it does not. */
async function sees(page: Page, pattern: RegExp): Promise<void> {
  const inPage = ({ source }: { source: string }) =>
    new RegExp(source).test(
      (globalThis as unknown as { document: { body: { textContent: string } } }).document.body.textContent.replace(
        /[\u202f\u00a0]/g,
        ' ',
      ),
    );
  await page.waitForFunction(inPage, { source: pattern.source });
}

test('a growing run is followed to its report', {
  skip: executable === undefined && 'no Chromium on this machine',
}, async (t) => {
  const { page, run, complaints, asked } = await scene(t);
  const records = learningMetrics(2880, 40);
  const append = (from: number, to: number) =>
    appendFileSync(
      join(run, 'metrics.jsonl'),
      records
        .slice(from, to)
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );

  await sees(page, /Rotation is learning from phantom-demo/);
  await sees(page, /the network must say by how much/);
  assert.doesNotMatch(page.url(), /token/, 'the token leaves the address');

  append(0, 4);
  await sees(page, /Loss: training \d\.\d\d at step 160; guessing reaches 1\.39/);
  append(4, 36);
  await sees(page, /Loss: training \d\.\d\d at step 1 440, held-out \d\.\d\d at step 1 440/);
  await sees(page, /Rotation solves \d\d % of held.out puzzles; guessing solves 25 %/);
  assert.match(
    await plain(page, '.progress'),
    /50 % · 1 440\/2 880 steps · 6\d puzzles\/s · 512 MB at most · 6 min \d+ s left/,
  );

  append(30, 32);
  await sees(page, /Loss: training \d\.\d\d at step 1 280/);
  append(32, 36);
  await sees(page, /Loss: training \d\.\d\d at step 1 440/);

  writeFileSync(join(run, 'puzzles.json'), puzzlesToJson([rotationPuzzle()]));
  await page.waitForSelector('section svg image');
  await sees(page, /By how much has this clip been turned/);

  writeFileSync(join(run, 'report.html'), renderReport(reportData));
  await page.waitForSelector('a.action');
  append(36, records.length);
  writeFileSync(join(run, 'run.json'), JSON.stringify(manifest));
  await sees(page, /100 % · 2 880\/2 880 steps · finished/);

  const [report] = await Promise.all([page.waitForEvent('popup'), page.locator('a.action').click()]);
  await report.waitForLoadState();
  assert.match(await report.title(), /^Rotation has learned view/);
  assert.ok((await report.locator('figure svg').count()) >= 9);

  const origin = new URL(page.url()).origin;
  assert.deepEqual(
    asked.filter((address) => !address.startsWith(origin) && !address.startsWith('data:')),
    [],
    'nothing is asked elsewhere',
  );
  assert.deepEqual(complaints, []);
});

test('runs are reached by keyboard and by address', {
  skip: executable === undefined && 'no Chromium on this machine',
}, async (t) => {
  const { page, run, complaints } = await scene(t);
  const older = join(run, '..', 'older');
  mkdirSync(older);
  writeFileSync(
    join(older, 'run.json'),
    JSON.stringify({ ...manifest, id: 'older-run', state: 'failed', error: 'the loss is not a number' }),
  );
  await page.getByRole('link', { name: 'older-run' }).waitFor();
  await page.getByRole('link', { name: 'older-run' }).focus();
  await page.keyboard.press('Enter');
  await sees(page, /It stopped: the loss is not a number/);
  assert.match(page.url(), /\?run=runs%2Folder$/);
  await page.reload();
  await sees(page, /It stopped: the loss is not a number/);
  await page.goBack();
  await sees(page, /rotation-phantom-7f3a/);
  assert.deepEqual(complaints, []);
});
