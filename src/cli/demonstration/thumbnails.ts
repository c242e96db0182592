/**
 * A few pictures of a data set, one of each class from training patients.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import type { CaptionedPicture } from '../../report/figures/picture-grid.ts';

/** At most `count` items that differ in the label, then in the patient. */
export function thumbnails(store: FrameStore, label: string, count = 8): CaptionedPicture[] {
  const { items, split } = store.index;
  const training = items.flatMap((item, position) => (split.parts[item.patient] === 'train' ? [position] : []));
  const byClass = new Map<string, number[]>();
  for (const position of training) {
    const value = String(items[position].labels[label] ?? '');
    byClass.set(value, [...(byClass.get(value) ?? []), position]);
  }
  const chosen: number[] = [];
  for (let round = 0; chosen.length < Math.min(count, training.length); round++) {
    for (const positions of byClass.values()) {
      const position = positions[Math.min(positions.length - 1, round * 3)];
      if (chosen.length < count && !chosen.includes(position)) chosen.push(position);
    }
    if (round > training.length) break;
  }
  return chosen.map((position) => {
    const [frames] = store.sizeOf(position);
    const { data, shape } = store.read(position, { start: Math.floor(frames / 2), count: 1 });
    return {
      picture: { data, shape },
      caption: String(items[position].labels[label] ?? items[position].id).replaceAll('-', ' '),
    };
  });
}
