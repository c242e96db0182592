/**
 * From rows of features with labels and parts to what a protocol learns and answers: which rows belong to which part,
 * and which rows are averaged into one answer.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Label, SplitPart } from '../data/media.ts';
import type { ProbeResult } from './probe-result.ts';

/** What is known about each row of the feature tables. */
export interface RowFacts {
  readonly items: readonly string[];
  readonly patients: readonly string[];
  readonly parts: readonly SplitPart[];
  /** Labels by name, a value a row. */
  readonly labels: Readonly<Record<string, readonly (Label | undefined)[]>>;
}

/** One part of the split. An answer is given for each unit: an item, or a single row where labels vary within items. */
export interface ExamplePart {
  /** Rows of the tables that carry the label. */
  readonly rows: Int32Array;
  /** Target of each of those rows. */
  readonly targets: Float64Array;
  /** Unit of each of those rows. */
  readonly unitOfRow: Int32Array;
  readonly units: readonly { readonly item: string; readonly patient: string; readonly target: number }[];
}

export type Examples = Readonly<Record<SplitPart, ExamplePart>>;

/** The values of one label. Throws `evaluation/labels`, listing what there is, where no row has it. */
export function labelValues(facts: Pick<RowFacts, 'labels'>, label: string): readonly (Label | undefined)[] {
  const values = Object.hasOwn(facts.labels, label) ? facts.labels[label] : undefined;
  if (values === undefined || values.every((value) => value === undefined)) {
    const available = Object.keys(facts.labels).filter((name) =>
      facts.labels[name].some((value) => value !== undefined),
    );
    throw new SondeError('evaluation/labels', `no item has the label '${label}'`, {
      hint:
        available.length === 0
          ? 'the data set has no labels: put a labels.csv beside it'
          : `labels of this data set: ${available.sort().join(', ')}`,
    });
  }
  return values;
}

/** Distinct values of a numeric label up to which it is read as classes. */
const mostNumericClasses = 12;

/** Whether a label names classes or measures something: numbers with many distinct values measure. */
export function labelKind(values: readonly (Label | undefined)[]): 'classes' | 'numbers' {
  const distinct = new Set(values.filter((value) => value !== undefined));
  const numeric = [...distinct].every((value) => typeof value === 'number');
  return numeric && distinct.size > mostNumericClasses ? 'numbers' : 'classes';
}

/** Class names in a stable order: numbers by size, else by code unit. Throws `evaluation/labels` for fewer than two. */
export function classesOf(values: readonly (Label | undefined)[], label: string): readonly string[] {
  const distinct = [...new Set(values.filter((value) => value !== undefined))];
  if (distinct.length < 2) {
    throw new SondeError(
      'evaluation/labels',
      `label '${label}' has one class only, so there is nothing to tell apart`,
      {
        found: String(distinct[0]),
        expected: 'two classes or more',
        hint: 'choose another label, or index more of the data',
      },
    );
  }
  const numeric = distinct.every((value) => typeof value === 'number');
  const order = numeric
    ? (a: Label, b: Label) => (a as number) - (b as number)
    : (a: Label, b: Label) => (String(a) < String(b) ? -1 : 1);
  return [...new Set(distinct.sort(order).map(String))];
}

/**
 * Arranges rows by part and unit. `targets[i]` is NaN where row i has no label.
 * Throws `evaluation/labels` for a patient in two parts and for a part without labelled rows.
 */
export function arrangeExamples(facts: RowFacts, targets: ArrayLike<number>, label: string): Examples {
  refuseSharedPatients(facts);
  const varying = labelsVaryWithinItems(facts.items, targets);
  const parts = {} as Record<SplitPart, ExamplePart>;
  for (const part of ['train', 'validation', 'test'] as const) {
    const rows: number[] = [];
    const unitOfRow: number[] = [];
    const units: { item: string; patient: string; target: number }[] = [];
    const unitOfItem = new Map<string, number>();
    for (let row = 0; row < facts.items.length; row++) {
      if (facts.parts[row] !== part || Number.isNaN(targets[row])) continue;
      const item = facts.items[row];
      let unit = varying ? undefined : unitOfItem.get(item);
      if (unit === undefined) {
        unit = units.push({ item, patient: facts.patients[row], target: targets[row] }) - 1;
        unitOfItem.set(item, unit);
      }
      rows.push(row);
      unitOfRow.push(unit);
    }
    if (rows.length === 0) {
      throw new SondeError('evaluation/labels', `no item of the ${part} part has the label '${label}'`, {
        hint: `split the data again so that ${part} patients carry the label`,
      });
    }
    parts[part] = {
      rows: Int32Array.from(rows),
      targets: Float64Array.from(rows, (row) => targets[row]),
      unitOfRow: Int32Array.from(unitOfRow),
      units,
    };
  }
  return parts;
}

function refuseSharedPatients({ patients, parts }: RowFacts): void {
  const partOfPatient = new Map<string, SplitPart>();
  patients.forEach((patient, row) => {
    const known = partOfPatient.get(patient);
    if (known === undefined) {
      partOfPatient.set(patient, parts[row]);
    } else if (known !== parts[row]) {
      throw new SondeError('evaluation/labels', `patient '${patient}' is in two parts, ${known} and ${parts[row]}`, {
        expected: 'every patient in one part only',
        hint: 'make the split again by patient',
      });
    }
  });
}

function labelsVaryWithinItems(items: readonly string[], targets: ArrayLike<number>): boolean {
  const seen = new Map<string, number>();
  for (let row = 0; row < items.length; row++) {
    if (Number.isNaN(targets[row])) continue;
    const known = seen.get(items[row]);
    if (known === undefined) seen.set(items[row], targets[row]);
    else if (known !== targets[row]) return true;
  }
  return false;
}

/** Means of row answers `[rows, width]` over each unit's rows, as `[units, width]`. */
export function averageByUnit(part: ExamplePart, answers: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(part.units.length * width);
  const counts = new Float64Array(part.units.length);
  part.unitOfRow.forEach((unit, row) => {
    counts[unit]++;
    for (let k = 0; k < width; k++) sums[unit * width + k] += answers[row * width + k];
  });
  for (let unit = 0; unit < counts.length; unit++) {
    for (let k = 0; k < width; k++) sums[unit * width + k] /= counts[unit];
  }
  return sums;
}

/** The part that is left of one when only the given of its rows (positions, ascending) are kept. */
export function onlyRows(part: ExamplePart, rows: readonly number[]): ExamplePart {
  const units = [...new Set(rows.map((row) => part.unitOfRow[row]))];
  const position = new Map(units.map((unit, i) => [unit, i]));
  return {
    rows: Int32Array.from(rows, (row) => part.rows[row]),
    targets: Float64Array.from(rows, (row) => part.targets[row]),
    unitOfRow: Int32Array.from(rows, (row) => position.get(part.unitOfRow[row])!),
    units: units.map((unit) => part.units[unit]),
  };
}

/** The part that is left of one when only the given units are kept; they stay in the part's own order. */
export function onlyUnits(part: ExamplePart, kept: readonly number[]): ExamplePart {
  const wanted = new Set(kept);
  return onlyRows(
    part,
    [...part.unitOfRow.keys()].filter((row) => wanted.has(part.unitOfRow[row])),
  );
}

/** Units and patients of each part, as results record them. */
export function countExamples(examples: Examples): ProbeResult['counts'] {
  const count = ({ units }: ExamplePart) => ({
    items: units.length,
    patients: new Set(units.map((unit) => unit.patient)).size,
  });
  return { train: count(examples.train), validation: count(examples.validation), test: count(examples.test) };
}
