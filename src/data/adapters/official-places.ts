/**
 * Which part of a set's own split its lists put a name into.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { SplitPart } from '../media.ts';

/** Filled list by list; a name that two lists put into different parts would be learned from and tested on. */
export class OfficialPlaces {
  readonly #places = new Map<string, SplitPart>();

  /** @throws SondeError `data/leakage` when another list has put it elsewhere */
  put(name: string, part: SplitPart, list: string): void {
    const known = this.#places.get(name);
    if (known !== undefined && known !== part) {
      throw new SondeError('data/leakage', `the set's own lists put ${name} into two parts: ${known} and ${part}`, {
        where: list,
        expected: 'each name in one list of train, validation and test',
        hint: 'correct the lists, or move them out of the folder: a split by patient is then drawn',
      });
    }
    this.#places.set(name, part);
  }

  of(name: string): SplitPart | undefined {
    return this.#places.get(name);
  }
}
