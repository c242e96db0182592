/**
 * The thread that decodes JPEG baseline, JPEG-LS and JPEG 2000 with the WebAssembly builds of libjpeg-turbo, CharLS and
 * OpenJPEG. Their calls cannot be interrupted: what takes too long is ended with the thread (see `codec-thread.ts`).
 * @module
 */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { SondeError } from '../../../base/errors.ts';
import type { CodecAnswer, CodecFrame, CodecQuestion, WasmPacking } from './codec-thread.ts';

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean };
  delete(): void;
}

type CodecModule = Readonly<Record<string, new () => Decoder>>;
type Factory = (settings: { print(): void; printErr(): void }) => Promise<CodecModule>;

const codecs: Readonly<Record<WasmPacking, { readonly packageName: string; readonly decoder: string }>> = {
  jpeg: { packageName: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', decoder: 'JPEGDecoder' },
  'jpeg-ls': { packageName: '@cornerstonejs/codec-charls/decodewasmjs', decoder: 'JpegLSDecoder' },
  'jpeg-2000': { packageName: '@cornerstonejs/codec-openjpeg/decodewasmjs', decoder: 'J2KDecoder' },
};

const require = createRequire(import.meta.url);
const loaded = new Map<WasmPacking, Promise<CodecModule>>();

function load(packing: WasmPacking): Promise<CodecModule> {
  let module = loaded.get(packing);
  if (module === undefined) {
    const silent = () => undefined;
    module = (require(codecs[packing].packageName) as Factory)({ print: silent, printErr: silent });
    loaded.set(packing, module);
  }
  return module;
}

function decoded(module: CodecModule, { packing, encoded }: CodecQuestion): CodecFrame {
  const decoder = new module[codecs[packing].decoder]();
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    const info = decoder.getFrameInfo();
    const bytes = decoder.getDecodedBuffer().slice();
    // What is no stream at all is not refused by every decoder: it leaves a frame of nothing.
    const values = info.width * info.height * info.componentCount;
    if (!(values > 0) || bytes.length < values) throw new SondeError('data/unreadable', 'the frame was not decoded');
    return {
      bytes,
      height: info.height,
      width: info.width,
      samples: info.componentCount,
      bitsPerSample: info.bitsPerSample,
      signed: info.isSigned === true,
    };
  } finally {
    decoder.delete();
  }
}

const port = parentPort;
if (port === null) throw new SondeError('internal', 'this module runs in a worker thread only');

port.on('message', async (question: CodecQuestion) => {
  const started: CodecAnswer = { started: true };
  try {
    const module = await load(question.packing);
    port.postMessage(started);
    const frame = decoded(module, question);
    const answer: CodecAnswer = { frame };
    port.postMessage(answer, [frame.bytes.buffer as ArrayBuffer]);
  } catch {
    // After an abort the module's memory cannot be trusted; the next frame gets a fresh one.
    loaded.delete(question.packing);
    const answer: CodecAnswer = {};
    port.postMessage(answer);
  }
});
