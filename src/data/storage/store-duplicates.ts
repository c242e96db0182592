/**
 * Which items of a frame store show the same pictures; found once a store and kept with it.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fingerprintOf, fingerprintSide, spreadOver } from '../quality/fingerprint.ts';
import { findNearDuplicates, type NearDuplicate } from '../quality/near-duplicates.ts';
import { toGrey } from '../transform/grey.ts';
import { resize } from '../transform/resize.ts';
import { writeFileAtomically } from './atomic-file.ts';
import type { OpenFrameStore } from './frame-store.ts';

/** Looks taken at a clip or volume. */
const looks = 8;
const file = 'duplicates-2.json';

const schema = z.array(z.object({ first: z.string(), second: z.string(), likeness: z.number() }));

/** Pairs of near duplicates, identical ones among them. */
export function duplicatesInStore(store: OpenFrameStore): readonly NearDuplicate[] {
  const path = join(store.directory, file);
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Not looked for yet, or cut off: it is found again.
  }
  const pairs = findNearDuplicates(
    store.index.items.map(({ id, height, width }, position) => ({
      id,
      frames: fingerprintsAt(store, position),
      side: Math.min(height, width),
    })),
  );
  try {
    writeFileAtomically(path, JSON.stringify(pairs));
  } catch {
    // A cache that cannot be written to costs the search again, nothing else.
  }
  return pairs;
}

function fingerprintsAt(store: OpenFrameStore, position: number) {
  const [frames] = store.sizeOf(position);
  return spreadOver(frames, looks).flatMap((start) => {
    const picture = toGrey(store.read(position, { start, count: 1 }));
    const levels = resize(picture, fingerprintSide, fingerprintSide).data.map((value) => 255 * value);
    return fingerprintOf(levels) ?? [];
  });
}
