/**
 * DICOM's run-length coding (PS3.5, annex G): PackBits segments, one for each byte of each sample.
 * @module
 */
import { SondeError } from '../../../base/errors.ts';

/**
 * The samples of one frame, little-endian, colour by plane.
 * `planes` is samples per pixel × bytes per sample; segments hold the most significant byte first.
 */
export function decodeRle(frame: Uint8Array, pixels: number, samples: number, bytesPerSample: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const planes = samples * bytesPerSample;
  if (frame.length < 64 || view.getUint32(0, true) !== planes) throw damaged();
  const out = new Uint8Array(pixels * planes);
  for (let plane = 0; plane < planes; plane++) {
    const start = view.getUint32(4 + 4 * plane, true);
    const end = plane + 1 < planes ? view.getUint32(8 + 4 * plane, true) : frame.length;
    if (start < 64 || start > end || end > frame.length) throw damaged();
    const sample = Math.floor(plane / bytesPerSample);
    const byte = bytesPerSample - 1 - (plane % bytesPerSample);
    unpack(frame.subarray(start, end), out, sample * pixels * bytesPerSample + byte, bytesPerSample, pixels);
  }
  return out;
}

function unpack(segment: Uint8Array, out: Uint8Array, first: number, step: number, count: number): void {
  let done = 0;
  let at = 0;
  while (done < count) {
    if (at >= segment.length) throw damaged();
    const control = segment[at++];
    if (control === 128) continue;
    const length = Math.min(count - done, control < 128 ? control + 1 : 257 - control);
    if (control < 128) {
      if (at + length > segment.length) throw damaged();
      for (let i = 0; i < length; i++) out[first + (done + i) * step] = segment[at + i];
      at += control + 1;
    } else {
      const value = segment[at++];
      for (let i = 0; i < length; i++) out[first + (done + i) * step] = value;
    }
    done += length;
  }
}

function damaged(): SondeError {
  return new SondeError('data/unreadable', 'the run-length coded pixels of this DICOM file are damaged');
}
