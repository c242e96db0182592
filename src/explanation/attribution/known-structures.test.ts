import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plantedWorld, trainedSubject } from '../../../test/planted-shortcuts.ts';
import { Random } from '../../base/random.ts';
import { unlabelled } from '../../evaluation/network/mask-cases.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { PretextNetwork } from '../pretext-network.ts';
import { structureScores, structuresInQuestions } from './known-structures.ts';
import { pictureInput } from './pretext-target.ts';
import { layoutOf } from './target.ts';

test('energy, area and the pointing game of a map whose places are known', () => {
  // Four places an input: one on the first structure, two on the second, one that nobody labelled.
  const mask = Uint8Array.from([1, 2, 2, unlabelled, 0, 2, 2, 0]);
  const map = Float32Array.from([-3, 1, 1, 9, 0, 2, 5, 1]);
  const [first, second] = structureScores(map, { classes: ['background', 'a', 'b'], mask }, 2);
  assert.deepEqual(first, { structure: 'a', inputs: 1, energy: 3 / 5, area: 1 / 3, hits: 1 });
  assert.deepEqual(second, {
    structure: 'b',
    inputs: 2,
    energy: (2 / 5 + 7 / 8) / 2,
    area: (2 / 3 + 1 / 2) / 2,
    hits: 0.5,
  });
});

test('a structure is followed through the sampler: in every turn of a picture it is turned along', async () => {
  const side = 32;
  const store = plantedWorld({ patients: 8, itemsEach: 1, frames: 1, side });
  const subject = await trainedSubject(store, {
    method: 'rotation',
    steps: 1,
    batchSize: 4,
    methodOptions: { size: side, mask: 'none', smallestCrop: 1, largestCrop: 1 },
  });
  const network = new PretextNetwork(subject.run!, { backend: processor, batchSize: 2 });
  const random = new Random('questions');
  const batch = network.ask(store, subject.items, random);
  const layout = layoutOf(network.inputs[pictureInput(network)].shape.slice(1), 2);
  // The upper left part of every picture.
  const data = Uint8Array.from({ length: side * side }, (_, i) => (i < (side * side) / 2 && i % side < 8 ? 3 : 0));
  const dense = {
    mask: async () => ({ frames: [0], data, height: side, width: side, classes: { 3: 'valve' } }),
    points: async () => [],
  };
  const traced = await structuresInQuestions(network, batch, layout, { store, dense, items: subject.items, random });
  assert.ok(traced !== undefined);
  assert.deepEqual(traced.classes, ['background', 'valve']);
  const area = side * side;
  for (let row = 0; row < 2; row++) {
    const planes: Uint8Array[] = Array.from({ length: layout.views }, (_, view) =>
      traced.mask.subarray((row * layout.views + view) * area, (row * layout.views + view + 1) * area),
    );
    // Noise that happens to be like the picture is no difference: nearly all of the region, and nothing else.
    const turnedTo = (plane: Uint8Array) =>
      [0, 1, 2, 3].map((turns) => {
        let agree = 0;
        for (let y = 0; y < side; y++) {
          for (let x = 0; x < side; x++) {
            let [v, u] = [y, x];
            for (let k = 0; k < turns; k++) [v, u] = [u, side - 1 - v];
            agree += Number((data[v * side + u] === 3 ? 1 : 0) === plane[y * side + x]);
          }
        }
        return agree / area;
      });
    const best = planes.map((plane) => turnedTo(plane)).map((shares) => shares.indexOf(Math.max(...shares)));
    assert.equal(new Set(best).size, layout.views, `${best}`);
    for (const plane of planes) assert.ok(Math.max(...turnedTo(plane)) > 0.97, `${turnedTo(plane)}`);
  }
});
