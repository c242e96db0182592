/**
 * How much of the attribution lies on the shortcut, against how much of the picture it is.
 * @module
 */
import type { Estimate } from '../../evaluation/probe-result.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { gradientTimesInput } from '../attribution/maps.ts';
import { pictureInput, pretextTarget } from '../attribution/pretext-target.ts';
import { mapLength } from '../attribution/target.ts';
import type { Questioner } from './questions.ts';
import type { AnsweredBatch } from './swap.ts';

export interface Mass {
  /** Share of |gradient × input| on the region, over its share of the area: 1 is as much as anywhere. */
  readonly ratio: Estimate;
  readonly mass: number;
  readonly area: number;
  readonly questions: number;
}

/** `undefined` where no question has the shortcut in a place. */
export function massOn(
  questioner: Questioner,
  batches: readonly AnsweredBatch[],
  maps: readonly Float32Array[],
  level: number,
): Mass | undefined {
  const places = mapLength(questioner.layout);
  const rows: { patient: string; mass: number; area: number }[] = [];
  maps.forEach((map, b) => {
    batches[b].questions.forEach(({ region, patient }, row) => {
      if (region === undefined) return;
      let [inside, total, filled] = [0, 0, 0];
      for (let i = 0; i < places; i++) {
        const value = Math.abs(map[row * places + i]);
        total += value;
        if (region[i] === 0) continue;
        inside += value;
        filled++;
      }
      if (total > 0 && filled > 0) rows.push({ patient, mass: inside / total, area: filled / places });
    });
  });
  if (rows.length === 0) return undefined;
  const mean = (of: (row: (typeof rows)[number]) => number, weights?: Float64Array) => {
    let [sum, total] = [0, 0];
    rows.forEach((row, i) => {
      const weight = weights === undefined ? 1 : weights[i];
      [sum, total] = [sum + weight * of(row), total + weight];
    });
    return sum / total;
  };
  const { intervals } = clusterBootstrap(
    rows.map(({ patient }) => patient),
    (weights) => [mean(({ mass }) => mass, weights) / mean(({ area }) => area, weights)],
    { level },
  );
  return {
    ratio: intervals[0],
    mass: mean(({ mass }) => mass),
    area: mean(({ area }) => area),
    questions: rows.length,
  };
}

/** Gradient × input of the right answers of each batch, `[questions, places]`. */
export async function attributionMaps(
  { network }: Questioner,
  batches: readonly Pick<AnsweredBatch, 'batch'>[],
): Promise<Float32Array[]> {
  const maps: Float32Array[] = [];
  for (const { batch } of batches) {
    const target = pretextTarget(network, batch, processor);
    try {
      maps.push(await gradientTimesInput(target, batch.arrays[pictureInput(network)].data as Float32Array));
    } finally {
      await target.release();
    }
  }
  return maps;
}
