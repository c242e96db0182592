/**
 * What a run leaves besides its metrics: the puzzles it was shown, the encoder it learned.
 * @module
 */
import { mkdirSync } from 'node:fs';
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import { puzzlesToJson } from '../pretext/drawing-file.ts';
import type { MethodContext, PretextMethod } from '../pretext/method.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { RunConfiguration } from './configuration.ts';
import { exportEncoder } from './encoder-file.ts';
import { exampleSamples } from './held-out.ts';
import { type RunPaths, writeAtomically } from './storage/run-folder.ts';

const exampleCount = 4;

/** Draws the puzzles of a few held-out items, spread over the list, into `puzzles.json`. */
export function drawExamples(
  paths: RunPaths,
  method: PretextMethod,
  context: MethodContext<unknown>,
  store: FrameStore,
  items: readonly number[],
  random: Random,
): void {
  const count = Math.min(exampleCount, items.length);
  const chosen = Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
  const drawings = exampleSamples(method, context, store, chosen, random).map((sample) => method.draw(sample, context));
  mkdirSync(paths.root, { recursive: true });
  writeAtomically(paths.puzzles, puzzlesToJson(drawings));
}

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
