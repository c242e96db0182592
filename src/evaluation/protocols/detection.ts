/**
 * Detection: Fast R-CNN on the encoder. Proposals are pooled from a tap by RoIAlign, classified and corrected; judged by
 * the average precision of PASCAL VOC (overlap 0.5, the area under the curve and 11 points) and of COCO (0.5 to 0.95).
 * @module
 */
import { z } from 'zod';
import { backendById } from '../../runtime/backends/index.ts';
import { type Picture, scoreBoxes } from '../box-score.ts';
import { intervalSettings } from '../class-task.ts';
import { countExamples } from '../examples.ts';
import { boxSettings, proposalRecall, readBoxCases } from '../network/box-cases.ts';
import { fitBoxes } from '../network/box-fit.ts';
import { decoderTaps } from '../network/decoders.ts';
import { checkTaps, networkSource, tapShape } from '../network/learning-network.ts';
import { recipeOptions } from '../network/recipe.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
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
  ...recipeOptions,
  batchSize: z.number().int().positive().default(2).describe('pictures a step'),
  regions: z.number().int().min(4).default(32).describe('proposals of a picture in one step, a quarter with an object'),
  ...boxSettings,
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
  run: async (input, given) => runDetection(input, parseOptions('detection', options, given)),
};

async function runDetection(input: NetworkInput, settings: DetectionOptions): Promise<ProbeResult> {
  const source = networkSource(input.model);
  const asked = settings.taps.length > 0 ? settings.taps : [mapFor(source)];
  const variants = asked.flatMap((tap) => settings.frozen.map((frozen) => ({ tap, frozen })));
  for (const { tap, frozen } of variants) checkTaps(source, [tap], frozen);
  const cases = readBoxCases(source, input.store, settings, (done, total) =>
    input.onProgress?.('propose for', done, total),
  );
  const { examples, classes } = cases;
  const rates = settings.learningRate;
  const taps: TapScore[] = [];
  let done = 0;
  for (const { tap, frozen } of variants) {
    const name = frozen === 'none' ? tap : frozen === 'all' ? `${tap}, all held` : `${tap}, held to ${frozen}`;
    let best: TapScore | undefined;
    for (const learningRate of rates) {
      const fit = await fitBoxes({
        source,
        cases,
        tap,
        frozen,
        regions: settings.regions,
        overlap: settings.overlap,
        recipe: { ...settings, learningRate },
        backend: backendById(input.device ?? 'cpu'),
        threads: input.threads,
        checkpoints: input.checkpoints?.(`${name} rate ${learningRate}`),
        onStep: (step, total) =>
          input.onProgress?.('train', done * total + step, variants.length * rates.length * total),
      });
      done++;
      try {
        const validation = fit.network.validation.score;
        if (best !== undefined && best.validation >= validation) continue;
        const detections = await fit.detect(examples.test);
        const pictures = detections.map(
          (own, i): Picture => ({ objects: cases.cases[examples.test.rows[i]].objects, detections: own }),
        );
        best = {
          tap: name,
          dimensions: fit.features,
          ...scoreBoxes(pictures, examples.test, classes, settings),
          validation,
          hyperparameters: { learningRate, step: fit.network.step },
        };
      } finally {
        await fit.network.dispose();
      }
    }
    taps.push(best!);
  }
  return {
    version: 1,
    protocol: 'detection',
    label: 'boxes',
    measure: 'ap50',
    classes,
    chance: 0,
    encoder: input.encoder,
    counts: countExamples(examples),
    interval: {
      method: 'bootstrap over patients',
      level: settings.level,
      resamples: settings.resamples,
      seed: settings.seed,
    },
    notes: [
      `Proposals cover ${Math.round(100 * proposalRecall(cases, examples.test))} % of the test objects by half or more: no detector on them finds others.`,
    ],
    taps,
  };
}

/** Finer maps have seen too little, coarser ones cannot tell neighbours apart. */
function mapFor(source: Parameters<typeof decoderTaps>[0]): string {
  const names = decoderTaps(source);
  const fine = names.filter((name) => tapShape(source, name)[1] >= source.presentation.size / 16);
  return fine.at(-1) ?? names[0];
}
