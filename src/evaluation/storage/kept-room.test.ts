import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { makeRoom, markUsed } from './kept-room.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-room-'));
after(() => rmSync(root, { recursive: true }));

test('the features used least recently make room; those in use, and other folders, stay', () => {
  const now = Date.now();
  const hour = 3600;
  for (const [name, hoursAgo] of Object.entries({ oldest: 30, older: 20, used: 40, recent: 0.5 })) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'shard-00000.safetensors'), Buffer.alloc(1000));
    const described = join(root, name, 'manifest.json');
    writeFileSync(described, '');
    const then = now / 1000 - hoursAgo * hour;
    utimesSync(described, then, then);
  }
  mkdirSync(join(root, 'of-somebody-else'));
  markUsed(join(root, 'used', 'manifest.json'));
  assert.deepEqual(makeRoom(root, 4000, now), []);
  assert.deepEqual(makeRoom(root, 3500, now), [join(root, 'oldest')]);
  // Whatever the bound, nothing that a process may be reading is taken away.
  assert.deepEqual(makeRoom(root, 0, now), [join(root, 'older')]);
  assert.deepEqual(readdirSync(root).sort(), ['of-somebody-else', 'recent', 'used']);
});
