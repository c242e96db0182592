/**
 * What single units see of the pictures that excite them, by the gradient where they fire, and whether that map is worth
 * showing.
 * @module
 */
import type { Random } from '../base/random.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { Judge, type JudgedMap } from './attribution/judgement.ts';
import { blurredBaseline } from './attribution/maps.ts';
import { type AttributionTarget, inputLength } from './attribution/target.ts';
import { unitTarget } from './attribution/unit-target.ts';
import type { ShownInputs } from './laboratory.ts';
import type { Peaks } from './peaks.ts';
import { gradientEnergy, type Seen, seenBy } from './receptive-field.ts';
import type { Subject } from './subject.ts';

/** What one unit sees of each of its pictures. */
export async function seenByUnit(
  { laboratory, trained }: Subject,
  tap: string,
  unit: number,
  rows: readonly number[],
  inputs: ShownInputs,
  { channels, cells, places }: Peaks,
): Promise<Seen[]> {
  const { fixedBatch } = await laboratory.encoder(trained);
  const batch = fixedBatch ?? rows.length;
  const graph = await laboratory.differentiable(trained, batch);
  const length = inputs.data.length / inputs.count;
  const seen: Seen[] = [];
  for (let first = 0; first < rows.length; first += batch) {
    const part = Array.from({ length: batch }, (_, i) => rows[Math.min(first + i, rows.length - 1)]);
    const data = new Float32Array(batch * length);
    const selection = new Float32Array(batch * channels * cells);
    part.forEach((row, i) => {
      data.set(inputs.data.subarray(row * length, (row + 1) * length), i * length);
      selection[(i * channels + unit) * cells + places[row * channels + unit]] = 1;
    });
    const target = unitTarget(graph, tap, selection, processor);
    const { gradients } = await target.gradients(data);
    await target.release();
    for (let i = 0; i < Math.min(batch, rows.length - first); i++) {
      seen.push(seenBy(gradients.subarray(i * length, (i + 1) * length), target.layout));
    }
  }
  return seen;
}

/**
 * What moves units, held to the checks of every map: the strongest picture of each unit in one batch, as many as fit.
 */
export async function judgedSight(
  { laboratory, trained }: Subject,
  tap: string,
  facts: readonly { readonly unit: number; readonly rows: readonly number[] }[],
  inputs: ShownInputs,
  { channels, cells, places }: Peaks,
  random: Random,
): Promise<JudgedMap> {
  const batch = (await laboratory.encoder(trained)).fixedBatch ?? facts.length;
  const graph = await laboratory.differentiable(trained, batch);
  const length = inputs.data.length / inputs.count;
  const data = new Float32Array(batch * length);
  const selection = new Float32Array(batch * channels * cells);
  for (let i = 0; i < batch; i++) {
    const { unit, rows } = facts[i % facts.length];
    data.set(inputs.data.subarray(rows[0] * length, (rows[0] + 1) * length), i * length);
    selection[(i * channels + unit) * cells + places[rows[0] * channels + unit]] = 1;
  }
  const target = unitTarget(graph, tap, selection, processor);
  const judge = await Judge.open(target, data, blurredBaseline(data, target.layout), random);
  try {
    const draw = async (asked: AttributionTarget) => {
      const { gradients } = await asked.gradients(data);
      const each = inputLength(asked.layout);
      const parts = Array.from({ length: batch }, (_, i) =>
        gradientEnergy(gradients.subarray(i * each, (i + 1) * each), asked.layout),
      );
      const map = new Float32Array(batch * parts[0].length);
      parts.forEach((part, i) => {
        map.set(part, i * part.length);
      });
      return [{ method: 'energy', map, signed: false }];
    };
    return (await judge.judged(draw))[0];
  } finally {
    await judge.release();
    await target.release();
  }
}
