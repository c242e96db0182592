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

/** N(mean, standardDeviation²). */
export function normalInitialiser(standardDeviation: number, mean = 0): Initialiser {
  return (shape, random) => {
    const array = float32(shape, 0);
    random.fillNormal(array.data, mean, standardDeviation);
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

/** U(±√(6 / (fan in + fan out))): Glorot and Bengio, AISTATS 2010, as ViT and MAE initialise their linear layers. */
export const xavierUniform: Initialiser = (shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  return uniformInitialiser(Math.sqrt(6 / (fanIn + fanOut)))(shape, random);
};

/** N(0, standardDeviation²) within two standard deviations: what falls outside is drawn again. */
export function truncatedNormalInitialiser(standardDeviation: number): Initialiser {
  return (shape, random) => {
    const array = float32(shape, 0);
    for (let i = 0; i < array.data.length; i++) {
      let value = random.normal();
      while (Math.abs(value) > 2) value = random.normal();
      array.data[i] = value * standardDeviation;
    }
    return array;
  };
}

/**
 * A matrix with orthonormal rows or columns, whichever are fewer (Saxe, McClelland and Ganguli, ICLR 2014), by
 * Gram-Schmidt on normal draws; what recurrent weights start from. Later axes count as columns.
 */
export const orthogonal: Initialiser = (shape, random) => {
  const rows = shape[0];
  const columns = sizeOf(shape) / rows;
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // Twice, so that rounding of the first pass is removed by the second.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        const along = other.reduce((sum, value, i) => sum + value * vector[i], 0);
        for (let i = 0; i < length; i++) vector[i] -= along * other[i];
      }
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  const array = float32(shape, 0);
  array.data.forEach((_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    array.data[i] = rows <= columns ? vectors[row][column] : vectors[column][row];
  });
  return array;
};
