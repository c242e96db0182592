import assert from 'node:assert/strict';
import test from 'node:test';
import { createHeadPhantom, diagnosisNames, headTissues, parseHead } from './index.ts';

const small = { patients: 3, size: 32, slices: 20, seed: 5 };

test('the same options give the same bytes; slices read alone equal those read together', async () => {
  const [a, b] = [createHeadPhantom(small), createHeadPhantom(small)];
  assert.deepEqual(a.items, b.items);
  const whole = a.render(1).data;
  assert.deepEqual(whole, b.render(1).data);
  assert.notDeepEqual(whole, createHeadPhantom({ ...small, seed: 6 }).render(1).data);
  const { data, shape } = await b.read(b.items[1], { start: 3, count: 4, stride: 2 });
  assert.deepEqual(shape, [4, 32, 32, 1]);
  for (const [i, slice] of [3, 5, 7, 9].entries()) {
    assert.deepEqual(data.slice(i * 1024, (i + 1) * 1024), whole.slice(slice * 1024, (slice + 1) * 1024));
  }
});

test('lesions lie where the labels say, and ventricles are as large as they say', () => {
  const phantom = createHeadPhantom({ patients: 60, size: 48, slices: 40, diagnoses: 1 });
  const voxelMl = 5 * 5 * 5 * 1e-3;
  const met = new Set<unknown>();
  let agreeing = 0;
  phantom.items.forEach(({ labels }, item) => {
    met.add(labels.diagnosis);
    if (item > 14) return;
    const [lesion, ventricle] = [new Array<number>(3).fill(0), 0];
    let [inside, volume, fluid] = [0, 0, ventricle];
    for (let slice = 0; slice < 40; slice++) {
      phantom.tissues(item, slice).forEach((code, pixel) => {
        const name = headTissues[code];
        if (name === 'ventricle') fluid++;
        if (!/tumour|blood|infarct/.test(name)) return;
        volume += voxelMl;
        inside++;
        lesion[0] += (pixel % 48) - 23.5;
      });
    }
    assert.equal(inside > 0, labels.side !== 'none', `${labels.diagnosis}`);
    if (inside > 0) {
      assert.equal(lesion[0] > 0, labels.side === 'left');
      assert.ok(Math.abs(volume - Number(labels.lesionMl)) < 0.35 * Number(labels.lesionMl), `${volume} ml`);
      agreeing++;
    }
    const size = Number(labels.ventricleSize);
    assert.ok(fluid * voxelMl > 8 * size ** 2 && fluid * voxelMl < 36 * size ** 2.5, `${fluid * voxelMl} at ${size}`);
  });
  assert.ok(agreeing > 5);
  assert.deepEqual([...met].sort(), diagnosisNames.filter((name) => name !== 'none').sort());
});

test('two contrasts show one anatomy: same tissue, other signal', () => {
  const phantom = createHeadPhantom({ ...small, contrasts: ['t1', 't2'] });
  assert.deepEqual(phantom.tissues(2, 10), phantom.tissues(3, 10));
  const { labels } = phantom.items[2];
  assert.deepEqual({ ...labels, contrast: 't2' }, phantom.items[3].labels);
  const meanOf = (item: number, name: string) => {
    const { data } = phantom.render(item, { start: 10, count: 1 });
    const places = [...phantom.tissues(item, 10)].flatMap((code, i) => (headTissues[code] === name ? [data[i]] : []));
    return places.reduce((sum, value) => sum + value, 0) / places.length;
  };
  assert.ok(meanOf(2, 'white matter') > meanOf(2, 'grey matter') + 30);
  assert.ok(meanOf(3, 'white matter') < meanOf(3, 'grey matter') - 20);
});

test('noise in air is Rician with no signal: mean √(π/2) and deviation √(2 − π/2) of the receiver deviation', () => {
  const phantom = createHeadPhantom({ patients: 1, size: 64, slices: 16, noise: 0.1 });
  const values: number[] = [];
  for (let slice = 4; slice < 12; slice++) {
    const { data } = phantom.render(0, { start: slice, count: 1 });
    phantom.tissues(0, slice).forEach((code, i) => {
      if (headTissues[code] === 'air') values.push(data[i] / 170);
    });
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  assert.ok(Math.abs(mean / (0.1 * Math.sqrt(Math.PI / 2)) - 1) < 0.02, `${mean}`);
  assert.ok(Math.abs(deviation / (0.1 * Math.sqrt(2 - Math.PI / 2)) - 1) < 0.03, `${deviation}`);
});

test('options are read from text, and mistakes are named', () => {
  assert.deepEqual(parseHead('head-phantom:patients=7,contrasts=t1,t2,size=32').contrasts, ['t1', 't2']);
  assert.throws(() => parseHead('head-phantom:heads=7'), /no option 'heads'/);
  assert.throws(() => parseHead('head-phantom:size=3'), /option 'size' of the phantom of heads/);
  assert.throws(() => parseHead('phantom'), /does not name a phantom/);
});
