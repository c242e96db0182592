/**
 * Bytes as text, in every browser and in Node.
 * @module
 */

/** Base64 without `Buffer`, for browsers. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}
