/**
 * Checkpoints: everything a run needs to go on to the very same weights. A checkpoint is a folder that is renamed into
 * place when it is complete; the newest whole one counts.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { decodeSafetensors, encodeSafetensors } from '../../tensor/safetensors.ts';
import { type RunPaths, writeAtomically } from './run-folder.ts';

/** What the loop knows beside the state. */
export interface LoopState {
  readonly version: 1;
  /** Steps done. */
  readonly step: number;
}

export interface Checkpoint {
  readonly loop: LoopState;
  readonly state: ReadonlyMap<string, HostArray>;
}

const folderOf = (step: number) => `step-${String(step).padStart(8, '0')}`;

/** Writes a checkpoint and removes all but the newest `keep`. */
export function writeCheckpoint(paths: RunPaths, { loop, state }: Checkpoint, keep = 2): void {
  const final = join(paths.checkpoints, folderOf(loop.step));
  const temporary = `${final}.part`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  writeAtomically(join(temporary, 'state.safetensors'), encodeSafetensors(state));
  writeAtomically(join(temporary, 'loop.json'), JSON.stringify(loop));
  rmSync(final, { recursive: true, force: true });
  renameSync(temporary, final);
  for (const old of listCheckpoints(paths).slice(0, -keep)) {
    rmSync(join(paths.checkpoints, old), { recursive: true, force: true });
  }
}

/** The newest checkpoint that can be read, or `undefined`. */
export function readLatestCheckpoint(paths: RunPaths): Checkpoint | undefined {
  for (const name of listCheckpoints(paths).reverse()) {
    const folder = join(paths.checkpoints, name);
    try {
      const loop = JSON.parse(readFileSync(join(folder, 'loop.json'), 'utf8')) as LoopState;
      const { tensors } = decodeSafetensors(readFileSync(join(folder, 'state.safetensors')), folder);
      return { loop, state: tensors };
    } catch (error) {
      if (error instanceof SondeError || error instanceof SyntaxError) continue;
      throw error;
    }
  }
  return undefined;
}

function listCheckpoints({ checkpoints }: RunPaths): string[] {
  if (!existsSync(checkpoints)) return [];
  return readdirSync(checkpoints)
    .filter((name) => /^step-\d{8}$/.test(name))
    .sort();
}
