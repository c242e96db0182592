/**
 * The labels of the data that can be looked for in features, and what they are for each picture shown.
 * @module
 */
import type { Label } from '../data/media.ts';
import type { Subject } from './subject.ts';

/** Labels that take two values or more over the items, frame labels among them; names of single items are none. */
export function factorNames({ store }: Pick<Subject, 'store'>): string[] {
  const values = new Map<string, Set<unknown>>();
  const note = (name: string, value: unknown) => values.set(name, (values.get(name) ?? new Set()).add(value));
  for (const { labels, frameLabels = {} } of store.index.items) {
    for (const [name, value] of Object.entries(labels)) note(name, value);
    for (const [name, frames] of Object.entries(frameLabels)) for (const value of frames) note(name, value);
  }
  const items = store.index.items.length;
  return [...values]
    .filter(
      ([, distinct]) =>
        distinct.size > 1 && (distinct.size < items * 0.5 || [...distinct].every((v) => typeof v === 'number')),
    )
    .map(([name]) => name)
    .sort();
}

/** Why these factors cannot be looked for, or `undefined`. */
export function unfitFactors(subject: Pick<Subject, 'store'>, asked: readonly string[] | undefined) {
  const known = factorNames(subject);
  if (known.length === 0) return 'the data have no labels that vary';
  const unknown = asked?.find((label) => !known.includes(label));
  return unknown === undefined ? undefined : `the data have no label ${unknown}; they have ${known.join(', ')}`;
}

/** A factor of the pictures shown: a number each, or a class each. */
export type ShownFactor =
  | { readonly name: string; readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'classes'; readonly values: Uint16Array; readonly classes: number };

/** Classes above which a factor is no class but a name. */
const mostClasses = 16;

/** What a label is for every picture; `undefined` where some have none, where it is the same for all, or a name. */
export function shownFactor(name: string, labels: readonly (Label | undefined)[]): ShownFactor | undefined {
  const distinct = [...new Set(labels)];
  if (distinct.length < 2 || distinct.includes(undefined)) return undefined;
  if (labels.every((label) => typeof label === 'number') && distinct.length > 2) {
    return { name, kind: 'numbers', values: Float64Array.from(labels, Number) };
  }
  if (distinct.length > mostClasses) return undefined;
  const order = distinct.map(String).sort();
  return {
    name,
    kind: 'classes',
    values: Uint16Array.from(labels, (label) => order.indexOf(String(label))),
    classes: order.length,
  };
}
