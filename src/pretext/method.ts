/**
 * The contract of a pretext method: one file, plain parts. The training loop, the command line, the lab and the reports
 * know this contract only. `docs/decisions/0006-pretext-contract.md` says how every method of the literature fits it.
 * @module
 */
import type { z } from 'zod';
import type { Random } from '../base/random.ts';
import type { Shape } from '../base/shape.ts';
import type { AugmentationOptions } from '../data/augment/options.ts';
import type { FrameWindow, MediaItem, PartShown } from '../data/media.ts';
import type { Presentation } from '../data/transform/presentation.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { AdamOptions } from '../nn/optimisers/adam.ts';
import type { LarsOptions } from '../nn/optimisers/lars.ts';
import type { RmsPropOptions } from '../nn/optimisers/rmsprop.ts';
import type { SgdOptions } from '../nn/optimisers/sgd.ts';
import type { Scope } from '../nn/parameters.ts';
import type { TrunkOutput } from '../nn/trunks/trunk.ts';
import type { DType, HostArray } from '../tensor/host-array.ts';
import type { MethodCard } from './card.ts';
import type { PuzzleDrawing } from './drawing.ts';

/** One item as a sampler sees it. */
export interface SampleView {
  readonly item: MediaItem;
  /** Stored size. */
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Values 0 (black) to 1 (white), `[T, H, W, C]`. */
  read(window?: FrameWindow): {
    readonly data: Float32Array;
    readonly shape: readonly [number, number, number, number];
  };
  /** See `FrameStore.readPart`; absent where what is read is changed, or is not in a store. */
  readPart?(window: FrameWindow, part: PartShown): ReturnType<SampleView['read']>;
  /** Another item, for negatives; `samePatient` restricts where it may come from. */
  other(random: Random, samePatient?: boolean): SampleView;
}

/** Every random draw of a sample, by name, so that what a network uses can be tested. */
export type Factors = Readonly<Record<string, number | readonly number[] | string>>;

export interface Sample {
  /** Arrays without a batch axis, as `inputs` declares them. */
  readonly inputs: Readonly<Record<string, HostArray>>;
  readonly factors: Factors;
}

/** What a drawing may use beside the sample. */
export interface DrawingContext {
  /** The item the sample was made of. */
  readonly view: SampleView;
  /** The network's logits, row by row, where there is a network. */
  readonly answer?: readonly number[];
  /** What the network produced of this sample, where it produces something. */
  readonly productions?: Readonly<Record<string, HostArray>>;
}

export interface InputSpec {
  readonly dtype: DType;
  /** Without the batch axis. */
  readonly shape: Shape;
}

/** What is fixed while a method samples and builds: its options, what `prepare` made, the channels of the data. */
export interface MethodContext<O, P = unknown> {
  readonly options: O;
  readonly prepared: P;
  readonly channels: 1 | 3;
}

/** Everything a method needs to build its network on. */
export interface BuildContext<O, P = unknown> extends MethodContext<O, P> {
  /** Batched inputs `[B, …]`. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Scalars of `schedules`, fed at every step. */
  readonly scheduled: Readonly<Record<string, Tensor>>;
  /** Where heads and other own parameters go. */
  readonly scope: Scope;
  /** Applies the trunk (parameters under `trunk.`); applied twice, it shares its weights. */
  trunk(x: Tensor): TrunkOutput;
  /** A second set of the same parameters that follows the first by averaging; nothing flows back through it. */
  momentumTrunk(x: Tensor): TrunkOutput;
  /** Declares state of the method's own: queues, centres, memory banks. */
  state(name: string, shape: Shape, initial: (random: Random) => HostArray<'float32'>): Tensor;
}

export interface Objective {
  readonly name: string;
  /** Scalar. */
  readonly loss: Tensor;
  /** Named parts that are logged beside the total. */
  readonly parts?: Readonly<Record<string, Tensor>>;
  /** Which parameters it trains, by name. Default: all. */
  readonly trains?: (parameter: string) => boolean;
  /** Replaces the recipe's optimiser for this objective. */
  readonly optimiser?: OptimiserRecipe;
}

export interface MomentumCopy {
  /** Prefixes of parameter names: `trunk` → `momentum.trunk`. */
  readonly from: string;
  readonly to: string;
  /** Name of the scheduled scalar that says how much of the copy is kept. */
  readonly rate: string;
}

/** A network that is kept beside the trunk: the trunk and what follows it, with taps of its own. */
export interface KeptNetwork {
  /** The method's input that it is applied to; what is exported takes items shown as `presentation` says. */
  readonly input: Tensor;
  /** Maps `[B, C, …]` and vectors `[B, F]` by name, from first to last. */
  readonly taps: Readonly<Record<string, Tensor>>;
}

