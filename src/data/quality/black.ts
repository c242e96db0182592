/**
 * Frames with nothing in them.
 * @module
 */
import { type Finding, framesFrom, percent } from './finding.ts';
import { type Observation, thumbnailSide } from './observation.ts';

/** Grey levels between the darkest and the brightest cell of a frame below which it shows nothing. */
const flat = 3;

/** Names items that are empty throughout (one grey level, mostly black) or in part. */
export function blackFrames({ frames, thumbnails }: Pick<Observation, 'frames' | 'thumbnails'>): Finding[] {
  const empty: number[] = [];
  const cells = thumbnailSide ** 2;
  for (let frame = 0; frame < frames; frame++) {
    let low = 255;
    let high = 0;
    for (let i = frame * cells; i < (frame + 1) * cells; i++) {
      low = Math.min(low, thumbnails[i]);
      high = Math.max(high, thumbnails[i]);
    }
    if (high - low < flat) empty.push(frame);
  }
  if (empty.length === 0) return [];
  if (empty.length === frames) {
    const what = frames === 1 ? 'shows one even grey and nothing else' : 'is empty: every frame is one even grey';
    return [{ check: 'black', severity: 'warning', text: what }];
  }
  const [first, last] = [empty[0], empty[empty.length - 1]];
  const together = last - first + 1 === empty.length;
  const text = together
    ? `${framesFrom(first, last)} ${empty.length === 1 ? 'is' : 'are'} empty`
    : `${empty.length} of ${frames} frames (${percent(empty.length / frames)}) are empty`;
  return [{ check: 'black', severity: 'warning', text }];
}
