/**
 * Detection: Fast R-CNN on the encoder. Proposals are pooled from a tap by RoIAlign, classified and corrected; judged by
 * the average precision of PASCAL VOC (overlap 0.5, the area under the curve and 11 points) and of COCO (0.5 to 0.95).
 * @module
 */
import { z } from 'zod';
import { picturesOf, scoreBoxes } from '../box-score.ts';
import { intervalSettings } from '../class-task.ts';
import { readBoxCases, recallNote } from '../network/box-cases.ts';
import { boxFitSettings, fitBoxes } from '../network/box-fit.ts';
import { decoderTaps } from '../network/decoders.ts';
import { measureVariants, rateNotes, rowRate, variantSupervision, variantsOf } from '../network/fit-variants.ts';
import { networkSource, tapShape } from '../network/learning-network.ts';
import { placeResult } from '../place-result.ts';
import type { ProbeResult } from '../probe-result.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  taps: z
    .preprocess(listed, z.array(z.string()))
    .default([])
    .describe('maps that proposals are pooled from; default: the last that is at least a sixteenth of the picture'),
  frozen: z
    .preprocess(listed, z.array(z.string()).min(1))
    .default(['none'])
    .describe('stages to hold fast, up to and with the named tap: none, a tap, or all; several make several rows'),
  ...boxFitSettings,
  ...intervalSettings,
});

export type DetectionOptions = z.infer<typeof options>;

export const detection: NetworkProtocol<DetectionOptions> = {
  id: 'detection',
  title: 'Detection',
  description:
    'Fast R-CNN on the encoder: proposals pooled from a tap, classified and corrected; VOC and COCO precision.',
  needs: 'network',
  predicts: 'boxes',
  options,
  supervision: variantSupervision,
  run: async (input, given) => runDetection(input, parseOptions('detection', options, given)),
};

async function runDetection(input: NetworkInput, settings: DetectionOptions): Promise<ProbeResult> {
  const source = networkSource(input.model);
  const asked = settings.taps.length > 0 ? settings.taps : [mapFor(source)];
  const variants = variantsOf(source, asked, settings.frozen);
  const cases = readBoxCases(source, input.store, settings, (done, total) =>
    input.onProgress?.('propose for', done, total),
  );
  const { examples, classes } = cases;
  const { regions, overlap } = settings;
  const taps = await measureVariants(
    variants,
    input,
    settings,
    ({ tap, frozen }, given) => fitBoxes({ ...given, source, cases, tap, frozen, regions, overlap }),
    async (fit) => {
      const pictures = picturesOf(cases, examples.test, await fit.detect(examples.test));
      return { dimensions: fit.features, ...scoreBoxes(pictures, examples.test, classes, settings) };
    },
  );
  const notes = [recallNote(cases), ...rateNotes(input, settings, taps.map(rowRate))];
  return placeResult(input, settings, {
    protocol: 'detection',
    label: 'boxes',
    measure: 'ap50',
    classes,
    examples,
    notes,
    taps,
  });
}

/** Finer maps have seen too little, coarser ones cannot tell neighbours apart. */
function mapFor(source: Parameters<typeof decoderTaps>[0]): string {
  const names = decoderTaps(source);
  const fine = names.filter((name) => tapShape(source, name)[1] >= source.presentation.size / 16);
  return fine.at(-1) ?? names[0];
}
