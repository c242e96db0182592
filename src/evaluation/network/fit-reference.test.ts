import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { z } from 'zod';
import { decodeModel } from '../../graph/onnx/decode.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { globalAveragePool } from '../../nn/layers/pooling.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import { fitNetwork } from './fit.ts';
import { picturesInput } from './fit-task.ts';
import { encoderPrefix, networkSource } from './learning-network.ts';
import { recipeOptions } from './recipe.ts';

interface Golden {
  readonly recipe: { steps: number; batchSize: number; learningRate: number; weightDecay: number };
  readonly side: number;
  readonly pictures: number[];
  readonly targets: number[];
  readonly head: Record<'weight' | 'bias', number[]>;
  readonly weights: Record<string, number[]>;
  readonly logits: number[];
}

const folder = new URL('../../../test/golden/', import.meta.url);
/** `reference/finetune.py`: PyTorch. */
const golden = JSON.parse(readFileSync(new URL('finetune.json', folder), 'utf8')) as Golden;

test('fine-tuning ends at the weights and the answers of PyTorch', async () => {
  const { recipe, side, pictures, targets, head, weights, logits } = golden;
  const source = networkSource(decodeModel(readFileSync(new URL('finetune.onnx', folder))), {
    presentation: { channels: 1, frames: 1, stride: 1, size: side, mask: 'none', intensity: 'standardise' },
  });
  const place = side * side;
  const put = (example: number, batch: BatchArrays, slot: number) =>
    (batch[picturesInput].data as Float32Array).set(
      pictures.slice(example * place, (example + 1) * place),
      slot * place,
    );
  const { learningRate, ...given } = recipe;
  const fit = await fitNetwork({
    source,
    task: {
      taps: ['map2'],
      targets: { classes: { dtype: 'int64', shape: [] } },
      head: (parts) => {
        const answers = linearLayer(parts.scope, 'linear', globalAveragePool(parts.taps.map2), { features: 3 });
        const { targets: told } = parts;
        return { outputs: { answers }, ...(told ? { loss: crossEntropy(answers, told.classes) } : {}) };
      },
      given: new Map<string, HostArray>([
        ['head.linear.weight', float32([3, 8], head.weight)],
        ['head.linear.bias', float32([3], head.bias)],
      ]),
    },
    recipe: { ...z.object(recipeOptions).parse({ ...given, evaluations: 1 }), learningRate },
    backend: processor,
    threads: 1,
    examples: targets.length,
    fill: (example, _, batch, slot) => {
      put(example, batch, slot);
      batch.classes.data[slot] = BigInt(targets[example]);
    },
    validate: async () => ({ score: 0, loss: 0 }),
  });
  try {
    const ours = fit.weights();
    for (const [name, values] of Object.entries(weights)) {
      const own = ours.get(name) ?? ours.get(`${encoderPrefix}${name}`);
      assert.equal(own?.data.length, values.length, name);
      values.forEach((value, i) => {
        assert.ok(Math.abs(Number(own!.data[i]) - value) < 1e-4, `${name}[${i}]: ${own!.data[i]}, PyTorch ${value}`);
      });
    }
    await fit.answer(targets.length, put, (example, { answers }, slot) => {
      for (let k = 0; k < 3; k++) {
        const [own, theirs] = [Number(answers.data[3 * slot + k]), logits[3 * example + k]];
        assert.ok(Math.abs(own - theirs) < 2e-4, `answer ${k} to ${example}: ${own}, PyTorch ${theirs}`);
      }
    });
  } finally {
    await fit.dispose();
  }
});
