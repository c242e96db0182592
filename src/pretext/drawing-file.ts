/**
 * Puzzles as a file: `runs/<run>/puzzles.json`, written while a run trains so that the lab can show what the network is
 * asked. Pixels are kept in 8 bits, which is what a screen shows.
 * @module
 */

import { base64 } from '../base/base64.ts';
import { SondeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import type { Panel, Picture, PuzzleDrawing } from './drawing.ts';

interface StoredPicture extends Omit<Picture, 'data'> {
  /** Base64 of bytes: 0 black, 255 white. */
  readonly pixels: string;
}

interface StoredPanel extends Omit<Panel, 'picture'> {
  readonly picture: StoredPicture;
}

interface StoredPuzzle extends Omit<PuzzleDrawing, 'rows'> {
  readonly rows: readonly (readonly StoredPanel[])[];
}

/** The text of `puzzles.json`. */
export function puzzlesToJson(drawings: readonly PuzzleDrawing[]): string {
  const puzzles = drawings.map((drawing): StoredPuzzle => {
    const rows = drawing.rows.map((row) => row.map((panel) => ({ ...panel, picture: store(panel.picture) })));
    return { ...drawing, rows };
  });
  return `${JSON.stringify({ version: 1, puzzles })}\n`;
}

/** Reads it back. Throws `file/malformed` where it is not such a file. */
export function puzzlesFromJson(text: string): PuzzleDrawing[] {
  let stored: { version?: unknown; puzzles?: readonly StoredPuzzle[] };
  try {
    stored = JSON.parse(text);
  } catch (cause) {
    throw new SondeError('file/malformed', 'the puzzles are not JSON', { cause });
  }
  if (stored.version !== 1 || !Array.isArray(stored.puzzles)) {
    throw new SondeError('file/malformed', 'these are no puzzles of this version', {
      expected: 'version 1',
      found: `version ${stored.version}`,
    });
  }
  return stored.puzzles.map((puzzle: StoredPuzzle) => ({
    ...puzzle,
    rows: puzzle.rows.map((row) => row.map((panel) => ({ ...panel, picture: restore(panel.picture) }))),
  }));
}

function store({ data, ...rest }: Picture): StoredPicture {
  const pixels = Uint8Array.from(data, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255));
  return { ...rest, pixels: base64(pixels) };
}

function restore({ pixels, ...rest }: StoredPicture): Picture {
  const bytes = atob(pixels);
  if (bytes.length !== sizeOf(rest.shape)) {
    throw new SondeError('file/malformed', 'the pixels of a puzzle do not fill its picture', {
      expected: `${sizeOf(rest.shape)} bytes`,
      found: `${bytes.length}`,
    });
  }
  return { ...rest, data: Float32Array.from(bytes, (character) => character.charCodeAt(0) / 255) };
}
