/**
 * Still pictures: PNG, JPEG, WebP and TIFF of 8 or 16 bits; animated GIF and WebP as clips. Decoded by libvips (sharp).
 * @module
 */
import { statSync } from 'node:fs';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { Frames, FrameWindow, MediaReader, OpenedMedia } from '../media.ts';
import { looksGrey, toGrey } from '../transform/grey.ts';
import { resolveWindow } from '../window.ts';
import { begins } from './magic.ts';

// Pictures are visited once, in worker threads as well: libvips' own cache would only hold memory.
sharp.cache(false);

interface Container {
  readonly format: string;
  readonly title: string;
  readonly extensions: readonly string[];
  readonly supports: string;
  readonly windowed?: boolean;
  /** True where the compression cannot make more than `mostPixelsAByte` of a byte. */
  readonly bounded?: boolean;
  magic(head: Uint8Array): boolean;
}

/** Deflate grows a byte to 1032, of eight pixels each at most; JPEG's and GIF's codes grow it by less. */
const mostPixelsAByte = 8 * 1032;

const containers: readonly Container[] = [
  {
    format: 'png',
    title: 'PNG image',
    extensions: ['.png'],
    supports: '8 and 16 bits, grey, palette and colour',
    bounded: true,
    magic: (head) => begins(head, 0, '\x89PNG\r\n\x1a\n'),
  },
  {
    format: 'jpeg',
    title: 'JPEG image',
    extensions: ['.jpg', '.jpeg', '.jpe'],
    supports: '8 bits, grey and colour, turned as its orientation says',
    bounded: true,
    magic: (head) => begins(head, 0, '\xff\xd8\xff'),
  },
  {
    format: 'webp',
    title: 'WebP image',
    extensions: ['.webp'],
    supports: '8 bits; animations as clips',
    windowed: true,
    magic: (head) => begins(head, 0, 'RIFF') && begins(head, 8, 'WEBP'),
  },
  {
    format: 'tiff',
    title: 'TIFF image',
    extensions: ['.tif', '.tiff'],
    supports: '8 and 16 bits, BigTIFF; several pages as a clip',
    windowed: true,
    magic: (head) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((mark) => begins(head, 0, mark)),
  },
  {
    format: 'gif',
    title: 'GIF image',
    extensions: ['.gif'],
    supports: 'animations as clips',
    windowed: true,
    bounded: true,
    magic: (head) => begins(head, 0, 'GIF8'),
  },
];

/** One reader a container, so that each can be named in messages and tables. */
export const imageReaders: readonly MediaReader[] = containers.map((container) => ({
  format: container.format,
  title: container.title,
  extensions: container.extensions,
  supports: container.supports,
  windowed: container.windowed ?? false,
  sniff: (head) => container.magic(head),
  open: (path) => openImage(path, container),
}));

async function openImage(path: string, container: Container): Promise<OpenedMedia> {
  const metadata = await decode(path, container, () => sharp(path, { failOn: 'error' }).metadata());
  const frames = metadata.pages ?? 1;
  const height = metadata.pageHeight ?? metadata.autoOrient.height;
  const width = metadata.autoOrient.width;
  if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
    throw new SondeError('data/unreadable', `this ${container.title} holds values of type '${metadata.depth}'`, {
      expected: '8-bit or 16-bit unsigned values',
    });
  }
  if (container.bounded && metadata.width * metadata.height > mostPixelsAByte * statSync(path).size) {
    throw new SondeError(
      'data/unreadable',
      `this ${container.title} claims ${metadata.width} x ${metadata.height} pixels, which so few bytes cannot hold`,
      { hint: 'the file may be damaged; fetch it again' },
    );
  }
  const wide = metadata.depth === 'ushort';
  const white = wide ? 65535 : 255;
  const storedGrey = metadata.space === 'b-w' || metadata.space === 'grey16' || metadata.channels <= 2;
  // Decoding once, small, tells whether the file is whole and whether an RGB picture holds any colour.
  const grey = await decode(path, container, async () => {
    const small = pixelsOf(sharp(path, { failOn: 'error', page: 0 }), false, storedGrey);
    const sample = await small.resize(96, 96, { fit: 'inside', withoutEnlargement: true }).toBuffer();
    return storedGrey || looksGrey(sample, 255);
  });
  const seconds = delayOf(metadata);
  return {
    description: {
      kind: frames > 1 ? 'clip' : 'image',
      frames,
      height,
      width,
      channels: grey ? 1 : 3,
      intensityRange: [0, white],
      format: container.format,
      ...(seconds === undefined ? {} : { frameRateHz: 1 / seconds }),
    },
    async read(window) {
      return decode(path, container, () => readPages(path, { frames, height, width, wide, storedGrey, grey }, window));
    },
  };
}

interface Layout {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly wide: boolean;
  readonly storedGrey: boolean;
  readonly grey: boolean;
}

async function readPages(path: string, layout: Layout, window: FrameWindow | undefined): Promise<Frames> {
  const { height, width, wide, storedGrey, grey } = layout;
  const { start, count, stride } = resolveWindow(window, layout.frames);
  const channels = storedGrey ? 1 : 3;
  const size = height * width * channels;
  const data = wide ? new Uint16Array(count * size) : new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const page = start + i * stride;
    const image = sharp(path, { failOn: 'error', page, ...(layout.frames === 1 ? { autoOrient: true } : {}) });
    const buffer = await pixelsOf(image, wide, storedGrey).toBuffer();
    const values = wide ? new Uint16Array(buffer.buffer, buffer.byteOffset, buffer.byteLength / 2) : buffer;
    if (values.length !== size) {
      throw new SondeError('data/unreadable', `page ${page + 1} has another size than the first`, {
        found: `${values.length} values`,
        expected: `${size}`,
      });
    }
    data.set(values, i * size);
  }
  const frames = { data, shape: [count, height, width, channels] as const };
  return grey ? toGrey(frames) : frames;
}

/** Raw values without transparency: grey or RGB, 8 or 16 bits. */
function pixelsOf(image: Sharp, wide: boolean, grey: boolean): Sharp {
  const opaque = image.removeAlpha();
  if (wide) return opaque.toColourspace(grey ? 'grey16' : 'rgb16').raw({ depth: 'ushort' });
  return opaque.toColourspace(grey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
}

/** Mean seconds a page is shown, of an animation. */
function delayOf(metadata: Metadata): number | undefined {
  if (metadata.delay === undefined || metadata.delay.length === 0) return undefined;
  const mean = metadata.delay.reduce((sum, delay) => sum + delay, 0) / metadata.delay.length;
  return mean > 0 ? mean / 1000 : undefined;
}

async function decode<T>(path: string, container: Container, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SondeError) throw error;
    throw new SondeError(
      'data/unreadable',
      `this ${container.title} cannot be decoded: ${firstLine(messageOf(error).replaceAll(path, 'the file'))}`,
      {
        hint: 'the file may be cut off or damaged; fetch it again',
        cause: error,
      },
    );
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0].trim();
}
