// Every instrument on a small run and on the same network as a model from elsewhere, through the command.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, mock } from 'node:test';
import { SondeError } from '../src/base/errors.ts';
import { type ExplainOptions, explainEncoder } from '../src/cli/explaining.ts';
import { listInstruments } from '../src/cli/instrument-text.ts';
import type { Explanation } from '../src/explanation/explain.ts';
import { instruments } from '../src/explanation/index.ts';

const main = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'sonde-explanation-'));
after(() => rmSync(folder, { recursive: true, force: true }));
process.env.SONDE_CACHE = join(folder, 'cache');
process.env.SONDE_SALT = 'test';
const data = 'phantom:patients=12,frames=4,size=32,views=apical-four-chamber+parasternal-long-axis';
const run = join(folder, 'run');
/** Few pictures, so that every instrument takes a second or two. */
const small = {
  'activation-maximisation.units': 1,
  'activation-maximisation.seeds': 2,
  'activation-maximisation.steps': 16,
  'attribution.inputs': 2,
  'attribution.methods': 'gradient,integrated-gradients,grad-cam',
  'attribution.steps': 16,
  'disentanglement.inputs': 40,
  'disentanglement.labels': 'view,site,depthMm',
  'disentanglement.shuffles': 5,
  'factors.labels': 'view',
  'factors.windows': 1,
  'factors.dimensions': 64,
  'factors.resamples': 200,
  'geometry.inputs': 24,
  'geometry.pictures': 12,
  'geometry.views': 3,
  'invariance.inputs': 24,
  'learning-dynamics.inputs': 24,
  'learning-dynamics.factors': 2,
  'learning-dynamics.questions': 16,
  'neighbours.inputs': 24,
  'neighbours.seeds': 1,
  'shortcuts.questions': 32,
  'shortcuts.alone': 64,
  'shortcuts.shortcuts': 'margin,text,patient',
  'similarity.inputs': 24,
  'temporal-necessity.questions': 16,
  'temporal-necessity.inputs': 16,
  'units.inputs': 24,
  'units.units': 2,
};

/** In a process of its own, as people call it. */
function sonde(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { encoding: 'utf8', env: process.env });
}

/** What `sonde explain --json` prints, without starting a process for it. */
async function explained(path: string, options: Omit<ExplainOptions, 'seed' | 'json'>) {
  const printed = mock.method(console, 'log', () => undefined);
  try {
    await explainEncoder(path, { ...options, set: small, seed: 0, threads: 1, json: true });
    return JSON.parse(String(printed.mock.calls[0].arguments[0])) as Explanation & { page: string };
  } finally {
    printed.mock.restore();
  }
}

before(() => {
  const training = ['--steps', '16', '--batch', '4', '--threads', '1', '--snapshots', '3', '--out', run, '--json'];
  const shape = ['--set', 'size=24'];
  const { status, stderr } = sonde('pretrain', '--method', 'rotation', '--data', data, ...shape, ...training);
  assert.equal(status, 0, stderr);
});

function printedBy(list: () => void): string {
  const printed = mock.method(console, 'log', () => undefined);
  try {
    list();
    return String(printed.mock.calls[0].arguments[0]);
  } finally {
    printed.mock.restore();
  }
}

test('every instrument looks at a run, says something finite, and says it again', async () => {
  const first = await explained(run, { with: 'all', out: join(folder, 'first') });
  assert.deepEqual(first.omissions, []);
  assert.deepEqual(
    first.findings.map(({ instrument }) => instrument),
    instruments.map(({ id }) => id),
  );
  for (const { instrument, title, sentences, figures } of first.findings) {
    const text = [title, ...sentences].join(' ');
    assert.doesNotMatch(text, /NaN|undefined|Infinity|null/, `${instrument}: ${text}`);
    assert.ok(figures.length > 0, `${instrument} draws something`);
    for (const { name } of figures) {
      const svg = readFileSync(join(folder, 'first', `${instrument}-${name}.svg`), 'utf8');
      assert.match(svg, /^<svg[^>]*role="img"[\s\S]*<title>[^<]{10,}<\/title>/, `${instrument} ${name}`);
      assert.doesNotMatch(svg, /NaN|undefined/, `${instrument} ${name}`);
    }
  }
  assert.ok(existsSync(first.page));
  // Those that draw: at random starts, noise, seeds of maps.
  const drawing = instruments
    .map(({ id }) => id)
    .filter((id) => /^(activation-maximisation|neighbours|units)$/.test(id));
  const again = await explained(run, { with: drawing.join(), out: join(folder, 'second') });
  const said = ({ findings }: Explanation) =>
    JSON.stringify(findings.filter(({ instrument }) => drawing.includes(instrument)).map((finding) => finding.data));
  assert.equal(said(first), said(again));
});

test('a model from elsewhere is looked at too, and what cannot be asked of it is said', async () => {
  const elsewhere = join(folder, 'elsewhere.onnx');
  cpSync(join(run, 'encoder.onnx'), elsewhere);
  const chosen = 'geometry,similarity,attribution,learning-dynamics';
  const { findings, omissions } = await explained(elsewhere, { data, beside: [run], with: chosen });
  assert.deepEqual(
    findings.map(({ instrument }) => instrument),
    ['geometry', 'similarity', 'attribution'],
  );
  assert.match(omissions[0].reason, /no history/);
  // Beside the run it was copied from, every layer is the same.
  const { compared } = findings[1].data as { compared: { same: { cka: { value: number } }[] }[] };
  for (const { cka } of compared[0].same) assert.ok(Math.abs(cka.value - 1) < 1e-5);
});

test('mistakes are one sentence and nothing is written', async () => {
  const refused = (expected: RegExp, path: string, options: Partial<ExplainOptions>) =>
    assert.rejects(explainEncoder(path, { seed: 0, json: true, ...options }), (error: unknown) => {
      assert.ok(error instanceof SondeError && error.code === 'usage', String(error));
      assert.match(error.message, expected);
      return true;
    });
  await refused(/geometry has no option picture/, run, { with: 'geometry', set: { 'geometry.picture': 3 } });
  await refused(/there is no run or model/, join(folder, 'nowhere'), {});
  const { status, stderr } = sonde('explain', run, '--with', 'cak');
  assert.equal(status, 2, stderr);
  assert.match(stderr, /no instrument is called cak/);
  assert.deepEqual(
    (JSON.parse(printedBy(() => listInstruments(true))) as { id: string }[]).map(({ id }) => id),
    instruments.map(({ id }) => id),
  );
  assert.ok(!readdirSync(run).includes('explanation'));
});

test('the page of instruments has a row for each', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'explanation.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id).sort();
  assert.deepEqual(rows, instruments.map(({ id }) => id).sort());
});
