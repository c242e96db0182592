import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { halvesStore, smallModel } from '../../test/evaluation/small-network.ts';
import { settleTask } from '../evaluation/measure.ts';
import type { ProbeOptions } from './probing.ts';
import { supervise } from './supervision.ts';
import type { Target } from './target.ts';

const home = mkdtempSync(join(tmpdir(), 'sonde-supervision-'));
after(() => rmSync(home, { recursive: true }));

const store = halvesStore(8);
const untrained = { model: smallModel(), encoder: { name: 'random initialisation', role: 'random' as const } };
const target = { encoder: untrained, random: untrained, home, manifest: undefined } as unknown as Target;
const ask = (protocol: string, options: Partial<ProbeOptions> = {}) => {
  const outcome: { task: ReturnType<typeof settleTask>; supervision?: string } = {
    task: settleTask({ label: 'half', protocol, options: {} }, store),
  };
  const settings = { device: 'cpu', json: true, threads: 1, ...options } as ProbeOptions;
  const measured: string[] = [];
  const measure = async ({ encoder }: { encoder: { role: string } }) => {
    measured.push(encoder.role);
  };
  return supervise(target, [outcome], store, settings, measure).then(() => ({ ...outcome, measured }));
};

test('a twin that nobody asked for and that cannot be trained is a sentence; one that was asked for is an error', async () => {
  const { supervision, measured } = await ask('rcnn');
  assert.match(supervision!, /^Full supervision is not shown: no item of .* has boxes/);
  assert.deepEqual(measured, []);
  await assert.rejects(ask('rcnn', { supervised: true }), /has boxes/);
});

test('where a protocol trains, its rows show full supervision; left out, nothing is said or measured', async () => {
  const { supervision, measured } = await ask('finetune');
  assert.match(supervision!, /it is full supervision/);
  assert.deepEqual(measured, []);
  assert.deepEqual((await ask('rcnn', { supervised: false })).supervision, undefined);
});
