/**
 * Which items a run trains on and is measured on, and which are left out and why.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { FrameStore } from '../data/media.ts';
import { itemsByPart } from '../data/split.ts';
import type { RunConfiguration } from './configuration.ts';
import type { LeftOut } from './run-record.ts';
import { sampleView, storedItem } from './sampling/views.ts';

export interface UsableItems {
  readonly train: readonly number[];
  /** Where the method can use none of the validation part, the training items. */
  readonly validation: readonly number[];
  readonly test: readonly number[];
  readonly leftOut: readonly LeftOut[];
}

/** @throws SondeError `data/unsuitable` when no training item is left, with the reason of the first */
export function usableItems(
  { method, methodOptions }: Pick<RunConfiguration, 'method' | 'methodOptions'>,
  store: FrameStore,
): UsableItems {
  const { index } = store;
  const parts = itemsByPart(index.split, index.items);
  const leftOut: LeftOut[] = [];
  const usable = (items: readonly number[]) =>
    items.filter((item) => {
      const reason =
        method.refuses(storedItem(store, item), methodOptions) ??
        method.refusesPictures?.(sampleView(store, item, [item]), methodOptions);
      if (reason !== undefined) leftOut.push({ item: index.items[item].id, reason });
      return reason === undefined;
    });
  const train = usable(parts.train);
  if (train.length === 0) {
    throw new SondeError('data/unsuitable', `${method.card.title} can use no training item of ${index.name}`, {
      ...(leftOut[0] === undefined ? {} : { found: leftOut[0].reason }),
      hint: 'choose another method, other options (--set), or other data',
    });
  }
  const validation = usable(parts.validation);
  const test = usable(parts.test);
  return { train, validation: validation.length > 0 ? validation : train, test, leftOut };
}
