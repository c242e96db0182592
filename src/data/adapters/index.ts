/**
 * Every public set whose layout is known. Adding one is adding its file and a line here.
 * @module
 */
import type { FolderTree } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';

/** In the order they are asked. */
export const adapters: readonly DatasetAdapter[] = [];

/** The set that a folder is laid out like; `undefined` where it is like none. */
export function recogniseSet(tree: FolderTree): DatasetAdapter | undefined {
  return adapters.find((adapter) => adapter.recognises(tree));
}
