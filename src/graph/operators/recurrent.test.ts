import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { placeholder } from '../index.ts';
import { emit, emitAll, type Tensor } from '../tensor.ts';

const [steps, batch, features, hidden] = [3, 2, 4, 3];
const draw = (random: { normal(): number }) => 0.5 * random.normal();

const shapesOf = (gates: number, directions: number) => [
  [steps, batch, features],
  [directions, gates * hidden, features],
  [directions, gates * hidden, hidden],
  [directions, 2 * gates * hidden],
  [directions, batch, hidden],
  [directions, batch, hidden],
  [directions, 3 * hidden],
];

for (const direction of ['forward', 'reverse', 'bidirectional']) {
  const directions = direction === 'bidirectional' ? 2 : 1;
  const attributes = { hiddenSize: hidden, direction };
  test(`LSTM ${direction}, with states and peepholes`, () =>
    checkOperator(
      ([x, w, r, b, h, c, p]) => emitAll('LSTM', [x, w, r, b, undefined, h, c, p], attributes),
      shapesOf(4, directions),
      { draw },
    ));
  test(`LSTM ${direction}, from zeros and without biases`, () =>
    checkOperator(([x, w, r]) => emitAll('LSTM', [x, w, r], attributes)[0], shapesOf(4, directions).slice(0, 3), {
      draw,
    }));
  for (const linearBeforeReset of [0, 1]) {
    test(`GRU ${direction}, reset ${linearBeforeReset ? 'after' : 'before'} the product`, () =>
      checkOperator(
        ([x, w, r, b, h]) => emitAll('GRU', [x, w, r, b, undefined, h], { ...attributes, linearBeforeReset }),
        shapesOf(3, directions).slice(0, 5),
        { draw },
      ));
  }
}

test('weights that do not fit and sequences of several lengths are refused', () => {
  const at = (shape: number[]): Tensor => placeholder(`${shape}`, 'float32', shape);
  const [x, w, r] = shapesOf(4, 1).map(at);
  const attributes = { hiddenSize: hidden, direction: 'forward' };
  assert.throws(() => emit('LSTM', [x, r, w], attributes), {
    message: /the input weight does not fit 3 hidden units \(expected \[1, 12, 4\], found \[1, 12, 3\]/,
  });
  const lengths = placeholder('lengths', 'int32', [batch]);
  assert.throws(() => emit('LSTM', [x, w, r, undefined, lengths], attributes), { code: 'graph/unsupported' });
});
