/**
 * Does the network cheat? Every shortcut of the catalogue held against its questions: alone, exchanged, in its
 * attribution, in its frozen features, and with the counter-measure taken away (methods.md 7.9).
 * @module
 */
import { z } from 'zod';
import { defineInstrument } from '../instrument.ts';
import { auditShortcuts } from '../shortcuts/audit.ts';
import { auditFinding } from '../shortcuts/audit-finding.ts';
import { shortcutById, shortcuts } from '../shortcuts/index.ts';
import type { Subject } from '../subject.ts';

const options = z.strictObject({
  shortcuts: z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.string()).optional())
    .describe('which, with commas; default: all that can be in the questions'),
  questions: z.int().min(32).default(256).describe('questions put to the network'),
  alone: z.int().min(64).default(768).describe('questions from which the shortcut alone is read'),
  margin: z.number().min(0).max(0.5).default(0.02).describe('what an interval must exceed to count'),
  steps: z.int().min(0).default(0).describe('steps of each training with a counter-measure on and off; 0: none'),
  label: z
    .string()
    .optional()
    .describe('label of the probes of those trainings; default: the first of two to ten classes'),
});
type Options = z.infer<typeof options>;

export const shortcutAudit = defineInstrument<Options>({
  id: 'shortcuts',
  title: 'Shortcuts',
  question: 'Does the network answer by cues that have nothing to do with the content?',
  source: 'methods.md 0.4 and 7.9; Geirhos et al., Nature Machine Intelligence 2020',
  usual: false,
  options,
  unfit: () => undefined,
  async look(subject, chosen, { random, onProgress, signal }) {
    const list = chosen.shortcuts?.map((id) => shortcutById(id.trim())) ?? shortcuts;
    const label = chosen.label ?? usualLabel(subject);
    const settings = { ...chosen, ...(label === undefined ? {} : { label }) };
    const result = await auditShortcuts(subject, list, settings, {
      random,
      onProgress: (done, total) => onProgress(done, total, total === list.length ? 'shortcuts' : 'steps'),
      ...(signal === undefined ? {} : { signal }),
    });
    return auditFinding(result);
  },
});

/** The first label with two to ten classes, each of them shown by two patients or more. */
function usualLabel({ store }: Subject): string | undefined {
  const patients = new Map<string, Map<string, Set<string>>>();
  for (const { labels, patient } of store.index.items) {
    for (const [name, value] of Object.entries(labels)) {
      if (typeof value !== 'string') continue;
      const classes = patients.get(name) ?? new Map<string, Set<string>>();
      patients.set(name, classes.set(value, (classes.get(value) ?? new Set()).add(patient)));
    }
  }
  const fitting = [...patients].find(
    ([, classes]) => classes.size >= 2 && classes.size <= 10 && [...classes.values()].every((shown) => shown.size > 1),
  );
  return fitting?.[0];
}
