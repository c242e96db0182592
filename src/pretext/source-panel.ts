/**
 * The recording a sample was cut from, with the part that was used.
 * @module
 */
import type { Outline, Panel } from './drawing.ts';
import type { Factors, SampleView } from './method.ts';

/** Where the square part lay that was used, by the names that `sourcePanel` reads. */
export const cropFactors = ({ x, y, height }: Pick<Outline, 'x' | 'y' | 'height'>) => ({
  cropTop: y,
  cropLeft: x,
  cropSide: height,
});

/**
 * One frame of the item, the crop outlined. Reads the factors `frame`, `cropTop`, `cropLeft` and `cropSide`.
 *
 * @param outlined whether the crop's coordinates are those of the frame
 */
export function sourcePanel(view: SampleView, factors: Factors, outlined = true): Panel {
  const { data, shape } = view.read({ start: Number(factors.frame), count: 1 });
  const side = Number(factors.cropSide);
  const crop: Outline = { x: Number(factors.cropLeft), y: Number(factors.cropTop), width: side, height: side };
  return {
    caption: 'the recording, and the part that is used',
    picture: { data, shape },
    ...(outlined ? { outlines: [crop] } : {}),
    role: 'source',
  };
}
