// One small oblique volume in four formats, written by ITK (@itk-wasm/image-io 1.6.1): node reference/make_volume_files.mjs
// with that package installed anywhere on the module path.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeImageNode } from '@itk-wasm/image-io';

const folder = join(import.meta.dirname, '../test/golden/volumes');
mkdirSync(folder, { recursive: true });
const [cosine, sine] = [Math.cos(0.3), Math.sin(0.3)];
const image = {
  imageType: { dimension: 3, componentType: 'int16', pixelType: 'Scalar', components: 1 },
  name: 'volume',
  origin: [10, -20, 30.5],
  spacing: [0.5, 1.25, 3],
  direction: new Float64Array([cosine, -sine, 0, sine, cosine, 0, 0, 0, 1]),
  size: [4, 3, 2],
  metadata: new Map(),
  data: Int16Array.from({ length: 24 }, (_, i) => i * 100 - 700),
};
for (const name of ['volume.nrrd', 'volume.nhdr', 'volume.mha', 'volume.mhd', 'volume.nii.gz']) {
  await writeImageNode(image, join(folder, name), { useCompression: /nhdr|mhd/.test(name) });
}
