/**
 * Intensities that are cut off: too much gain, or a window that does not fit.
 * @module
 */
import { type Finding, percent } from './finding.ts';
import type { Observation } from './observation.ts';

/** Share of saturated pixels above which detail is lost. */
const tooWhite = 0.02;
/** Below black lies background; so much of it, and the window hides tissue. */
const tooBlack = 0.6;

export function clipping({ atWhite, belowBlack }: Pick<Observation, 'atWhite' | 'belowBlack'>): Finding[] {
  const findings: Finding[] = [];
  if (atWhite > tooWhite) {
    findings.push({ check: 'clipped', severity: 'warning', text: `${percent(atWhite)} of its pixels are fully white` });
  }
  if (belowBlack > tooBlack) {
    const text = `${percent(belowBlack)} of its pixels lie below the black of its window`;
    findings.push({ check: 'clipped', severity: 'note', text });
  }
  return findings;
}
