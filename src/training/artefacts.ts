/**
 * What a run leaves besides its metrics: the puzzles it was shown, the encoder it learned.
 * @module
 */
import { encodeModel } from '../graph/onnx/encode.ts';
import { puzzlesToJson } from '../pretext/drawing-file.ts';
import type { MethodContext, PretextMethod } from '../pretext/method.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { RunConfiguration } from './configuration.ts';
import { exportEncoder, exportNetwork } from './encoder-file.ts';
import type { HeldOut } from './held-out.ts';
import { keptNetworks } from './model.ts';
import { type RunPaths, writeAtomically } from './storage/run-folder.ts';

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
