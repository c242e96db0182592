/** The recorded runs of the command line on real recordings: every method on every set that fits it, and the page says the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fittingSets, pageFile, readRealRuns, realSetsPage } from '../../scripts/real-sets-record.ts';
import { methods } from '../../src/pretext/index.ts';
import { configureRun } from '../../src/training/configuration.ts';

const runs = readRealRuns();

for (const method of methods) {
  const { card } = method;
  test(`${card.id}: it was run on every real set that fits it`, () => {
    const sets = fittingSets(method);
    assert.ok(sets.length > 0);
    const configuration = configureRun({ method: card.id });
    for (const { folder, options } of sets) {
      const run = runs.find((row) => row.method === card.id && row.set === folder);
      assert.ok(run !== undefined, `${card.id} on ${folder}: npm run real-sets -- --only ${card.id} --record`);
      const words = ['npx sonde pretrain --method', card.id, '--data', `../shared/data/${folder}`, ...options];
      assert.equal(run.command, [...words, '--steps', String(run.steps)].join(' '));
      assert.equal(run.samples, run.steps * configuration.batchSize, 'the preset has another batch by now');
      const { firstLoss, lastLoss, heldOut, chance } = run;
      assert.ok([firstLoss, lastLoss, heldOut.loss].every(Number.isFinite), 'losses are numbers');
      assert.notEqual(firstLoss, lastLoss);
      const guessing = method.chance(configuration.methodOptions);
      for (const name of ['accuracy', 'loss'] as const) {
        assert.equal(chance[name]?.toFixed(3), guessing[name]?.toFixed(3), `guessing, ${name}`);
      }
      if (guessing.accuracy !== undefined) {
        assert.ok(heldOut.accuracy !== undefined && heldOut.accuracy >= 0 && heldOut.accuracy <= 1);
      }
      assert.ok(run.leftOut < run.items && run.seconds > 0 && run.peakMemoryBytes > 0);
    }
  });
}

test('the page is made of the record', () => {
  assert.equal(readFileSync(pageFile, 'utf8'), realSetsPage(runs), 'npm run real-sets -- --record');
});
