/**
 * Everything the checks say of one item.
 * @module
 */
import type { MediaItem } from '../media.ts';
import type { Box } from '../transform/crop.ts';
import { blackFrames } from './black.ts';
import { burntInText, textFindings } from './burnt-in-text.ts';
import { clipping } from './clipping.ts';
import { colourUse } from './colour.ts';
import { sceneCuts } from './cuts.ts';
import type { Finding } from './finding.ts';
import { fingerprintOf, spreadOver } from './fingerprint.ts';
import { freezing } from './freezing.ts';
import type { ItemFingerprint } from './near-duplicates.ts';
import { type Observation, thumbnailSide } from './observation.ts';
import { type FieldOfView, findFieldOfView, mayHaveSector } from './sector.ts';

export interface ItemQuality {
  readonly id: string;
  readonly findings: readonly Finding[];
  /** Lines of burnt-in text, in stored pixels. */
  readonly text: readonly Box[];
  readonly fieldOfView?: FieldOfView;
}

/** Looks kept of each item for comparison with others. */
const looks = 8;

export function checkItem(item: MediaItem, observation: Observation): ItemQuality & { fingerprint: ItemFingerprint } {
  const text = burntInText(observation);
  const black = blackFrames(observation);
  const empty = black.some(({ text: what }) => /^(is empty|shows one even)/.test(what));
  const fieldOfView = !empty && mayHaveSector(item) ? findFieldOfView(observation, text) : undefined;
  return {
    id: item.id,
    findings: empty
      ? black
      : [
          ...black,
          ...freezing(item, observation),
          ...sceneCuts(item, observation),
          ...clipping(item, observation),
          ...textFindings(text),
          ...colourUse(item, observation),
        ],
    text,
    ...(fieldOfView === undefined ? {} : { fieldOfView }),
    fingerprint: { id: item.id, frames: looksAt(observation), side: Math.min(item.height, item.width) },
  };
}

function looksAt({ frames, thumbnails }: Observation) {
  const cells = thumbnailSide ** 2;
  return spreadOver(frames, looks).flatMap(
    (frame) => fingerprintOf(thumbnails.subarray(frame * cells, (frame + 1) * cells)) ?? [],
  );
}
