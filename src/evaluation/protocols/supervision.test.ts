import assert from 'node:assert/strict';
import test from 'node:test';
import { findProtocol, protocols } from './index.ts';
import { supervisionOf } from './protocol.ts';

const ask = (id: string, options: Readonly<Record<string, unknown>> = {}) =>
  supervisionOf({ protocol: findProtocol(id), options });

test('full supervision stands beside every protocol: in its rows, by options of its own, or as a network trained before', () => {
  for (const { id, needs } of protocols) {
    const way = ask(id);
    // Frozen features are compared with those of a network that labels made.
    if (needs === 'features' || id === 'rcnn') assert.equal(way, undefined, id);
    else assert.match((way as { shown: string }).shown, /full supervision/, id);
  }
});

test('where something is held fast or labels are left out, full supervision is trained with neither', () => {
  for (const id of ['finetune', 'video', 'detection']) {
    assert.deepEqual(ask(id, { frozen: 'all' }), { options: { frozen: ['none'], taps: [] } }, id);
    assert.deepEqual(ask(id, { taps: 'conv3' }), { options: { frozen: ['none'], taps: [] } }, id);
    assert.match((ask(id, { frozen: 'none,all' }) as { shown: string }).shown, /with nothing held fast/, id);
  }
  assert.deepEqual(ask('key-points', { frozen: 'all' }), { options: { frozen: ['none'] } });
  const few = { percent: [100], repeats: 1, frozen: 'none' };
  assert.deepEqual(ask('semi-supervised', { percent: '1,10' }), { options: { ...few, tap: undefined } });
  assert.deepEqual(ask('segmentation', { percent: 10, steps: 7 }), {
    options: { ...few, steps: 7, decoder: ['transposed'] },
  });
  assert.deepEqual(ask('segmentation', { decoder: 'linear' }), { options: { ...few, decoder: ['transposed'] } });
  assert.deepEqual(ask('segmentation', { decoder: 'linear,duc', frozen: 'all' }), {
    options: { ...few, decoder: ['duc'] },
  });
});
