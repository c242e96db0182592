/**
 * Every codec and container that is named in docs/data.md, made by the system's ffmpeg where there is one: all frames,
 * as ffmpeg itself decodes them, at the times it gives them.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openVideo, videoBackend } from './video.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sonde-codecs-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const [height, width, frames] = [48, 64, 12];
const encoders = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' }).stdout ?? '';

const codecs: readonly (readonly [name: string, file: string, encoder: string, ...options: string[]])[] = [
  ['H.264 in MP4', 'a.mp4', 'libx264', '-preset', 'ultrafast'],
  ['H.264 in MOV', 'a.mov', 'libx264', '-preset', 'ultrafast', '-bf', '2'],
  ['H.264 of 10 bits', 'ten.mkv', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le'],
  ['H.265 in MKV', 'a.mkv', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
  ['AV1 in MP4', 'av1.mp4', 'libaom-av1', '-cpu-used', '8'],
  ['VP9 in WebM', 'a.webm', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  ['MPEG-2 in a program stream', 'a.mpg', 'mpeg2video', '-q:v', '2'],
  ['MPEG-4 in AVI', 'four.avi', 'mpeg4', '-q:v', '2'],
  ['MJPEG in AVI', 'a.avi', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
];

function ffmpeg(...args: string[]): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], {
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

for (const [name, file, encoder, ...options] of codecs) {
  test(`${name}: every frame, as ffmpeg decodes it`, async (t) => {
    if (!encoders.includes(` ${encoder} `)) return t.skip(`ffmpeg with ${encoder} is not here`);
    const path = join(scratch, file);
    const source = `testsrc=size=${width}x${height}:rate=25:duration=${frames / 25},boxblur=6`;
    const pixels = options.includes('-pix_fmt') ? [] : ['-pix_fmt', 'yuv420p'];
    ffmpeg('-f', 'lavfi', '-i', source, ...pixels, '-c:v', encoder, ...options, path);
    const expected = ffmpeg('-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1');
    const video = await openVideo(path);
    const { description } = video;
    assert.deepEqual([description.frames, description.height, description.width], [frames, height, width]);
    assert.ok(Math.abs(description.frameRateHz! - 25) < 0.2, String(description.frameRateHz));
    assert.equal(description.frameTimesS, undefined);
    const whole = await video.read();
    assert.equal(whole.data.length, expected.length);
    // Two releases of FFmpeg interpolate the colours of 10-bit frames differently.
    const tolerance = options.includes('yuv420p10le') ? 4 : 2;
    assert.ok(
      meanDifference(whole.data, expected) < tolerance,
      `mean difference ${meanDifference(whole.data, expected)}`,
    );
    const size = expected.length / frames;
    const late = await video.read({ start: 7, count: 2, stride: 3 });
    assert.deepEqual(late.data.subarray(size), whole.data.subarray(10 * size, 11 * size));
    await video.close?.();
  });
}

test('a frame rate that varies comes with the time of each frame, from both backends', async (t) => {
  if (!encoders.includes(' libx264 ')) return t.skip('ffmpeg with libx264 is not here');
  const path = join(scratch, 'varying.mp4');
  // Twenty frames a twenty-fifth of a second apart, then ten at a third of that rate.
  const stamps = "setpts='if(lt(N,20),N,20+(N-20)*3)/25/TB'";
  const source = 'testsrc=size=64x48:rate=25:duration=1.2';
  ffmpeg(
    '-f',
    'lavfi',
    '-i',
    source,
    '-vf',
    stamps,
    '-fps_mode',
    'vfr',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    path,
  );
  const listed = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', path], {
    encoding: 'utf8',
  });
  const expected = listed.split('\n').flatMap((line) => (line === '' ? [] : Number.parseFloat(line)));
  assert.equal(expected.length, 30);
  assert.ok(expected[29] > 1.6);
  for (const name of ['node-av', 'ffmpeg'] as const) {
    if ((await videoBackend(name).catch(() => undefined)) === undefined) continue;
    const video = await openVideo(path, name);
    assert.deepEqual(video.description.frameTimesS, expected, name);
    await video.close?.();
  }
});

test('time stamps of the shared videos are those that torchcodec lists', async (t) => {
  const file = join(import.meta.dirname, '../../../../shared/data/video-vectors/torchcodec/nasa_13013.mp4');
  if (!existsSync(file)) return t.skip('the shared video nasa_13013.mp4 is not here');
  const listed = JSON.parse(readFileSync(`${file}.stream0.all_frames_info.json`, 'utf8')) as { pts_time: string }[];
  const video = await openVideo(file);
  const { frames: count, frameRateHz, frameTimesS } = video.description;
  assert.equal(count, listed.length);
  const first = Number(listed[0].pts_time);
  listed.forEach(({ pts_time }, i) => {
    const ours = frameTimesS?.[i] ?? i / frameRateHz!;
    assert.ok(Math.abs(ours - (Number(pts_time) - first)) < 0.5 / frameRateHz!, `frame ${i}`);
  });
  await video.close?.();
});

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
