/**
 * From what a user asks for (a method, a preset, some options) to everything a run needs, checked and complete.
 * @module
 */
import type { z } from 'zod';
import { usageError } from '../base/errors.ts';
import { imagingKinds } from '../data/augment/imaging.ts';
import { type AugmentationOptions, augmentationSchema } from '../data/augment/options.ts';
import { trunkById } from '../nn/trunks/index.ts';
import type { Trunk } from '../nn/trunks/trunk.ts';
import { methodById } from '../pretext/index.ts';
import type { OptimiserRecipe, PretextMethod, ScheduleRecipe } from '../pretext/method.ts';

export interface RunRequest {
  readonly method: string;
  /** `tiny` (default), `paper`, or another of the method's. */
  readonly preset?: string;
  readonly methodOptions?: Readonly<Record<string, unknown>>;
  readonly trunk?: string;
  readonly trunkPreset?: string;
  readonly trunkOptions?: Readonly<Record<string, unknown>>;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  /** Steps whose gradients are averaged before an update. */
  readonly accumulate?: number;
  /** Largest length of all gradients together. */
  readonly clipNorm?: number;
  readonly seed?: number;
  /** What made the pictures (`ultrasound`, …), to change them as such pictures differ, or `none`. Default: as the preset says. */
  readonly augment?: string;
  readonly augmentOptions?: Readonly<Record<string, unknown>>;
}

export interface RunConfiguration {
  readonly method: PretextMethod;
  readonly methodOptions: Readonly<Record<string, unknown>>;
  readonly trunk: Trunk;
  readonly trunkOptions: Readonly<Record<string, unknown>>;
  readonly optimiser: OptimiserRecipe;
  readonly schedule: ScheduleRecipe;
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly augmentation?: AugmentationOptions;
}

/** @throws SondeError `usage` naming the option, its value and what it may be */
export function configureRun(request: RunRequest): RunConfiguration {
  const method = methodById(request.method);
  const { preset: name = 'tiny' } = request;
  const preset = method.presets[name];
  if (preset === undefined) {
    throw usageError(`${method.card.id} has no preset ${name}`, {
      hint: `choose one of ${Object.keys(method.presets).join(', ')}`,
    });
  }
  const sameTrunk = request.trunk === undefined || request.trunk === preset.trunk.id;
  const trunk = trunkById(request.trunk ?? preset.trunk.id);
  const trunkPreset = request.trunkPreset ?? (sameTrunk ? preset.trunk.preset : name in trunk.presets ? name : 'paper');
  const { recipe } = preset;
  const augmentation = augmentationOf(request, preset.augmentation);
  return {
    method,
    methodOptions: parseOptions(`method ${method.card.id}`, method.options, preset.options, request.methodOptions),
    trunk,
    trunkOptions: parseOptions(`trunk ${trunk.id}`, trunk.options, presetOf(trunk, trunkPreset), request.trunkOptions),
    optimiser: {
      ...recipe.optimiser,
      ...(request.learningRate === undefined ? {} : { learningRate: positive('learning rate', request.learningRate) }),
      ...(request.accumulate === undefined
        ? {}
        : { accumulate: wholeNumber('number of steps an update', request.accumulate) }),
      ...(request.clipNorm === undefined ? {} : { clipNorm: positive('limit of gradients', request.clipNorm) }),
    },
    schedule: recipe.schedule,
    steps: wholeNumber('number of steps', request.steps ?? recipe.steps),
    batchSize: wholeNumber('batch size', request.batchSize ?? recipe.batchSize),
    seed: request.seed ?? 0,
    ...(augmentation === undefined ? {} : { augmentation }),
  };
}

function augmentationOf(
  { augment, augmentOptions }: RunRequest,
  preset: AugmentationOptions | undefined,
): AugmentationOptions | undefined {
  if (augment === 'none' || (augment === undefined && preset === undefined)) {
    if (augmentOptions === undefined) return undefined;
    throw usageError('options of the augmentation change nothing without one', {
      hint: `name what made the pictures: --augment ${imagingKinds.join(' | ')}`,
    });
  }
  if (augment !== undefined && !imagingKinds.some((kind) => kind === augment)) {
    throw usageError(`there is no augmentation ${augment}`, { expected: ['none', ...imagingKinds].join(', ') });
  }
  const chosen = { ...preset, ...(augment === undefined ? {} : { imaging: augment }) };
  return parseOptions('augmentation', augmentationSchema, chosen, augmentOptions) as AugmentationOptions;
}

function presetOf(trunk: Trunk, name: string): object {
  const preset = trunk.presets[name];
  if (preset !== undefined) return preset as object;
  throw usageError(`trunk ${trunk.id} has no preset ${name}`, {
    hint: `choose one of ${Object.keys(trunk.presets).join(', ')}`,
  });
}

export function parseOptions(
  where: string,
  schema: z.ZodType,
  preset: object,
  given: object = {},
): Record<string, unknown> {
  const parsed = schema.safeParse({ ...preset, ...given });
  if (parsed.success) return parsed.data as Record<string, unknown>;
  const [issue] = parsed.error.issues;
  const known = Object.keys((schema as unknown as { shape?: object }).shape ?? {});
  if (issue.code === 'unrecognized_keys') {
    throw usageError(`${where} has no option ${issue.keys.join(', ')}`, {
      hint: `its options are ${known.join(', ')}`,
    });
  }
  const option = issue.path.join('.');
  const value = (given as Record<string, unknown>)[option];
  throw usageError(`${where}: option ${option} cannot be ${JSON.stringify(value)}`, {
    expected: sentence(issue.message),
  });
}

/** zod's `Invalid input: expected number, received string` as the end of our own sentence. */
function sentence(message: string): string {
  return message.replace(/^Invalid (input|option): expected /, '').replace(/^Too (small|big): expected /, '');
}

function positive(what: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw usageError(`the ${what} must be above zero`, { found: String(value) });
}

function wholeNumber(what: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw usageError(`the ${what} must be a whole number above zero`, { found: String(value) });
}
