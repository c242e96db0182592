/**
 * Learnt weights in another network that has parameters of the same names and shapes: columns of a jigsaw network in a
 * network of whole pictures, whose first kernel takes larger steps (Noroozi and Favaro, ECCV 2016, section 4.2).
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, sameShape } from '../base/shape.ts';
import { inputShape, type Presentation } from '../data/transform/presentation.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import type { Trunk } from '../nn/trunks/trunk.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { exportEncoder } from './encoder-file.ts';
import { encoderProgram } from './model.ts';

export interface Transfer {
  /** State of a run, with its parameters under `trunk.`. */
  readonly state: ReadonlyMap<string, HostArray>;
  /** The network that the weights move into. */
  readonly trunk: Trunk;
  readonly trunkOptions: unknown;
  /** How pictures are shown to it. */
  readonly presentation: Presentation;
  readonly origin: string;
}

/**
 * The encoder with the weights in their new place.
 *
 * @throws SondeError `usage` naming the first parameter that the run lacks or holds in another shape
 */
export function transferEncoder(transfer: Transfer): OnnxModel {
  const { state, trunk, trunkOptions, presentation } = transfer;
  const { parameters } = encoderProgram(trunk, trunkOptions, [1, ...inputShape(presentation, trunk.rank)]);
  for (const { name, tensor } of parameters) {
    const found = state.get(name);
    if (found !== undefined && sameShape(found.shape, tensor.shape)) continue;
    throw new SondeError('usage', `the learnt weights do not fit ${trunk.title}: ${name} differs`, {
      expected: formatShape(tensor.shape),
      found: found === undefined ? 'nothing of that name' : formatShape(found.shape),
      hint: 'give the options that say how many and how large its kernels are as in the run (--set-trunk)',
    });
  }
  return exportEncoder(transfer);
}
