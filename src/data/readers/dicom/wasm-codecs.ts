/**
 * JPEG baseline, JPEG-LS and JPEG 2000 through the WebAssembly builds of libjpeg-turbo, CharLS and OpenJPEG.
 * @module
 */
import { createRequire } from 'node:module';
import { SondeError } from '../../../base/errors.ts';

export type WasmPacking = 'jpeg' | 'jpeg-ls' | 'jpeg-2000';

/** Samples as the codec gives them: little-endian, colour by pixel. */
export interface CodecFrame {
  readonly bytes: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly samples: number;
  readonly bitsPerSample: number;
  readonly signed: boolean;
}

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

/** Decodes one frame. Throws `data/unreadable`. */
export async function decodeWithCodec(packing: WasmPacking, encoded: Uint8Array): Promise<CodecFrame> {
  const module = await load(packing);
  try {
    const decoder = new module[codecs[packing].decoder]();
    try {
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      decoder.decode();
      const info = decoder.getFrameInfo();
      return {
        bytes: decoder.getDecodedBuffer().slice(),
        height: info.height,
        width: info.width,
        samples: info.componentCount,
        bitsPerSample: info.bitsPerSample,
        signed: info.isSigned === true,
      };
    } finally {
      decoder.delete();
    }
  } catch (error) {
    // After an abort the module's memory cannot be trusted; the next frame gets a fresh one.
    loaded.delete(packing);
    const name = { jpeg: 'JPEG', 'jpeg-ls': 'JPEG-LS', 'jpeg-2000': 'JPEG 2000' }[packing];
    throw new SondeError('data/unreadable', `the ${name} pixels of this DICOM file are damaged`, { cause: error });
  }
}
