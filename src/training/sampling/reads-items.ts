/**
 * Whether a method looks at an item when it draws a sample: some keep what they need before training.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import type { MethodContext, PretextMethod, SampleView } from '../../pretext/method.ts';
import { sampleView } from './views.ts';

/** Draws one sample and watches. */
export function readsItems(
  method: PretextMethod,
  context: MethodContext<unknown>,
  store: FrameStore,
  items: readonly number[],
): boolean {
  let read = false;
  const watched = (view: SampleView): SampleView => ({
    ...view,
    readPart: undefined,
    read(window) {
      read = true;
      return view.read(window);
    },
    other: (random, samePatient) => watched(view.other(random, samePatient)),
  });
  method.sample(watched(sampleView(store, items[0], items)), new Random(0), context);
  return read;
}

/** Throws `usage` where items are to be changed for a method that never looks at them again. */
export function assertAugmentable(...[method, context, store, items]: Parameters<typeof readsItems>): void {
  if (readsItems(method, context, store, items)) return;
  throw usageError(
    `${method.card.title} draws its samples from pictures that it kept before training, so an augmentation would change nothing`,
    { hint: 'leave --augment out; how the kept pictures are changed is among the options of the method' },
  );
}
