/**
 * DICOM files whose pixels are a video stream (MPEG-2, H.264, H.265).
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedMedia } from '../../media.ts';
import { openVideo } from '../video.ts';
import { type DicomHeader, unreadable } from './header.ts';

/**
 * Opens the stream as a video. Decoders want a file: the bare stream, which names nobody, lies in a private temporary
 * folder until the media is closed.
 */
export async function openVideoPixels(header: DicomHeader): Promise<OpenedMedia> {
  const { dataSet } = header;
  const fragments = dataSet.elements.x7fe00010.fragments ?? [];
  if (fragments.length === 0) throw unreadable('its pixels are announced as a video, but there are none');
  const folder = mkdtempSync(join(tmpdir(), 'sonde-stream-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'stream');
    const bytes = fragments.map(({ position, length }) => dataSet.byteArray.subarray(position, position + length));
    writeFileSync(path, Buffer.concat(bytes), { mode: 0o600 });
    const video = await openVideo(path);
    return {
      ...video,
      async close() {
        await video.close?.();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
