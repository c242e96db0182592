/**
 * Small sound files of every format that is read, for damaging them.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { hostArray } from '../../src/tensor/host-array.ts';
import { writeNpy } from '../../src/tensor/npy.ts';
import { encodeSafetensors } from '../../src/tensor/safetensors.ts';
import { plantedDicom } from '../planted-dicom.ts';

export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const shared = new URL('../../../shared/data', import.meta.url).pathname;
const golden = new URL('../golden', import.meta.url).pathname;
const largest = 300_000;

/** Made here, and where the shared vectors are, the smallest of each kind of them. */
export async function sampleFiles(): Promise<SampleFile[]> {
  const pixels = Uint8Array.from({ length: 16 * 12 * 3 }, (_, i) => (i * 37) % 256);
  const image = () => sharp(pixels, { raw: { width: 16, height: 12, channels: 3 } });
  const array = hostArray('uint8', [3, 12, 16], pixels.slice(0, 576));
  const npy = writeNpy(array);
  const nifti = niftiFile();
  const text = (content: string) => new TextEncoder().encode(content);
  const made: SampleFile[] = [
    { name: 'a.png', bytes: await image().png().toBuffer() },
    { name: 'a.jpg', bytes: await image().jpeg().toBuffer() },
    { name: 'a.webp', bytes: await image().webp().toBuffer() },
    { name: 'a.tif', bytes: await image().tiff().toBuffer() },
    { name: 'a.gif', bytes: await image().gif().toBuffer() },
    { name: 'a.dcm', bytes: plantedDicom({ rows: 12, columns: 16, frames: 3 }) },
    { name: 'a.npy', bytes: npy },
    { name: 'a.npy.gz', bytes: gzipSync(npy) },
    {
      name: 'a.npz',
      bytes: zipSync({
        'train_images.npy': npy,
        'train_labels.npy': writeNpy(hostArray('uint8', [3, 1], Uint8Array.of(0, 1, 1))),
      }),
    },
    { name: 'a.nii', bytes: nifti },
    { name: 'a.nii.gz', bytes: gzipSync(nifti) },
    {
      name: 'a.nrrd',
      bytes: Buffer.concat([
        text(
          'NRRD0004\ntype: uint8\ndimension: 3\nsizes: 16 12 3\nencoding: raw\nspace directions: (1,0,0) (0,1,0) (0,0,2)\n\n',
        ),
        array.data as Uint8Array,
      ]),
    },
    {
      name: 'a.mha',
      bytes: Buffer.concat([
        text(
          'ObjectType = Image\nNDims = 3\nDimSize = 16 12 3\nElementType = MET_UCHAR\nElementSpacing = 1 1 2\nElementDataFile = LOCAL\n',
        ),
        array.data as Uint8Array,
      ]),
    },
    {
      name: 'a-images-idx3-ubyte',
      bytes: Buffer.concat([Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 12, 0, 0, 0, 16), array.data as Uint8Array]),
    },
    { name: 'a.wav', bytes: wavFile() },
    {
      name: 'a.csv',
      bytes: text(`time,lead\n${Array.from({ length: 60 }, (_, i) => `${i / 100},${Math.sin(i)}`).join('\n')}\n`),
    },
    {
      name: 'a.safetensors',
      bytes: encodeSafetensors(new Map([['w', hostArray('float32', [2, 3], new Float32Array(6))]])),
    },
    ...['attributes.onnx', 'typed-fields.onnx'].map((name) => ({
      name,
      bytes: readFileSync(join(golden, 'onnx', name)),
    })),
  ];
  return [...made, ...vectors()];
}

/** A few of the shared vectors: compressed DICOM, videos. */
function vectors(): SampleFile[] {
  if (!existsSync(shared)) return [];
  const chosen: SampleFile[] = [];
  const take = (folder: string, pattern: RegExp, most: number) => {
    const root = join(shared, folder);
    if (!existsSync(root)) return;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name) && statSync(join(root, name)).isFile())
      .map((name) => ({ name, size: statSync(join(root, name)).size }))
      .filter(({ size }) => size < largest)
      .sort((a, b) => a.size - b.size);
    for (const { name } of files.slice(0, most)) {
      chosen.push({ name: name.replaceAll('/', '-'), bytes: readFileSync(join(root, name)) });
    }
  };
  take('dicom-vectors', /(J2K|JPEG2000|jpeg_2000).*\.dcm$/i, 2);
  take('dicom-vectors', /(JPEG-L|JPGLossless|jpeg_lossless|jpeg_ls|JLSL).*\.dcm$/i, 4);
  take('dicom-vectors', /(rle|jpeg_baseline|JPEG-lossy|defl).*\.dcm$/i, 4);
  take('dicom-vectors', /(palette|seg|OBXXXX|multi).*\.dcm$/i, 3);
  take('video-vectors', /\.(mp4|avi|mkv|webm|mov)$/i, 3);
  return chosen;
}

function niftiFile(): Uint8Array {
  const bytes = Buffer.alloc(352 + 16 * 12 * 3);
  bytes.writeInt32LE(348, 0);
  [3, 16, 12, 3, 1, 1, 1, 1].forEach((value, i) => {
    bytes.writeInt16LE(value, 40 + 2 * i);
  });
  bytes.writeInt16LE(2, 70);
  bytes.writeInt16LE(8, 72);
  [1, 1, 1, 2].forEach((value, i) => {
    bytes.writeFloatLE(value, 76 + 4 * i);
  });
  bytes.writeFloatLE(352, 108);
  bytes.writeFloatLE(1, 112);
  bytes.write('n+1\0', 344, 'latin1');
  for (let i = 352; i < bytes.length; i++) bytes[i] = i % 256;
  return bytes;
}

function wavFile(): Uint8Array {
  const bytes = Buffer.alloc(44 + 400);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8000, 24);
  bytes.writeUInt32LE(16000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(400, 40);
  return bytes;
}
