import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { drawText, textWidth } from '../phantom/glyphs.ts';
import { createPhantom } from '../phantom/index.ts';
import { parsePhantom } from '../phantom/options.ts';
import { openMedia } from '../storage/folder-source.ts';
import type { Box } from '../transform/crop.ts';
import { burntInText } from './burnt-in-text.ts';
import { Observer } from './observation.ts';

const shared = join(import.meta.dirname, '../../../../shared/data');
const absent = existsSync(shared) ? false : '../shared/data is absent';
const side = 256;

function textIn(pictures: readonly Uint8Array[]): Box[] {
  const observer = new Observer({ frames: pictures.length, height: side, width: side, intensityRange: [0, 255] });
  for (const data of pictures) observer.add({ data, shape: [1, side, side, 1] });
  return burntInText(observer.finish());
}

/** Soft shapes such as anatomy is made of: two octaves of smooth noise, coarse and fine, with a little grain. */
function anatomy(random: Random): Uint8Array {
  const octave = (cells: number) => {
    const coarse = random.fillUniform(new Float32Array((cells + 1) ** 2), 0, 1);
    return (x: number, y: number) => {
      const [u, v] = [(x * cells) / side, (y * cells) / side];
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const at = (a: number, b: number) => coarse[b * (cells + 1) + a];
      const smooth = (t: number) => t * t * (3 - 2 * t);
      const [p, q] = [smooth(u - i), smooth(v - j)];
      return (at(i, j) * (1 - p) + at(i + 1, j) * p) * (1 - q) + (at(i, j + 1) * (1 - p) + at(i + 1, j + 1) * p) * q;
    };
  };
  const [large, small] = [octave(6), octave(24)];
  return Uint8Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    return Math.min(255, 200 * large(x, y) ** 2 + 90 * small(x, y) ** 3 + random.uniform(0, 12));
  });
}

/** Lines of text at places that do not meet, in a picture: drawn in whole pixels, or at twice the size and halved. */
function plant(picture: Uint8Array, random: Random, soft: boolean): { ink: Uint8Array; lines: number } {
  const words = ['SMITH. ANNA', '1962-03-14', 'ID 0047-11', 'MI 1.2', 'DR. HOUSE', '12:41:07', 'F 61'];
  const ink = new Uint8Array(picture.length);
  let lines = 0;
  for (let row = 8; row < side - 24; row += 40) {
    const text = words[random.integer(words.length)];
    const scale = soft ? 3 : 1 + random.integer(3);
    const width = textWidth(text, scale) / (soft ? 2 : 1);
    const column = 4 + random.integer(Math.floor(side - width - 8));
    const dark = random.integer(2) === 0;
    // Dark letters stand on a light panel, as on films; light ones on the picture's own dark or on a dark panel.
    const panel = dark ? 170 + random.integer(86) : random.integer(40);
    const grey = dark ? random.integer(40) : 140 + random.integer(116);
    const fine = new Uint8Array((2 * side) ** 2);
    const share = soft ? 1 : 2;
    drawText(fine, 0, 2 * side, { row: 2 * row, column: 2 * column, scale: scale * share, grey: 4 }, text);
    const height = (5 * scale) / (soft ? 2 : 1);
    for (let y = row - 4; y < row + height + 4; y++) {
      for (let x = column - 4; x < column + width + 4; x++) picture[y * side + x] = panel;
    }
    for (let y = row; y < row + height; y++) {
      for (let x = column; x < column + width; x++) {
        const corner = 2 * y * 2 * side + 2 * x;
        const sum = [0, 1, 2 * side, 2 * side + 1].reduce((total, step) => total + fine[corner + step], 0);
        picture[y * side + x] = Math.round(panel + ((grey - panel) * sum) / 16);
        if (sum >= 8) ink[y * side + x] = 1;
      }
    }
    lines++;
  }
  return { ink, lines };
}

