/**
 * DICOM, single and multi-frame: raw, deflated, RLE, JPEG baseline, JPEG-LS, JPEG 2000; 1 to 32 bits, grey, palette and colour.
 * Values are stored values (no rescale); `intensityRange` is the file's window, in the same values.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import type { Frames, FrameWindow, MediaItem, MediaReader, OpenedMedia, PixelData } from '../media.ts';
import { newPixels, resolveWindow } from '../window.ts';
import { present, readPalette, storedRange } from './dicom/colour.ts';
import { frameRateOf, kindOf, spacingOf, windowOfFile } from './dicom/geometry.ts';
import { type DicomHeader, isPart10, readHeader, text, unreadable } from './dicom/header.ts';
import { readSamples } from './dicom/samples.ts';

/** Larger files are refused: they are read as one piece of memory. */
const largestFile = 2 ** 31 - 1;
/** Values of one frame; more is a damaged header. */
const largestFrame = 2 ** 28;

export const dicomReader: MediaReader = {
  format: 'dicom',
  title: 'DICOM file',
  extensions: ['.dcm', '.dicom', '.dic'],
  sniff: (head, path) => isPart10(head) || beginsWithElements(head, path),
  open: openDicom,
};

/** Names and numbers of people: patient (all names and identities, birth date, address, telephone), physicians, operators, order. */
const identifyingTags = [
  ...['x00100010', 'x00100020', 'x00100030', 'x00101000', 'x00101001', 'x00101005', 'x00101060', 'x00101090'],
  ...['x00101040', 'x00102154', 'x00102155', 'x00102297', 'x00380010', 'x00400244', 'x00080050', 'x00081195'],
  ...['x00080090', 'x00080092', 'x00081048', 'x00081050', 'x00081060', 'x00081070', 'x00321032', 'x00321031'],
];

async function openDicom(path: string): Promise<OpenedMedia> {
  if (statSync(path).size > largestFile) throw unreadable('it is larger than 2 GiB');
  const header = readHeader(readFileSync(path));
  const { rows, columns, frames, samples, photometric, dataSet, modality } = header;
  const channels = samples === 3 || photometric === 'PALETTE COLOR' ? 3 : 1;
  if (rows * columns * channels > largestFrame) throw unreadable('its frames are larger than 268 million values');

  async function readFrame(number: number): Promise<PixelData> {
    return present(header, await readSamples(header, number));
  }

  // One frame is decoded now, so that what cannot be decoded is known before anything relies on it.
  const first = await readFrame(0);
  const frameRateHz = frameRateOf(dataSet);
  const kind = kindOf(header, frameRateHz);
  const spacingMm = spacingOf(header, kind);
  const { range, warnings } = await intensities(header, first, readFrame);
  return {
    description: {
      kind,
      frames,
      height: rows,
      width: columns,
      channels,
      intensityRange: range,
      format: 'dicom',
      ...(kind === 'clip' && frameRateHz !== undefined ? { frameRateHz } : {}),
      ...(spacingMm === undefined ? {} : { spacingMm }),
      ...(modality !== undefined && /^[A-Z]{2,5}$/.test(modality) ? { labels: { modality } } : {}),
    },
    identity: text(dataSet, 'x00100020') ?? text(dataSet, 'x00100010'),
    identifying: identifyingTags.flatMap((tag) => text(dataSet, tag) ?? []),
    warnings,
    async read(window?: FrameWindow): Promise<Frames> {
      const { start, count, stride } = resolveWindow(window, frames);
      const size = rows * columns * channels;
      const data = newPixels(first, count * size);
      for (let i = 0; i < count; i++) {
        const number = start + i * stride;
        const frame = number === 0 ? first : await readFrame(number);
        if (frame.length !== size) {
          throw new SondeError(
            'data/unreadable',
            `frame ${number + 1} of ${frames} of this DICOM file has another size`,
          );
        }
        data.set(frame, i * size);
      }
      return { data, shape: [count, rows, columns, channels] };
    },
  };
}

/** Black and white: the file's window where it has a usable one, else what the type or the pixels span. */
async function intensities(
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

function extremes(data: PixelData): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low) low = data[i];
    if (data[i] > high) high = data[i];
  }
  return [low, high];
}

/** Old files without a preamble begin with an element of group 2 or 8, of a plausible length. */
function beginsWithElements(head: Uint8Array, path: string): boolean {
  if (head.length < 16 || (head[0] !== 2 && head[0] !== 8) || head[1] !== 0 || head[3] !== 0) return false;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name.includes('.') && !/\.(dcm|dicom|dic|ima|\d+)$/.test(name)) return false;
  const letters = [head[4], head[5]].every((byte) => byte >= 0x41 && byte <= 0x5a);
  return letters || (head[5] <= 1 && head[6] === 0 && head[7] === 0);
}
