import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { localResponseNormalisation, type ResponseNormalisationOptions } from './response-normalisation.ts';

const cases: [string, number[], ResponseNormalisationOptions][] = [
  ['AlexNet', [2, 7, 3, 2], { size: 5, alpha: 0.8, bias: 2 }],
  ['an even window', [1, 6, 2, 2], { size: 4, alpha: 0.5, beta: 0.5 }],
  ['more neighbours than channels', [2, 3, 4], { size: 7, alpha: 1, beta: 1 }],
  ['a power of its own, on volumes', [1, 4, 2, 2, 2], { size: 3, alpha: 1, beta: 0.6, bias: 1.5 }],
];
for (const [name, shape, options] of cases) {
  test(`local response normalisation: ${name}`, () =>
    checkOperator(([x]) => localResponseNormalisation(x, options), [shape]));
}
