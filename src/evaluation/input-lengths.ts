/**
 * Input lengths that a model from elsewhere leaves open, given by whoever measures it.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { fedInputs, type OnnxModel } from '../graph/onnx/model.ts';
import { encoderInfo } from '../training/encoder-file.ts';

export interface InputLengths {
  /** Side of the square input in pixels. */
  readonly size?: number;
  /** Frames or slices of an input. */
  readonly frames?: number;
  /** 1 grey, 3 colour. */
  readonly channels?: number;
}

/**
 * The model with its open lengths set; one that says itself how pictures are shown to it stays as it is. Throws `usage`
 * for lengths that are fixed otherwise.
 */
export function withInputLengths(model: OnnxModel, { size, frames, channels }: InputLengths): OnnxModel {
  if (size === undefined && frames === undefined && channels === undefined) return model;
  if (encoderInfo(model) !== undefined) return model;
  const [input] = fedInputs(model.graph);
  // Whatever takes no pictures is refused where it is opened.
  if (input?.shape === undefined) return model;
  const clips = input.shape.length === 5;
  if (!clips && (frames ?? 1) !== 1) {
    throw usageError(`the model takes single pictures, [${input.shape.join(', ')}]`, {
      found: `--frames ${frames}`,
      hint: 'leave out --frames',
    });
  }
  const wanted = [undefined, channels, ...(clips ? [frames] : []), size, size];
  const shape = input.shape.map((length, axis) => {
    const given = wanted[axis];
    if (given === undefined) return length;
    if (typeof length === 'number' && length > 0 && length !== given) {
      throw usageError(`the model's input [${input.shape!.join(', ')}] is fixed to ${length} along axis ${axis}`, {
        found: String(given),
      });
    }
    return given;
  });
  const inputs = model.graph.inputs.map((other) => (other.name === input.name ? { ...other, shape } : other));
  return { ...model, graph: { ...model.graph, inputs } };
}
