/**
 * Functions of one entry that networks use between layers, as their definitions say.
 * @module
 */
import { broadcastReader, type Kernel, tabulate } from './values.ts';

/** Applies a function of one number, with the operator's attributes, to every entry. */
function each<A>(apply: (x: number, attributes: A) => number): Kernel<A> {
  return ([x], attributes) => ({ shape: x.shape, data: x.data.map((value) => apply(value, attributes)) });
}

/** The error function, by a series of positive terms: e^−x² · 2/√π · Σ 2ⁿ x²ⁿ⁺¹ / (2n + 1)!! */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = 0;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const tanhGelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const exactGelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

type Alpha = { alpha: number };
type AlphaBeta = { alpha: number; beta: number };
type AlphaGamma = { alpha: number; gamma: number };

const prelu: Kernel = ([x, slope]) => {
  const [read, slopeAt] = [broadcastReader(x), broadcastReader(slope)];
  return tabulate(x.shape, (index) => (read(index) > 0 ? read(index) : slopeAt(index) * read(index)));
};

export const activationKernels: Record<string, Kernel> = {
  Step: each((x) => (x > 0 ? 1 : 0)),
  Erf: each(erf),
  LeakyRelu: each<Alpha>((x, { alpha }) => (x > 0 ? x : alpha * x)),
  PRelu: prelu,
  Elu: each<Alpha>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x))),
  Selu: each<AlphaGamma>((x, { alpha, gamma }) => gamma * (x > 0 ? x : alpha * Math.expm1(x))),
  Celu: each<Alpha>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x / alpha))),
  Gelu: each<{ approximate?: string }>((x, { approximate }) => (approximate === 'tanh' ? tanhGelu(x) : exactGelu(x))),
  FastGelu: each(tanhGelu),
  QuickGelu: each<Alpha>((x, { alpha }) => x * sigmoid(alpha * x)),
  Silu: each((x) => x * sigmoid(x)),
  HardSigmoid: each<AlphaBeta>((x, { alpha, beta }) => clamp(alpha * x + beta, 0, 1)),
  HardSwish: each((x) => (x * clamp(x + 3, 0, 6)) / 6),
  Mish: each((x) => x * Math.tanh(softplus(x))),
  Softsign: each((x) => x / (1 + Math.abs(x))),
  ThresholdedRelu: each<Alpha>((x, { alpha }) => (x > alpha ? x : 0)),
};
