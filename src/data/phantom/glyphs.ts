/**
 * Letters three pixels wide and five high, for what scanners burn into frames.
 * @module
 */
const rows: Readonly<Record<string, string>> = {
  A: '25755',
  '0': '75557',
  '1': '26227',
  '2': '71747',
  '3': '71717',
  '4': '55711',
  '5': '74717',
  '6': '74757',
  '7': '71222',
  '8': '75757',
  '9': '75717',
  B: '65656',
  C: '74447',
  D: '65556',
  E: '74647',
  F: '74644',
  G: '74557',
  H: '55755',
  I: '72227',
  L: '44447',
  M: '57755',
  N: '57775',
  O: '75557',
  P: '75744',
  R: '75655',
  S: '74717',
  T: '72222',
  U: '55557',
  V: '55552',
  X: '55255',
  Z: '71247',
  '.': '00002',
  '-': '00700',
  ':': '02020',
  '/': '11244',
};

/** Draws text in a picture of `size × size` at (row, column), each pixel of a glyph `scale` pixels wide. */
export function drawText(
  out: Uint8Array,
  offset: number,
  size: number,
  place: { readonly row: number; readonly column: number; readonly scale: number; readonly grey: number },
  text: string,
): void {
  const { scale, grey } = place;
  for (let k = 0; k < text.length; k++) {
    const glyph = rows[text[k]!];
    if (glyph === undefined) continue;
    for (let i = 0; i < 5 * scale; i++) {
      const bits = Number(glyph[Math.floor(i / scale)]);
      for (let j = 0; j < 3 * scale; j++) {
        if ((bits & (4 >> Math.floor(j / scale))) === 0) continue;
        const row = place.row + i;
        const column = place.column + 4 * scale * k + j;
        if (row >= 0 && row < size && column >= 0 && column < size) out[offset + row * size + column] = grey;
      }
    }
  }
}

/** Width of a text in pixels. */
export const textWidth = (text: string, scale: number): number => scale * (4 * text.length - 1);
