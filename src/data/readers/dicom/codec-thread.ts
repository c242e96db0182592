/**
 * JPEG baseline, JPEG-LS and JPEG 2000 frames, decoded in a thread that is ended where a damaged frame keeps it busy.
 * @module
 */
import type { Worker } from 'node:worker_threads';
import { SondeError } from '../../../base/errors.ts';
import { startWorker } from '../../../base/node/worker.ts';

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

export interface CodecQuestion {
  readonly packing: WasmPacking;
  readonly encoded: Uint8Array;
}

/** That decoding begins, then the frame, or nothing where it is damaged. */
export interface CodecAnswer {
  readonly started?: true;
  readonly frame?: CodecFrame;
}

/** A frame of 4096 x 4096 takes half a second. */
const longestMs = 5000;

const names: Readonly<Record<WasmPacking, string>> = { jpeg: 'JPEG', 'jpeg-ls': 'JPEG-LS', 'jpeg-2000': 'JPEG 2000' };

let thread: Worker | undefined;
/** One frame at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Decodes one frame. Throws `data/unreadable`. `limitMs` bounds how long it may take. */
export function decodeWithCodec(
  packing: WasmPacking,
  encoded: Uint8Array,
  limitMs: number = longestMs,
): Promise<CodecFrame> {
  // The worker takes the bytes, not the whole file they are a view of.
  const question: CodecQuestion = { packing, encoded: new Uint8Array(encoded) };
  const next = last.then(() => ask(question, limitMs));
  last = next.catch(() => undefined);
  return next;
}

function ask(question: CodecQuestion, limitMs: number): Promise<CodecFrame> {
  thread ??= startWorker(import.meta.url, 'codec-worker');
  const worker = thread;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      // An idle thread does not keep the process alive.
      worker.unref();
      finish();
    };
    const fail = (what: string) => {
      const name = names[question.packing];
      reject(new SondeError('data/unreadable', `the ${name} pixels of this DICOM file ${what}`));
    };
    const onMessage = ({ started, frame }: CodecAnswer) => {
      if (started) {
        timer = setTimeout(() => {
          thread = undefined;
          void worker.terminate();
          settle(() => fail(`keep the decoder busy for more than ${limitMs / 1000} s: they are damaged`));
        }, limitMs);
        return;
      }
      settle(() => (frame === undefined ? fail('are damaged') : resolve(frame)));
    };
    const onEnd = () => {
      thread = undefined;
      settle(() => fail('are damaged'));
    };
    worker.ref();
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
    worker.postMessage(question, [question.encoded.buffer as ArrayBuffer]);
  });
}
