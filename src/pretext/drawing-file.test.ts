import assert from 'node:assert/strict';
import test from 'node:test';
import { rotationPuzzle, tilePuzzle } from '../../test/figures/report-fixture.ts';
import { SondeError } from '../base/errors.ts';
import { puzzlesFromJson, puzzlesToJson } from './drawing-file.ts';
import { puzzle } from './figures/puzzle.ts';

test('puzzles come back from their file and are drawn the same', () => {
  const drawings = [rotationPuzzle(), tilePuzzle()];
  const back = puzzlesFromJson(puzzlesToJson(drawings));
  assert.deepEqual(
    back.map((drawing) => puzzle(drawing)),
    drawings.map((drawing) => puzzle(drawing)),
  );
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
