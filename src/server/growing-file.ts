/**
 * Lines of a file as it grows. A reader can leave and come back to the byte it had reached.
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises';

export interface GrownLine {
  readonly text: string;
  /** Byte after the line's end: where to go on. */
  readonly end: number;
}

export type Growth = { readonly rewound: boolean; readonly lines: readonly GrownLine[] };

const NEWLINE = 10;
const CHUNK = 1 << 20;

/**
 * Reads whole lines from where it stopped the last time. A file that was replaced or cut (a run that resumed from an
 * earlier checkpoint) is read from its beginning again, and `rewound` says so; so does a start inside a line. A last line
 * without its end stays unread until it is whole.
 */
export class GrowingFile {
  readonly #path: string;
  #offset: number;
  #inode: number | undefined;
  #checked: boolean;

  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
    this.#checked = offset === 0;
  }

  /** What has been added, one megabyte at most a call. */
  async read(): Promise<Growth> {
    const file = await open(this.#path, 'r').catch(() => undefined);
    if (file === undefined) return { rewound: false, lines: [] };
    try {
      return await this.#readFrom(file);
    } finally {
      await file.close();
    }
  }

  async #readFrom(file: FileHandle): Promise<Growth> {
    const { size, ino } = await file.stat();
    const replaced = this.#inode !== undefined && this.#inode !== ino;
    this.#inode = ino;
    const lost = size < this.#offset || (!this.#checked && !(await endsLine(file, this.#offset)));
    this.#checked = true;
    const rewound = replaced || lost;
    if (rewound) this.#offset = 0;
    const bytes = new Uint8Array(Math.min(CHUNK, size - this.#offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
    const lines: GrownLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && end < bytesRead; end = bytes.indexOf(NEWLINE, start)) {
      const text = new TextDecoder().decode(bytes.subarray(start, end));
      start = end + 1;
      lines.push({ text, end: this.#offset + start });
    }
    this.#offset += start;
    return { rewound, lines };
  }
}

async function endsLine(file: FileHandle, offset: number): Promise<boolean> {
  const byte = new Uint8Array(1);
  const { bytesRead } = await file.read(byte, 0, 1, offset - 1);
  return bytesRead === 1 && byte[0] === NEWLINE;
}
