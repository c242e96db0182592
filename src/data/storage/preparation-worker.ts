/**
 * The thread of `PreparationPool`: opens a file, decodes it, and sends back its frames resized, or what was seen in them.
 * @module
 */
import { parentPort } from 'node:worker_threads';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { FrameWindow, OpenedMedia } from '../media.ts';
import { scanItem } from '../quality/scan.ts';
import { openMedia } from './folder-source.ts';
import { placeOf, readPlace } from './item-files.ts';
import type { PreparationJob, PreparationResult } from './preparation-pool.ts';
import { prepareItem } from './stored-frames.ts';

const port = parentPort;
if (port === null) throw new SondeError('internal', 'this module runs in a worker thread only');

/** The file of the last item stays open: the next item is often another part of it. */
let held: { readonly path: string; readonly media: Promise<OpenedMedia> } | undefined;

async function open(path: string): Promise<OpenedMedia> {
  if (held?.path !== path) {
    const leaving = held;
    held = { path, media: openMedia(path) };
    await leaving?.media.then((media) => media.close?.()).catch(() => undefined);
  }
  return held.media;
}

port.on('message', async ({ root, item, settings }: PreparationJob) => {
  try {
    const place = placeOf(root, item);
    const read = (window: FrameWindow) => readPlace(place, window, open);
    if (settings === undefined) {
      const result: PreparationResult = { scanned: await scanItem(item, read) };
      port.postMessage(result);
      return;
    }
    const frames = await prepareItem(item, settings, read);
    const result: PreparationResult = { frames };
    port.postMessage(result, [frames.data.buffer as ArrayBuffer]);
  } catch (error) {
    held = undefined;
    const result: PreparationResult = { error: messageOf(error).split('\n', 1)[0] };
    port.postMessage(result);
  }
});
