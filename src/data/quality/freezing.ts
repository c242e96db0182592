/**
 * Clips that stand still: throughout, for a while, or at every other frame.
 * @module
 */
import type { MediaItem } from '../media.ts';
import { type Finding, framesFrom, percent } from './finding.ts';
import type { Observation } from './observation.ts';

/** Mean grey levels of difference below which two frames are the same picture, compression apart. */
const same = 0.02;
/** A clip that stands still this long has been frozen: shorter pauses are repeats of single frames. */
const freezeSeconds = 0.2;
const fewestFrozen = 4;
/** Repeats of single frames are worth a note from this share on. */
const manyRepeats = 0.15;

export function freezing(
  item: Pick<MediaItem, 'kind' | 'frameRateHz'>,
  { frames, changes }: Pick<Observation, 'frames' | 'changes'>,
): Finding[] {
  if (frames < 2 || (item.kind !== 'clip' && item.kind !== 'volume')) return [];
  const unit = item.kind === 'clip' ? 'frame' : 'slice';
  const runs = stillRuns(changes);
  const still = runs.reduce((sum, run) => sum + run.length, 0);
  if (still === frames - 1) {
    return [{ check: 'frozen', severity: 'warning', text: `stands still: all ${frames} ${unit}s are the same` }];
  }
  const longEnough = Math.max(fewestFrozen, Math.round((item.frameRateHz ?? 0) * freezeSeconds));
  const frozen = runs.filter((run) => run.length + 1 >= longEnough);
  const findings = frozen.map((run): Finding => {
    const where = framesFrom(run.first - 1, run.first + run.length - 1).replace('frame', unit);
    return { check: 'freeze', severity: 'warning', text: `${where} of ${frames} are the same picture` };
  });
  const repeated = still - frozen.reduce((sum, run) => sum + run.length, 0);
  if (repeated >= manyRepeats * frames) {
    const shown =
      item.frameRateHz === undefined ? '' : `, so it shows about ${rate(item.frameRateHz, repeated, frames)}`;
    const text = `${repeated} of ${frames} ${unit}s (${percent(repeated / frames)}) repeat the one before${shown}`;
    findings.push({ check: 'repeats', severity: 'note', text });
  }
  return findings;
}

function rate(frameRateHz: number, repeated: number, frames: number): string {
  return `${((frameRateHz * (frames - repeated)) / frames).toFixed(0)} new pictures a second`;
}

/** Stretches in which each frame equals the one before: `first` is the first that repeats. */
function stillRuns(changes: Float32Array): { first: number; length: number }[] {
  const runs: { first: number; length: number }[] = [];
  for (let frame = 1; frame < changes.length; frame++) {
    if (changes[frame] > same) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.length === frame) last.length++;
    else runs.push({ first: frame, length: 1 });
  }
  return runs;
}
