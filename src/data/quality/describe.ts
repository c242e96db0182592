/**
 * The quality of a data set as lines of text, worst first.
 * @module
 */
import { type DatasetQuality, duplicateGroups, findingsByCheck } from './dataset-quality.ts';
import type { CheckName } from './finding.ts';

export const checkTitles: Readonly<Record<CheckName, string>> = {
  black: 'Empty pictures',
  frozen: 'Clips that stand still',
  freeze: 'Frozen stretches',
  repeats: 'Repeated frames',
  cut: 'Cuts',
  clipped: 'Cut-off intensities',
  text: 'Burnt-in text',
  colour: 'Colour',
};

/** What a finding means for training, and what to do about it. */
const checkNotes: Readonly<Partial<Record<CheckName, string>>> = {
  frozen: 'Nothing moves, so nothing about time can be learned from them.',
  freeze: 'A network can learn to recognise the still frames instead of the motion.',
  repeats: 'Recorded at a lower rate than they are played: sample them by time.',
  cut: 'A clip taken across a cut shows two scenes. Cut the files there, or leave them out.',
  clipped: 'What is fully white or black has lost its detail. For CT and MR choose another window (--intensity).',
  text: 'It can name a patient and it gives away the scanner. --field-of-view mask blackens it in training, sonde data deidentify in copies of DICOM files.',
};

/** A heading, what it means, and its rows. */
export interface QualityBlock {
  readonly title: string;
  readonly note?: string;
  readonly rows: readonly (readonly string[])[];
}

/** Blocks for a report; empty where everything is in order. */
export function describeQuality(quality: DatasetQuality): QualityBlock[] {
  const { items, nearDuplicates, inconsistencies, thinClasses } = quality;
  const blocks: QualityBlock[] = [];
  if (nearDuplicates.length > 0) {
    const groups = duplicateGroups(nearDuplicates);
    const rows = groups.map(({ items: ids, meaning }) => [meaning, listOf(ids)]);
    const leaks = groups.some(({ meaning }) => meaning === 'leak');
    blocks.push({
      title: `The same pictures (${groups.length} group${groups.length === 1 ? '' : 's'})`,
      ...(leaks
        ? { note: 'A leak is in two parts of the split: what was learned by heart would look like skill.' }
        : {}),
      rows,
    });
  }
  for (const { check, findings } of findingsByCheck(items)) {
    const rows = findings.map(({ id, severity, texts }) => [severity, id, texts.join('; ')]);
    const note = checkNotes[check];
    blocks.push({
      title: `${checkTitles[check]} (${findings.length} of ${items.length})`,
      ...(note === undefined ? {} : { note }),
      rows,
    });
  }
  if (inconsistencies.length > 0) {
    blocks.push({ title: 'Not the same throughout', rows: inconsistencies.map(({ what, text }) => [what, text]) });
  }
  if (thinClasses.length > 0)
    blocks.push({
      title: 'Too few patients to judge',
      note: 'Classes with fewer than three patients in a part: what is measured on them says little.',
      rows: thinClasses.map(({ label, text }) => [label, text]),
    });
  return blocks;
}

/** What was scanned, in one sentence; `undefined` where no item has a field of view. */
export function describeFieldsOfView({ items }: Pick<DatasetQuality, 'items'>): string | undefined {
  const found = items.flatMap(({ fieldOfView }) => fieldOfView ?? []);
  if (found.length === 0) return undefined;
  const count = (shape: string) => found.filter((view) => view.shape === shape).length;
  const shapes = (['sector', 'rectangle', 'polygon'] as const).flatMap((shape) =>
    count(shape) === 0 ? [] : [`${count(shape)} ${shape}${count(shape) === 1 ? '' : 's'}`],
  );
  const shares = found.map(({ share }) => share).sort((a, b) => a - b);
  const middle = Math.round(100 * shares[shares.length >> 1]);
  return `outlined in ${found.length} of ${items.length}: ${shapes.join(', ')}; ${middle} % of the frame (median)`;
}

const idsListed = 4;

function listOf(ids: readonly string[]): string {
  const more = ids.length > idsListed ? ` and ${ids.length - idsListed} more` : '';
  return `${ids.slice(0, idsListed).join(' ≈ ')}${more}`;
}
