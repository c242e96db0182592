/**
 * Which training units are labelled when few are: so many a class, or those of a share of the patients. Of one order,
 * the smaller choice is part of the larger.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { ExamplePart } from './examples.ts';

/** Units of each class in the order they would be labelled: a patient's second only after the first of every other. */
export function orderByClass({ units }: ExamplePart, classes: number, random: Random): number[][] {
  return Array.from({ length: classes }, (_, k) => {
    const ofPatient = new Map<string, number[]>();
    for (const unit of random.shuffle([...units.keys()])) {
      if (units[unit].target !== k) continue;
      const own = ofPatient.get(units[unit].patient) ?? [];
      ofPatient.set(units[unit].patient, [...own, unit]);
    }
    const patients = [...ofPatient.values()];
    const rounds = Math.max(0, ...patients.map((own) => own.length));
    return Array.from({ length: rounds }, (_, round) => patients.flatMap((own) => own.slice(round, round + 1))).flat();
  });
}

export interface PatientOrder {
  readonly patients: readonly string[];
  /** How many of the first show every class. */
  readonly covering: number;
}

/** Patients in the order they would be labelled: first as many as it takes to show every class, then the others. */
export function orderPatients({ units }: ExamplePart, random: Random): PatientOrder {
  const shown = new Map<string, Set<number>>();
  for (const { patient, target } of units) shown.set(patient, (shown.get(patient) ?? new Set()).add(target));
  const shuffled = random.shuffle([...shown.keys()]);
  const missing = new Set(units.map((unit) => unit.target));
  const first: string[] = [];
  for (const patient of shuffled) {
    const news = [...shown.get(patient)!].filter((target) => missing.has(target));
    if (news.length === 0) continue;
    first.push(patient);
    for (const target of news) missing.delete(target);
  }
  const chosen = new Set(first);
  return { patients: [...first, ...shuffled.filter((patient) => !chosen.has(patient))], covering: first.length };
}

/** The units of the given patients. */
export function unitsOf({ units }: ExamplePart, patients: readonly string[]): number[] {
  const wanted = new Set(patients);
  return [...units.keys()].filter((unit) => wanted.has(units[unit].patient));
}