test('planted text is found and nothing else: light and dark, of three sizes, hard and soft', () => {
  const random = new Random(11);
  let [inked, covered, boxes, true_] = [0, 0, 0, 0];
  for (let round = 0; round < 8; round++) {
    const picture = anatomy(random);
    const { ink } = plant(picture, random, round % 2 === 1);
    const found = textIn([picture]);
    const within = (box: Box, at: number) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
    };
    ink.forEach((value, at) => {
      inked += value;
      if (value === 1 && found.some((box) => within(box, at))) covered++;
    });
    boxes += found.length;
    true_ += found.filter((box) => ink.some((value, at) => value === 1 && within(box, at))).length;
  }
  assert.ok(covered >= 0.9 * inked, `recall: ${covered / inked} of the ink`);
  assert.ok(true_ >= 0.97 * boxes, `precision: ${true_} of ${boxes} boxes`);
});

test('pictures without text have none, and moving strokes are no text', () => {
  const random = new Random(3);
  for (let round = 0; round < 8; round++) assert.deepEqual(textIn([anatomy(random)]), []);
  const drifting = Array.from({ length: 6 }, (_, frame) => {
    const picture = new Uint8Array(side * side);
    drawText(picture, 0, side, { row: 40, column: 20 + 7 * frame, scale: 2, grey: 220 }, 'LEFT ATRIUM');
    return picture;
  });
  assert.deepEqual(textIn(drifting), []);
});

test('overlays of the phantom: its text is found, its ticks, bar and ECG are not called text', async () => {
  const source = createPhantom(parsePhantom('phantom:patients=1,frames=8,overlays=all,size=192'));
  for (const [number, item] of source.items.entries()) {
    const observer = new Observer(item);
    observer.add(await source.read(item));
    const truth = source.truth(number, 0).overlays.text!;
    const found = burntInText(observer.finish());
    assert.ok(found.length >= 3, item.id);
    for (const { x, y, width, height } of found) {
      const inside = y >= truth.top - 4 && y + height <= truth.bottom + 6;
      assert.ok(inside && x >= truth.left - 4 && x + width <= truth.right + 4, item.id);
    }
  }
});

async function textOf(path: string): Promise<Box[]> {
  const media = await openMedia(join(shared, path));
  const { frames, height, width, intensityRange } = media.description;
  const count = Math.min(frames, 4);
  const observer = new Observer({ frames: count, height, width, intensityRange });
  observer.add(await media.read({ start: 0, count }));
  await media.close?.();
  return burntInText(observer.finish());
}

test('on real pictures: scanner screens have text, anatomy has none', { skip: absent }, async () => {
  const screens: readonly [file: string, lines: number][] = [
    ['dicom-vectors/pydicom-data/US1_UNCI.dcm', 15],
    ['dicom-vectors/pydicom-data/gdcm-US-ALOKA-16.dcm', 14],
    ['dicom-vectors/pydicom-data/OBXXXX1A.dcm', 14],
    ['dicom-vectors/pydicom-data/JPGLosslessP14SV1_1s_1f_8b.dcm', 9],
  ];
  for (const [file, lines] of screens) {
    const found = await textOf(file);
    assert.ok(found.length >= lines && found.length <= lines + 6, `${file}: ${found.length}`);
  }
  const every = (folder: string, step: number) =>
    readdirSync(join(shared, folder))
      .sort()
      .filter((_, at) => at % step === 0)
      .map((file) => `${folder}/${file}`);
  const without = [
    ...['HTJ2K_08_RGB', 'MR2_J2KI', 'OT-PAL-8-face'].map((name) => `dicom-vectors/pydicom-data/${name}.dcm`),
    ...['MR_small', 'CT_small', 'J2K_pixelrep_mismatch'].map((name) => `dicom-vectors/pydicom/test_files/${name}.dcm`),
    ...every('bccd/JPEGImages', 120),
    ...every('vocalfolds-endoscopy/img/patient1/seq1', 12),
  ];
  for (const file of without) assert.deepEqual(await textOf(file), [], file);
});
