/**
 * DICOM, single and multi-frame: raw, deflated, RLE, JPEG (baseline, extended, lossless, LS, 2000, high-throughput
 * 2000), MPEG-2, H.264 and H.265; 1 to 32 bits, grey, palette and colour.
 * Values are stored values (no rescale, unless it differs from frame to frame); `intensityRange` is the file's window, in
 * the same values. Frames that say where they lie are sorted by it; several stacks of them are parts.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import type {
  Frames,
  FrameWindow,
  MediaDescription,
  MediaItem,
  MediaReader,
  OpenedMedia,
  PixelData,
} from '../media.ts';
import { newPixels, resolveWindow } from '../window.ts';
import { present } from './dicom/colour.ts';
import { frameRateOf, kindOf, spacingOf, ultrasoundRegions } from './dicom/geometry.ts';
import { isPart10, readHeader, text, unreadable } from './dicom/header.ts';
import { intensities, realUnits } from './dicom/intensities.ts';
import { frameScales, frameStacks, isSegmentation, sliceOf } from './dicom/placement.ts';
import { mendedSize, readSamples } from './dicom/samples.ts';
import { segmentOn } from './dicom/segmentation.ts';
import { openVideoPixels } from './dicom/video-pixels.ts';

/** Larger files are refused: they are read as one piece of memory. */
const largestFile = 2 ** 31 - 1;
/** Values of one frame; more is a damaged header. */
const largestFrame = 2 ** 28;

export const dicomReader: MediaReader = {
  format: 'dicom',
  title: 'DICOM file',
  extensions: ['.dcm', '.dicom', '.dic'],
  supports:
    'single, multi-frame and enhanced; series as volumes, segmentations as masks, ultrasound regions; raw, deflated, RLE, JPEG baseline, extended (8 and 12 bits) and lossless, JPEG-LS, JPEG 2000, HTJ2K, MPEG-2, H.264, H.265; palettes, 1 to 32 bits',
  windowed: true,
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

  const scales = frameScales(header);
  async function readFrame(number: number): Promise<PixelData> {
    const values = present(header, await readSamples(header, number));
    if (scales === undefined) return values;
    const [slope, intercept] = scales[number];
    return Float32Array.from(values, (value) => value * slope + intercept);
  }

  const identities = {
    identity: text(dataSet, 'x00100020') ?? text(dataSet, 'x00100010'),
    identifying: identifyingTags.flatMap((tag) => text(dataSet, tag) ?? []),
  };
  const frameRateHz = frameRateOf(dataSet);
  const labels = modality !== undefined && /^[A-Z]{2,5}$/.test(modality) ? { labels: { modality } } : {};
  const regions = ultrasoundRegions(dataSet);
  const annotations = regions.length === 0 ? {} : { annotations: regions };
  if (header.syntax.packing === 'video') {
    const video = await openVideoPixels(header);
    const rate = frameRateHz ?? video.description.frameRateHz;
    const description = { ...video.description, ...labels, ...annotations, format: 'dicom' };
    return {
      ...video,
      ...identities,
      description: rate === undefined ? description : { ...description, frameRateHz: rate },
    };
  }
  // One frame is decoded now, so that what cannot be decoded is known before anything relies on it.
  const first = await readFrame(0);
  const kind = kindOf(header, frameRateHz);
  const spacingMm = spacingOf(header, kind);
  const { range, warnings } = await intensities(header, first, readFrame);
  const units = channels === 1 && scales === undefined ? realUnits(header) : undefined;
  const asStored: MediaDescription = {
    kind,
    frames,
    height: rows,
    width: columns,
    channels,
    intensityRange: range,
    format: 'dicom',
    ...(kind === 'clip' && frameRateHz !== undefined ? { frameRateHz } : {}),
    ...(spacingMm === undefined ? {} : { spacingMm }),
    ...(units === undefined ? {} : { rescale: units }),
    ...labels,
    ...annotations,
  };
  const slice = frames === 1 || isSegmentation(dataSet) ? sliceOf(header) : undefined;
  const stacks = isSegmentation(dataSet) ? [] : frameStacks(header, asStored);
  const orders = stacks.map((stack) => stack.slices.map((one) => Number(one.path)));
  const single = stacks.length === 1 && orders[0].length === frames;

  async function readNumbers(numbers: readonly number[]): Promise<Frames> {
    const size = rows * columns * channels;
    const data = newPixels(first, numbers.length * size);
    for (const [i, number] of numbers.entries()) {
      const frame = number === 0 ? first : await readFrame(number);
      if (frame.length !== size) {
        throw new SondeError('data/unreadable', `frame ${number + 1} of ${frames} of this DICOM file has another size`);
      }
      data.set(frame, i * size);
    }
    return { data, shape: [numbers.length, rows, columns, channels] };
  }

  return {
    description: stacks.length > 0 ? stacks[0].description : asStored,
    ...(stacks.length > 0 && !single
      ? { parts: stacks.map(({ description }, i) => ({ name: String(i), description })) }
      : {}),
    ...identities,
    ...(slice === undefined ? {} : { slice }),
    warnings: [...mendedSize(header), ...warnings, ...stacks.flatMap(({ doubts }) => doubts)],
    async read(window?: FrameWindow, part?: string): Promise<Frames> {
      const order = single ? orders[0] : part === undefined ? undefined : orders[Number(part)];
      const { start, count, stride } = resolveWindow(window, order?.length ?? frames);
      const positions = Array.from({ length: count }, (_, i) => start + i * stride);
      return readNumbers(order === undefined ? positions : positions.map((position) => order[position]));
    },
    ...(isSegmentation(dataSet)
      ? { segmentOn: (item: MediaItem, window: FrameWindow) => segmentOn(header, readFrame, item, window) }
      : {}),
  };
}

/** Old files without a preamble begin with an element of group 2 or 8, of a plausible length. */
function beginsWithElements(head: Uint8Array, path: string): boolean {
  if (head.length < 16 || (head[0] !== 2 && head[0] !== 8) || head[1] !== 0 || head[3] !== 0) return false;
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (name.includes('.') && !/\.(dcm|dicom|dic|ima|\d+)$/.test(name)) return false;
  const letters = [head[4], head[5]].every((byte) => byte >= 0x41 && byte <= 0x5a);
  return letters || (head[5] <= 1 && head[6] === 0 && head[7] === 0);
}
