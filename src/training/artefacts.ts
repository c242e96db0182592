/**
 * What a run leaves besides its metrics: the puzzles it was shown, the encoder it learned.
 * @module
 */
import { inputShape } from '../data/transform/presentation.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { puzzlesToJson } from '../pretext/drawing-file.ts';
import type { MethodContext, PretextMethod } from '../pretext/method.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { encodeSafetensors } from '../tensor/safetensors.ts';
import type { RunConfiguration } from './configuration.ts';
import { exportEncoder, exportNetwork } from './encoder-file.ts';
import type { HeldOut } from './held-out.ts';
import { encoderProgram, keptNetworks, type Model } from './model.ts';
import { type RunPaths, snapshotFile, snapshotHeadsFile, writeAtomically } from './storage/run-folder.ts';

/** Writes `puzzles.json`: a few held-out questions and what the network answers to them now. */
export async function writePuzzles(
  paths: RunPaths,
  method: PretextMethod,
  context: MethodContext<unknown>,
  heldOut: HeldOut,
  evaluation: CompiledProgram,
): Promise<void> {
  const examples = await heldOut.examples(exampleCount, evaluation);
  const drawings = examples.map((example) => method.draw(example.sample, context, example));
  writeAtomically(paths.puzzles, puzzlesToJson(drawings));
}

const exampleCount = 4;

/** Writes the trunk with the given weights as an ONNX file. */
export function writeEncoder(
  configuration: RunConfiguration,
  context: MethodContext<unknown>,
  state: ReadonlyMap<string, HostArray>,
  file: string,
): void {
  const { method, trunk, trunkOptions, seed } = configuration;
  const model = exportEncoder({
    trunk,
    trunkOptions,
    presentation: method.presentation(context),
    state,
    origin: `${method.card.id}, seed ${seed}`,
  });
  writeAtomically(file, encodeModel(model));
}

/** Writes the encoder as it is now and, beside it, the weights of the heads, so that the questions can be put to it again. */
export function writeSnapshot(
  configuration: RunConfiguration,
  context: MethodContext<unknown>,
  model: Model,
  state: ReadonlyMap<string, HostArray>,
  paths: RunPaths,
  step: number,
): void {
  writeEncoder(configuration, context, state, snapshotFile(paths, step));
  writeHeads(configuration, context, model, state, snapshotHeadsFile(paths, step));
}

/** Writes the weights that answer questions and are not in the encoder's file. */
export function writeHeads(
  configuration: RunConfiguration,
  context: MethodContext<unknown>,
  model: Model,
  state: ReadonlyMap<string, HostArray>,
  file: string,
): void {
  const heads = headNames(configuration, context, model).flatMap((name): [string, HostArray][] => {
    const value = state.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  writeAtomically(file, encodeSafetensors(new Map(heads)));
}

function headNames({ trunk, trunkOptions, method }: RunConfiguration, context: MethodContext<unknown>, model: Model) {
  const shape = [1, ...inputShape(method.presentation(context), trunk.rank)];
  const inEncoder = new Set(encoderProgram(trunk, trunkOptions, shape).parameters.map(({ name }) => name));
  return model.evaluation.state.map(({ name }) => name).filter((name) => !inEncoder.has(name));
}

/** Writes the networks that the method keeps beside the trunk: a decoder on its encoder, an aggregator. */
export function writeKept(
  configuration: RunConfiguration,
  context: MethodContext<unknown>,
  state: ReadonlyMap<string, HostArray>,
  fileOf: (name: string) => string,
): void {
  const { method, seed } = configuration;
  const built = (batchSize: number) => keptNetworks({ ...configuration, context, batchSize });
  const presentation = method.presentation(context);
  for (const name of Object.keys(built(1).networks)) {
    const model = exportNetwork({ name, presentation, state, origin: `${method.card.id}, seed ${seed}` }, (batch) => {
      const { networks, parameters } = built(batch);
      return { ...networks[name], parameters };
    });
    writeAtomically(fileOf(name), encodeModel(model));
  }
}
