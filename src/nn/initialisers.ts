/**
 * First values of weights.
 * @module
 */
import { type Shape, sizeOf } from '../base/shape.ts';
import { float32 } from '../tensor/host-array.ts';
import type { Initialiser } from './parameters.ts';

/** Fans of a weight `[O, I, …kernel]`: how many inputs an output sums, how many outputs an input reaches. */
export function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const kernel = sizeOf(shape.slice(2));
  return { fanIn: shape[1] * kernel, fanOut: shape[0] * kernel };
}

export function constantInitialiser(value: number): Initialiser {
  return (shape) => float32(shape, value);
}

/** N(0, standardDeviation²). */
export function normalInitialiser(standardDeviation: number): Initialiser {
  return (shape, random) => {
    const array = float32(shape, 0);
    random.fillNormal(array.data, 0, standardDeviation);
    return array;
  };
}

/** U(−bound, bound). */
export function uniformInitialiser(bound: number): Initialiser {
  return (shape, random) => {
    const array = float32(shape, 0);
    random.fillUniform(array.data, -bound, bound);
    return array;
  };
}

/** N(0, 2 / fan out): He et al., "Delving deep into rectifiers", ICCV 2015, as RotNet and the ResNets use it. */
export const heFanOut: Initialiser = (shape, random) =>
  normalInitialiser(Math.sqrt(2 / fans(shape).fanOut))(shape, random);

/** U(±1 / √fan in), PyTorch's default for convolutions and linear layers. */
export const uniformFanIn: Initialiser = (shape, random) =>
  uniformInitialiser(1 / Math.sqrt(fans(shape).fanIn))(shape, random);
