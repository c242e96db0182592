import assert from 'node:assert/strict';
import test from 'node:test';
import { z } from 'zod';
import { side, smallModel } from '../../../test/evaluation/small-network.ts';
import { Random } from '../../base/random.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { globalAveragePool } from '../../nn/layers/pooling.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import { State } from '../../runtime/state.ts';
import { bytesOf, float32, type HostArray } from '../../tensor/host-array.ts';
import { allocateBatch } from '../../training/sampling/batch.ts';
import { type FitRequest, fitNetwork } from './fit.ts';
import type { FitCheckpoint } from './fit-checkpoints.ts';
import { buildPrograms } from './fit-programs.ts';
import { picturesInput } from './fit-task.ts';
import { learningNetwork, networkSource, withWeights } from './learning-network.ts';
import { recipeOptions } from './recipe.ts';
import { reinitialised } from './reinitialise.ts';

/** Pictures with a bright half: class 0 above, class 1 at the left. */
function picture(example: number, random: Random): Float32Array {
  const data = new Float32Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const [y, x] = [Math.floor(i / side), i % side];
    data[i] = random.normal(0, 0.3) + ((example % 2 === 0 ? y : x) < side / 2 ? 1 : -1);
  }
  return data;
}

function brighten(batch: Readonly<Record<string, HostArray>>, slot: number): void {
  const pictures = batch[picturesInput].data as Float32Array;
  for (let i = slot * side * side; i < (slot + 1) * side * side; i++) pictures[i] = 4 * pictures[i] + 10;
}

const recipe = {
  ...z.object(recipeOptions).parse({ steps: 30, batchSize: 8, evaluations: 3 }),
  learningRate: 3e-3,
};

function request(model: OnnxModel, changes: Partial<FitRequest> = {}): FitRequest {
  const count = 16;
  const own = new Random(7);
  const pictures = Array.from({ length: count }, (_, i) => picture(i, own));
  const put = (batch: Readonly<Record<string, HostArray>>, slot: number, example: number) => {
    (batch[picturesInput].data as Float32Array).set(pictures[example], slot * side * side);
  };
  return {
    source: networkSource(model),
    task: {
      taps: ['conv5'],
      targets: { classes: { dtype: 'int64', shape: [] } },
      head: ({ taps, targets, scope }) => {
        const logits = linearLayer(scope, 'linear', globalAveragePool(taps.conv5), { features: 2 });
        return { outputs: { logits }, ...(targets ? { loss: crossEntropy(logits, targets.classes) } : {}) };
      },
    },
    recipe,
    backend: processor,
    threads: 1,
    examples: count,
    fill: (example, _, batch, slot) => {
      put(batch, slot, example);
      batch.classes.data[slot] = BigInt(example % 2);
    },
    validate: async (network) => {
      let right = 0;
      let loss = 0;
      await network.answer(
        count,
        (example, batch, slot) => put(batch, slot, example),
        (example, { logits }, slot) => {
          const [a, b] = (logits.data as Float32Array).subarray(2 * slot, 2 * slot + 2);
          right += b > a === (example % 2 === 1) ? 1 : 0;
          loss += Math.log(1 + Math.exp(example % 2 === 1 ? a - b : b - a)) / count;
        },
      );
      return { score: right / count, loss };
    },
    ...changes,
  };
}

/** With statistics as of a network that has seen pictures. */
function used(model: OnnxModel): OnnxModel {
  const statistics = [...model.graph.initialisers].filter(([name]) => name.includes('running_'));
  return withWeights(
    model,
    new Map(statistics.map(([name, { shape }]) => [name, float32(shape, new Array(shape[0]).fill(0.5))])),
  );
}

function sameBytes(a: HostArray, b: HostArray): boolean {
  return Buffer.from(bytesOf(a)).equals(Buffer.from(bytesOf(b)));
}

