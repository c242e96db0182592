/**
 * WAV: sound as samples over time. 8 to 32-bit integers and 32 or 64-bit floats; read window by window.
 * @module
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { type ByteSource, openBytes } from './array/byte-source.ts';
import { begins } from './magic.ts';
import { openSignal } from './signal-media.ts';

interface WavFormat {
  readonly float: boolean;
  readonly channels: number;
  readonly rateHz: number;
  readonly bits: number;
  readonly offset: number;
  readonly samples: number;
}

export const wavReader: MediaReader = {
  format: 'wav',
  title: 'WAV recording',
  extensions: ['.wav', '.wave'],
  supports: '8 to 32-bit integers, 32 and 64-bit floats, any number of channels',
  windowed: true,
  sniff: (head) => (begins(head, 0, 'RIFF') || begins(head, 0, 'RF64')) && begins(head, 8, 'WAVE'),
  open: openWav,
};

async function openWav(path: string): Promise<OpenedMedia> {
  const format = readFormat(path);
  const { channels, rateHz, samples, bits } = format;
  const width = bits / 8;
  const source = await openBytes(path, format.offset + samples * channels * width);
  return openSignal({
    format: 'wav',
    track: { name: 'audio', kind: 'audio', sampleRateHz: rateHz, channels },
    samples,
    range: [-1, 1],
    read: (start, count) => decode(source, format, start * channels, count * channels),
    close: () => source.close(),
  });
}

function decode(source: ByteSource, { float, bits, offset }: WavFormat, start: number, count: number): Float32Array {
  const width = bits / 8;
  const bytes = source.read(offset + start * width, count * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = i * width;
    if (float) out[i] = bits === 32 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    // Eight bits are unsigned, more are signed.
    else if (bits === 8) out[i] = (view.getUint8(at) - 128) / 128;
    else if (bits === 16) out[i] = view.getInt16(at, true) / 2 ** 15;
    else if (bits === 24) out[i] = (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 2 ** 23;
    else out[i] = view.getInt32(at, true) / 2 ** 31;
  }
  return out;
}

function readFormat(path: string): WavFormat {
  const { size } = statSync(path);
  const file = openSync(path, 'r');
  try {
    const read = (offset: number, length: number) => {
      const bytes = Buffer.alloc(length);
      if (readSync(file, bytes, 0, length, offset) < length) throw unreadable('it is cut off');
      return bytes;
    };
    let format: Omit<WavFormat, 'offset' | 'samples'> | undefined;
    let large: number | undefined;
    for (let at = 12; at + 8 <= size; ) {
      const head = read(at, 8);
      const name = head.toString('latin1', 0, 4);
      const length = head.readUInt32LE(4);
      if (name === 'fmt ') format = parseFormat(read(at + 8, Math.min(length, 40)));
      if (name === 'ds64') large = Number(read(at + 16, 8).readBigUInt64LE());
      if (name === 'data') {
        if (format === undefined) throw unreadable('it does not say what its samples are');
        const announced = length === 0xffffffff && large !== undefined ? large : length;
        // A recorder that was cut off leaves the length open: what is there is there.
        const available =
          length === 0 || length === 0xffffffff ? Math.min(announced || size, size - at - 8) : announced;
        const samples = Math.floor(available / (format.channels * (format.bits / 8)));
        if (samples < 1) throw unreadable('it holds no samples');
        return { ...format, offset: at + 8, samples };
      }
      at += 8 + length + (length & 1);
    }
    throw unreadable('it holds no samples');
  } finally {
    closeSync(file);
  }
}

function parseFormat(bytes: Buffer): Omit<WavFormat, 'offset' | 'samples'> {
  if (bytes.length < 16) throw unreadable('it does not say what its samples are');
  const code = bytes.readUInt16LE(0) === 0xfffe && bytes.length >= 26 ? bytes.readUInt16LE(24) : bytes.readUInt16LE(0);
  const [channels, rateHz, bits] = [bytes.readUInt16LE(2), bytes.readUInt32LE(4), bytes.readUInt16LE(14)];
  const float = code === 3;
  if (code !== 1 && !float) throw unreadable(`its samples are compressed (code ${code})`);
  if (!(float ? [32, 64] : [8, 16, 24, 32]).includes(bits) || channels < 1 || channels > 64 || rateHz < 1) {
    throw unreadable(`it has ${channels} channels of ${bits} bits at ${rateHz} Hz`);
  }
  return { float, channels, rateHz, bits };
}

function unreadable(what: string): SondeError {
  return new SondeError('data/unreadable', `this WAV recording cannot be read: ${what}`);
}
