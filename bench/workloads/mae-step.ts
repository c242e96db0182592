/** MAE: ViT of depth 6, width 192, 3 heads on 64 patches, 75 % masked, decoder depth 2 width 96, batch 32, AdamW. */
import { Random } from '../../src/base/random.ts';
import {
  add,
  divide,
  expand,
  literal,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  reshape,
  subtract,
} from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { constantInitialiser, normalInitialiser } from '../../src/nn/initialisers.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { transformerBlock } from '../../src/nn/layers/transformer.ts';
import { adam } from '../../src/nn/optimisers/adam.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { float32 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const batch = 32;
const patches = 64;
const seen = 16;

/** Which patches are seen, as products with zeros and ones: `take` `[B, 16, 64]`, and its way back `[B, 64, 16]`. */
const choice = () => {
  const take = float32([batch, seen, patches], 0);
  const back = float32([batch, patches, seen], 0);
  const hidden = float32([batch, patches], 1);
  const random = new Random('mae');
  for (let b = 0; b < batch; b++) {
    random.permutation(patches).forEach((patch, i) => {
      if (i >= seen) return;
      take.data[(b * seen + i) * patches + patch] = 1;
      back.data[(b * patches + patch) * seen + i] = 1;
      hidden.data[b * patches + patch] = 0;
    });
  }
  return { take: literal(take), back: literal(back), hidden: literal(hidden) };
};

const blocks = (scope: Scope, name: string, x: Tensor, depth: number): Tensor => {
  let y = x;
  for (let i = 0; i < depth; i++) y = transformerBlock(scope, `${name}${i}`, y, { heads: 3, epsilon: 1e-5 }).tokens;
  return y;
};

export const maeStep = () =>
  defineWorkload({
    name: 'mae_step',
    inputs: { x: normals([batch, patches, 192], 'x') },
    build: (scope, { x }) => {
      const { take, back, hidden } = choice();
      const small = normalInitialiser(0.02);
      const position = scope.parameter('position', [1, patches, 192], small);
      const decoderPosition = scope.parameter('decoderPosition', [1, patches, 96], small);
      const token = scope.parameter('token', [1, 1, 96], constantInitialiser(0));
      const embedded = add(linearLayer(scope, 'embed', x, { features: 192 }), position);
      const encoded = blocks(scope, 'encoder', matmul(take, embedded), 6);
      const shrunk = linearLayer(scope, 'shrink', encoded, { features: 96 });
      const masked = multiply(expand(token, [batch, patches, 96]), reshape(hidden, [batch, patches, 1]));
      const all = add(add(matmul(back, shrunk), masked), decoderPosition);
      const predicted = linearLayer(scope, 'predict', blocks(scope, 'decoder', all, 2), { features: 192 });
      const difference = subtract(predicted, x);
      const errors = reduceMean(multiply(difference, difference), { axes: [2] });
      const loss = divide(reduceSum(multiply(errors, hidden)), reduceSum(hidden));
      return [{ loss, optimiser: adam({ beta2: 0.95, weightDecay: 0.05, decoupled: true }), learningRate: 1.5e-4 }];
    },
  });
