/**
 * Raw pixels as an encoder: what a label needs no network for. Its one tap is the input as a network is shown it, which
 * extraction shortens like any other activation.
 * @module
 */
import { inputShape } from '../data/transform/presentation.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { encoderInfo } from '../training/encoder-file.ts';
import { inspectEncoder } from './encoder.ts';
import type { Contender } from './measure.ts';
import type { ProbeResult } from './probe-result.ts';

const tap = 'pixels';

/** Pictures as they are shown to `model`. */
export function pixelsContender(model: OnnxModel): Contender {
  const { input, presentation, rank, fixedBatch } = inspectEncoder(model);
  const shape = [fixedBatch ?? 'N', ...inputShape(presentation, rank)];
  const value = (name: string) => ({ name, dtype: 'float32' as const, shape });
  return {
    encoder: { name: 'raw pixels', role: 'pixels' },
    model: {
      irVersion: 8,
      opsets: { '': 17 },
      graph: {
        name: tap,
        inputs: [value(input)],
        outputs: [value(tap)],
        initialisers: new Map(),
        nodes: [{ name: tap, operator: 'Identity', domain: '', inputs: [input], outputs: [tap], attributes: {} }],
      },
      ...(encoderInfo(model) === undefined ? {} : { metadata: { ...model.metadata, taps: tap } }),
    },
  };
}

/** The one answer of pixels beside every tap of an encoder, as tables, figures and comparisons by tap show it. */
export function besideTaps(pixels: ProbeResult, { taps }: Pick<ProbeResult, 'taps'>): ProbeResult {
  return { ...pixels, taps: taps.map((other) => ({ ...pixels.taps[0], tap: other.tap })) };
}
