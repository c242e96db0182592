/**
 * The puzzle of relative positions as a person would explain it.
 * @module
 */
import { channelsLast, stretched } from '../data/transform/layout.ts';
import { largest } from './classification.ts';
import type { PuzzleDrawing } from './drawing.ts';
import type { DrawingContext, MethodContext, Sample } from './method.ts';
import { neighbourPositions } from './patch-grids.ts';
import { centrePlace, centreQuestions, type LayoutOptions, placesAround } from './patch-layouts.ts';
import { sourcePanel } from './source-panel.ts';
import { mosaic } from './tile-mosaic.ts';

/** How many questions are shown: the first eight have all eight answers. */
const shownQuestions = neighbourPositions.length;

export function drawPositions(
  { inputs, factors }: Sample,
  { options: chosen, channels }: MethodContext<LayoutOptions>,
  { view, answer }: DrawingContext,
): PuzzleDrawing {
  const { patch } = chosen;
  const length = channels * patch * patch;
  const all = inputs.patches.data as Float32Array;
  const shown = (places: readonly number[]) =>
    places.map((place) =>
      stretched(channelsLast(all.slice(place * length, (place + 1) * length), [1, patch, patch, channels])),
    );
  const scale = Number(factors.scale);
  const [tops, lefts] = [factors.patchTops as number[], factors.patchLefts as number[]];
  const outlined = (names: ReadonlyMap<number, string>) => ({
    ...sourcePanel(view, factors, false),
    outlines: [...names].map(([place, text]) => ({
      x: Number(factors.cropLeft) + lefts[place] * scale,
      y: Number(factors.cropTop) + tops[place] * scale,
      width: patch * scale,
      height: patch * scale,
      text,
    })),
  });
  const said = (question: number) => {
    const logits = answer?.slice(question * neighbourPositions.length, (question + 1) * neighbourPositions.length);
    return logits === undefined ? '' : `, answered ${neighbourPositions[largest(logits)]}`;
  };
  if (chosen.layout === 'centre') {
    const numbers = placesAround.map((_, i) => `${i + 1}`);
    const names = tops.map((_, place): [number, string] => [
      place,
      place === centrePlace ? 'A' : numbers[placesAround.indexOf(place)],
    ]);
    return {
      question: 'Where does each numbered patch lie, seen from A?',
      answer: centreQuestions({ ...chosen, bothOrders: false })
        .map(({ position }, i) => `${i + 1} ${neighbourPositions[position]}${said(i)}`)
        .join('; '),
      rows: [
        [
          outlined(new Map(names)),
          { caption: 'A', ...mosaic(shown([centrePlace]), ['A'], 1, 2), role: 'input' },
          { caption: 'the others, one at a time', ...mosaic(shown(placesAround), numbers, 4, 2), role: 'input' },
        ],
      ],
    };
  }
  const some = (name: string) => (factors[name] as number[]).slice(0, shownQuestions);
  const [firsts, seconds, positions] = [some('firsts'), some('seconds'), some('positions')];
  const nameOf = (place: number) => `${place + 1}`;
  const grid = factors.grids as number[];
  const whole = grid.flatMap((of, place): [number, string][] =>
    of === grid[firsts[0]] ? [[place, nameOf(place)]] : [],
  );
  return {
    question: 'Where does the second patch of each pair lie, seen from the first?',
    answer: positions
      .map((position, i) => {
        return `${nameOf(seconds[i])} from ${nameOf(firsts[i])} ${neighbourPositions[position]}${said(i)}`;
      })
      .join('; '),
    rows: [
      [
        { ...outlined(new Map(whole)), caption: 'the recording, and one of the grids on it' },
        { caption: 'first patches', ...mosaic(shown(firsts), firsts.map(nameOf), 4, 2), role: 'input' },
        { caption: 'second patches', ...mosaic(shown(seconds), seconds.map(nameOf), 4, 2), role: 'input' },
      ],
    ],
  };
}
