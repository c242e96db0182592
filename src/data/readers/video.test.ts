import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { unzipSync } from 'fflate';
import { SondeError } from '../../base/errors.ts';
import type { Frames, PixelData } from '../media.ts';
import { recognise } from './index.ts';
import { openVideo, videoBackend } from './video.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data');
const scratch = mkdtempSync(join(tmpdir(), 'sonde-video-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function sample(t: TestContext, path: string): string | undefined {
  const whole = join(vectors, path);
  if (existsSync(whole)) return whole;
  t.skip(`the shared video ${path} is not here`);
  return undefined;
}

/** Frames as counted by `ffprobe -count_frames`; nasa's also by the time stamps listed beside it. */
const counts: readonly (readonly [path: string, frames: number, height: number, width: number, rate: number])[] = [
  ['mmaction2/demo.mp4', 280, 256, 340, 28],
  ['mmaction2/part_0.mp4', 32, 256, 340, 30],
  ['mmaction2/test.avi', 164, 240, 320, 25],
  ['torchcodec/bt709_full_range.mp4', 30, 720, 1280, 30],
  ['torchcodec/h264_10bits.mp4', 30, 200, 200, 30],
  ['torchcodec/h265_10bits.mp4', 30, 200, 200, 30],
  ['torchcodec/h265_video.mp4', 10, 128, 128, 10],
  ['torchcodec/nasa_13013.mp4', 325, 180, 320, 25],
  ['torchcodec/av1_video.mkv', 125, 360, 640, 25],
];

for (const [path, frames, height, width, rate] of counts) {
  test(`${path}: every frame is there, and a window is the same frames as the whole`, async (t) => {
    const file = sample(t, `video-vectors/${path}`);
    if (file === undefined) return;
    const video = await openVideo(file);
    const { description } = video;
    assert.deepEqual([description.frames, description.height, description.width], [frames, height, width]);
    assert.equal(description.frameRateHz, rate);
    assert.equal(description.channels, 3);
    const whole = await video.read();
    assert.deepEqual(whole.shape, [frames, height, width, 3]);
    const size = height * width * 3;
    const middle = frames >> 1;
    const windows = [
      { start: middle, count: 2, stride: 3 },
      { start: frames - 1, count: 1 },
      { start: 1, count: 2 },
      { start: 0, count: 1 },
    ];
    const parts = await Promise.all(windows.map((window) => video.read(window)));
    parts.forEach((part, i) => {
      const { start, count, stride = 1 } = windows[i];
      for (let j = 0; j < count; j++) {
        const from = (start + j * stride) * size;
        assert.ok(same(whole.data.subarray(from, from + size), part.data.subarray(j * size, (j + 1) * size)));
      }
    });
    await video.close?.();
  });
}

test('a decoded frame is the one torchcodec decodes', async (t) => {
  const file = sample(t, 'video-vectors/torchcodec/nasa_13013.mp4');
  if (file === undefined) return;
  const video = await openVideo(file);
  for (const number of [0, 35]) {
    const archive: Uint8Array = readFileSync(`${file}.stream0.frame0000${String(number).padStart(2, '0')}.pt`);
    const entries: [string, Uint8Array][] = Object.entries(unzipSync(archive));
    const [, expected] = entries.find(([name]) => name.endsWith('/data/0'))!;
    const { data } = await video.read({ start: number, count: 1 });
    assert.equal(expected.length, data.length);
    // The reference is [H, W, C] in memory.
    assert.ok(meanDifference(data, expected) < 1, `mean difference ${meanDifference(data, expected)}`);
  }
  await video.close?.();
});

test('both backends decode the same frames', async (t) => {
  const clips = ['torchcodec/nasa_13013.mp4', 'torchcodec/bt709_full_range.mp4', 'mmaction2/test.avi'];
  for (const name of ['node-av', 'ffmpeg'] as const) {
    try {
      await videoBackend(name);
    } catch {
      return t.skip(`${name} is not installed`);
    }
  }
  for (const clip of clips) {
    const file = sample(t, `video-vectors/${clip}`);
    if (file === undefined) return;
    const frames: Frames[] = [];
    for (const name of ['node-av', 'ffmpeg'] as const) {
      const video = await openVideo(file, name);
      frames.push(await video.read({ start: 10, count: 4, stride: 3 }));
      await video.close?.();
    }
    assert.deepEqual(frames[0].shape, frames[1].shape);
    // Two releases of FFmpeg may round differently; a wrong frame, matrix or range differs by far more.
    assert.ok(meanDifference(frames[0].data, frames[1].data) < 1, clip);
  }
});

test('grey ultrasound is one channel, marked ultrasound three', async (t) => {
  const grey = sample(t, 'pocus-lus-ccby/videos/convex_Reg_pat1Image_132943.mpeg');
  const marked = sample(t, 'pocus-lus-ccby/videos/convex_Cov_convex_volpecelli_sonographic_v1.mov');
  if (grey === undefined || marked === undefined) return;
  const video = await openVideo(grey);
  assert.deepEqual([video.description.channels, video.description.frames], [1, 280]);
  assert.deepEqual((await video.read({ start: 279, count: 1 })).shape, [1, 370, 370, 1]);
  await video.close?.();
  assert.equal((await openVideo(marked)).description.channels, 3);
});

test('broken videos are an error with a sentence, in both backends', async (t) => {
  const file = sample(t, 'video-vectors/mmaction2/part_0.mp4');
  if (file === undefined) return;
  const bytes = readFileSync(file);
  for (const name of ['node-av', 'ffmpeg'] as const) {
    try {
      await videoBackend(name);
    } catch {
      continue;
    }
    for (const [i, part] of [
      bytes.subarray(0, 2000),
      bytes.subarray(0, bytes.length / 2),
      Buffer.alloc(3000),
    ].entries()) {
      const path = join(scratch, `cut-${i}.mp4`);
      writeFileSync(path, part);
      await assert.rejects(
        async () => (await openVideo(path, name)).read(),
        (error) => error instanceof SondeError && error.code === 'data/unreadable' && !error.message.includes(scratch),
      );
    }
  }
});

test('videos are recognised by content, and said to be empty when they are', () => {
  const head = (text: string) => Uint8Array.from(text.padEnd(512, '\0'), (character) => character.charCodeAt(0));
  const reader = (text: string, path: string) => {
    const found = recognise(head(text), path);
    return found !== undefined && 'reader' in found ? found.reader.format : undefined;
  };
  assert.equal(reader('\0\0\0\x18ftypisom', 'scan'), 'video');
  assert.equal(reader('\x1aE\xdf\xa3', 'scan.bin'), 'video');
  assert.equal(reader('RIFF\0\0\0\0AVI LIST', 'scan.avi'), 'video');
  assert.equal(reader('\0\0\x01\xba', 'scan.mpeg'), 'video');
  assert.equal(reader('\0\0\0\x18ftypheic', 'photo.heic'), undefined);
  assert.deepEqual(recognise(new Uint8Array(0), 'a.mp4'), { problem: 'this video is an empty file' });
});

function same(a: PixelData, b: PixelData): boolean {
  return Buffer.compare(a as Uint8Array, b as Uint8Array) === 0;
}

function meanDifference(a: PixelData, b: PixelData): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
