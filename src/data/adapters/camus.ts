/**
 * CAMUS: two- and four-chamber echocardiograms with segmented ventricle, wall and atrium; as NIfTI or as MetaImage.
 * @module
 */
import type { FileFacts } from '../folder-knowledge.ts';
import type { SplitPart } from '../media.ts';
import type { DatasetAdapter } from './adapter.ts';
import { OfficialPlaces } from './official-places.ts';
import { folderOf, known, linesOf, namedFiles, nameOf, numberOf, settingsOf } from './text-lists.ts';

const file = /^(patient\d{4})_([24]CH)_(ED|ES|half_sequence|sequence)(_gt)?\.(nii\.gz|nii|mhd)$/;
const classes = { 1: 'left ventricle', 2: 'myocardium', 3: 'left atrium' };
const lists: readonly (readonly [RegExp, SplitPart])[] = [
  [/^subgroup_training\.txt$/, 'train'],
  [/^subgroup_validation\.txt$/, 'validation'],
  [/^subgroup_testing\.txt$/, 'test'],
];

export const camus: DatasetAdapter = {
  id: 'camus',
  title: 'CAMUS',
  contents: '500 patients, two- and four-chamber echocardiograms with segmentation at end diastole and end systole',
  address: 'https://www.creatis.insa-lyon.fr/Challenge/camus/',
  terms: 'CC BY-NC-SA 4.0',
  layout: 'patient0001/patient0001_2CH_ED.nii.gz, …_ED_gt.nii.gz, …_half_sequence.nii.gz, Info_2CH.cfg',
  recognises: (tree) => namedFiles(tree, file).length > 0,
  describe(tree) {
    const official = new OfficialPlaces();
    for (const [pattern, part] of lists) {
      for (const path of namedFiles(tree, pattern))
        for (const patient of linesOf(tree.text(path))) official.put(patient, part, path);
    }
    const facts = new Map<string, FileFacts>();
    const companions = new Set<string>();
    for (const path of tree.paths) {
      const found = file.exec(nameOf(path));
      if (found === null) continue;
      const [, patient, view, phase, truth, ending] = found;
      if (truth !== undefined) {
        companions.add(path);
        continue;
      }
      const info = `${folderOf(path)}Info_${view}.cfg`;
      const settings = tree.has(info) ? settingsOf(tree.text(info)) : new Map<string, string>();
      const moving = phase.endsWith('sequence');
      const mask = path.replace(`.${ending}`, `_gt.${ending}`);
      const rate = numberOf(settings.get('FrameRate'));
      facts.set(path, {
        patient,
        official: official.of(patient),
        labels: known({
          view,
          phase: moving ? undefined : phase,
          ef: numberOf(settings.get('EF') ?? settings.get('LVef')),
          quality: settings.get('ImageQuality'),
          sex: settings.get('Sex'),
          age: numberOf(settings.get('Age')),
        }),
        ...(tree.has(mask) ? { annotations: [{ type: 'mask', name: 'heart', file: mask, classes }] } : {}),
        // Three axes in the file, but the third is time.
        ...(moving
          ? { description: { kind: 'clip' as const, ...(rate === undefined ? {} : { frameRateHz: rate }) } }
          : {}),
      });
    }
    return { source: 'CAMUS', of: (path) => facts.get(path), companions, complete: true };
  },
};
