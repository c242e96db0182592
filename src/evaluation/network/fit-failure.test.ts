import assert from 'node:assert/strict';
import test from 'node:test';
import { z } from 'zod';
import { smallModel } from '../../../test/evaluation/small-network.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { globalAveragePool } from '../../nn/layers/pooling.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { fitNetwork } from './fit.ts';
import { networkSource } from './learning-network.ts';
import { recipeOptions } from './recipe.ts';

/** The processor, which counts what it has made and let go, and cannot make a program of the given name. */
function failing(name: string): { backend: Backend; open: string[] } {
  const open: string[] = [];
  return {
    open,
    backend: {
      id: processor.id,
      compile: async (program, ...rest) => {
        if (program === name) throw new Error(`no room for ${name}`);
        const executable = await processor.compile(program, ...rest);
        open.push(program);
        return {
          bind: (inputs, outputs) => executable.bind(inputs, outputs),
          run: (binding) => executable.run(binding),
          release: () => {
            open.splice(open.indexOf(program), 1);
            return executable.release();
          },
        };
      },
    },
  };
}

const fit = (backend: Backend) =>
  fitNetwork({
    source: networkSource(smallModel()),
    task: {
      taps: ['conv3'],
      targets: { classes: { dtype: 'int64', shape: [] } },
      head: ({ taps, targets, scope }) => {
        const logits = linearLayer(scope, 'linear', globalAveragePool(taps.conv3), { features: 2 });
        return { outputs: { logits }, ...(targets ? { loss: crossEntropy(logits, targets.classes) } : {}) };
      },
    },
    recipe: { ...z.object(recipeOptions).parse({ steps: 1, batchSize: 2, evaluations: 1 }), learningRate: 1e-3 },
    backend,
    threads: 1,
    examples: 2,
    fill: (example, _, batch, slot) => {
      batch.classes.data[slot] = BigInt(example);
    },
    validate: async () => ({ score: 0, loss: 0 }),
  });

test('whichever program cannot be made, those made before it are let go', async () => {
  for (const name of ['answer', 'fine-tune', 'calibrate']) {
    const { backend, open } = failing(name);
    await assert.rejects(fit(backend), new RegExp(`no room for ${name}`));
    assert.deepEqual(open, [], name);
  }
  const { backend, open } = failing('none');
  const fitted = await fit(backend);
  assert.deepEqual(open, ['answer']);
  await fitted.dispose();
  assert.deepEqual(open, []);
});
