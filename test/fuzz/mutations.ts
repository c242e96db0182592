/**
 * Ways of damaging a file.
 * @module
 */
import type { Random } from '../../src/base/random.ts';

/** One to three kinds of damage, most of them near the beginning, where lengths and sizes stand. */
export function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  let current = Uint8Array.from(bytes);
  for (let round = 0; round <= random.integer(3); round++) current = random.choice(kinds)(current, random);
  return current;
}

const kinds = [flipped, cut, blownUp, repeated, zeroed, swapped];

function place(length: number, random: Random): number {
  return random.integer(Math.max(1, random.bernoulli(0.6) ? Math.min(length, 512) : length));
}

function flipped(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(bytes);
  for (let i = 0; i <= random.integer(8); i++) out[place(out.length, random)] ^= 1 << random.integer(8);
  return out;
}

function cut(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes.subarray(0, place(bytes.length, random)));
}

/** A length that is not true: the largest numbers of 16 and 32 bits, in both byte orders. */
function blownUp(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(bytes);
  const lengths = [
    [0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0x7f],
    [0x7f, 0xff, 0xff, 0xff],
    [0xff, 0xff],
    [0xff, 0x7f],
    [0, 0, 0, 0x40],
  ];
  out.set(
    random.choice(lengths).slice(0, out.length),
    Math.max(0, Math.min(place(out.length, random), out.length - 4)),
  );
  return out;
}

function repeated(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const start = place(bytes.length, random);
  const part = bytes.subarray(start, start + 1 + random.integer(64));
  return Uint8Array.from([...bytes.subarray(0, start), ...part, ...bytes.subarray(start)]);
}

function zeroed(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const start = place(bytes.length, random);
  return Uint8Array.from(bytes).fill(0, start, start + 1 + random.integer(64));
}

/** Printable digits become other digits: sizes in text headers. */
function swapped(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const out = Uint8Array.from(bytes);
  const digits = [...out.subarray(0, 1024).keys()].filter((i) => out[i] >= 0x30 && out[i] <= 0x39);
  for (let i = 0; i < 3 && digits.length > 0; i++) out[random.choice(digits)] = 0x30 + random.integer(10);
  return out;
}
