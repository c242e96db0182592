/**
 * Blackens boxes of decoded samples, in whatever way black is written in them.
 * @module
 */
import type { PixelData } from '../media.ts';
import { readPalette, storedRange } from '../readers/dicom/colour.ts';
import type { DicomHeader } from '../readers/dicom/header.ts';
import type { Box } from '../transform/crop.ts';

/** Changes one frame in place; boxes that leave it are cut off. `rgb`: a codec has made RGB of what the header calls YBR. */
export function blacken(header: DicomHeader, frame: PixelData, rgb: boolean, boxes: readonly Box[]): void {
  const { rows, columns, samples } = header;
  const black = blackOf(header, rgb);
  for (const box of boxes) {
    const bottom = Math.min(rows, box.y + box.height);
    const right = Math.min(columns, box.x + box.width);
    for (let y = Math.max(0, box.y); y < bottom; y++) {
      for (let x = Math.max(0, box.x); x < right; x++) {
        for (let sample = 0; sample < samples; sample++) frame[(y * columns + x) * samples + sample] = black[sample];
      }
    }
  }
}

function blackOf(header: DicomHeader, rgb: boolean): number[] {
  const { photometric, samples, bitsStored } = header;
  if (photometric === 'PALETTE COLOR') return [darkestEntry(header)];
  const [low, high] = storedRange(header);
  if (samples === 1) return [photometric === 'MONOCHROME1' ? high : low];
  const middle = 2 ** (bitsStored - 1);
  return photometric.startsWith('YBR') && !rgb ? [0, middle, middle] : [0, 0, 0];
}

function darkestEntry(header: DicomHeader): number {
  const { first, colours } = readPalette(header.dataSet);
  const brightness = (entry: number) => colours[3 * entry] + colours[3 * entry + 1] + colours[3 * entry + 2];
  let darkest = 0;
  for (let entry = 1; entry < colours.length / 3; entry++) if (brightness(entry) < brightness(darkest)) darkest = entry;
  return first + darkest;
}
