import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { stepsWithin } from './budget.ts';
import { openTask, type Task } from './task.ts';
import { runTrial, trialPaths } from './trial.ts';

const task: Task = {
  data: { path: 'phantom:patients=10,frames=2,size=32', storedSize: 32, fractions: [0.4, 0.2, 0.4] },
  label: 'view',
  labelledPatients: 2,
  draws: 3,
  extraction: { windows: 1, dimensions: 1 },
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sonde-trials-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a trial is trained and measured beside itself untrained, once', async (t) => {
  const directory = folder(t);
  process.env.SONDE_CACHE ??= directory;
  const open = await openTask(task);
  const request = { method: 'rotation', steps: 2, batchSize: 2, seed: 3 };
  let steps = 0;
  const first = (await runTrial(request, open, { directory, onStep: () => steps++ }))!;
  assert.ok(steps > 0);
  assert.deepEqual([first.method, first.seed, first.steps, first.batchSize], ['rotation', 3, 2, 2]);
  for (const { taps, items, patients, labelled } of [first.pretrained, first.random]) {
    assert.deepEqual(labelled, { patients: 2, draws: 3 });
    assert.equal(items.length, 16);
    assert.equal(new Set(patients).size, 4);
    for (const { correct, score } of taps) {
      assert.ok(correct.every((share) => [0, 1, 2, 3].some((times) => Math.abs(share - times / 3) < 1e-9)));
      assert.ok(Math.abs(score - correct.reduce((sum, share) => sum + share, 0) / 16) < 1e-9);
    }
  }
  assert.notDeepEqual(first.pretrained.taps, first.random.taps);

  const { folder: kept, result, encoder, randomEncoder } = trialPaths(request, open, directory);
  assert.ok(existsSync(encoder) && existsSync(randomEncoder));
  const written = statSync(result).mtimeMs;
  steps = 0;
  const again = await runTrial(request, open, { directory, onStep: () => steps++ });
  assert.equal(steps, 0, 'what was done is not done again');
  assert.equal(statSync(result).mtimeMs, written);
  assert.deepEqual(again, first);
  const folders = readdirSync(directory).filter((name) => name.startsWith('rotation') || name.startsWith('run-'));
  assert.equal(folders.length, 1, 'the run itself is gone');

  rmSync(kept, { recursive: true });
  assert.deepEqual(await runTrial(request, open, { directory }), first, 'and comes out the same when it is');
  for (const other of [{ seed: 4 }, { steps: 3 }, { methodOptions: { mirror: false } }]) {
    assert.notEqual(trialPaths({ ...request, ...other }, open, directory).folder, kept);
  }
  assert.notEqual(trialPaths(request, { ...open, labelledPatients: 3 }, directory).folder, kept);

  const stopped = new AbortController();
  stopped.abort();
  const halted = await runTrial({ ...request, seed: 9 }, open, { directory, signal: stopped.signal });
  assert.equal(halted, undefined);
  assert.ok(readdirSync(directory).every((name) => !name.startsWith('run-') && !name.includes('seed9')));
});

test('steps follow the arithmetic, within the recipe', async (t) => {
  process.env.SONDE_CACHE ??= folder(t);
  const open = await openTask(task);
  const steps = (compute: number, batchSize: number) => stepsWithin(compute, { method: 'rotation', batchSize }, open);
  assert.equal(steps(1, 16), 50, 'fewer teach nothing');
  assert.equal(steps(1e15, 16), 600, 'as many as the preset has');
  assert.equal(stepsWithin(1, { method: 'clip-order' }, open), 500, 'or the preset says how many it takes');
  const [small, large] = [steps(8e10, 2), steps(8e10, 4)];
  assert.ok(small > 50 && small < 600 && Math.abs(small / large - 2) < 0.05, `${small} and ${large}`);
});
