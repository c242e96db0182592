import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unzipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { picture } from '../../../test/sample-folder.ts';
import { openMedia } from '../storage/folder-source.ts';
import { indexFolder } from '../storage/index-folder.ts';
import { openVideo, videoBackend } from './video.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data');
const absent = (path: string) => (existsSync(join(vectors, path)) ? false : `the shared files ${path} are not here`);
const scratch = mkdtempSync(join(tmpdir(), 'sonde-signals-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** A WAV file of one tone. */
function wav(
  bits: 8 | 16 | 24 | 32,
  float: boolean,
  channels: number,
  rateHz: number,
  samples: Float64Array,
): Uint8Array {
  const width = bits / 8;
  const bytes = Buffer.alloc(44 + samples.length * width);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(float ? 3 : 1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * channels * width, 28);
  bytes.writeUInt16LE(channels * width, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * width, 40);
  samples.forEach((sample, i) => {
    const at = 44 + i * width;
    if (float) bytes.writeFloatLE(sample, at);
    else if (bits === 8) bytes.writeUInt8(Math.round(sample * 128) + 128, at);
    else bytes.writeIntLE(Math.round(sample * 2 ** (bits - 1)), at, width);
  });
  return bytes;
}

test('WAV of every width gives the same tone, window by window', async () => {
  const tone = Float64Array.from({ length: 2000 }, (_, i) => (i % 2 ? -0.25 : 0.5) * Math.sin(i / 9));
  for (const [bits, float] of [
    [8, false],
    [16, false],
    [24, false],
    [32, false],
    [32, true],
  ] as const) {
    const path = join(scratch, 'tone.wav');
    writeFileSync(path, wav(bits, float, 2, 1000, tone));
    const media = await openMedia(path);
    const { kind, frames, width, frameRateHz, tracks } = media.description;
    assert.deepEqual([kind, frames, width, frameRateHz], ['signal', 1000, 2, 1000]);
    assert.deepEqual(tracks, [{ name: 'audio', kind: 'audio', sampleRateHz: 1000, channels: 2, durationS: 1 }]);
    const part = await media.readTrack!('audio', { startS: 0.25, durationS: 0.5 });
    assert.deepEqual(part.shape, [500, 2]);
    part.data.forEach((value, i) => {
      assert.ok(Math.abs(value - tone[500 + i]) <= 2 ** (1 - bits) + 1e-7);
    });
    const strided = await media.read({ start: 10, count: 3, stride: 4 });
    assert.deepEqual(strided.shape, [3, 1, 2, 1]);
    assert.ok(Math.abs(strided.data[2] - tone[28]) <= 2 ** (1 - bits) + 1e-7);
    await assert.rejects(media.readTrack!('audio', { startS: 0.8, durationS: 0.5 }), { code: 'usage' });
    await media.close?.();
  }
  const cut = wav(16, false, 1, 1000, tone).subarray(0, 500);
  writeFileSync(join(scratch, 'cut.wav'), cut);
  await assert.rejects(openMedia(join(scratch, 'cut.wav')), { code: 'data/unreadable', message: /ends after 500 of/ });
});

test('WAV samples are those of another decoder', { skip: absent('video-vectors') }, async () => {
  const file = join(vectors, 'video-vectors/torchcodec/sine_mono_s16.wav');
  const media = await openMedia(file);
  const { data } = await media.readTrack!('audio');
  const entries: [string, Uint8Array][] = Object.entries(unzipSync(readFileSync(`${file}.stream0.all_frames.pt`)));
  const [, bytes] = entries.find(([name]) => name.endsWith('/data/0'))!;
  const expected = new Float32Array(bytes.slice().buffer);
  assert.equal(data.length, expected.length);
  assert.ok(data.every((value, i) => Math.abs(value - expected[i]) < 1e-6));
  for (const [name, rate] of [
    ['sine_mono_s32.wav', 16_000],
    ['sine_mono_s32_8000.wav', 8000],
    ['sine_mono_s32_44100.wav', 44_100],
  ] as const) {
    const [track] = (await openMedia(join(vectors, 'video-vectors/torchcodec', name))).description.tracks!;
    assert.equal(track.sampleRateHz, rate);
  }
});

test('every spoken digit is a recording of 8 kHz', { skip: absent('fsdd') }, async () => {
  const folder = join(vectors, 'fsdd/recordings');
  let seconds = 0;
  for (const name of readdirSync(folder)) {
    const { description, close } = await openMedia(join(folder, name));
    assert.deepEqual([description.kind, description.width, description.frameRateHz], ['signal', 1, 8000], name);
    seconds += description.tracks![0].durationS;
    close?.();
  }
  assert.ok(seconds > 300 && seconds < 1200, `${seconds}`);
});

test('the sound of a video is on the clock of its pictures, whichever backend decodes it', {
  skip: absent('grid-av-samples'),
}, async (t) => {
  const file = join(vectors, 'grid-av-samples/bbaf2n.mpg');
  const sounds: Float32Array[] = [];
  for (const name of ['node-av', 'ffmpeg'] as const) {
    try {
      await videoBackend(name);
    } catch {
      t.diagnostic(`${name} is not installed`);
      continue;
    }
    const video = await openVideo(file, name);
    const [track] = video.description.tracks!;
    assert.deepEqual([track.kind, track.sampleRateHz, video.description.frames], ['audio', 44_100, 75]);
    assert.ok(Math.abs(track.durationS - 3) < 0.1, `${track.durationS}`);
    const { data, shape } = await video.readTrack!('audio', { startS: 0.5, durationS: 1 });
    assert.deepEqual(shape, [44_100, track.channels]);
    assert.ok(data.some((value) => Math.abs(value) > 0.01) && data.every((value) => Math.abs(value) <= 1.01));
    sounds.push(data);
    await video.close?.();
  }
  if (sounds.length < 2) return;
  let [difference, loudness] = [0, 0];
  sounds[0].forEach((value, i) => {
    difference += Math.abs(value - sounds[1][i]);
    loudness += Math.abs(value);
  });
  assert.ok(difference < 0.05 * loudness, `${difference / loudness}`);
});

test('an ECG as CSV or Parquet is a signal; a table of labels is none', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [i / 250, Math.sin(i / 7), -2 * Math.cos(i / 11)]);
  const csv = `time (s),I,II\n${rows.map((row) => row.join(',')).join('\n')}\n`;
  writeFileSync(join(scratch, 'ecg.csv'), csv);
  const columnData = ['time_ms', 'I', 'II'].map((name, column) => ({
    name,
    data: rows.map((row) => (column === 0 ? row[0] * 1000 : row[column])),
  }));
  writeFileSync(join(scratch, 'ecg.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
  for (const name of ['ecg.csv', 'ecg.parquet']) {
    const media = await openMedia(join(scratch, name));
    const [track] = media.description.tracks!;
    assert.deepEqual(
      [track.kind, track.sampleRateHz, track.channels, media.description.frames],
      ['signal', 250, 2, 200],
    );
    const { data } = await media.readTrack!('signal', { startS: 0.04, durationS: 0.008 });
    [10, 11].forEach((row, i) => {
      assert.ok(Math.abs(data[2 * i] - rows[row][1]) < 1e-6 && Math.abs(data[2 * i + 1] - rows[row][2]) < 1e-6);
    });
  }
  writeFileSync(join(scratch, 'labels-of.csv'), `file,label\n${'a.png,3\n'.repeat(50)}`);
  await assert.rejects(openMedia(join(scratch, 'labels-of.csv')), { message: /no picture or clip/ });
  writeFileSync(join(scratch, 'bare.csv'), rows.map((row) => row.slice(1).join(';')).join('\n'));
  const bare = await openMedia(join(scratch, 'bare.csv'));
  assert.equal(bare.description.frames, 200);
  assert.match(bare.warnings![0], /no column of time/);
});

test('a recording of the same name is the track of a picture; others among pictures are left out', async () => {
  const folder = join(scratch, 'together');
  mkdirSync(folder);
  await picture(join(folder, 'a.png'), 8, 8, 1);
  await picture(join(folder, 'b.png'), 8, 8, 2);
  const sound = wav(16, false, 1, 1000, new Float64Array(500).fill(0.5));
  writeFileSync(join(folder, 'a.wav'), sound);
  writeFileSync(join(folder, 'other.wav'), sound);
  const { index, source } = await indexFolder(folder);
  assert.deepEqual(
    index.items.map(({ id, tracks }) => [id, tracks?.map(({ file }) => file)]),
    [
      ['a.png', ['a.wav']],
      ['b.png', undefined],
    ],
  );
  assert.ok(index.problems.some(({ reason }) => /1 recordings of sound or signals belong to no picture/.test(reason)));
  const { data, shape } = await source.readTrack(index.items[0], 'audio', { startS: 0.1, durationS: 0.1 });
  assert.deepEqual([shape, data[0]], [[100, 1], 0.5]);
  await assert.rejects(source.readTrack(index.items[1], 'audio'), { code: 'usage' });
});
