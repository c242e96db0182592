/**
 * Finding the compressed bytes of one frame among the fragments of a DICOM file (PS3.5, annex A.4).
 * @module
 */
import type { Element } from 'dicom-parser';
import { type DicomHeader, unreadable } from './header.ts';

/** The encoded bytes of frame `number`. Throws `data/unreadable` where the fragments do not tell. */
export function encodedFrame(header: DicomHeader, element: Element, number: number): Uint8Array {
  const { frames } = header;
  const fragments = element.fragments ?? [];
  const offsets = element.basicOffsetTable ?? [];
  if (fragments.length === 0) throw unreadable('its pixels are announced as compressed, but there are none');
  let first: number;
  let end: number;
  if (frames === 1) {
    [first, end] = [0, fragments.length];
  } else if (offsets.length === frames) {
    first = fragments.findIndex((fragment) => fragment.offset === offsets[number]);
    const next = number + 1 < frames ? fragments.findIndex((fragment) => fragment.offset === offsets[number + 1]) : -1;
    end = next < 0 ? (number + 1 < frames ? -1 : fragments.length) : next;
  } else if (fragments.length === frames) {
    [first, end] = [number, number + 1];
  } else {
    const starts = jpegStarts(header.dataSet.byteArray, fragments);
    if (starts.length !== frames) {
      throw unreadable(
        `it announces ${frames} frames, but its ${fragments.length} fragments do not tell where each begins`,
      );
    }
    [first, end] = [starts[number], starts[number + 1] ?? fragments.length];
  }
  if (first < 0 || end <= first) throw unreadable('the table of its frames is damaged');
  return join(header.dataSet.byteArray, fragments.slice(first, end));
}

type Fragments = NonNullable<Element['fragments']>;

/** Fragments that begin like a JPEG, JPEG-LS or JPEG 2000 stream. */
function jpegStarts(bytes: Uint8Array, fragments: Fragments): number[] {
  return fragments.flatMap(({ position }, i) => {
    const second = bytes[position + 1];
    return bytes[position] === 0xff && (second === 0xd8 || second === 0x4f) ? [i] : [];
  });
}

function join(bytes: Uint8Array, fragments: Fragments): Uint8Array {
  const parts = fragments.map(({ position, length }) => bytes.subarray(position, position + length));
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
