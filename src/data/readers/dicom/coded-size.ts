/**
 * The size that a compressed frame claims, read before a codec reserves memory for it.
 * @module
 */

export interface CodedSize {
  readonly height: number;
  readonly width: number;
}

/** From the frame header of JPEG and JPEG-LS, or the size marker of JPEG 2000; `undefined` where there is none. */
export function codedSize(bytes: Uint8Array): CodedSize | undefined {
  const u16 = (at: number) => bytes[at] * 256 + bytes[at + 1];
  const u32 = (at: number) => u16(at) * 65_536 + u16(at + 2);
  if (bytes[0] === 0xff && bytes[1] === 0x4f) {
    // SIZ follows at once: its extent less its origin (ITU-T T.800, A.5.1).
    if (bytes.length < 24 || u16(2) !== 0xff51) return undefined;
    return { width: u32(8) - u32(16), height: u32(12) - u32(20) };
  }
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
    if (isFrame) return { height: u16(at + 5), width: u16(at + 7) };
    if (marker === 0xda) return undefined;
    at += 2 + u16(at + 2);
  }
  return undefined;
}

/**
 * A JPEG 2000 stream with the extent of the header, where its own contradicts it but its single tile is of just that
 * size: then the size marker is damaged and the header is not. `undefined` where that does not hold.
 */
export function withExtentOfHeader(bytes: Uint8Array, { height, width }: CodedSize): Uint8Array | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0x4f || bytes.length < 40) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // SIZ: extent at 8 and 12, origin at 16 and 20, tile at 24 and 28, origin of tiles at 32 and 36 (ITU-T T.800, A.5.1).
  const at = (offset: number) => view.getUint32(offset);
  const single = at(24) === width && at(28) === height && [16, 20, 32, 36].every((offset) => at(offset) === 0);
  if (view.getUint16(2) !== 0xff51 || !single) return undefined;
  const mended = Uint8Array.from(bytes);
  const changed = new DataView(mended.buffer);
  changed.setUint32(8, width);
  changed.setUint32(12, height);
  return mended;
}
