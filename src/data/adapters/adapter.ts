/**
 * What knows the layout of a public set.
 * @module
 */
import type { FolderKnowledge, FolderTree } from '../folder-knowledge.ts';

export interface DatasetAdapter {
  readonly id: string;
  readonly title: string;
  /** What it holds, in a few words. */
  readonly contents: string;
  /** Where a user gets it. */
  readonly address: string;
  /** Under which terms, in a few words; the set's own page prevails. */
  readonly terms: string;
  /** The layout expected, for a person. */
  readonly layout: string;
  /** True for a folder laid out like the set. */
  recognises(tree: FolderTree): boolean;
  /** How many splits of its own the set has, where it has several: `official:2` is the second. */
  readonly officialSplits?: number;
  /** `split`: which of them, counted from 1. */
  describe(tree: FolderTree, split: number): FolderKnowledge | Promise<FolderKnowledge>;
}
