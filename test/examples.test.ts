/** The programs in `examples/`, as a newcomer runs them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import sharp from 'sharp';
import { Random } from '../src/base/random.ts';
import { convolution, flatten, matmul, placeholder, relu } from '../src/graph/index.ts';
import { toOnnx } from '../src/graph/onnx/export.ts';
import { loadModel, saveModel } from '../src/runtime/storage/onnx-file.ts';
import { float32 } from '../src/tensor/host-array.ts';

const root = join(import.meta.dirname, '..');

function run(example: string, ...options: string[]): string {
  return execFileSync(process.execPath, ['--import', 'tsx', join('examples', example), ...options], {
    cwd: root,
    encoding: 'utf8',
  });
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sonde-examples-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('a small volume net learns, is written, read and differentiated, in under 40 lines', async (t) => {
  const file = join(folder(t), 'net.onnx');
  const text = run('small-volume-net.ts', file);
  const [, before, after] = /loss ([\d.]+) before, ([\d.]+) after/.exec(text)!;
  assert.ok(Number(after) < 0.5 * Number(before), text);
  assert.match(text, /d logits \/ d x: 8 × 1 × 8 × 8 × 8, largest 0\.0*[1-9]/);
  assert.deepEqual([...(await loadModel(file)).graph.initialisers.keys()].sort().slice(0, 4), [
    'conv.bias',
    'conv.weight',
    'head.bias',
    'head.weight',
  ]);
  assert.ok(readFileSync(join(root, 'examples/small-volume-net.ts'), 'utf8').trimEnd().split('\n').length < 40);
});

test("somebody else's model gets a new head, learns and is written, in under 40 lines", async (t) => {
  const file = join(folder(t), 'tuned.onnx');
  const text = run('fine-tune-any-model.ts', file);
  assert.match(text, /taps: \/stem\/stem\.0\/Conv_output_0 .* y\n/);
  const [before, after] = [...text.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
  assert.ok(after < 0.1 * before, text);
  const { graph } = await loadModel(file);
  assert.ok(graph.initialisers.has('new-head.weight') && graph.initialisers.has('stem.0.weight'));
  assert.deepEqual(graph.outputs[0].shape, [8, 2]);
  assert.ok(readFileSync(join(root, 'examples/fine-tune-any-model.ts'), 'utf8').trimEnd().split('\n').length < 40);
});

test('a saliency map is bright where the model looks, and nowhere else', async (t) => {
  const home = folder(t);
  const [file, picture] = [join(home, 'stranger.onnx'), join(home, 'map.png')];
  // A net that reads the upper left quarter of a picture only.
  const x = placeholder('picture', 'float32', [1, 3, 8, 8]);
  const weight = placeholder('weight', 'float32', [2, 3, 1, 1]);
  const head = placeholder('head.weight', 'float32', [128, 5]);
  const random = new Random('stranger');
  const reading = float32(
    [128, 5],
    Array.from({ length: 640 }, (_, i) => {
      const place = Math.floor(i / 5) % 64;
      return place % 8 < 4 && place < 32 ? 1 + random.uniform() : 0;
    }),
  );
  const answer = matmul(flatten(relu(convolution(x, weight))), head);
  const initialisers = new Map([
    [weight, float32([2, 3, 1, 1], [1, 2, 3, -1, -2, -3])],
    [head, reading],
  ]);
  await saveModel(file, toOnnx([x], { answer }, { initialisers }));
  const lines = run('saliency-of-any-model.ts', file, picture).split('\n');
  for (const [row, line] of lines.slice(0, 8).entries()) {
    for (let column = 0; column < 8; column++) {
      assert.equal(line[column] === ' ', row >= 4 || column >= 4, `row ${row}, column ${column}: ${line}`);
    }
  }
  const { data, info } = await sharp(picture).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [8, 8, 1]);
  assert.equal(Math.max(...data), 255);
  assert.ok(readFileSync(join(root, 'examples/saliency-of-any-model.ts'), 'utf8').trimEnd().split('\n').length < 40);
  assert.equal(data[63], 0);
});