export interface Built {
  /** Trained in turn within a step; one for most methods, discriminator then generator for adversarial ones. */
  readonly objectives: readonly Objective[];
  /** Named scalars to log; `accuracy` is the fraction of questions answered right. */
  readonly measures: Readonly<Record<string, Tensor>>;
  /** Logits `[N, K]` and classes `[N]`, for confusion tables and drawings. */
  readonly answers?: { readonly logits: Tensor; readonly classes: Tensor; readonly names: readonly string[] };
  /** One vector a picture, `[N, F]`: watched for collapse. */
  readonly embedding: Tensor;
  readonly trunkOutput: TrunkOutput;
  readonly momentumCopies?: readonly MomentumCopy[];
  /** Next values of declared state, by name. */
  readonly nextState?: Readonly<Record<string, Tensor>>;
  /** Networks to export beside the encoder, by the name of their file: decoders, aggregators. */
  readonly keeps?: Readonly<Record<string, KeptNetwork>>;
  /** What the method produces that a person can look at: reconstructions, generated clips, masks. */
  readonly productions?: Readonly<Record<string, Tensor>>;
}

export type OptimiserRecipe = (
  | ({ readonly kind: 'sgd' } & SgdOptions)
  | ({ readonly kind: 'adam' } & AdamOptions)
  | ({ readonly kind: 'lars' } & LarsOptions)
  | ({ readonly kind: 'rmsprop' } & RmsPropOptions)
) & {
  readonly learningRate: number;
  /** Largest length of all gradients together as one vector. */
  readonly clipNorm?: number;
  /** Largest absolute value of an entry of a gradient; applied first. */
  readonly clipValue?: number;
  /** Steps whose gradients are averaged before an update (default 1): a batch larger than memory. */
  readonly accumulate?: number;
};

export type ScheduleRecipe =
  | { readonly kind: 'constant' }
  | { readonly kind: 'steps'; readonly at: readonly number[]; readonly factor: number; readonly warmup?: number }
  | { readonly kind: 'cosine'; readonly warmup: number };

/** How the paper, or a small machine, trains it. Fractions of the run are in [0, 1]. */
export interface Recipe {
  readonly batchSize: number;
  readonly steps: number;
  /** With fewer steps its own task is still at chance; studies that share out arithmetic give it as many. Default 50. */
  readonly fewestSteps?: number;
  readonly optimiser: OptimiserRecipe;
  readonly schedule: ScheduleRecipe;
}

export interface Preset<O> {
  readonly options: Partial<O>;
  readonly trunk: { readonly id: string; readonly preset: string };
  readonly recipe: Recipe;
  /** How items are changed before the question is asked, where the recipe wants that. Default: not at all. */
  readonly augmentation?: AugmentationOptions;
}

/** What guessing reaches. */
export interface Chance {
  readonly accuracy?: number;
  readonly loss?: number;
  /** How often each answer is the right one, where they are not equally often; `accuracy` is then the balanced one. */
  readonly shares?: readonly number[];
  /** The loss of the named answers alone, where `loss` holds more parts. */
  readonly answerLoss?: number;
}

export interface PretextMethod<O = unknown, P = unknown> {
  readonly card: MethodCard;
  /** A strict object schema; each field described with its unit and the paper's value. */
  readonly options: z.ZodType<O>;
  /** `paper`, `tiny`, and others that papers or their code train. */
  readonly presets: { readonly paper: Preset<O>; readonly tiny: Preset<O>; readonly [other: string]: Preset<O> };
  /** What guessing reaches. */
  chance(options: O): Chance;
  /** Why an item cannot be used, or `undefined`. */
  refuses(item: MediaItem, options: O): string | undefined;
  /** Why what an item shows cannot be used, or `undefined`: looked at once, where `refuses` has no objection. */
  refusesPictures?(view: SampleView, options: O): string | undefined;
  /** Computed once before training and kept with the run: permutation sets, colour bins, motion weights. */
  prepare?(items: readonly SampleView[], options: O, random: Random): P;
  /** True where `prepare` measured single frames: samples must find them where they were. */
  readonly fixedFrames?: boolean;
  /** Shapes of a sample, so that programs have static shapes. */
  inputs(context: MethodContext<O, P>): Readonly<Record<string, InputSpec>>;
  /** Pure: the same item, stream and options give the same bytes. Runs in worker threads. */
  sample(view: SampleView, random: Random, context: MethodContext<O, P>): Sample;
  /** How the trunk is shown an item afterwards, when it is measured. */
  presentation(context: MethodContext<O, P>): Presentation;
  build(context: BuildContext<O, P>): Built;
  /** Scalars that change over the run, from progress in [0, 1]: momentum rates, temperatures. */
  readonly schedules?: Readonly<Record<string, (progress: number, options: O) => number>>;
  /** The sample as a person would explain it. */
  draw(sample: Sample, context: MethodContext<O, P>, shown: DrawingContext): PuzzleDrawing;
}

/** Keeps the option types while a method is written, and gives it the common type afterwards. */
export function defineMethod<O, P = undefined>(method: PretextMethod<O, P>): PretextMethod {
  return method as unknown as PretextMethod;
}
