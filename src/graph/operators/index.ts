/**
 * The list of operators. Adding a family is adding its file and one line here.
 * @module
 */
import { operatorTable } from '../tensor.ts';
import { activationFunctionOperators } from './activations.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { convolutionOperators } from './convolution.ts';
import { einsumOperators } from './einsum.ts';
import { activationOperators, elementwiseOperators } from './elementwise.ts';
import { gradientFlowOperators } from './gradient-flow.ts';
import { gridSampleOperators } from './grid-sample.ts';
import { groupNormalisationOperators } from './group-normalisation.ts';
import { indexingOperators } from './indexing.ts';
import { inverseSquareRootOperators } from './inverse-square-root.ts';
import { layerNormalisationOperators } from './layer-normalisation.ts';
import { lpNormalisationOperators } from './lp-normalisation.ts';
import { matmulOperators } from './matmul.ts';
import { movementOperators } from './movement.ts';
import { normalisationOperators } from './normalisation.ts';
import { normOperators } from './norms.ts';
import { poolingOperators } from './pooling.ts';
import { poolingVariantOperators } from './pooling-variants.ts';
import { rearrangementOperators } from './rearrangement.ts';
import { recurrentOperators } from './recurrent.ts';
import { reductionOperators } from './reduction.ts';
import { resizeOperators } from './resize.ts';
import { responseNormalisationOperators } from './response-normalisation.ts';
import { roiAlignOperators } from './roi-align.ts';
import { selectionOperators } from './selection.ts';
import { sigmoidCrossEntropyOperators } from './sigmoid-cross-entropy.ts';

export const operators = [
  ...elementwiseOperators,
  ...activationOperators,
  ...reductionOperators,
  ...movementOperators,
  ...matmulOperators,
  ...convolutionOperators,
  ...poolingOperators,
  ...normalisationOperators,
  ...activationFunctionOperators,
  ...layerNormalisationOperators,
  ...responseNormalisationOperators,
  ...rearrangementOperators,
  ...recurrentOperators,
  ...arithmeticOperators,
  ...normOperators,
  ...selectionOperators,
  ...indexingOperators,
  ...groupNormalisationOperators,
  ...lpNormalisationOperators,
  ...poolingVariantOperators,
  ...resizeOperators,
  ...gridSampleOperators,
  ...roiAlignOperators,
  ...einsumOperators,
  ...inverseSquareRootOperators,
  ...gradientFlowOperators,
  ...sigmoidCrossEntropyOperators,
];

for (const operator of operators) operatorTable.set(operator.type, operator);
