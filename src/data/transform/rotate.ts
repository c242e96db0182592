/**
 * Rotation by any angle, by bilinear interpolation. For multiples of 90 degrees use `quarterTurn`, which moves pixels.
 * @module
 */
import type { PixelData } from '../media.ts';
import { newPixels } from '../window.ts';
import { checkPixels, type Pixels, roundsValues } from './pixels.ts';

/**
 * Turns every frame counter-clockwise about its centre by `degrees`, keeping the frame size; what comes from outside is
 * `value` (default 0).
 */
export function rotate<D extends PixelData>(frames: Pixels<D>, degrees: number, value = 0): Pixels<D> {
  checkPixels(frames);
  const [count, height, width, channels] = frames.shape;
  const angle = (degrees * Math.PI) / 180;
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const centreY = (height - 1) / 2;
  const centreX = (width - 1) / 2;
  const from = frames.data;
  const data = newPixels(from, from.length);
  const round = roundsValues(data);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x - centreX;
      const dy = y - centreY;
      const oldX = centreX + cosine * dx - sine * dy;
      const oldY = centreY + sine * dx + cosine * dy;
      const left = Math.floor(oldX);
      const top = Math.floor(oldY);
      const right = oldX - left;
      const below = oldY - top;
      for (let frame = 0; frame < count; frame++) {
        const base = frame * height * width;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let corner = 0; corner < 4; corner++) {
            const sourceY = top + (corner >> 1);
            const sourceX = left + (corner & 1);
            const weight = (corner & 1 ? right : 1 - right) * (corner >> 1 ? below : 1 - below);
            if (weight === 0) continue;
            const inside = sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width;
            sum += weight * (inside ? from[(base + sourceY * width + sourceX) * channels + c] : value);
          }
          data[(base + y * width + x) * channels + c] = round ? Math.round(sum) : sum;
        }
      }
    }
  }
  return { data, shape: frames.shape };
}
