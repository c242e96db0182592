/**
 * Shortcuts that lie somewhere in the picture: where they are, alone, and put from one question into another.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';
import { changePlane, endsOf, greyPlane, placePairs, planeArea, planeCount, planeStart } from './planes.ts';
import type { PlacedQuestion, Scene, Shortcut } from './shortcut.ts';

/** Cells along each side on which the share of the region is measured. */
const cells = 4;

/** The share of each cell of each plane that the region fills; and how its bright part differs between places in time. */
export function regionAlone({ data, region }: PlacedQuestion, { layout, temporal }: Scene): number[] {
  const count = planeCount(layout);
  const area = planeArea(layout);
  const shown = temporal ? [0] : Array.from({ length: layout.views }, (_, view) => view * layout.frames);
  const shares = shown.flatMap((plane) => cellShares(region?.subarray(plane * area, (plane + 1) * area), layout));
  if (!temporal) return shares;
  const bright = Array.from({ length: count }, (_, plane) =>
    brightPart(greyPlane(data, layout, plane), region?.subarray(plane * area, (plane + 1) * area)),
  );
  const changes = placePairs(count).map(([a, b]) => {
    let changed = 0;
    for (let i = 0; i < area; i++) if (bright[a][i] !== bright[b][i]) changed++;
    return changed / area;
  });
  return [...shares, ...changes];
}

function cellShares(region: Uint8Array | undefined, { height, width }: InputLayout): number[] {
  const counts = new Float64Array(cells * cells);
  if (region === undefined) return [...counts];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (region[y * width + x] === 0) continue;
      counts[Math.floor((y * cells) / height) * cells + Math.floor((x * cells) / width)] += 1;
    }
  }
  return Array.from(counts, (count) => (count * cells * cells) / (height * width));
}

/** Pixels of the region above the middle of its values: its marks, whatever they were scaled by. */
function brightPart(plane: Float32Array, region: Uint8Array | undefined): Uint8Array {
  const out = new Uint8Array(plane.length);
  if (region === undefined) return out;
  const [low, high] = endsOf(plane.filter((_, i) => region[i] === 1));
  for (let i = 0; i < plane.length; i++) out[i] = region[i] === 1 && plane[i] > (low + high) / 2 ? 1 : 0;
  return out;
}

/**
 * Fills the own region, with black or with the mean of what lies outside it, and puts the other's region on top.
 */
export function regionTransplant(fill: 'black' | 'content'): NonNullable<Shortcut['transplant']> {
  return (own, other, { layout }) => {
    const out = own.data.slice();
    const area = planeArea(layout);
    for (let plane = 0; plane < planeCount(layout); plane++) {
      const at = plane * area;
      const levels = Array.from({ length: layout.channels }, (_, channel) =>
        levelOf(own, layout, plane, channel, fill),
      );
      changePlane(out, layout, plane, (value, i, channel) => {
        if (other.region?.[at + i] === 1) return other.data[planeStart(layout, plane, channel) + i];
        return own.region?.[at + i] === 1 ? levels[channel] : value;
      });
    }
    return out;
  };
}

function levelOf(
  { data, region }: PlacedQuestion,
  layout: InputLayout,
  plane: number,
  channel: number,
  fill: 'black' | 'content',
): number {
  const area = planeArea(layout);
  const from = planeStart(layout, plane, channel);
  const values = data.subarray(from, from + area);
  if (fill === 'black') return endsOf(values)[0];
  let [sum, count] = [0, 0];
  for (let i = 0; i < area; i++) {
    if (region?.[plane * area + i] === 1) continue;
    sum += values[i];
    count++;
  }
  return count === 0 ? endsOf(values)[0] : sum / count;
}
