/**
 * Small folders of pictures for tests.
 * @module
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Writes a picture whose values count up from `value`. */
export async function picture(path: string, width: number, height: number, value: number, channels: 1 | 3 = 1) {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (value + i) % 256);
  await sharp(data, { raw: { width, height, channels } }).toFile(path);
}

/** Two patients' folders with a grey, a colour and three broken pictures. */
export async function makeFolder(folder: string): Promise<string> {
  mkdirSync(join(folder, 'anna'), { recursive: true });
  mkdirSync(join(folder, 'ben'));
  await picture(join(folder, 'anna', 'one.png'), 40, 20, 0);
  await picture(join(folder, 'anna', 'two.png'), 16, 16, 9, 3);
  await picture(join(folder, 'ben', 'three.tif'), 10, 30, 77);
  await picture(join(folder, 'ben', 'cut.png'), 64, 64, 3);
  writeFileSync(join(folder, 'ben', 'cut.png'), readFileSync(join(folder, 'ben', 'cut.png')).subarray(0, 300));
  writeFileSync(join(folder, 'ben', 'note.png'), 'dear colleague');
  writeFileSync(join(folder, 'ben', 'empty.jpg'), '');
  writeFileSync(join(folder, 'readme.txt'), 'not a picture');
  symlinkSync('/etc', join(folder, 'outside'));
  return folder;
}
