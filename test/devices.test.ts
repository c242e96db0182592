/**
 * Training on other devices gives what the processor gives. Without a graphics processor the driver is SwiftShader, which
 * Debian's chromium brings along.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { messageOf, SondeError } from '../src/base/errors.ts';
import { Random } from '../src/base/random.ts';
import { sizeOf } from '../src/base/shape.ts';
import {
  type ConvolutionOptions,
  constantValue,
  convolution,
  gather,
  gradients,
  inScope,
  matmul,
  multiply,
  placeholder,
  reduceSum,
  type Tensor,
} from '../src/graph/index.ts';
import { deviceIds } from '../src/runtime/backends/devices.ts';
import { backendById, backends } from '../src/runtime/backends/index.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { float32, type HostArray, int64 } from '../src/tensor/host-array.ts';
import { assertClose } from './operator-check.ts';
import { trainedTiny } from './tiny-training.ts';

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.platform === 'linux' && !existsSync('/dev/dri') && existsSync(softwareDriver)) {
  process.env.VK_ICD_FILENAMES ??= softwareDriver;
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
}

for (const device of deviceIds.filter((id) => id !== 'cpu')) {
  for (const rank of [2, 3] as const) {
    test(`${rank}-D training on ${device} is training on the processor`, async (t) => {
      const other = await trainedTiny(rank, backendById(device), 6).catch((error: unknown) => {
        if (error instanceof SondeError && error.code === 'runtime/unavailable') return undefined;
        throw error;
      });
      if (other === undefined) return t.skip(`${device} is not available here`);
      const expected = await trainedTiny(rank, backendById('cpu'), 6);
      t.diagnostic(`${device}: ${other.losses.join(' ')}; processor: ${expected.losses.join(' ')}`);
      assert.ok(expected.losses[5] < 0.9 * expected.losses[0], 'it learns');
      other.losses.forEach((loss, i) => {
        assert.ok(Math.abs(loss - expected.losses[i]) < 1e-4 * expected.losses[0], `step ${i + 1}: ${loss}`);
      });
      for (const [name, value] of expected.state.snapshot()) {
        const found = other.state.get(name).data;
        value.data.forEach((entry, i) => {
          const difference = Math.abs(Number(entry) - Number(found[i]));
          assert.ok(
            difference < 1e-3 * Math.max(1, Math.abs(Number(entry))),
            `${name}[${i}]: ${found[i]}, not ${entry}`,
          );
        });
      }
    });
  }

  test(`where ${device} is missing, a sentence says what to install`, async (t) => {
    const program =
      `import { backendById } from './src/runtime/backends/index.ts'; import { evaluate } from './src/runtime/evaluate.ts';` +
      `import { placeholder } from './src/graph/index.ts'; import { add } from './src/graph/index.ts';` +
      `import { float32 } from './src/tensor/host-array.ts'; const x = placeholder('x', 'float32', [1]);` +
      `evaluate([add(x, x)], new Map([[x, float32([1], 1)]]), backendById('${device}'))` +
      `.then(() => console.log('it runs'), (error) => console.log(error.code + ': ' + error.message));`;
    const nowhere = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json', CUDA_VISIBLE_DEVICES: '' };
    const text = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: join(import.meta.dirname, '..'),
      encoding: 'utf8',
      env: { ...process.env, ...nowhere },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (text.includes('it runs')) return t.skip(`${device} cannot be hidden here`);
    assert.match(text, /^runtime\/unavailable: (WebGPU|CUDA) cannot be used on this machine/m);
    assert.match(text, device === 'cuda' ? /onnxruntime-node-install=cuda12/ : /Vulkan on Linux/);
    assert.match(text, /--device cpu/);
  });
}

test('convolutions that WebGPU has no kernel for, or a wrong one, are the processor’s', async (t) => {
  const random = new Random('convolutions');
  const drawn = (shape: number[]) => float32(shape, random.fillNormal(new Float32Array(sizeOf(shape))));
  const fed = new Map<Tensor, HostArray>();
  const input = (shape: number[]) => {
    const tensor = placeholder(`x${fed.size}`, 'float32', shape);
    fed.set(tensor, drawn(shape));
    return tensor;
  };
  const cases: [x: number[], weight: number[], options: ConvolutionOptions][] = [
    [[2, 6, 7, 7], [8, 6, 3, 3], { padding: 1 }],
    [[2, 5, 6, 6], [4, 5, 3, 3], { stride: 2, bias: input([4]) }],
    [[2, 4, 6, 6], [16, 1, 3, 3], { groups: 4 }],
    [[1, 4, 5, 6, 5], [6, 2, 3, 3, 3], { groups: 2, bias: input([6]) }],
    [[1, 2, 7, 7, 7], [4, 2, 2, 2, 2], { stride: 2, dilation: 2, padding: 1 }],
  ];
  const wanted = cases.flatMap(([xShape, weightShape, options]) => {
    const [x, weight] = [input(xShape), input(weightShape)];
    const y = convolution(x, weight, options);
    return [y, ...gradients(reduceSum(multiply(y, y)), [x, weight])];
  });
  const found = await evaluate(wanted, fed, backendById('webgpu')).catch((error: unknown) => {
    if (error instanceof SondeError && error.code === 'runtime/unavailable') return undefined;
    throw error;
  });
  if (found === undefined) return t.skip('webgpu is not available here');
  const expected = await evaluate(wanted, fed, backendById('cpu'), { threads: 1 });
  const roles = ['output', 'gradient of the input', 'gradient of the weight'];
  found.forEach(({ data }, i) => {
    assertClose(
      data as Float32Array,
      expected[i].data as Float32Array,
      2e-5,
      `case ${Math.floor(i / 3)}, ${roles[i % 3]}`,
    );
  });
});

test('devices are found by name, and a wrong name tells the right ones', () => {
  assert.deepEqual(
    backends.map(({ id }) => id),
    [...deviceIds],
  );
  assert.throws(() => backendById('tpu'), { code: 'usage', message: /cpu, webgpu, cuda/ });
});

/** A folder for what is kept of programs that fail, and the file of the one called doomed/step. */
function keptIn(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'sonde-failed-'));
  const earlier = process.env.TMPDIR;
  process.env.TMPDIR = home;
  t.after(() => {
    if (earlier === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = earlier;
    rmSync(home, { recursive: true, force: true });
  });
  return join(home, `sonde-${process.pid}-doomed-step-failed.onnx`);
}

