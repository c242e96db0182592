/**
 * What a method says of itself: plain data that feeds the documentation, `--help`, the lab and the captions.
 * @module
 */
import type { MediaKind } from '../data/media.ts';

export interface Paper {
  readonly authors: string;
  readonly title: string;
  readonly venue: string;
  readonly year: number;
  readonly url: string;
}

/** A cue that solves the puzzle without the content, and the option that guards against it. */
export interface Shortcut {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** The option that counters it, its guarded value and the value that lets the shortcut in. */
  readonly counter?: { readonly option: string; readonly guarded: unknown; readonly open: unknown };
}

export interface MethodCard {
  readonly id: string;
  readonly title: string;
  readonly idea: string;
  /** What the network is asked, as a question. */
  readonly question: string;
  /** Kinds of item it can draw from. */
  readonly inputs: readonly MediaKind[];
  /** What the pictures must have besides; grey ones are refused. */
  readonly needs?: 'colour';
  /** It asks for the order of moments: recordings must have many frames to a period of what moves in them. */
  readonly asksOrder?: true;
  readonly paper: Paper;
  /** Colour in every figure, for ever (Okabe-Ito). */
  readonly colour: string;
  readonly shortcuts: readonly Shortcut[];
  /** What to expect, and where it fails, in two or three sentences. */
  readonly expectations: string;
}
