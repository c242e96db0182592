/**
 * Which values of a network are measured.
 * @module
 */
import { usageError } from '../base/errors.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { encoderInfo } from '../training/encoder-file.ts';

/** How many names a message lists. */
const longestList = 12;

/**
 * The model with the asked taps and no others, first layer to last. Beside the taps it has (an exported encoder's, a
 * foreign model's outputs), any value between two nodes of the graph may be named. Throws `usage`, listing what there is.
 */
export function withTaps(model: OnnxModel, asked: readonly string[]): OnnxModel {
  const { graph, metadata } = model;
  const info = encoderInfo(model);
  const known = info?.taps ?? graph.outputs.map(({ name }) => name);
  const madeBy = new Map(graph.nodes.flatMap(({ outputs }, node) => outputs.map((name) => [name, node] as const)));
  const missing = asked.find((tap) => !known.includes(tap) && !madeBy.has(tap));
  if (missing !== undefined) {
    const more = known.length > longestList ? ' …' : '';
    throw usageError(`the encoder has no tap '${missing}'`, {
      expected: known.slice(0, longestList).join(', ') + more,
      hint: 'name its taps, or values between the nodes of its graph, separated by commas',
    });
  }
  const place = (tap: string) => madeBy.get(tap) ?? graph.nodes.length;
  const taps = [...new Set(asked)].sort((a, b) => place(a) - place(b));
  const outputs = taps.map(
    (tap) =>
      graph.outputs.find(({ name }) => name === tap) ??
      graph.values?.find(({ name }) => name === tap) ?? { name: tap, dtype: 'float32' as const },
  );
  return {
    ...model,
    graph: { ...graph, outputs },
    ...(info === undefined ? {} : { metadata: { ...metadata, taps: taps.join(',') } }),
  };
}
