/**
 * Windows of a store as a network is shown them, kept while there is room.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import type { FrameStore } from '../../data/media.ts';
import { inputShape, type Presentation, present, windowShown } from '../../data/transform/presentation.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import type { Row } from '../extraction.ts';
import { picturesInput } from './fit-task.ts';
import { inPlace, type Placement, place } from './placement.ts';

/** Bytes of shown windows that are kept. */
const room = 256e6;

export class ShownWindows {
  readonly #store: FrameStore;
  readonly #presentation: Presentation;
  readonly #kept = new Map<string, Float32Array>();
  readonly #most: number;

  constructor(store: FrameStore, presentation: Presentation) {
    this.#store = store;
    this.#presentation = presentation;
    this.#most = Math.max(1, Math.floor(room / (4 * sizeOf(inputShape(presentation, 3)))));
  }

  /** `[C, T, S, S]` */
  show({ item, start }: Row): Float32Array {
    const key = `${item}:${start}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const shown = present(this.#store.read(item, windowShown(this.#presentation, start)), this.#presentation);
    if (this.#kept.size < this.#most) this.#kept.set(key, shown);
    return shown;
  }

  /** Writes a window into its place among a batch's pictures. */
  put(row: Row, batch: BatchArrays, slot: number, placement: Placement = inPlace): void {
    const shown = this.show(row);
    const pictures = batch[picturesInput].data as Float32Array;
    if (placement === inPlace) pictures.set(shown, slot * shown.length);
    else place(shown, this.#presentation.size, placement, pictures, slot * shown.length);
  }
}
