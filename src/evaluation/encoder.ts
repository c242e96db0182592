/**
 * An encoder to measure: a model exported by a run, or anybody's ONNX model, with its taps and how pictures are shown.
 * @module
 */
import { SondeError, usageError } from '../base/errors.ts';
import { formatShape, sizeOf } from '../base/shape.ts';
import { inputShape, type Presentation } from '../data/transform/presentation.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { fedInputs } from '../graph/onnx/model.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import { createSession, type Session } from '../runtime/backends/onnxruntime/session.ts';
import { type HostArray, hostArray } from '../tensor/host-array.ts';
import { encoderInfo } from '../training/encoder-file.ts';
import { inferenceModel } from './inference-model.ts';

export interface EncoderOptions {
  readonly threads?: number;
  /** What computes, default `cpu`. */
  readonly device?: DeviceId;
  /** How pictures are shown; needed for models from elsewhere, ignored for exported ones. */
  readonly presentation?: Presentation;
}

/** Applies a network to batches of presented pictures. */
export interface Encoder {
  readonly presentation: Presentation;
  /** Of one input, without the batch axis: `[C, H, W]` or `[C, T, H, W]`. */
  readonly inputShape: readonly number[];
  /** First layer to last. */
  readonly taps: readonly string[];
  /** Inputs taken at once; `undefined` where any number is. */
  readonly fixedBatch: number | undefined;
  /** `[B, …]` of each tap for inputs side by side in `data`. */
  encode(data: Float32Array, count: number): Promise<Readonly<Record<string, HostArray>>>;
  release(): Promise<void>;
}

/** What a model says of itself, or what its input tells. */
export interface EncoderCard {
  /** Name of its one input. */
  readonly input: string;
  readonly presentation: Presentation;
  /** Spatial rank of the input. */
  readonly rank: 2 | 3;
  /** First layer to last. */
  readonly taps: readonly string[];
  /** Inputs taken at once; `undefined` where any number is. */
  readonly fixedBatch: number | undefined;
}

/** @throws SondeError `graph/unsupported` when the model is not a network of one picture input */
export function inspectEncoder(model: OnnxModel, options: Pick<EncoderOptions, 'presentation'> = {}): EncoderCard {
  const known = encoderInfo(model);
  const [input, ...others] = fedInputs(model.graph);
  if (input === undefined || others.length > 0 || input.shape === undefined || input.dtype !== 'float32') {
    throw new SondeError('graph/unsupported', 'an encoder takes one input of pictures in float32', {
      found: fedInputs(model.graph)
        .map(({ name, shape }) => `${name} ${formatShape((shape ?? []).map(Number))}`)
        .join(', '),
    });
  }
  const first = input.shape[0];
  return {
    input: input.name,
    presentation: known?.presentation ?? options.presentation ?? presentationOf(input.shape),
    rank: input.shape.length - 2 === 3 ? 3 : 2,
    taps: known?.taps ?? model.graph.outputs.map(({ name }) => name),
    fixedBatch: typeof first === 'number' ? first : undefined,
  };
}

/** @throws SondeError `graph/unsupported` when the model is not a network of one picture input */
export async function openEncoder(model: OnnxModel, options: EncoderOptions = {}): Promise<Encoder> {
  const card = inspectEncoder(model, options);
  return new SessionEncoder(await openSession(model, card, options), card);
}

/** Of the model made ready for the processor where that can be done, else of the model as it is. */
async function openSession(model: OnnxModel, card: EncoderCard, { device = 'cpu', threads }: EncoderOptions) {
  const options = { provider: device, ...(threads === undefined ? {} : { threads }) };
  const ready = device === 'cpu' ? await inferenceModel(model, card, options) : undefined;
  if (ready !== undefined) {
    try {
      return await createSession(ready, options);
    } catch (error) {
      if (!(error instanceof SondeError) || error.code !== 'runtime/session') throw error;
    }
  }
  return createSession(encodeModel(model), options);
}

/** A presentation that fits a foreign model's input: `[N, C, H, W]` or `[N, C, T, H, W]` with fixed lengths. */
function presentationOf(shape: readonly (number | string)[]): Presentation {
  const [, channels, ...spatial] = shape;
  const lengths = spatial.map(Number);
  const square = lengths.length >= 2 && lengths.at(-1) === lengths.at(-2);
  if ((channels !== 1 && channels !== 3) || lengths.some((length) => !(length > 0)) || !square) {
    throw usageError(`the model's input [${shape.join(', ')}] does not say how pictures are shown to it`, {
      expected: '[N, 1 or 3, S, S] or [N, 1 or 3, T, S, S] with fixed lengths',
      hint: 'name open lengths with --size, --frames (clips) and --channels',
    });
  }
  return {
    channels,
    frames: lengths.length === 3 ? lengths[0] : 1,
    stride: 1,
    size: lengths.at(-1)!,
    mask: 'none',
    intensity: 'standardise',
  };
}

class SessionEncoder implements Encoder {
  readonly presentation: Presentation;
  readonly inputShape: readonly number[];
  readonly taps: readonly string[];
  readonly fixedBatch: number | undefined;
  readonly #session: Session;
  readonly #input: string;

  constructor(session: Session, { input, presentation, taps, rank, fixedBatch }: EncoderCard) {
    this.#session = session;
    this.#input = input;
    this.presentation = presentation;
    this.taps = taps;
    this.inputShape = inputShape(presentation, rank);
    this.fixedBatch = fixedBatch;
  }

  async encode(data: Float32Array, count: number): Promise<Readonly<Record<string, HostArray>>> {
    const batch = hostArray('float32', [count, ...this.inputShape], data.subarray(0, count * sizeOf(this.inputShape)));
    return this.#session.fetch({ [this.#input]: batch }, this.taps);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
