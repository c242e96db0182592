import type { Measurement } from '../../src/studies/measurement.ts';

/** A made-up measurement: what each layer got right, item by item. */
export function measurementOf(
  patients: readonly string[],
  taps: Readonly<Record<string, { readonly validation: number; readonly correct: readonly number[] }>>,
): Measurement {
  return {
    label: 'view',
    protocol: 'linear',
    measure: 'accuracy',
    chance: 0.25,
    labelled: { patients: 3, draws: 8 },
    items: patients.map((_, i) => `item ${i}`),
    patients,
    taps: Object.entries(taps).map(([tap, { validation, correct }]) => ({
      tap,
      validation,
      score: correct.reduce((sum, value) => sum + value, 0) / correct.length,
      correct,
    })),
  };
}
