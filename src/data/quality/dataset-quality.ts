/**
 * What the checks say of a whole data set, as plain data.
 * @module
 */
import { type Leak, leaksOf } from '../leakage.ts';
import type { DatasetIndex, Problem } from '../media.ts';
import { type ThinClass, thinClasses } from './class-counts.ts';
import { type Inconsistency, inconsistencies } from './consistency.ts';
import type { CheckName, Finding } from './finding.ts';
import type { ItemQuality } from './item-quality.ts';
import { findNearDuplicates, type NearDuplicate } from './near-duplicates.ts';
import type { ScannedItem } from './scan.ts';

export interface DatasetQuality {
  /** Items that were decoded, without their fingerprints. */
  readonly items: readonly ItemQuality[];
  readonly problems: readonly Problem[];
  readonly nearDuplicates: readonly DuplicatePair[];
  readonly inconsistencies: readonly Inconsistency[];
  readonly thinClasses: readonly ThinClass[];
}

export interface DuplicatePair extends NearDuplicate {
  /** Of two patients: one of them is not who the table says, or a recording was filed twice. */
  readonly acrossPatients: boolean;
  /** In two parts of the split: a leak. */
  readonly acrossParts: boolean;
}

export function datasetQuality(
  index: DatasetIndex,
  scanned: readonly ScannedItem[],
  problems: readonly Problem[] = [],
): DatasetQuality {
  const patients = new Map(index.items.map(({ id, patient }) => [id, patient]));
  const pairs = findNearDuplicates(scanned.map(({ fingerprint }) => fingerprint));
  const leaking = new Set(leaksOf(index, pairs).map(keyOf));
  return {
    items: scanned.map(({ fingerprint: _, ...quality }) => quality),
    problems,
    nearDuplicates: pairs.map((pair) => ({
      ...pair,
      acrossPatients: patients.get(pair.first) !== patients.get(pair.second),
      acrossParts: leaking.has([pair.first, pair.second].sort().join('\0')),
    })),
    inconsistencies: inconsistencies(index.items),
    thinClasses: thinClasses(index),
  };
}

function keyOf({ item, twin }: Leak): string {
  return [item.id, twin.id].sort().join('\0');
}

/** Items that show the same pictures, directly or through another, and the gravest of what that means. */
export interface DuplicateGroup {
  readonly items: readonly string[];
  readonly meaning: 'leak' | 'two patients' | 'one patient';
}

/** Groups of near duplicates, leaks first. */
export function duplicateGroups(pairs: readonly DuplicatePair[]): DuplicateGroup[] {
  const groupOf = new Map<string, Set<string>>();
  for (const { first, second } of pairs) {
    const merged = new Set([...(groupOf.get(first) ?? [first]), ...(groupOf.get(second) ?? [second])]);
    for (const id of merged) groupOf.set(id, merged);
  }
  const meanings = ['leak', 'two patients', 'one patient'] as const;
  const groups = [...new Set(groupOf.values())].map((group): DuplicateGroup => {
    const own = pairs.filter(({ first }) => group.has(first));
    const leak = own.some(({ acrossParts }) => acrossParts);
    const meaning = leak ? 'leak' : own.some(({ acrossPatients }) => acrossPatients) ? 'two patients' : 'one patient';
    return { items: [...group], meaning };
  });
  return groups.sort((a, b) => meanings.indexOf(a.meaning) - meanings.indexOf(b.meaning));
}

/** What one check says of one item, and the graver of what it means. */
export interface ItemFindings {
  readonly id: string;
  readonly severity: Finding['severity'];
  readonly texts: readonly string[];
}

/** Findings of one check with the items they are about, the most frequent check first. */
export function findingsByCheck(items: readonly ItemQuality[]): { check: CheckName; findings: ItemFindings[] }[] {
  const groups = new Map<CheckName, ItemFindings[]>();
  for (const { id, findings } of items) {
    for (const check of new Set(findings.map((finding) => finding.check))) {
      const own = findings.filter((finding) => finding.check === check);
      const severity = own.some((finding) => finding.severity === 'warning') ? 'warning' : 'note';
      groups.set(check, [...(groups.get(check) ?? []), { id, severity, texts: own.map(({ text }) => text) }]);
    }
  }
  return [...groups]
    .map(([check, findings]) => ({ check, findings }))
    .sort((a, b) => b.findings.length - a.findings.length);
}
