/**
 * A Rubik's cube puzzle as a person would explain it.
 * @module
 */
import { largest } from './classification.ts';
import { cubeMosaic, middleSlices, placedCubes, volumePanels } from './cube-drawing.ts';
import type { PuzzleDrawing } from './drawing.ts';
import type { DrawingContext, Sample } from './method.ts';
import { orderName } from './permutation-set.ts';
import { cubeCount, type RubikContext, type Turn, turnNames } from './rubik-puzzle.ts';

/** What is written at a cube that is turned about the horizontal or the vertical axis. */
const marks = ['', ' h', ' v'] as const;

export function drawRubik(
  { inputs: { cubes }, factors }: Sample,
  { options: { side, depth, permutations }, prepared, channels }: RubikContext,
  { view, answer }: DrawingContext,
  question: string,
): PuzzleDrawing {
  const size = [depth, side, side] as const;
  const placed = placedCubes(factors, size);
  const order = prepared.orders[Number(factors.order)];
  const turns = factors.turns as Turn[];
  const masked = factors.masked as number[] | undefined;
  const shown = middleSlices(cubes, cubeCount, channels, size);
  const texts = order.map((tile, place) => `${tile + 1}${marks[turns[place]]}${masked?.[place] === 1 ? ' m' : ''}`);
  const said = answer === undefined ? '' : `, answered ${orderName(prepared.orders[largest(answer)])}`;
  const facts = turns.flatMap((turn, place) => (turn === 0 ? [] : [`cube ${order[place] + 1} ${turnNames[turn]}`]));
  const hidden = masked?.flatMap((bit, place) => (bit === 1 ? [`cube ${order[place] + 1} masked`] : [])) ?? [];
  return {
    question,
    answer: [
      `cubes ${orderName(order)}, number ${Number(factors.order) + 1} of ${permutations} orders`,
      ...facts,
      ...hidden,
    ].join('; '),
    rows: [
      volumePanels(view, placed, 2),
      [
        {
          caption: `middle slices of the cubes as the network gets them (h, v: turned${masked === undefined ? '' : ', m: masked'})${said}`,
          ...cubeMosaic(shown, texts, 4),
          role: 'input',
        },
      ],
    ],
  };
}
