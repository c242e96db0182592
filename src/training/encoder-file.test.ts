import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import { inputShape, type Presentation } from '../data/transform/presentation.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { decodeModel } from '../graph/onnx/decode.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { trunks } from '../nn/trunks/index.ts';
import type { Trunk } from '../nn/trunks/trunk.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { encoderInfo, exportEncoder, featuresOutput } from './encoder-file.ts';
import { encoderProgram } from './model.ts';

const presentationOf = ({ fewestChannels = 1 }: Trunk): Presentation => ({
  channels: fewestChannels === 1 ? 1 : 3,
  frames: 16,
  stride: 1,
  size: 64,
  mask: 'none',
  intensity: 'unit',
});

/** A trunk whose running statistics are those of no fresh network. */
function livedIn(trunk: Trunk, batch: number) {
  const options = trunk.options.parse(trunk.presets.tiny);
  const { input, output, parameters } = encoderProgram(trunk, options, [
    batch,
    ...inputShape(presentationOf(trunk), trunk.rank),
  ]);
  const random = new Random(trunk.id);
  const state = new Map<string, HostArray>();
  for (const { name, tensor, initialise } of parameters) {
    const value = initialise(tensor.shape, random.split(name));
    if (name.endsWith('running_mean')) random.split(name).fillNormal(value.data, 0, 0.3);
    if (name.endsWith('running_var')) random.split(name).fillUniform(value.data, 0.5, 2);
    state.set(name, value);
  }
  return { options, input, output, parameters, state };
}

const kept = trunks.filter(({ presets }) => 'tiny' in presets);

for (const trunk of kept) {
  test(`${trunk.id}: the exported model gives what the network gives in evaluation, for any batch`, async () => {
    const { options, input, output, parameters, state } = livedIn(trunk, 3);
    const presentation = presentationOf(trunk);
    const model = exportEncoder({ trunk, trunkOptions: options, presentation, state, origin: 'test' });
    const written = decodeModel(encodeModel(model));
    const taps = Object.keys(output.taps);
    assert.deepEqual(encoderInfo(written), { presentation, taps });
    const pictures = float32(input.shape, 0);
    new Random('pictures').fillNormal(pictures.data);
    const tensors = [...Object.values(output.taps), output.features];
    const feeds = new Map<typeof input, HostArray>([[input, pictures]]);
    for (const { name, tensor } of parameters) feeds.set(tensor, state.get(name)!);
    const expected = await evaluate(tensors, feeds, processor);
    const encoder = await openEncoder({
      ...written,
      metadata: { ...written.metadata, taps: [...taps, featuresOutput].join(',') },
    });
    try {
      assert.equal(encoder.fixedBatch, undefined);
      for (const count of [3, 1]) {
        const found = await encoder.encode(pictures.data.slice(0, count * sizeOf(input.shape.slice(1))), count);
        [...taps, featuresOutput].forEach((name, i) => {
          const reference = expected[i].data as Float32Array;
          const values = found[name].data as Float32Array;
          assert.equal(values.length, (reference.length / 3) * count);
          const worst = values.reduce((most, value, k) => Math.max(most, Math.abs(value - reference[k])), 0);
          const scale = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
          assert.ok(worst < 1e-5 * scale, `${name} differs by ${worst}`);
        });
      }
    } finally {
      await encoder.release();
    }
  });
}

test('the onnx package checks exported encoders and finds nothing wrong', (t) => {
  const python = '/usr/bin/python3';
  if (spawnSync(python, ['-c', 'import onnx']).status !== 0) {
    t.skip('python3-onnx is not installed');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sonde-encoder-'));
  try {
    const files = kept.map((trunk) => {
      const { options, state } = livedIn(trunk, 1);
      const path = join(folder, `${trunk.id}.onnx`);
      writeFileSync(
        path,
        encodeModel(
          exportEncoder({
            trunk,
            trunkOptions: options,
            presentation: presentationOf(trunk),
            state,
            origin: 'test',
          }),
        ),
      );
      return path;
    });
    const check =
      'import sys, onnx\nfor path in sys.argv[1:]: onnx.checker.check_model(onnx.load(path), full_check=True)';
    const { status, stderr } = spawnSync(python, ['-c', check, ...files], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
