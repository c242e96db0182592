/**
 * The same network trained with every box from random initialisation: what stands beside protocols that find boxes with
 * frozen features as full supervision.
 * @module
 */
import { z } from 'zod';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import type { NetworkInput } from '../protocols/protocol.ts';
import { readBoxCases } from './box-cases.ts';
import { boxFitSettings, fitBoxes } from './box-fit.ts';
import { decoderTaps } from './decoders.ts';
import { bestOfRates, fitGiver } from './fit-variants.ts';
import { networkSource } from './learning-network.ts';

const schema = z.object(boxFitSettings);

/**
 * The model of `input`, which should have learned nothing, after training on the boxes of training pictures by Fast R-CNN
 * on its last map; the head is left behind. Settings are those of detection. Throws what `readBoxCases` throws.
 */
export async function supervisedDetector(
  input: NetworkInput,
  given: Partial<z.infer<typeof schema>> = {},
): Promise<OnnxModel> {
  const settings = schema.parse(given);
  const source = networkSource(input.model);
  const [tap] = decoderTaps(source).slice(-1);
  const cases = readBoxCases(source, input.store, settings, (done, total) =>
    input.onProgress?.('propose for', done, total),
  );
  const next = fitGiver(input, settings, settings.learningRate.length);
  const { regions, overlap } = settings;
  const { fit } = await bestOfRates(settings.learningRate, (rate) =>
    fitBoxes({ ...next('full supervision', rate), source, cases, tap, frozen: 'none', regions, overlap }),
  );
  try {
    return fit.network.model();
  } finally {
    await fit.network.dispose();
  }
}
