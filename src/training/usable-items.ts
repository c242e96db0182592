/**
 * Which items a run trains on and which it holds out.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { FrameStore } from '../data/media.ts';
import { itemsByPart } from '../data/split.ts';
import type { RunConfiguration } from './configuration.ts';

/** Training and validation items that the method can use. Throws `data/unsuitable` with the first reason where there is none. */
export function usableItems(
  { method, methodOptions }: Pick<RunConfiguration, 'method' | 'methodOptions'>,
  { index }: FrameStore,
) {
  const parts = itemsByPart(index.split, index.items);
  const refusals = new Map<string, number>();
  const usable = (items: readonly number[]) =>
    items.filter((item) => {
      const reason = method.refuses(index.items[item], methodOptions);
      if (reason !== undefined) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
  const train = usable(parts.train);
  const validation = usable(parts.validation);
  const test = usable(parts.test);
  if (train.length === 0) {
    const [reason] = refusals.keys();
    throw new SondeError('data/unsuitable', `${method.card.title} can use no training item of ${index.name}`, {
      ...(reason === undefined ? {} : { found: reason }),
      hint: 'choose another method, other options (--set), or other data',
    });
  }
  return { train, validation: validation.length > 0 ? validation : train, test };
}
