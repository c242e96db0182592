/**
 * What a run leaves besides its metrics: the puzzles it was shown, the encoder it learned.
 * @module
 */
import { mkdirSync } from 'node:fs';
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import { encodeModel } from '../graph/onnx/encode.ts';
import type { PuzzleDrawing } from '../pretext/drawing.ts';
import type { MethodContext, PretextMethod } from '../pretext/method.ts';
import type { State } from '../runtime/state.ts';
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
  writeAtomically(paths.puzzles, JSON.stringify(drawings.map(toJson)));
}

/** Pixels as bytes in base64: a tenth of their size as numbers. */
export function toJson(drawing: PuzzleDrawing): unknown {
  return {
    ...drawing,
    rows: drawing.rows.map((row) =>
      row.map((panel) => ({ ...panel, picture: { ...panel.picture, data: bytesOfPicture(panel.picture.data) } })),
    ),
  };
}

function bytesOfPicture(data: Float32Array): string {
  return Buffer.from(Uint8Array.from(data, (value) => Math.round(255 * Math.min(1, Math.max(0, value))))).toString(
    'base64',
  );
}

/** Writes `encoder.onnx` from the current weights. */
export function writeEncoder(
  paths: RunPaths,
  configuration: RunConfiguration,
  context: MethodContext<unknown>,
  state: State | ReadonlyMap<string, HostArray>,
  file = paths.encoder,
): void {
  const { method, trunk, trunkOptions, seed } = configuration;
  const model = exportEncoder({
    trunk,
    trunkOptions,
    presentation: method.presentation(context),
    state: state instanceof Map ? state : (state as State).snapshot(),
    origin: `${method.card.id}, seed ${seed}`,
  });
  writeAtomically(file, encodeModel(model));
}