test('a graph that cannot be compiled is kept, and the error says where', async (t) => {
  const path = keptIn(t);
  // The graph allows products of any type; ONNX Runtime has no kernel for this one.
  const [a, b] = ['a', 'b'].map((name) => placeholder(name, 'bool', [2, 2]));
  assert.equal(constantValue(a), undefined);
  const outputs = { product: matmul(a, b) };
  const error = await backendById('cpu')
    .compile('doomed/step', { a, b }, outputs, {})
    .then(
      () => assert.fail('it compiled'),
      (cause: unknown) => cause as SondeError,
    );
  assert.equal(error.code, 'runtime/session');
  assert.match(messageOf(error), /program doomed\/step \(1 nodes\) could not be compiled/);
  assert.match(error.found!, /MatMul/);
  assert.equal(error.hint, `the graph was saved to ${path}`);
  assert.ok(readFileSync(path).includes('MatMul'));
});

test('a graph that fails when it runs is kept too, with the node that failed', async (t) => {
  const path = keptIn(t);
  const x = placeholder('x', 'float32', [3]);
  const index = placeholder('index', 'int64', [1]);
  const outputs = { picked: inScope('trunk/choice', () => gather(x, index, 0)) };
  const executable = await backendById('cpu').compile('doomed/step', { x, index }, outputs, {});
  const fed = { x: float32([3], 0), index: int64([1], [7]) };
  const binding = executable.bind(fed, { picked: float32([1], 0) });
  const error = await executable.run(binding).then(
    () => assert.fail('it ran'),
    (cause: unknown) => cause as SondeError,
  );
  binding.release();
  await executable.release();
  assert.match(messageOf(error), /program doomed\/step \(1 nodes\) failed/);
  assert.match(error.found!, /trunk\/choice\/Gather/);
  assert.equal(error.hint, `the graph was saved to ${path}`);
  assert.ok(readFileSync(path).includes('Gather'));
});
