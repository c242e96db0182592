/**
 * The maps there are, by name, each as a function of a target and its inputs with the laboratory's settings.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { attentionMap, attentionRelevance, attentionRollout } from './attention.ts';
import {
  activationMap,
  gradCam,
  gradientMap,
  gradientTimesInput,
  integratedGradients,
  smoothGradient,
} from './maps.ts';
import { occlusion, randomMasks } from './perturbation.ts';
import type { AttributionTarget } from './target.ts';

export interface MapSettings {
  readonly baseline: Float32Array;
  readonly random: Random;
  /** Steps of integrated gradients. */
  readonly steps: number;
  /** Copies of SmoothGrad. */
  readonly copies: number;
  /** Masks of RISE. */
  readonly masks: number;
}

export interface DrawnMap {
  /** `[batch, views · frames · height · width]`. */
  readonly map: Float32Array;
  readonly signed: boolean;
  /** Of integrated gradients, the largest share of a rise that is not accounted for. */
  readonly incompleteness?: number;
}

export const mapMethods = [
  'gradient',
  'gradient-times-input',
  'smooth-gradient',
  'integrated-gradients',
  'grad-cam',
  'occlusion',
  'random-masks',
  'activation',
  'attention',
  'attention-rollout',
  'attention-relevance',
] as const;
export type MapMethod = (typeof mapMethods)[number];

export const mapTitles: Readonly<Record<MapMethod, string>> = {
  gradient: 'gradient',
  'gradient-times-input': 'gradient × input',
  'smooth-gradient': 'SmoothGrad',
  'integrated-gradients': 'integrated gradients',
  'grad-cam': 'Grad-CAM',
  occlusion: 'occlusion',
  'random-masks': 'RISE',
  activation: 'activation energy',
  attention: 'attention of the last layer',
  'attention-rollout': 'attention rollout',
  'attention-relevance': 'attention × slope, rolled out',
};

/** The maps drawn unless others are named: those that this network has. */
export function usualMethods({ taps, unattended }: AttributionTarget): MapMethod[] {
  return [
    'smooth-gradient',
    'integrated-gradients',
    ...(taps.length > 0 ? (['grad-cam'] as const) : []),
    'occlusion',
    'random-masks',
    ...(unattended === undefined ? (['attention', 'attention-rollout', 'attention-relevance'] as const) : []),
  ];
}

const drawing: Readonly<
  Record<MapMethod, (target: AttributionTarget, data: Float32Array, settings: MapSettings) => Promise<DrawnMap>>
> = {
  gradient: async (target, data) => ({ map: await gradientMap(target, data), signed: false }),
  'gradient-times-input': async (target, data) => ({ map: await gradientTimesInput(target, data), signed: true }),
  'smooth-gradient': async (target, data, { copies, random }) => ({
    map: await smoothGradient(target, data, { copies, spread: 0.15, random }),
    signed: false,
  }),
  'integrated-gradients': async (target, data, { baseline, steps }) => {
    const { map, incompleteness } = await integratedGradients(target, data, baseline, steps);
    return { map, signed: true, incompleteness: Math.max(...incompleteness.map(Math.abs)) };
  },
  'grad-cam': async (target, data) => ({ map: await gradCam(target, data, camTaps(target)), signed: false }),
  occlusion: async (target, data, { baseline }) => {
    const { height, width, frames, views } = target.layout;
    // Each view and each span of frames is asked by itself: where there are both, patches are larger.
    const across = frames > 1 && views > 1 ? 4 : 6;
    const side = Math.max(2, Math.round(Math.min(height, width) / across));
    // Patches of clips and of several views stand beside each other, those of pictures overlap by half: about as many
    // questions either way.
    const step = frames > 1 || views > 1 ? side : Math.max(1, side >> 1);
    const span = frames > 1 ? Math.ceil(frames / 3) : 1;
    const map = await occlusion(target, data, baseline, { side, step, frames: span });
    return { map, signed: true };
  },
  'random-masks': async (target, data, { baseline, masks, random }) => ({
    map: await randomMasks(target, data, baseline, { masks, cells: 6, random }),
    signed: true,
  }),
  activation: async (target, data) => ({
    map: await activationMap(target, data, camTaps(target).at(-1)!),
    signed: false,
  }),
  attention: async (target, data) => ({ map: await attentionMap(target, data), signed: false }),
  'attention-rollout': async (target, data) => ({ map: await attentionRollout(target, data), signed: false }),
  'attention-relevance': async (target, data) => ({ map: await attentionRelevance(target, data), signed: false }),
};

export function drawMap(
  method: MapMethod,
  target: AttributionTarget,
  data: Float32Array,
  settings: MapSettings,
): Promise<DrawnMap> {
  return drawing[method](target, data, settings);
}

/** Taps whose maps still have a place for things to be: four cells or more along some side. */
function camTaps({ name, taps, mapSizes }: AttributionTarget): readonly string[] {
  if (taps.length === 0) {
    throw new SondeError('graph/unsupported', `no layer on the way to ${name} is a map of places`);
  }
  const wide = taps.filter((tap) => Math.max(...mapSizes[tap]) >= 4);
  return wide.length > 0 ? wide : taps;
}
