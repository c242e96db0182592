// Every instrument on a small run and on the same network as a model from elsewhere, through the command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Explanation } from '../src/explanation/explain.ts';
import { instruments } from '../src/explanation/index.ts';

const main = join(import.meta.dirname, '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'sonde-explanation-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = 'phantom:patients=16,frames=8,size=48,recordings=2';
const run = join(folder, 'run');
/** Few pictures, so that every instrument takes a second or two. */
const small = [
  'activation-maximisation.units=1',
  'activation-maximisation.seeds=2',
  'activation-maximisation.steps=20',
  'attribution.inputs=2',
  'attribution.methods=gradient,integrated-gradients,grad-cam',
  'attribution.steps=24',
  'disentanglement.inputs=40',
  'disentanglement.labels=view,site,depthMm',
  'disentanglement.shuffles=5',
  'factors.labels=view',
  'factors.windows=1',
  'factors.dimensions=64',
  'factors.resamples=200',
  'geometry.inputs=24',
  'geometry.pictures=12',
  'geometry.views=3',
  'invariance.inputs=24',
  'learning-dynamics.inputs=24',
  'neighbours.inputs=24',
  'neighbours.seeds=1',
  'similarity.inputs=24',
  'temporal-necessity.questions=16',
  'temporal-necessity.inputs=16',
  'units.inputs=24',
  'units.units=2',
].flatMap((setting) => ['--set', setting]);

function sonde(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    encoding: 'utf8',
    env: { ...process.env, SONDE_CACHE: join(folder, 'cache'), SONDE_SALT: 'test', NO_COLOR: '1' },
  });
}

before(() => {
  const training = ['--steps', '24', '--batch', '4', '--threads', '1', '--snapshots', '3', '--out', run, '--json'];
  const { status, stderr } = sonde('pretrain', '--method', 'rotation', '--data', data, ...training);
  assert.equal(status, 0, stderr);
});

test('every instrument looks at a run, says something finite, and says it again', () => {
  const look = (out: string, chosen: string) => {
    const { status, stdout, stderr } = sonde('explain', run, '--with', chosen, '--out', out, ...small, '--json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Explanation & { page: string };
  };
  const first = look(join(folder, 'first'), 'all');
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
  const drawing = ['activation-maximisation', 'neighbours', 'units'];
  const again = look(join(folder, 'second'), drawing.join());
  const said = ({ findings }: Explanation) =>
    JSON.stringify(findings.filter(({ instrument }) => drawing.includes(instrument)).map((finding) => finding.data));
  assert.equal(said(first), said(again));
});

test('a model from elsewhere is looked at too, and what cannot be asked of it is said', () => {
  const elsewhere = join(folder, 'elsewhere.onnx');
  cpSync(join(run, 'encoder.onnx'), elsewhere);
  const chosen = 'geometry,similarity,attribution,learning-dynamics';
  const args = ['explain', elsewhere, '--data', data, '--beside', run, '--with', chosen, ...small, '--json'];
  const { status, stdout, stderr } = sonde(...args);
  assert.equal(status, 0, stderr);
  const { findings, omissions } = JSON.parse(stdout) as Explanation;
  assert.deepEqual(
    findings.map(({ instrument }) => instrument),
    ['geometry', 'similarity', 'attribution'],
  );
  assert.match(omissions[0].reason, /no history/);
  // Beside the run it was copied from, every layer is the same.
  const { compared } = findings[1].data as { compared: { same: { cka: { value: number } }[] }[] };
  for (const { cka } of compared[0].same) assert.ok(Math.abs(cka.value - 1) < 1e-5);
});

test('mistakes are one sentence and nothing is written', () => {
  const refused = (expected: RegExp, ...args: string[]) => {
    const { status, stderr } = sonde('explain', ...args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, expected);
  };
  refused(/no instrument is called cak/, run, '--with', 'cak');
  refused(/geometry has no option pictures/, run, '--with', 'geometry', '--set', 'geometry.pictures=3');
  refused(/there is no run or model/, join(folder, 'nowhere'));
  const listed = sonde('explain', '--list', '--json');
  assert.deepEqual(
    (JSON.parse(listed.stdout) as { id: string }[]).map(({ id }) => id),
    instruments.map(({ id }) => id),
  );
  assert.ok(!readdirSync(run).includes('explanation'));
});
