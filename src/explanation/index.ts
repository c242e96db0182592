/**
 * The instruments there are. Adding one is adding its file and one line here.
 * @module
 */
import { usageError } from '../base/errors.ts';
import type { Instrument } from './instrument.ts';
import { activationMaximisation } from './instruments/activation-maximisation.ts';
import { attribution } from './instruments/attribution.ts';
import { disentanglement } from './instruments/disentanglement.ts';
import { factors } from './instruments/factors.ts';
import { filters } from './instruments/filters.ts';
import { geometry } from './instruments/geometry.ts';
import { invariance } from './instruments/invariance.ts';
import { learningDynamics } from './instruments/learning-dynamics.ts';
import { neighbours } from './instruments/neighbours.ts';
import { shortcutAudit } from './instruments/shortcuts.ts';
import { similarity } from './instruments/similarity.ts';
import { temporalNecessity } from './instruments/temporal-necessity.ts';
import { units } from './instruments/units.ts';

/** In the order in which a page tells them: what is known, by what, from where, and what it is worth. */
export const instruments: readonly Instrument[] = [
  factors,
  attribution,
  units,
  activationMaximisation,
  filters,
  temporalNecessity,
  invariance,
  similarity,
  geometry,
  disentanglement,
  neighbours,
  learningDynamics,
  shortcutAudit,
];

/** Throws `usage`, listing what there is. */
export function instrumentById(id: string): Instrument {
  const found = instruments.find((instrument) => instrument.id === id);
  if (found !== undefined) return found;
  throw usageError(`no instrument is called ${id}`, {
    hint: `choose among ${instruments.map((instrument) => instrument.id).join(', ')}`,
  });
}
