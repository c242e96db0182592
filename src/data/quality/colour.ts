/**
 * Colour or grey, and whether a task that needs colour has any.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { MediaItem } from '../media.ts';
import { type Finding, percent } from './finding.ts';
import type { Observation } from './observation.ts';

/** Share of coloured pixels below which a colour picture holds grey with a mark in colour. */
const overlay = 0.02;

export function colourUse(item: Pick<MediaItem, 'channels'>, { coloured }: Pick<Observation, 'coloured'>): Finding[] {
  if (item.channels === 1 || coloured >= overlay || coloured === 0) return [];
  const text = `is grey but for ${percent(coloured)} of its pixels: a mark or a caption in colour`;
  return [{ check: 'colour', severity: 'note', text }];
}

/** Refuses grey data for a task about colour. Throws `data/unsuitable`, saying how much of the data is grey. */
export function requireColour(items: readonly Pick<MediaItem, 'channels'>[], task: string): void {
  const grey = items.filter((item) => item.channels === 1).length;
  if (items.length === 0 || grey < items.length / 2) return;
  throw new SondeError('data/unsuitable', `${task} needs colour, and ${grey} of ${items.length} items are grey`, {
    hint: 'B-mode ultrasound, X-ray, CT and MR have no colour to predict; choose another method, or data in colour',
  });
}
