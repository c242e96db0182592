/**
 * Where in which pictures each channel of a layer answers most, which channels tell pictures apart, and which pictures
 * excite one.
 * @module
 */
import type { ShownInputs } from './laboratory.ts';
import type { Subject } from './subject.ts';

/** Of every input and channel, the largest activation and where it is. */
export interface Peaks {
  readonly channels: number;
  readonly cells: number;
  readonly shape: readonly number[];
  /** `[inputs, channels]`. */
  readonly values: Float32Array;
  readonly places: Uint32Array;
}

export async function peaksOf({ laboratory, trained }: Subject, tap: string, inputs: ShownInputs): Promise<Peaks> {
  let peaks: Peaks | undefined;
  for await (const { first, count, taps } of laboratory.activations(trained, inputs)) {
    const { shape, data } = taps[tap];
    const [, channels, ...grid] = shape;
    const cells = grid.reduce((product, n) => product * n, 1);
    peaks ??= {
      channels,
      cells,
      shape: shape.slice(1),
      values: new Float32Array(inputs.count * channels),
      places: new Uint32Array(inputs.count * channels),
    };
    for (let plane = 0; plane < count * channels; plane++) {
      let place = 0;
      for (let i = 1; i < cells; i++)
        if (Number(data[plane * cells + i]) > Number(data[plane * cells + place])) place = i;
      peaks.values[first * channels + plane] = Number(data[plane * cells + place]);
      peaks.places[first * channels + plane] = place;
    }
  }
  return peaks!;
}

/**
 * Channels whose peaks vary most from picture to picture, for their size, among those that answer in `answering` pictures
 * at least: a unit that is silent but for one tells little.
 */
export function mostTelling({ channels, values }: Peaks, count: number, answering: number): number[] {
  const rows = values.length / channels;
  const answers = Array.from({ length: channels }, (_, c) => {
    const own = Array.from({ length: rows }, (_, row) => values[row * channels + c]);
    const least = own.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return own.filter((value) => value > least).length >= answering;
  });
  const telling = Array.from({ length: channels }, (_, c) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const value = values[row * channels + c];
      [sum, squares] = [sum + value, squares + value * value];
    }
    const mean = sum / rows;
    return Math.sqrt(Math.max(0, squares / rows - mean * mean)) / (Math.abs(mean) + 1e-6);
  });
  return telling
    .map((_, c) => c)
    .sort((a, b) => Number(answers[b]) - Number(answers[a]) || telling[b] - telling[a])
    .slice(0, count);
}

/** The strongest pictures of a unit, at most one an item and two a patient. */
export function strongest(
  { channels, values }: Peaks,
  unit: number,
  { items, patients, count }: ShownInputs,
  top: number,
): number[] {
  const order = Array.from({ length: count }, (_, row) => row).sort(
    (a, b) => values[b * channels + unit] - values[a * channels + unit],
  );
  const [usedItems, usedPatients] = [new Set<number>(), new Map<string, number>()];
  const rows: number[] = [];
  for (const row of order) {
    const times = usedPatients.get(patients[row]) ?? 0;
    if (usedItems.has(items[row]) || times >= 2) continue;
    usedItems.add(items[row]);
    usedPatients.set(patients[row], times + 1);
    rows.push(row);
    if (rows.length === top) break;
  }
  return rows;
}
