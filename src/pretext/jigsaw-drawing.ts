/**
 * A jigsaw puzzle as a person can look at it: the picture with its tiles outlined, the tiles in their new order, and put back
 * as the network says.
 * @module
 */
import { channelsLast, stretched } from '../data/transform/layout.ts';
import { largest } from './classification.ts';
import type { PuzzleDrawing } from './drawing.ts';
import type { DrawingContext, MethodContext, Sample } from './method.ts';
import { inverseOrder, orderName, type PermutationSet } from './permutation-set.ts';
import { sourcePanel } from './source-panel.ts';
import { type AxisGrid, cellLength, gridLength } from './tile-grid.ts';
import { mosaic } from './tile-mosaic.ts';

export const sideCount = 3;
export const tileCount = sideCount * sideCount;

interface JigsawChoice {
  readonly tile: number;
  readonly gap: number;
  readonly jitter: number;
  readonly permutations: number;
}

/** The grid along either axis. */
export const gridOf = ({ tile, gap, jitter }: Pick<JigsawChoice, 'tile' | 'gap' | 'jitter'>): AxisGrid => ({
  count: sideCount,
  tile,
  gap,
  jitter,
});

export function drawJigsaw(
  { inputs: { tiles }, factors }: Sample,
  { options: chosen, prepared, channels }: MethodContext<JigsawChoice, PermutationSet>,
  { view, answer }: DrawingContext,
): PuzzleDrawing {
  const { tile } = chosen;
  const length = channels * tile * tile;
  const all = tiles.data as Float32Array;
  const shown = Array.from({ length: tileCount }, (_, place) =>
    stretched(channelsLast(all.slice(place * length, (place + 1) * length), [1, tile, tile, channels])),
  );
  const order = prepared.orders[Number(factors.order)];
  const source = sourcePanel(view, factors);
  const scale = Number(factors.cropSide) / gridLength(gridOf(chosen));
  const [tops, lefts] = [factors.tileTops as number[], factors.tileLefts as number[]];
  const outlines = tops.map((top, i) => ({
    x: Number(factors.cropLeft) + lefts[i] * scale,
    y: Number(factors.cropTop) + top * scale,
    width: tile * scale,
    height: tile * scale,
    text: `${i + 1}`,
  }));
  const said = answer === undefined ? undefined : prepared.orders[largest(answer)];
  const space = Math.max(1, cellLength(gridOf(chosen)) - tile);
  const laid = (places: readonly number[], numbers: readonly number[]) =>
    mosaic(
      places.map((place) => shown[place]),
      numbers.map((number) => `${number + 1}`),
      sideCount,
      space,
    );
  const first = Array.from({ length: tileCount }, (_, place) => place);
  return {
    question: 'In which order do the nine tiles lie?',
    answer: `tiles ${orderName(order)}, number ${Number(factors.order) + 1} of ${chosen.permutations} orders`,
    rows: [
      [
        { ...source, outlines },
        { caption: 'the tiles as the network gets them', ...laid(first, order), role: 'input' },
        ...(said === undefined
          ? []
          : [
              {
                caption: `put back as it answered: ${orderName(said)}`,
                ...laid(
                  inverseOrder(said),
                  inverseOrder(said).map((place) => order[place]),
                ),
                role: 'output' as const,
              },
            ]),
      ],
    ],
  };
}
