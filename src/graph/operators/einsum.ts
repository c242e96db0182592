/**
 * Sums of products named by letters, computed as matrix products.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { matmul, reduceSum, reshape, transpose } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/**
 * NumPy's `einsum`: every letter is an axis, letters missing behind the arrow are summed over. `...` stands for further
 * axes in front of which shorter operands are broadcast. A letter twice in one operand (a diagonal) is not supported.
 *
 * @example einsum('bnd,bmd->bnm', [queries, keys])
 */
export function einsum(equation: string, operands: readonly Tensor[]): Tensor {
  return emit('Einsum', operands, { equation: equation.replaceAll(' ', '') });
}

/** A tensor and the letter of each of its axes. */
interface Labelled {
  readonly tensor: Tensor;
  readonly letters: readonly string[];
}

function refuse(problem: string, equation: string): never {
  throw new SondeError('shape/mismatch', `${problem} in ${equation}`, {
    hint: 'write one letter an axis for every operand, commas between, and the axes of the result behind ->',
  });
}

/** Letters of every operand and of the result; the axes of an ellipsis are named by digits, counted from behind. */
function parse(equation: string, operands: readonly Tensor[]): { inputs: Labelled[]; output: string[] } {
  const [left, right] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== operands.length)
    refuse(`${terms.length} operands are named, ${operands.length} given`, equation);
  let widest = 0;
  const inputs = terms.map((term, i): Labelled => {
    const named = term.replace('...', '').length;
    const hidden = operands[i].shape.length - named;
    if (hidden < 0 || (hidden > 0 && !term.includes('...'))) refuse(`operand ${i} has another rank`, equation);
    if (term.includes('...')) widest = Math.max(widest, hidden);
    const letters = spell(term, hidden);
    if (new Set(letters).size !== letters.length) refuse('diagonals are not supported', equation);
    return { tensor: operands[i], letters };
  });
  if (right !== undefined) return { inputs, output: spell(right, widest) };
  const counts = new Map<string, number>();
  for (const letter of left.replace(/[^A-Za-z]/g, '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const single = [...counts].filter(([, count]) => count === 1).map(([letter]) => letter);
  return { inputs, output: [...spell('...', widest), ...single.sort()] };
}

function spell(term: string, hidden: number): string[] {
  const ellipsis = Array.from({ length: hidden }, (_, k) => `${hidden - k}`);
  return [...term.replace('...', '.')].flatMap((letter) => (letter === '.' ? ellipsis : [letter]));
}

function lengthsOf(inputs: readonly Labelled[], equation: string): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { tensor, letters } of inputs) {
    letters.forEach((letter, axis) => {
      const length = tensor.shape[axis];
      const known = lengths.get(letter) ?? 1;
      if (known !== 1 && length !== 1 && known !== length) {
        refuse(`axis ${letter} is both ${known} and ${length} long`, equation);
      }
      lengths.set(letter, Math.max(known, length));
    });
  }
  return lengths;
}

/** Drops axes of length 1 that broadcast, and sums over those that nothing else names. */
function prepared({ tensor, letters }: Labelled, needed: ReadonlySet<string>, lengths: Map<string, number>): Labelled {
  const broadcast = (letter: string, axis: number) => tensor.shape[axis] === 1 && lengths.get(letter) !== 1;
  const kept = letters.filter((letter, axis) => !broadcast(letter, axis));
  const squeezed = reshape(
    tensor,
    kept.map((letter) => lengths.get(letter)!),
  );
  const axes = kept.flatMap((letter, axis) => (needed.has(letter) ? [] : [axis]));
  return { tensor: reduceSum(squeezed, { axes }), letters: kept.filter((letter) => needed.has(letter)) };
}

/** Axes in the order of the groups, each group joined to one. */
function arranged({ tensor, letters }: Labelled, groups: readonly (readonly string[])[]): Tensor {
  const order = groups.flat().map((letter) => letters.indexOf(letter));
  const moved = order.every((axis, i) => axis === i) ? tensor : transpose(tensor, order);
  return reshape(
    moved,
    groups.map((group) => sizeOf(group.map((letter) => tensor.shape[letters.indexOf(letter)]))),
  );
}

/** Whether the groups already lie in this order. */
const lies = ({ letters }: Labelled, groups: readonly (readonly string[])[]): boolean =>
  groups.flat().every((letter, i) => letters[i] === letter);

/** One product: batches, rows, columns and summed axes are told apart by where their letters occur. */
function contract(a: Labelled, b: Labelled, needed: ReadonlySet<string>): Labelled {
  const common = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = common.filter((letter) => needed.has(letter));
  const summed = common.filter((letter) => !needed.has(letter));
  const rows = a.letters.filter((letter) => !common.includes(letter));
  const columns = b.letters.filter((letter) => !common.includes(letter));
  // An operand that lies the other way round is read so, instead of being copied.
  const transposeA = lies(a, [batch, summed, rows]) && !lies(a, [batch, rows, summed]);
  const transposeB = lies(b, [batch, columns, summed]) && !lies(b, [batch, summed, columns]);
  const product = matmul(
    arranged(a, transposeA ? [batch, summed, rows] : [batch, rows, summed]),
    arranged(b, transposeB ? [batch, columns, summed] : [batch, summed, columns]),
    { transposeA, transposeB },
  );
  const lengthOf = (letter: string) => {
    const owner = a.letters.includes(letter) ? a : b;
    return owner.tensor.shape[owner.letters.indexOf(letter)];
  };
  const letters = [...batch, ...rows, ...columns];
  return { tensor: reshape(product, letters.map(lengthOf)), letters };
}

export const einsumOperators: readonly Operator[] = [
  defineOperator<{ equation: string }>({
    type: 'Einsum',
    domain: 'sonde',
    infer: (operands, { equation }) => {
      const { inputs, output } = parse(equation, operands);
      const lengths = lengthsOf(inputs, equation);
      const shape = output.map(
        (letter) => lengths.get(letter) ?? refuse(`no operand has the axis ${letter}`, equation),
      );
      return [{ dtype: operands[0].dtype, shape }];
    },
    gradient: 'expand',
    expand: (operands, { equation }) => {
      const { inputs, output } = parse(equation, operands);
      const lengths = lengthsOf(inputs, equation);
      const neededAfter = (i: number, others: readonly Labelled[]) =>
        new Set([
          ...output,
          ...inputs.slice(i + 1).flatMap(({ letters }) => letters),
          ...others.flatMap((x) => x.letters),
        ]);
      let result = prepared(inputs[0], neededAfter(0, []), lengths);
      inputs.slice(1).forEach((input, k) => {
        const next = prepared(input, neededAfter(k + 1, [result]), lengths);
        result = contract(result, next, neededAfter(k + 1, []));
      });
      return [
        transpose(
          result.tensor,
          output.map((letter) => result.letters.indexOf(letter)),
        ),
      ];
    },
  }),
];