test('fine-tuning learns what it is told, and only what may learn changes', async () => {
  const model = used(smallModel());
  const before = model.graph.initialisers;
  const fitted = await fitNetwork(request(model, { frozen: 'conv2' }));
  assert.equal(fitted.validation.score, 1);
  const after = fitted.model().graph.initialisers;
  let changed = 0;
  for (const [name, value] of before) {
    const stage = /conv(\d)/.exec(name)?.[1];
    if (stage === undefined) continue;
    const same = sameBytes(value, after.get(name)!);
    if (Number(stage) <= 2) assert.ok(same, `${name} is held fast`);
    else {
      assert.ok(!same, `${name} learns`);
      changed++;
    }
  }
  assert.equal(changed, 15);
  await fitted.dispose();
});

test('after 30 steps a network answers as it trained: statistics of normalisation do not lag behind', async () => {
  // Weights that move fast, and pictures far from the statistics that the network came with.
  const changes = { recipe: { ...recipe, batchSize: 16, learningRate: 0.02, evaluations: 1 } };
  const asked = request(smallModel(), changes);
  const bright: FitRequest = {
    ...asked,
    fill: (example, random, batch, slot) => {
      asked.fill(example, random, batch, slot);
      brighten(batch, slot);
    },
    validate: (network) =>
      asked.validate({
        answer: (count, fill, take) =>
          network.answer(
            count,
            (input, batch, slot) => {
              fill(input, batch, slot);
              brighten(batch, slot);
            },
            take,
          ),
      }),
  };
  const fitted = await fitNetwork(bright);
  const { training, initialState } = buildPrograms(bright.source, bright.task, bright.recipe, 16, undefined);
  const state = new State(new Map([...initialState(new Random(0)), ...fitted.weights()]));
  const program = await compile(training, state, processor, { threads: 1 });
  const batch = allocateBatch(
    { [picturesInput]: { dtype: 'float32', shape: [1, side, side] }, ...bright.task.targets },
    16,
  );
  for (let example = 0; example < 16; example++) bright.fill(example, new Random(0), batch, example);
  const { loss } = await program.run({ ...batch, learningRate: float32([], 0), step: float32([], 1) });
  const difference = Math.abs(Number(loss.data[0]) - fitted.validation.loss);
  assert.ok(difference < 0.02, `the loss in training is ${loss.data[0]}, in use ${fitted.validation.loss}`);
  assert.equal(fitted.validation.score, 1);
  await program.dispose();
  await fitted.dispose();
});

test('a network held fast altogether only learns a head', async () => {
  const model = used(smallModel());
  const fitted = await fitNetwork(request(model, { frozen: 'all', recipe: { ...recipe, steps: 3 } }));
  for (const [name, value] of fitted.model().graph.initialisers) {
    assert.ok(sameBytes(value, model.graph.initialisers.get(name)!), name);
  }
  await fitted.dispose();
});

test('a network that was drawn and is held fast normalises by what it is shown, not by nothing', async () => {
  const model = smallModel();
  const fitted = await fitNetwork(request(model, { frozen: 'all', recipe: { ...recipe, steps: 3 } }));
  for (const [name, value] of fitted.model().graph.initialisers) {
    const same = sameBytes(value, model.graph.initialisers.get(name)!);
    assert.equal(same, !name.includes('running_'), name);
  }
  await fitted.dispose();
});

test('a fit goes on from its checkpoint to the same weights', async () => {
  const model = smallModel();
  const whole = await fitNetwork(request(model));
  let saved: FitCheckpoint | undefined;
  const copied = (state: ReadonlyMap<string, HostArray>) =>
    new Map(
      [...state].map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data: data.slice() } as HostArray]),
    );
  const stop = new Error('stopped');
  await assert.rejects(
    fitNetwork(
      request(model, {
        checkpoints: {
          read: () => undefined,
          write: (checkpoint) => {
            saved = { ...checkpoint, curve: [...checkpoint.curve], state: copied(checkpoint.state) };
          },
        },
        onStep: (done) => {
          if (done === 24) throw stop;
        },
      }),
    ),
    stop,
  );
  assert.equal(saved?.step, 20);
  const resumed = await fitNetwork(request(model, { checkpoints: { read: () => saved, write: () => undefined } }));
  assert.deepEqual(resumed.curve, whole.curve);
  for (const [name, value] of whole.weights()) assert.ok(sameBytes(value, resumed.weights().get(name)!), name);
  await whole.dispose();
  await resumed.dispose();
});

