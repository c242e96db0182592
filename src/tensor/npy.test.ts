import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SondeError } from '../base/errors.ts';
import { float32, hostArray, int64 } from './host-array.ts';
import { parseNpy, readNpyHeader, writeNpy } from './npy.ts';

/** A file as numpy.save writes it (numpy 1.24), from a header and data in hexadecimal. */
function npyFile(header: string, dataHex: string): Uint8Array {
  const text = `${header.padEnd(117)}\n`;
  const bytes = [0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, text.length, 0];
  return Uint8Array.from([...bytes, ...new TextEncoder().encode(text), ...Buffer.from(dataHex, 'hex')]);
}

test('arrays come back as they were written', () => {
  for (const array of [
    float32([2, 3], [1, -2, 3.5, 0, 5, 6]),
    float32([], [7]),
    float32([0, 4], []),
    int64([3], [1, -2, 3]),
    hostArray('uint16', [1, 2, 1], Uint16Array.of(65535, 3)),
    hostArray('bool', [2], Uint8Array.of(1, 0)),
    hostArray('float16', [2], Uint16Array.of(0x3c00, 0xc000)),
  ]) {
    const bytes = writeNpy(array);
    assert.deepEqual(parseNpy(bytes), array);
    assert.equal(readNpyHeader(bytes).dataOffset % 64, 0);
  }
});

test('headers are written as NumPy writes them', () => {
  const text = (array: Parameters<typeof writeNpy>[0]) =>
    new TextDecoder('latin1').decode(writeNpy(array).subarray(10, 80));
  assert.match(text(float32([4], 0)), /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(4,\), \}/);
  assert.match(text(float32([4, 2], 0)), /'shape': \(4, 2\), \}/);
  assert.match(text(float32([], 0)), /'shape': \(\), \}/);
  assert.match(text(hostArray('uint8', [1], Uint8Array.of(1))), /'\|u1'/);
});

test('big-endian and Fortran-ordered arrays are read into row-major order', () => {
  // numpy.array([[1, 2, 3], [4, 5, 6]], '>i2', order='F')
  const bytes = npyFile("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }", '000100040002000500030006');
  const array = parseNpy(bytes);
  assert.deepEqual([array.dtype, array.shape, [...array.data]], ['int16', [2, 3], [1, 2, 3, 4, 5, 6]]);
});

test('broken files are an error with a sentence, whatever is broken', () => {
  const whole = writeNpy(float32([3, 5], 1));
  assert.throws(() => parseNpy(whole.subarray(0, whole.length - 1)), /ends before its array of shape \[3, 5\]/);
  assert.throws(
    () => parseNpy(npyFile("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", '00')),
    /no plain array/,
  );
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
      const bytes = whole.slice(0, length);
      if (at < length) bytes[at] = value;
      try {
        parseNpy(bytes);
      } catch (error) {
        assert.ok(error instanceof SondeError, String(error));
      }
    }),
  );
});
