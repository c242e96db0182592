import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { plantedDicom, plantedNames } from '../../../test/planted-dicom.ts';
import { shiftedDate } from '../deidentify/clean-attributes.ts';
import { readHeader, text } from '../readers/dicom/header.ts';
import { dicomReader } from '../readers/dicom.ts';
import { cleanCopy, mappedUid } from './deidentify-dicom.ts';
import { deidentifyFolder } from './deidentify-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-clean-'));
after(() => rmSync(root, { recursive: true, force: true }));
const vectors = new URL('../../../../shared/data/dicom-vectors', import.meta.url).pathname;

async function framesOf(bytes: Uint8Array) {
  const path = join(root, 'one.dcm');
  writeFileSync(path, bytes);
  const media = await dicomReader.open(path);
  return { frames: await media.read(), description: media.description };
}

test('names in every identifying tag are gone, and what describes the picture stays', async () => {
  const file = plantedDicom({ rows: 24, columns: 32 });
  const before = await framesOf(file);
  const { bytes, pseudonym } = await cleanCopy(file, { salt: 'pepper' });
  const content = Buffer.from(bytes).toString('latin1');
  for (const name of plantedNames) assert.ok(!content.toUpperCase().includes(name.toUpperCase()), name);
  const after = await framesOf(bytes);
  assert.deepEqual(after.frames, before.frames);
  assert.deepEqual(after.description.spacingMm, before.description.spacingMm);
  const { dataSet } = readHeader(bytes);
  assert.equal(text(dataSet, 'x00100010'), pseudonym);
  assert.equal(text(dataSet, 'x00120062'), 'YES');
  assert.equal(text(dataSet, 'x00080060'), 'US');
  assert.equal(text(dataSet, 'x00080020'), undefined);
  assert.ok(!Object.keys(dataSet.elements).some((tag) => Number.parseInt(tag[4], 16) % 2 === 1));
});

test('UIDs are mapped the same way everywhere, dates of a patient move together', async () => {
  const { bytes } = await cleanCopy(plantedDicom({ rows: 8, columns: 8 }), { salt: 'pepper', shiftDates: true });
  const { dataSet } = readHeader(bytes);
  assert.equal(text(dataSet, 'x0020000e'), mappedUid('1.2.3.4.2.0.0', 'pepper'));
  assert.equal(text(dataSet, 'x00080018'), text(dataSet, 'x00020003'));
  assert.match(text(dataSet, 'x00080020')!, /^\d{8}$/);
  assert.notEqual(text(dataSet, 'x00080020'), '20240229');
  assert.equal(text(dataSet, 'x00280303'), 'MODIFIED');
  assert.equal(text(dataSet, 'x00100030'), undefined);
  assert.equal(shiftedDate('20240301', -1), '20240229');
  assert.equal(shiftedDate('20240301121500.5', -366), '20230301121500.5');
});

test('boxes are black, and every other pixel is bit-equal', async () => {
  const file = plantedDicom({ rows: 24, columns: 32 });
  const before = (await framesOf(file)).frames.data;
  const { bytes } = await cleanCopy(file, { salt: 's', boxes: [{ x: 4, y: 2, width: 10, height: 6 }] });
  const { data } = (await framesOf(bytes)).frames;
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % 32, Math.floor(i / 32) % 24];
    const inside = x >= 4 && x < 14 && y >= 2 && y < 8;
    assert.equal(data[i], inside ? 0 : before[i]);
  }
});

test('every vector that can be read is the same picture after cleaning, masked or not', async (t) => {
  if (!existsSync(vectors)) return t.skip('the shared DICOM vectors are not here');
  const files = readdirSync(vectors, { recursive: true, encoding: 'utf8' }).filter((name) => /\.dcm$/i.test(name));
  let [copied, refused] = [0, 0];
  for (const name of files) {
    const file = readFileSync(join(vectors, name));
    if (file.length > 200_000) continue;
    let before: Awaited<ReturnType<typeof framesOf>>;
    try {
      before = await framesOf(file);
    } catch {
      continue;
    }
    let clean: Uint8Array;
    try {
      clean = (await cleanCopy(file, { salt: 's' })).bytes;
    } catch (error) {
      assert.match(String(error), /cannot be cleaned/, name);
      refused++;
      continue;
    }
    const after = await framesOf(clean);
    assert.deepEqual(after.frames, before.frames, name);
    copied++;
    if (readHeader(file).bitsAllocated === 1 || readHeader(file).bitsAllocated === 32) continue;
    const masked = await framesOf(
      (await cleanCopy(file, { salt: 's', boxes: [{ x: 0, y: 0, width: 4, height: 4 }] })).bytes,
    );
    const [, , columns, channels] = before.frames.shape;
    const rows = before.frames.shape[1];
    const changed = before.frames.data.findIndex((value, i) => {
      const [x, y] = [Math.floor(i / channels) % columns, Math.floor(i / channels / columns) % rows];
      return (x >= 4 || y >= 4) && masked.frames.data[i] !== value;
    });
    assert.equal(changed, -1, name);
  }
  // Big-endian files, files without a preamble, and damaged attributes are refused by a sentence.
  assert.ok(copied >= 90 && refused <= 25, `${copied} copied, ${refused} refused`);
});

test('a folder is copied under names that tell nothing; what is no DICOM is counted', async () => {
  const folder = join(root, 'in', 'Zwingli_Berta');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Zwingli.dcm'), plantedDicom({ rows: 8, columns: 8 }));
  writeFileSync(join(folder, 'letter.txt'), 'dear colleague');
  writeFileSync(join(folder, 'Zwingli-cut.dcm'), plantedDicom({ rows: 8, columns: 8 }).subarray(0, 300));
  const out = join(root, 'out');
  const summary = await deidentifyFolder(join(root, 'in'), { out, salt: 's' });
  assert.deepEqual([summary.written, summary.patients, summary.others, summary.problems.length], [1, 1, 1, 1]);
  assert.doesNotMatch(JSON.stringify(summary) + readdirSync(out, { recursive: true }).join(), /zwingli|berta/i);
  await assert.rejects(deidentifyFolder(join(root, 'in'), { out: join(root, 'in', 'x') }), { code: 'usage' });
});
