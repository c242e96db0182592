/**
 * Intensities that are cut off: too much gain, or a window that does not fit.
 * @module
 */
import type { MediaItem } from '../media.ts';
import { type Finding, percent } from './finding.ts';
import type { Observation } from './observation.ts';

/** Share of saturated pixels above which detail is lost. */
const tooWhite = 0.02;
/** Below black lies background; so much of it, and the window hides tissue. */
const tooBlack = 0.6;

/** Colour pictures and segmentations may be white; grey recordings of a body should not be. */
export function clipping(
  { channels, labels }: Pick<MediaItem, 'channels' | 'labels'>,
  { atWhite, belowBlack }: Pick<Observation, 'atWhite' | 'belowBlack'>,
): Finding[] {
  const findings: Finding[] = [];
  if (channels === 3 || labels.modality === 'SEG') return [];
  if (atWhite > tooWhite) {
    findings.push({ check: 'clipped', severity: 'warning', text: `${percent(atWhite)} of its pixels are fully white` });
  }
  if (belowBlack > tooBlack) {
    const text = `${percent(belowBlack)} of its pixels lie below the black of its window`;
    findings.push({ check: 'clipped', severity: 'note', text });
  }
  return findings;
}
