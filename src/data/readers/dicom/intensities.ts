/**
 * What stands for black and white in a DICOM file.
 * @module
 */
import type { MediaItem, PixelData } from '../../media.ts';
import { readPalette, storedRange } from './colour.ts';
import { windowOfFile } from './geometry.ts';
import type { DicomHeader } from './header.ts';
import { groupsOf, rescaleOf } from './placement.ts';

/** Black and white: the file's window where it has a usable one, else what the type or the pixels span. */
export async function intensities(
  header: DicomHeader,
  first: PixelData,
  readFrame: (number: number) => Promise<PixelData>,
): Promise<{ range: MediaItem['intensityRange']; warnings: string[] }> {
  const { samples, photometric, frames } = header;
  if (samples === 1 && photometric === 'PALETTE COLOR') {
    return { range: [0, 2 ** readPalette(header.dataSet).bits - 1], warnings: [] };
  }
  if (samples === 3) return { range: [0, 2 ** header.bitsStored - 1], warnings: [] };
  let [low, high] = extremes(first);
  for (const number of new Set([frames >> 1, frames - 1])) {
    if (number === 0) continue;
    const [smallest, largest] = extremes(await readFrame(number));
    [low, high] = [Math.min(low, smallest), Math.max(high, largest)];
  }
  const window = windowOfFile(header.dataSet);
  if (window !== undefined) {
    const sum = storedRange(header)[0] + storedRange(header)[1];
    const [black, white] = photometric === 'MONOCHROME1' ? [sum - window[1], sum - window[0]] : window;
    const [bottom, top] = black < white ? [black, white] : [white, black];
    if (bottom < high && top > low) return { range: [black, white], warnings: [] };
    const reason = 'its window shows none of its values, so black and white are its smallest and largest value';
    return { range: [low, Math.max(high, low + 1)], warnings: [reason] };
  }
  if (header.bitsStored <= 8) return { range: storedRange(header), warnings: [] };
  return { range: [low, Math.max(high, low + 1)], warnings: [] };
}

/** Slope and intercept from the values of a frame, as they are handed out, to real units. */
export function realUnits(header: DicomHeader): readonly [slope: number, intercept: number] | undefined {
  const scale = rescaleOf(groupsOf(header, 0)('x00289145') ?? header.dataSet);
  if (scale === undefined || header.photometric !== 'MONOCHROME1') return scale;
  const [low, high] = storedRange(header);
  return [-scale[0], (low + high) * scale[0] + scale[1]];
}

function extremes(data: PixelData): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low) low = data[i];
    if (data[i] > high) high = data[i];
  }
  return [low, high];
}
