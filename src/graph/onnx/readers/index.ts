/**
 * The operators that can be read. Adding one is adding it to its family's file.
 * @module
 */
import { activationReaders } from './activations.ts';
import { attentionReaders } from './attention.ts';
import { constantReaders } from './constants.ts';
import { elementwiseReaders } from './elementwise.ts';
import { indexingReaders } from './indexing.ts';
import { matmulReaders } from './matmul.ts';
import { movementReaders } from './movement.ts';
import { normalisationReaders } from './normalisation.ts';
import type { NodeReader } from './reading.ts';
import { recurrentReaders } from './recurrent.ts';
import { reductionReaders } from './reduction.ts';
import { samplingReaders } from './sampling.ts';
import { windowReaders } from './windows.ts';

/** By ONNX's name, for ONNX's own domain. */
export const nodeReaders: ReadonlyMap<string, NodeReader> = new Map(
  Object.entries({
    ...constantReaders,
    ...elementwiseReaders,
    ...activationReaders,
    ...reductionReaders,
    ...movementReaders,
    ...matmulReaders,
    ...windowReaders,
    ...normalisationReaders,
    ...indexingReaders,
    ...samplingReaders,
    ...recurrentReaders,
    ...attentionReaders,
  }),
);
