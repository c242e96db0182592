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
