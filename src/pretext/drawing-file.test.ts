import assert from 'node:assert/strict';
import test from 'node:test';
import { rotationPuzzle, tilePuzzle } from '../../test/figures/puzzle-fixture.ts';
import { SondeError } from '../base/errors.ts';
import type { PuzzleDrawing } from './drawing.ts';
import { puzzlesFromJson, puzzlesToJson } from './drawing-file.ts';

/** A drawing with its pixels rounded to the 8 bits that the file keeps. */
const inBytes = (drawing: PuzzleDrawing) => ({
  ...drawing,
  rows: drawing.rows.map((row) =>
    row.map(({ picture, ...panel }) => ({
      ...panel,
      shape: picture.shape,
      pixels: Array.from(picture.data, (x) => Math.round(255 * x)),
    })),
  ),
});

test('puzzles come back from their file with every pixel', () => {
  const drawings = [rotationPuzzle(), tilePuzzle()];
  const back = puzzlesFromJson(puzzlesToJson(drawings));
  assert.deepEqual(back.map(inBytes), drawings.map(inBytes));
  assert.deepEqual(back[1].rows[0][0].outlines, drawings[1].rows[0][0].outlines);
});

test('other files are refused with a sentence', () => {
  const cut = puzzlesToJson([tilePuzzle()]).replace(/"pixels":"..../, '"pixels":"');
  for (const text of ['{', '{"version":2,"puzzles":[]}', '[]', cut]) {
    assert.throws(
      () => puzzlesFromJson(text),
      (error: unknown) => error instanceof SondeError && error.code === 'file/malformed',
    );
  }
});
