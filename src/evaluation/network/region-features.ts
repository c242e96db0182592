/**
 * Regions of pictures as a frozen network describes them: each is cut out, stretched to the network's input and pooled
 * from every tap that is asked for. Girshick et al., CVPR 2014.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { centreBox, crop } from '../../data/transform/crop.ts';
import { type Presentation, present } from '../../data/transform/presentation.ts';
import type { Encoder } from '../encoder.ts';
import type { Matrix } from '../linear-scores.ts';
import type { Corners } from '../metrics/boxes.ts';
import { planPooling, poolActivations } from '../pooling.ts';
import type { NetworkInput } from '../protocols/protocol.ts';
import { normaliseRows } from '../standardisation.ts';
import type { BoxCase, BoxCases } from './box-cases.ts';

/** Features of the regions of every picture, by a tap. */
export interface RegionTable {
  /** A picture's objects first, then its proposals: `[regions, columns]` each. */
  readonly pictures: readonly Float32Array[];
  readonly columns: number;
}

/** A region of a picture, by the numbers of both. */
export type RegionPlace = readonly [picture: number, region: number];

/** A picture's objects, then its proposals. */
export const regionsOf = ({ objects, proposals }: BoxCase): Corners[] => [
  ...objects.map(({ box }) => box),
  ...proposals,
];

/** One table a tap. */
export async function describeRegions(
  encoder: Encoder,
  { store, onProgress }: Pick<NetworkInput, 'store' | 'onProgress'>,
  { cases }: BoxCases,
  taps: readonly string[],
  dimensions: number,
): Promise<RegionTable[]> {
  const batch = encoder.fixedBatch ?? 32;
  const tables: Float32Array[][] = taps.map(() => []);
  for (const [number, found] of cases.entries()) {
    const regions = regionsOf(found);
    const parts: Float32Array[][] = taps.map(() => []);
    for (let first = 0; first < regions.length; first += batch) {
      const chosen = regions.slice(first, first + batch);
      const shown = chosen.map((box) => cutOut(store, found, box, encoder.presentation));
      const count = encoder.fixedBatch ?? shown.length;
      const data = new Float32Array(count * shown[0].length);
      shown.forEach((picture, i) => {
        data.set(picture, i * picture.length);
      });
      const outputs = await encoder.encode(data, count);
      taps.forEach((tap, i) => {
        const { shape, data: values } = outputs[tap];
        const length = values.length / shape[0];
        const plan = planPooling(shape.slice(1), dimensions);
        parts[i].push(
          poolActivations((values as Float32Array).subarray(0, chosen.length * length), chosen.length, plan),
        );
      });
    }
    parts.forEach((own, i) => {
      tables[i].push(joined(own));
    });
    onProgress?.('describe', number + 1, cases.length);
  }
  return tables.map((pictures) => ({ pictures, columns: pictures[0].length / regionsOf(cases[0]).length }));
}

/** A region with an eighth of its side around it, stretched to the network's input. */
function cutOut(store: FrameStore, { row }: BoxCase, box: Corners, presentation: Presentation): Float32Array {
  const [, height, width] = store.sizeOf(row.item);
  const side = Math.min(height, width);
  const square = centreBox(height, width, side, side);
  const scale = side / presentation.size;
  const [w, h] = [(box[2] - box[0]) / 8, (box[3] - box[1]) / 8];
  const held = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)));
  const x1 = held(square.x + (box[0] - w) * scale, width - 1);
  const y1 = held(square.y + (box[1] - h) * scale, height - 1);
  const x2 = Math.max(x1 + 1, held(square.x + (box[2] + w) * scale, width));
  const y2 = Math.max(y1 + 1, held(square.y + (box[3] + h) * scale, height));
  const frames = store.read(row.item, { start: row.start, count: 1 });
  return present(crop(frames, { x: x1, y: y1, width: x2 - x1, height: y2 - y1 }), { ...presentation, whole: true });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Features of chosen regions, a row each, of length 1. */
export function rowsAt(
  { pictures, columns }: RegionTable,
  regions: readonly RegionPlace[],
): Matrix & { readonly data: Float32Array } {
  const data = new Float32Array(regions.length * columns);
  regions.forEach(([row, region], i) => {
    data.set(pictures[row].subarray(region * columns, (region + 1) * columns), i * columns);
  });
  return normaliseRows(data, columns, Int32Array.from(regions.keys()));
}
