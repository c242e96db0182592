/**
 * One way of training after another: maps and stages held fast make rows of a result; of several learning rates
 * validation patients choose one for each row.
 * @module
 */
import { backendById } from '../../runtime/backends/index.ts';
import type { TapScore } from '../probe-result.ts';
import type { NetworkInput } from '../protocols/protocol.ts';
import type { FitRequest, FittedNetwork } from './fit.ts';
import { checkTaps, type NetworkSource } from './learning-network.ts';
import type { RecipeOptions } from './recipe.ts';

/** What a row of a result is trained from. */
export interface Variant {
  readonly tap: string;
  /** The last stage that is held fast; see `learningNetwork`. */
  readonly frozen: string;
  /** Of the row. */
  readonly name: string;
}

/**
 * Every tap with every prefix. Throws `usage` for one that does not exist, which is better known before the first hour of
 * training than after it; `needed` names what a head reads, where that is more than the tap.
 */
export function variantsOf(
  source: NetworkSource,
  taps: readonly string[],
  prefixes: readonly string[],
  needed: (tap: string) => readonly string[] = (tap) => [tap],
): Variant[] {
  return taps.flatMap((tap) =>
    prefixes.map((frozen) => {
      checkTaps(source, needed(tap), frozen);
      const name = frozen === 'none' ? tap : frozen === 'all' ? `${tap}, all held` : `${tap}, held to ${frozen}`;
      return { tap, frozen, name };
    }),
  );
}

/** Full supervision beside rows of several taps and prefixes: the whole network, with nothing held fast. */
export function variantSupervision({
  taps,
  frozen,
}: {
  readonly taps: readonly string[];
  readonly frozen: readonly string[];
}): { readonly options: { taps: string[]; frozen: string[] } } | { readonly shown: string } {
  if (taps.length > 0 || !frozen.includes('none')) return { options: { taps: [], frozen: ['none'] } };
  return {
    shown: `Random initialisation ${frozen.length > 1 ? 'with nothing held fast ' : ''}learns from all labels: it is full supervision.`,
  };
}

/** What every fit of a protocol is given by the protocol's input and settings. */
export type FitGiven = Pick<FitRequest, 'recipe' | 'backend' | 'threads' | 'checkpoints' | 'onStep'>;

/** Hands out what the fits of a protocol are given, one after another; `fits` is how many there will be. */
export function fitGiver(
  { device, threads, checkpoints, onProgress }: NetworkInput,
  settings: RecipeOptions,
  fits: number,
): (name: string, learningRate: number) => FitGiven {
  let begun = -1;
  return (name, learningRate) => {
    const before = ++begun;
    return {
      recipe: { ...settings, learningRate },
      backend: backendById(device ?? 'cpu'),
      threads,
      checkpoints: checkpoints?.(`${name} rate ${learningRate}`),
      onStep: (done, total) => onProgress?.('train', before * total + done, fits * total),
    };
  };
}

/** A row of a result and the rate that it learned at. */
type RowRate = readonly [row: string, learningRate: number];

export const rowRate = ({ tap, hyperparameters }: TapScore): RowRate => [tap, hyperparameters.learningRate];

/** A sentence on the learning rate of each row, where validation patients had several to choose from. */
export function rateNotes(
  { encoder }: Pick<NetworkInput, 'encoder'>,
  { learningRate: rates }: Pick<RecipeOptions, 'learningRate'>,
  chosen: readonly RowRate[],
): string[] {
  if (rates.length === 1) return [];
  const named = chosen.map(([row, learningRate]) => `${learningRate} (${row})`).join(', ');
  return [`Learning rate of ${encoder.name}, of ${rates.join(', ')} by validation patients: ${named}.`];
}

/** The fit that validation patients prefer; the others are disposed of. */
export async function bestOfRates<Fit extends { readonly network: FittedNetwork }>(
  rates: readonly number[],
  fitAt: (learningRate: number) => Promise<Fit>,
): Promise<{ readonly fit: Fit; readonly learningRate: number }> {
  const [first, ...others] = rates;
  let best = { fit: await fitAt(first), learningRate: first };
  for (const learningRate of others) {
    const next = { fit: await fitAt(learningRate), learningRate };
    const better = preferred(next.fit, best.fit);
    await (better ? best : next).fit.network.dispose();
    if (better) best = next;
  }
  return best;
}

function preferred<Fit extends { readonly network: FittedNetwork }>({ network: a }: Fit, { network: b }: Fit): boolean {
  const [ours, theirs] = [a.validation, b.validation];
  return ours.score > theirs.score || (ours.score === theirs.score && ours.loss < theirs.loss);
}

/** Trains every variant at every learning rate; test patients are answered once a variant, by the fit that was chosen. */
export async function measureVariants<Fit extends { readonly network: FittedNetwork }>(
  variants: readonly Variant[],
  input: NetworkInput,
  settings: RecipeOptions,
  fitOne: (variant: Variant, given: FitGiven) => Promise<Fit>,
  score: (fit: Fit) => Promise<Omit<TapScore, 'tap' | 'validation' | 'hyperparameters'>>,
): Promise<TapScore[]> {
  const { learningRate: rates } = settings;
  const next = fitGiver(input, settings, variants.length * rates.length);
  const taps: TapScore[] = [];
  for (const variant of variants) {
    const { fit, learningRate } = await bestOfRates(rates, (rate) => fitOne(variant, next(variant.name, rate)));
    try {
      taps.push({
        tap: variant.name,
        ...(await score(fit)),
        validation: fit.network.validation.score,
        hyperparameters: { learningRate, step: fit.network.step },
      });
    } finally {
      await fit.network.dispose();
    }
  }
  return taps;
}
