/**
 * The phantoms by name, as they are written in place of a folder: `phantom:…`, `head-phantom:…`, `endoscopy-phantom:…`.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { MediaSource } from '../media.ts';
import { createEndoscopyPhantom, endoscopyName, parseEndoscopy } from './endoscopy/index.ts';
import { createHeadPhantom, headName, parseHead } from './head/index.ts';
import { createPhantom, parsePhantom } from './index.ts';

/** From the text that names a phantom to its items. */
const sources: Readonly<Record<string, (text: string) => MediaSource>> = {
  phantom: (text) => createPhantom(parsePhantom(text)),
  [headName]: (text) => createHeadPhantom(parseHead(text)),
  [endoscopyName]: (text) => createEndoscopyPhantom(parseEndoscopy(text)),
};

export const phantomNames: readonly string[] = Object.keys(sources);

/** Throws `usage` for a name or an option that there is not. */
export function openPhantom(text: string): MediaSource {
  const name = text.split(':', 1)[0];
  if (Object.hasOwn(sources, name)) return sources[name](text);
  throw usageError(`there is no phantom '${name}'`, { expected: phantomNames.join(', ') });
}