test('a learning network answers as the model does, and normalises by the batch only where it learns', () => {
  const source = networkSource(smallModel());
  const types = (training: boolean, frozen?: string) => {
    const { taps, updates } = learningNetwork(source, { batch: 4, taps: ['conv3'], training, frozen });
    const seen = new Set<unknown>();
    const stack = [taps.conv3.node];
    let normalisations = 0;
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.operator.type === 'BatchNormTraining') normalisations++;
      for (const input of node.inputs) if (input !== undefined) stack.push(input.node);
    }
    return [normalisations, updates.size];
  };
  assert.deepEqual(types(false), [0, 0]);
  assert.deepEqual(types(true), [3, 6]);
  assert.deepEqual(types(true, 'conv2'), [1, 2]);
  assert.throws(() => learningNetwork(source, { batch: 4, taps: ['conv9'], training: false }), /no tap 'conv9'/);
  assert.throws(
    () => learningNetwork(source, { batch: 4, taps: ['conv3'], training: true, frozen: 'conv9' }),
    /no tap 'conv9' to hold fast/,
  );
});

test('a network drawn anew keeps nothing that was learned', () => {
  const model = smallModel();
  const learned: OnnxModel = {
    ...model,
    graph: {
      ...model.graph,
      initialisers: new Map(
        [...model.graph.initialisers].map(([name, value]) => [
          name,
          value.dtype === 'float32' && name.startsWith('trunk.')
            ? { ...value, data: (value.data as Float32Array).map((x, i) => x + Math.sin(i) + 2) }
            : value,
        ]),
      ),
    },
  };
  const fresh = reinitialised(networkSource(learned), new Random(3)).graph.initialisers;
  for (const [name, { data }] of fresh) {
    const values = [...(data as Float32Array)].map(Number);
    if (/bn\.weight|running_var/.test(name))
      assert.ok(
        values.every((value) => value === 1),
        name,
      );
    if (/bn\.bias|running_mean/.test(name))
      assert.ok(
        values.every((value) => value === 0),
        name,
      );
    if (/conv\.weight/.test(name)) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      assert.ok(Math.abs(mean) < 0.2, `${name} has mean ${mean}`);
    }
  }
});

test('a model from elsewhere goes on learning: its own normalisation nodes follow the batches', async () => {
  const random = new Random(1);
  const drawn = (shape: number[]) => {
    const value = float32(shape, 0);
    random.fillNormal(value.data, 0, 0.3);
    return value;
  };
  const node = (operator: string, inputs: string[], output: string, attributes = {}) => ({
    name: output,
    operator,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  const model: OnnxModel = {
    irVersion: 8,
    opsets: { '': 17 },
    graph: {
      name: 'elsewhere',
      inputs: [{ name: 'classes', dtype: 'float32', shape: ['n', 1, side, side] }],
      outputs: [{ name: 'conv5', dtype: 'float32', shape: ['n', 8, 14, 14] }],
      initialisers: new Map([
        ['weight', drawn([8, 1, 3, 3])],
        ['scale', float32([8], 1)],
        ['shift', float32([8], 0)],
        ['mean', float32([8], 0)],
        ['variance', float32([8], 1)],
      ]),
      nodes: [
        node('Conv', ['classes', 'weight'], 'mapped'),
        node('BatchNormalization', ['mapped', 'scale', 'shift', 'mean', 'variance'], 'normalised'),
        node('Relu', ['normalised'], 'conv5'),
      ],
    },
  };
  // Its input is called what the targets are called, which must not matter.
  const fitted = await fitNetwork(request(model, { recipe: { ...recipe, steps: 6, evaluations: 1 } }));
  for (const [name, value] of fitted.model().graph.initialisers) {
    assert.ok(!sameBytes(value, model.graph.initialisers.get(name)!), `${name} learns`);
  }
  await fitted.dispose();
});
