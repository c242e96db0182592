/**
 * The catalogue of shortcuts (methods.md 0.4). Adding one is adding its file and one line here.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { aberration } from './aberration.ts';
import { air } from './air.ts';
import { blockGrid } from './block-grid.ts';
import { compression } from './compression.ts';
import { drift } from './drift.ts';
import { duplicates } from './duplicates.ts';
import { ecgStrip } from './ecg-strip.ts';
import { edges } from './edges.ts';
import { freeze } from './freeze.ts';
import { intensity } from './intensity.ts';
import { keyFrames } from './key-frames.ts';
import { margin } from './margin.ts';
import { patient } from './patient.ts';
import { scanner } from './scanner.ts';
import type { Shortcut } from './shortcut.ts';
import { text } from './text.ts';

export const shortcuts: readonly Shortcut[] = [
  margin,
  text,
  ecgStrip,
  intensity,
  edges,
  air,
  aberration,
  drift,
  freeze,
  compression,
  keyFrames,
  blockGrid,
  duplicates,
  scanner,
  patient,
];

/** Throws `usage`, listing what there is. */
export function shortcutById(id: string): Shortcut {
  const found = shortcuts.find((shortcut) => shortcut.id === id);
  if (found !== undefined) return found;
  throw usageError(`no shortcut is called ${id}`, {
    hint: `choose among ${shortcuts.map((shortcut) => shortcut.id).join(', ')}`,
  });
}
