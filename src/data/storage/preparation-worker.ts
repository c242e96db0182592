/**
 * The thread of `PreparationPool`: opens a file, decodes and resizes it, sends the frames back.
 * @module
 */
import { parentPort } from 'node:worker_threads';
import { messageOf, SondeError } from '../../base/errors.ts';
import { openMedia } from './folder-source.ts';
import type { PreparationJob, PreparationResult } from './preparation-pool.ts';
import { prepareItem } from './stored-frames.ts';

const port = parentPort;
if (port === null) throw new SondeError('internal', 'this module runs in a worker thread only');

port.on('message', async ({ path, item, settings }: PreparationJob) => {
  try {
    const media = await openMedia(path);
    try {
      const frames = await prepareItem(item, settings, (window) => media.read(window));
      const result: PreparationResult = { frames };
      port.postMessage(result, [frames.data.buffer as ArrayBuffer]);
    } finally {
      await media.close?.();
    }
  } catch (error) {
    const result: PreparationResult = { error: messageOf(error).split('\n', 1)[0] };
    port.postMessage(result);
  }
});
