/**
 * Black and white of an item by a rule the user chose, instead of by what its file says.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { Frames, FrameWindow, MediaItem } from '../media.ts';
import { type IntensityScale, intensityRange } from '../transform/intensity.ts';

/** Values that are looked at; of longer items, frames spread over them. */
const mostValues = 2 ** 24;

/**
 * Percentiles and deviations are those of the item's own values (Nyúl and Udupa 1999 name why MR needs them); a window is
 * in real units, which Hounsfield units are. Colour keeps its range.
 */
export async function preparedRange(
  item: MediaItem,
  scale: IntensityScale | undefined,
  read: (window: FrameWindow) => Promise<Frames>,
): Promise<MediaItem['intensityRange']> {
  if (scale === undefined || item.channels === 3) return item.intensityRange;
  if (scale.by === 'window') {
    const [slope, intercept] = item.rescale ?? [1, 0];
    const [black, white] = intensityRange(new Uint8Array(1), scale);
    return [(black - intercept) / slope, (white - intercept) / slope];
  }
  const size = item.height * item.width;
  const stride = Math.max(1, Math.ceil((item.frames * size) / mostValues));
  const count = Math.ceil(item.frames / stride);
  const values = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const { data } = await read({ start: i * stride, count: 1 });
    if (data.length !== size) {
      throw new SondeError('data/unreadable', 'the pictures are not what the index says', {
        hint: 'the file has changed since it was indexed, or it is damaged',
      });
    }
    values.set(data, i * size);
  }
  return intensityRange(
    values.filter((value) => Number.isFinite(value)),
    scale,
  );
}
