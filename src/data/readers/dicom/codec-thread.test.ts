import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeWithCodec } from './codec-thread.ts';
import { encodedFrame } from './encapsulated.ts';
import { readHeader } from './header.ts';

const file = join(import.meta.dirname, '../../../../../shared/data/dicom-vectors/pydicom-data/RG3_J2KR.dcm');

test('a decoder that takes too long is ended, and the next frame is decoded all the same', {
  skip: existsSync(file) ? false : 'the shared DICOM files are not here',
}, async () => {
  const header = readHeader(readFileSync(file));
  const encoded = encodedFrame(header, header.dataSet.elements.x7fe00010, 0);
  const [first, late, damaged, last] = await Promise.allSettled([
    decodeWithCodec('jpeg-2000', encoded),
    decodeWithCodec('jpeg-2000', encoded, 0),
    decodeWithCodec('jpeg-2000', new Uint8Array(200).fill(7)),
    decodeWithCodec('jpeg-2000', encoded),
  ]);
  assert.equal(late.status === 'rejected' && late.reason.code, 'data/unreadable');
  assert.match(late.status === 'rejected' ? late.reason.message : '', /keep the decoder busy for more than 0 s/);
  assert.match(
    damaged.status === 'rejected' ? damaged.reason.message : '',
    /JPEG 2000 pixels of this DICOM file are damaged/,
  );
  assert.ok(first.status === 'fulfilled' && last.status === 'fulfilled');
  assert.deepEqual(first.value, last.value);
  assert.deepEqual([first.value.height, first.value.width], [header.rows, header.columns]);
});
