/**
 * `docs/operators.md`: what is known of every ONNX operator, out of the operator table, the readers of ONNX models, and
 * the graphs that the tests of devices compare.
 * @module
 */

import { nodeReaders } from '../src/graph/onnx/readers/index.ts';
import { operators } from '../src/graph/operators/index.ts';
import { type Lowering, rewrite } from '../src/graph/passes/rewrite.ts';
import { type Operator, topologicalOrder } from '../src/graph/tensor.ts';
import { processorLowerings, webgpuLowerings } from '../src/runtime/lowering/index.ts';
import { tinyTraining } from '../test/tiny-training.ts';

/** Operators that ONNX defines for pictures only. */
const picturesOnly: ReadonlySet<string> = new Set(['DepthToSpace', 'SpaceToDepth', 'RoiAlign']);

/** Gradients and training forms, which no ONNX model holds: they are lowered before anything runs. */
const internal = /Gradient$|Training$|^(StopGradient|ScaleGradient)$/;

/** Operators in the graphs that `test/devices.test.ts` and `test/browser/train.test.ts` compare with the processor. */
function compared(lowerings: readonly Lowering[]): ReadonlySet<string> {
  const types = ([2, 3] as const).flatMap((rank) => {
    const { outputs, state } = tinyTraining(rank).program;
    const wanted = [outputs.loss, ...state.flatMap(({ next }) => (next === undefined ? [] : [next]))];
    return topologicalOrder(rewrite(wanted, lowerings)).map(({ operator }) => operator.type);
  });
  return new Set(types);
}

function gradientOf(operator: Operator | undefined): string {
  if (operator === undefined) return 'through what it is read as';
  const { gradient } = operator;
  if (typeof gradient === 'function') return 'rule';
  if (gradient === 'expand') return 'by expansion';
  return gradient.none === '' ? 'stops here, on purpose' : `none: ${gradient.none}`;
}

function forwardOf(operator: Operator | undefined): string {
  if (operator === undefined) return 'read as others';
  return operator.domain === '' ? 'yes' : 'composite';
}

export function operatorsPage(): string {
  const known = new Map(operators.map((operator) => [operator.type, operator]));
  const names = [...new Set([...known.keys(), ...nodeReaders.keys()])].filter((name) => !internal.test(name)).sort();
  const [onWebgpu, inBrowser] = [compared(webgpuLowerings), compared(processorLowerings)];
  const rows = names.map((name) => {
    const operator = known.get(name);
    const cells = [
      name,
      forwardOf(operator),
      gradientOf(operator),
      'yes',
      picturesOnly.has(name) ? 'no' : name === 'GridSample' ? 'as GridSampleVolume' : 'yes',
      'yes',
      onWebgpu.has(name) ? 'compared' : 'untested',
      inBrowser.has(name) ? 'compared' : 'untested',
      nodeReaders.has(name) ? 'yes' : 'no',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const read = names.filter((name) => nodeReaders.has(name)).length;
  return `# Operators

*Written by \`npm run docs\` from the code; a test compares the two.*

${names.length} operators; ${read} of them are read from ONNX models (operator sets 1 to 23).

- **Forward**: \`yes\`: an operator of the graph. \`composite\`: one node here, written as simpler ones where it runs.
  \`read as others\`: turned into other operators, or into a constant, when a model is read.
- **Gradient**: \`rule\`: written beside the operator. \`by expansion\`: that of the simpler operators it consists of.
  What has none fails by name when a gradient is asked to pass.
- **2-D**, **3-D**: pictures \`[N, C, H, W]\` and volumes or clips \`[N, C, D, H, W]\`; operators that know no space say yes.
- **CPU**: runs on the processor, where the operators' own tests compare values and gradients with an interpreter in
  float64 or with PyTorch.
- **WebGPU**, **browser**: \`compared\`: in the training steps whose losses and weights are compared with the processor's.
  \`untested\`: not in those. What WebGPU has no kernel for, ONNX Runtime computes on the processor within the same run.
- **From ONNX**: a model that holds it can be read, run, differentiated and fine-tuned.

| operator | forward | gradient | 2-D | 3-D | CPU | WebGPU | browser | from ONNX |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
