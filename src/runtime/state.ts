/**
 * The state that programs share: parameters, optimiser moments, running statistics, momentum copies, queues.
 * Each entry has up to two arrays; a program that updates it reads one and writes the other, then they change places, so
 * an update never disturbs a reader of the old value. Where no reader can be disturbed (`in-place.ts`), one array serves.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, sameShape } from '../base/shape.ts';
import { bytesOf, type HostArray, zeros } from '../tensor/host-array.ts';

interface Entry {
  current: HostArray;
  other: HostArray | undefined;
  /** 0 or 1: which of the two arrays is current. Part of the key under which a program remembers its binding. */
  side: 0 | 1;
}

export class State {
  readonly #entries = new Map<string, Entry>();

  constructor(initial: Iterable<readonly [string, HostArray]> = []) {
    for (const [name, value] of initial) this.define(name, value);
  }

  /** Adds an entry, taking the array over. */
  define(name: string, value: HostArray): void {
    if (this.#entries.has(name)) throw new SondeError('internal', `state ${name} is defined twice`);
    this.#entries.set(name, { current: value, other: undefined, side: 0 });
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The current value; a later update writes elsewhere, an update after that writes here again. */
  get(name: string): HostArray {
    return this.#entry(name).current;
  }

  /** Overwrites a value in place. */
  set(name: string, value: HostArray): void {
    const { current } = this.#entry(name);
    if (current.dtype !== value.dtype || !sameShape(current.shape, value.shape)) {
      throw new SondeError('shape/mismatch', `state ${name} is ${current.dtype} ${formatShape(current.shape)}`, {
        found: `${value.dtype} ${formatShape(value.shape)}`,
      });
    }
    bytesOf(current).set(bytesOf(value));
  }

  side(name: string): 0 | 1 {
    return this.#entry(name).side;
  }

  /** The array that the next update writes to. */
  target(name: string): HostArray {
    const entry = this.#entry(name);
    entry.other ??= zeros(entry.current.dtype, entry.current.shape);
    return entry.other;
  }

  /** Makes the target of `name` its current value. */
  advance(name: string): void {
    const entry = this.#entry(name);
    const previous = entry.current;
    entry.current = this.target(name);
    entry.other = previous;
    entry.side = entry.side === 0 ? 1 : 0;
  }

  /** All current values, by name; not copies. */
  snapshot(): Map<string, HostArray> {
    return new Map([...this.#entries].map(([name, { current }]) => [name, current]));
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new SondeError('internal', `no state is called ${name}`);
    return entry;
  }
}
