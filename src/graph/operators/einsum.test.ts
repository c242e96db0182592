import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { sizeOf } from '../../base/shape.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { constant, placeholder } from '../index.ts';
import { einsum } from './einsum.ts';

const lengths: Record<string, number> = { b: 2, i: 3, j: 4, k: 2, n: 5, m: 3 };
const equations = [
  'ij,jk->ik',
  'ij,kj->ik',
  'ji,jk->ki',
  'bij,bjk->bik',
  'bnk,bmk->bnm',
  'bij,bij->b',
  'i,j->ij',
  'ij->ji',
  'ij->',
  'bij->bj',
  'ij,j',
  'bi,ij,jk->bk',
  'bij,jk,bk->i',
];

/** The sum over all letters, one product at a time. */
function naive(equation: string, operands: { shape: number[]; data: Float32Array }[]): number[] {
  const [left, right] = equation.split('->');
  const terms = left.split(',');
  const letters = [...new Set(left.replaceAll(',', ''))];
  const output =
    right ??
    letters
      .filter((letter) => left.split(letter).length === 2)
      .sort()
      .join('');
  const result = new Array<number>(sizeOf([...output].map((letter) => lengths[letter]))).fill(0);
  const flat = (term: string, at: Record<string, number>) => [...term].reduce((k, l) => k * lengths[l] + at[l], 0);
  const visit = (depth: number, at: Record<string, number>): void => {
    if (depth === letters.length) {
      result[flat(output, at)] += terms.reduce((product, term, i) => product * operands[i].data[flat(term, at)], 1);
      return;
    }
    for (let i = 0; i < lengths[letters[depth]]; i++) visit(depth + 1, { ...at, [letters[depth]]: i });
  };
  visit(0, {});
  return result;
}

for (const equation of equations) {
  test(`einsum ${equation}`, async () => {
    const shapes = equation
      .split('->')[0]
      .split(',')
      .map((term) => [...term].map((letter) => lengths[letter]));
    await checkOperator((operands) => einsum(equation, operands), shapes);
    const arrays = shapes.map((shape, i) =>
      float32(
        shape,
        Array.from({ length: sizeOf(shape) }, (_, k) => Math.sin(k * (i + 2) + i)),
      ),
    );
    const [found] = await evaluate([einsum(equation, arrays.map(constant))], new Map(), processor);
    const expected = naive(
      equation,
      arrays.map(({ shape, data }) => ({ shape: [...shape], data })),
    );
    (found.data as Float32Array).forEach((value, k) => {
      assert.ok(Math.abs(value - expected[k]) < 1e-5, `${value} is not ${expected[k]}`);
    });
  });
}

test('an ellipsis stands for axes that broadcast', async () => {
  await checkOperator(
    ([a, b]) => einsum('...ij,...jk->...ik', [a, b]),
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
  );
  await checkOperator(
    ([a, b]) => einsum('...ij,jk', [a, b]),
    [
      [2, 3, 4],
      [4, 2],
    ],
  );
  const at = (shape: number[]) => placeholder(`${shape}`, 'float32', shape);
  assert.deepEqual(einsum('b...d,bd->b...', [at([2, 3, 5, 4]), at([2, 4])]).shape, [2, 3, 5]);
});

test('equations that do not fit are refused', () => {
  const at = (shape: number[]) => placeholder(`${shape}`, 'float32', shape);
  assert.throws(() => einsum('ij,jk->ik', [at([2, 3]), at([4, 2])]), { message: /axis j is both 3 and 4 long/ });
  assert.throws(() => einsum('ii->i', [at([2, 2])]), { message: /diagonals are not supported/ });
  assert.throws(() => einsum('ij->ik', [at([2, 2])]), { message: /no operand has the axis k/ });
  assert.throws(() => einsum('ij,jk->ik', [at([2, 2])]), { message: /2 operands are named, 1 given/ });
});
