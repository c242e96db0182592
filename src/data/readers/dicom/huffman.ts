/**
 * Huffman codes of JPEG (ITU-T T.81, annexes C and F), in both its lossless and its DCT processes.
 * @module
 */

/** Values by code: for every 16 bits that may come next, `value << 5 | length`; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

/** Reads the tables of one DHT segment; `slot` is the table's class (upper four bits) and number. */
export function readHuffmanTables(
  body: Uint8Array,
  keep: (slot: number, table: HuffmanTable) => void,
  damaged: () => Error,
): void {
  let at = 0;
  while (at + 17 <= body.length) {
    const slot = body[at];
    const counts = body.subarray(at + 1, at + 17);
    at += 17;
    const table = new Uint16Array(65536);
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      for (let i = 0; i < counts[length - 1]; i++, code++) {
        const value = body[at++];
        if (value === undefined || code >= 1 << length) throw damaged();
        table.fill((value << 5) | length, code << (16 - length), (code + 1) << (16 - length));
      }
      code <<= 1;
    }
    keep(slot, table);
  }
}

/** Bits of one scan, without the stuffed zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #damaged: () => Error;
  #at: number;
  #bits = 0;
  #count = 0;
  /** Bits made up behind the end of the data. */
  #missing = 0;

  constructor(bytes: Uint8Array, start: number, damaged: () => Error) {
    this.#bytes = bytes;
    this.#at = start;
    this.#damaged = damaged;
  }

  /** The value whose code comes next. */
  symbol(table: HuffmanTable): number {
    const entry = table[this.#peek(16)];
    if (entry === 0) throw this.#damaged();
    this.#count -= entry & 31;
    return entry >> 5;
  }

  /** The next difference: its category by Huffman code, then as many bits. */
  difference(table: HuffmanTable): number {
    return this.signed(this.symbol(table));
  }

  /** A number of so many bits, 0 to 16; the lower half of them stands for negative numbers. */
  signed(category: number): number {
    if (category === 0) return 0;
    if (category > 16) throw this.#damaged();
    if (category === 16) return 32768;
    const value = this.#peek(category);
    this.#count -= category;
    if (this.#count < this.#missing) throw this.#damaged();
    return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
  }

  #peek(length: number): number {
    while (this.#count < length) {
      let byte = this.#bytes[this.#at];
      if (byte === undefined || (byte === 0xff && this.#bytes[this.#at + 1] !== 0)) {
        // A marker or the end: zeros follow, which are an error only once they are used.
        byte = 0;
        this.#missing += 8;
        if (this.#missing > 64) throw this.#damaged();
      } else this.#at += byte === 0xff ? 2 : 1;
      // No more than 23 bits are ever held, so nothing is lost at the top.
      this.#bits = ((this.#bits << 8) | byte) & 0xffffff;
      this.#count += 8;
    }
    return (this.#bits >> (this.#count - length)) & ((1 << length) - 1);
  }

  /** Goes on behind the next restart marker. */
  restart(): void {
    this.#bits = this.#count = this.#missing = 0;
    const marker = this.#bytes[this.#at + 1];
    if (this.#bytes[this.#at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw this.#damaged();
    this.#at += 2;
  }
}
