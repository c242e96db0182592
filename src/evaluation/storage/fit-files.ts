/**
 * Fits on disk while they last: a folder a fit, named after everything that decides its outcome, so that a fit is never
 * taken up with other settings.
 * @module
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../../graph/onnx/encode.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import { readLatestCheckpoint, writeCheckpoint } from '../../training/storage/checkpoint.ts';
import { runPaths } from '../../training/storage/run-folder.ts';
import type { FitCheckpoint, FitCheckpoints } from '../network/fit-checkpoints.ts';

const bestPrefix = 'best:';
const curveName = 'curve';

/**
 * @param folder where fits are kept; each has one of its own in it
 * @param model what the fits begin with
 * @param settings what the outcome depends on beside it: options, data, split
 */
export function fitFiles(
  folder: string,
  model: OnnxModel,
  settings: unknown,
): (encoder: string, fit: string) => FitCheckpoints {
  let common: string | undefined;
  return (encoder, fit) => {
    common ??= createHash('sha256').update(encodeModel(model)).update(JSON.stringify(settings)).digest('hex');
    const key = createHash('sha256')
      .update(JSON.stringify([common, encoder, fit]))
      .digest('hex')
      .slice(0, 16);
    const paths = runPaths(join(folder, key));
    return {
      read: () => {
        const found = readLatestCheckpoint(paths);
        return found === undefined ? undefined : { step: found.loop.step, ...unpacked(found.state) };
      },
      write: (checkpoint) => {
        writeCheckpoint(paths, { loop: { version: 1, step: checkpoint.step }, state: packed(checkpoint) }, 1);
      },
    };
  };
}

/** Removes the fits of a folder, once their results are written. */
export function forgetFits(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function packed({ state, best, curve }: FitCheckpoint): Map<string, HostArray> {
  const all = new Map(state);
  for (const [name, value] of best) all.set(`${bestPrefix}${name}`, value);
  // As bytes: an evaluation is compared to later ones to the last bit.
  const numbers = Float64Array.from(curve.flatMap(({ step, score, loss }) => [step, score, loss]));
  all.set(curveName, hostArray('uint8', [8 * numbers.length], new Uint8Array(numbers.buffer)));
  return all;
}

function unpacked(all: ReadonlyMap<string, HostArray>): Omit<FitCheckpoint, 'step'> {
  const state = new Map<string, HostArray>();
  const best = new Map<string, HostArray>();
  for (const [name, value] of all) {
    if (name === curveName) continue;
    if (name.startsWith(bestPrefix)) best.set(name.slice(bestPrefix.length), value);
    else state.set(name, value);
  }
  const bytes = Uint8Array.from((all.get(curveName)?.data ?? []) as Uint8Array);
  const numbers = new Float64Array(bytes.buffer);
  const curve = Array.from({ length: numbers.length / 3 }, (_, i) => ({
    step: numbers[3 * i],
    score: numbers[3 * i + 1],
    loss: numbers[3 * i + 2],
  }));
  return { state, best, curve };
}
