/**
 * The contract of a shortcut: a cue that may answer a pretext question without the content. One file says where it can
 * be, what it alone says of a question, and how it is put from one question into another. Adding one is its file and a
 * line in `index.ts`. Nothing here knows methods: only how their inputs lie, and what their cards declare.
 * @module
 */
import type { FrameStore, Label } from '../../data/media.ts';
import type { InputLayout } from '../attribution/target.ts';

/** One question as the network gets it, with one right answer. */
export interface Question {
  /** `[views, channels, frames, height, width]`. */
  readonly data: Float32Array;
  /** The class that is right. */
  readonly answer: number;
  readonly patient: string;
}

/** A question with the places of a shortcut in it: 1 where it is, `[views, frames, height, width]`. */
export interface PlacedQuestion extends Question {
  readonly region?: Uint8Array;
}

/** What is known of the questions before any is looked at. */
export interface Scene {
  /** Of one question. */
  readonly layout: InputLayout;
  /** The views or frames of a question are moments of one clip, so that their order is time. */
  readonly temporal: boolean;
  readonly store: FrameStore;
  readonly items: readonly number[];
}

/** A fact about items that frozen features may hold. */
export interface HeldFact {
  /** How it is called in tables: `scanner`. */
  readonly name: string;
  /** Read by a linear probe from patients it was fitted on to others, or by the nearest recording being of the same kind. */
  readonly by: 'probe' | 'neighbour';
  /** The fact for each item of the store, by position, or for each of its frames; `undefined` where it is not known. */
  read(store: FrameStore): readonly (Label | readonly number[] | undefined)[];
}

export interface Shortcut {
  readonly id: string;
  readonly title: string;
  /** How it answers without the content, in a sentence. */
  readonly why: string;
  /** Ids under which cards of methods declare it, with the option that guards against it. */
  readonly declared: readonly string[];
  /** What to do about it where no option of the method guards against it, as the end of a sentence. */
  readonly remedy: string;
  /** Why it cannot be in these questions, as a sentence, or `undefined`. */
  unfit(scene: Scene): string | undefined;
  /** Where it lies in the stored frames of an item, `[H, W]`; the audit follows these places into the questions. */
  find?(store: FrameStore, item: number): Uint8Array | undefined;
  /** Where it lies in a question, for shortcuts that show in the question itself. */
  region?(question: Question, layout: InputLayout): Uint8Array;
  /** What the shortcut alone says of a question: a row of numbers, always as many. */
  alone?(question: PlacedQuestion, scene: Scene): readonly number[];
  /** The first question with the shortcut of the second; the content stays. `undefined` where that cannot be done. */
  transplant?(own: PlacedQuestion, other: PlacedQuestion, scene: Scene): Float32Array | undefined;
  /** The data without it, for shortcuts of the data that no option of a method closes; and how it is closed, in words. */
  readonly closed?: { readonly by: string; store(store: FrameStore): FrameStore };
  /** What of it frozen features may hold. */
  readonly holds?: readonly HeldFact[];
}
