/**
 * The drawing of questions about the order of frames: one row a question, what is right and what was answered above it.
 * @module
 */
import { channelsLast, stretched } from '../data/transform/layout.ts';
import { largest } from './classification.ts';
import type { Panel, PuzzleDrawing } from './drawing.ts';
import type { DrawingContext, Sample } from './method.ts';
import { sourcePanel } from './source-panel.ts';

export interface AskedOrders {
  readonly question: string;
  /** What may be answered. */
  readonly names: readonly string[];
  /** Pictures of one question. */
  readonly elements: number;
  /** Of one picture, `[1, S, S, C]`. */
  readonly shape: readonly [number, number, number, number];
}

/** @param sample its inputs `frames` `[Q, elements, C, S, S]` and `order` `[Q]` */
export function orderDrawing(
  { inputs: { frames, order }, factors }: Sample,
  { view, answer }: DrawingContext,
  { question, names, elements, shape }: AskedOrders,
): PuzzleDrawing {
  const length = shape[1] * shape[2] * shape[3];
  const truth = Array.from(order.data as BigInt64Array, Number);
  const rows = truth.map((right, asked) =>
    Array.from({ length: elements }, (_, element): Panel => {
      const at = (asked * elements + element) * length;
      const part = (frames.data as Float32Array).subarray(at, at + length);
      const said = answer?.slice(asked * names.length, (asked + 1) * names.length);
      const reply = said === undefined ? '' : `, answered ${names[largest(said)]}`;
      const picture = stretched(channelsLast(part, shape));
      return { caption: element === 0 ? `${names[right]}${reply}` : `${element + 1}`, picture, role: 'input' };
    }),
  );
  return {
    question,
    answer: truth.map((right) => names[right]).join(', '),
    rows: factors.item === view.item.id ? [[sourcePanel(view, factors)], ...rows] : rows,
  };
}
