/**
 * Segmentation: the encoder carried over into a U-Net or another decoder that begins from nothing, fine-tuned on masks of
 * training patients, all of them or a share. Judged case by case on the pixels of the masks: Dice, intersection over union,
 * 95th percentile of surface distances and surface Dice.
 * @module
 */
import { z } from 'zod';
import { usageError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { intervalSettings } from '../class-task.ts';
import type { Examples } from '../examples.ts';
import { type Learned, scoreCurve } from '../label-curve.ts';
import { type CaseScore, scoreCase, scoreMasks } from '../mask-score.ts';
import { type DecoderKind, decoderKinds, decoderTaps, decoderTitles } from '../network/decoders.ts';
import { bestOfRates, fitGiver, rateNotes } from '../network/fit-variants.ts';
import { checkTaps, networkSource } from '../network/learning-network.ts';
import { maskExamples, readMaskCases } from '../network/mask-cases.ts';
import { fitMasks } from '../network/mask-fit.ts';
import { recipeOptions } from '../network/recipe.ts';
import { labelShares, percentSetting, shareName, validationSetting } from '../patient-shares.ts';
import { placeResult } from '../place-result.ts';
import type { ProbeResult, TapScore } from '../probe-result.ts';
import { listed, type NetworkInput, type NetworkProtocol, parseOptions } from './protocol.ts';

const options = z.object({
  decoder: z
    .preprocess(listed, z.array(z.enum(decoderKinds)).min(1))
    .default(['transposed'])
    .describe(`one or several: ${decoderKinds.map((kind) => `${kind} (${decoderTitles[kind]})`).join(', ')}`),
  frozen: z
    .string()
    .optional()
    .describe('stages of the encoder to hold fast: none, a tap and all before it, or all; linear holds all by itself'),
  ...recipeOptions,
  learningRate: recipeOptions.learningRate.default([1e-3, 3e-3, 1e-2]),
  percent: percentSetting.default([100]),
  validation: validationSetting,
  repeats: z.number().int().positive().default(1).describe('independent choices of patients at every share'),
  batchSize: z.number().int().positive().default(4).describe('pictures a step'),
  tolerance: z.number().positive().default(1).describe('distance (mm) within which surfaces count as one'),
  ...intervalSettings,
});

export type SegmentationOptions = z.infer<typeof options>;

export const segmentation: NetworkProtocol<SegmentationOptions> = {
  id: 'segmentation',
  title: 'Segmentation',
  description:
    'The encoder in a U-Net or another decoder, fine-tuned on masks; Dice, IoU, HD95 and surface Dice a case.',
  needs: 'network',
  predicts: 'masks',
  options,
  supervision: ({ percent, decoder, frozen = 'none' }) => {
    const whole = decoder.find((kind) => kind !== 'linear');
    return percent.includes(100) && whole !== undefined && frozen === 'none'
      ? { shown: 'Random initialisation at 100 % of the labels, with nothing held fast, is full supervision.' }
      : { options: { percent: [100], repeats: 1, decoder: [whole ?? 'transposed'], frozen: 'none' } };
  },
  run: async (input, given) => runSegmentation(input, parseOptions('segmentation', options, given)),
};

async function runSegmentation(input: NetworkInput, settings: SegmentationOptions): Promise<ProbeResult> {
  const { store } = input;
  const source = networkSource(input.model);
  checkTaps(source, decoderTaps(source), settings.frozen);
  if (settings.decoder.includes('full') && input.decoder === undefined && input.encoder.role === 'pretrained') {
    throw usageError('there is no decoder to carry over', {
      expected: 'a run that keeps one (models-genesis)',
      hint: 'choose another decoder: transposed, resize, duc, fcn or linear',
    });
  }
  const cases = await readMaskCases(store, input.dense, source.presentation, (done, total) =>
    input.onProgress?.('read masks of', done, total),
  );
  const { rows, examples } = maskExamples(store, cases, source.presentation);
  const draw = new Random(settings.seed).split('segmentation');
  const { steps, notes } = labelShares(examples, { ...settings, everyClass: false }, draw);
  const { learningRate: rates } = settings;
  const choices = steps.reduce((sum, { repeats }) => sum + repeats.length, 0);
  const next = fitGiver(input, settings, settings.decoder.length * rates.length * choices);

  const fitBest = async (decoder: DecoderKind, name: string, own: Examples) => {
    const { fit, learningRate } = await bestOfRates(rates, (rate) =>
      fitMasks({
        ...next(name, rate),
        source,
        store,
        rows,
        examples: own,
        classes: cases.classes.length,
        decoder,
        given: decoder === 'full' ? input.decoder : undefined,
        frozen: settings.frozen ?? (decoder === 'linear' ? 'all' : 'none'),
      }),
    );
    try {
      const answers = await fit.answer(examples.test);
      const scores = answers.map((answer, unit) => {
        const { found } = rows[examples.test.rows[examples.test.unitOfRow.indexOf(unit)]];
        return scoreCase(found, answer, cases.classes.length, settings.tolerance);
      });
      return { scores, held: fit.network.validation.score, learningRate, features: fit.features };
    } finally {
      await fit.network.dispose();
    }
  };

  const distance = cases.millimetres ? 'hd95Mm' : 'hd95Pixels';
  const taps: TapScore[] = [];
  const chosen: [string, number][] = [];
  for (const decoder of settings.decoder) {
    const learned: Learned[][] = [];
    let whole: Awaited<ReturnType<typeof fitBest>> | undefined;
    for (const { at, repeats, validation } of steps) {
      const ofStep: Learned[] = [];
      for (const [repeat, train] of repeats.entries()) {
        const own = { ...examples, train, validation: validation?.[repeat] ?? examples.validation };
        whole = await fitBest(decoder, `${decoder} ${at} %, choice ${repeat}`, own);
        chosen.push([`${decoder}, ${shareName(at, repeat, repeats.length)}`, whole.learningRate]);
        const mean = (pick: (score: CaseScore) => number) => {
          const values = whole!.scores.map(pick).filter((value) => !Number.isNaN(value));
          return values.reduce((sum, value) => sum + value, 0) / values.length;
        };
        ofStep.push({
          right: whole.scores.map(({ dice }) => dice),
          measures: [mean(({ iou }) => iou), mean(({ surfaceDice }) => surfaceDice), mean(({ hd95 }) => hd95)],
          held: whole.held,
        });
      }
      learned.push(ofStep);
    }
    const { units } = examples.test;
    const alone = scoreMasks(whole!.scores, units, cases.classes, distance, settings);
    const names = ['iou', 'surfaceDice', distance];
    const curve = { at: steps.map(({ at }) => at), axis: '% of labelled patients', names, measure: 'dice' as const };
    taps.push({
      tap: decoder,
      dimensions: whole!.features,
      ...(steps.length === 1 && learned[0].length === 1
        ? { ...alone, validation: whole!.held }
        : scoreCurve(learned, examples.test, curve, settings)),
      hyperparameters: { learningRate: whole!.learningRate },
    });
  }
  return placeResult(input, settings, {
    protocol: 'segmentation',
    label: input.label ?? 'masks',
    measure: 'dice',
    classes: cases.classes,
    examples,
    notes: [
      ...(steps.length === 1 && settings.percent.includes(100) ? [] : notes),
      ...rateNotes(input, settings, chosen),
    ],
    taps,
  });
}
