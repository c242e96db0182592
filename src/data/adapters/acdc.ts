/**
 * ACDC: short-axis cine MR of five groups of patients, segmented at end diastole and end systole.
 * @module
 */
import type { FileFacts, PartPlace } from '../folder-knowledge.ts';
import type { Annotation, SplitPart } from '../media.ts';
import type { DatasetAdapter } from './adapter.ts';
import { folderOf, known, namedFiles, nameOf, numberOf, settingsOf } from './text-lists.ts';

const cine = /^(patient\d{3})_4d\.nii(\.gz)?$/;
const frame = /^(patient\d{3})_frame(\d{2})(_gt)?\.nii(\.gz)?$/;
const classes = { 1: 'right ventricle', 2: 'myocardium', 3: 'left ventricle' };

export const acdc: DatasetAdapter = {
  id: 'acdc',
  title: 'ACDC',
  contents: '150 patients in five groups, short-axis cine MR with segmentation at end diastole and end systole',
  address: 'https://www.creatis.insa-lyon.fr/Challenge/acdc/',
  terms: 'CC BY-NC-SA 4.0, on registration',
  layout: 'training/patient001/patient001_4d.nii.gz, …_frame01.nii.gz, …_frame01_gt.nii.gz, Info.cfg; testing/…',
  recognises: (tree) => namedFiles(tree, cine).length > 0 || namedFiles(tree, frame).some((path) => /_gt\./.test(path)),
  describe(tree) {
    const companions = new Set(namedFiles(tree, frame).filter((path) => /_gt\./.test(path)));
    const whole = new Set(namedFiles(tree, cine).map(folderOf));
    // Single frames are copies out of the cine, where that is there.
    for (const path of namedFiles(tree, frame)) if (whole.has(folderOf(path))) companions.add(path);
    const about = (path: string, number: number | undefined): FileFacts => {
      const folder = folderOf(path);
      const patient = nameOf(path).slice(0, 10);
      const info = `${folder}Info.cfg`;
      const settings = tree.has(info) ? settingsOf(tree.text(info)) : new Map<string, string>();
      const [diastole, systole] = [numberOf(settings.get('ED')), numberOf(settings.get('ES'))];
      const mask = ['.nii.gz', '.nii']
        .map((ending) => `${folder}${patient}_frame${String(number ?? 0).padStart(2, '0')}_gt${ending}`)
        .find((candidate) => tree.has(candidate));
      const annotations: Annotation[] =
        mask === undefined ? [] : [{ type: 'mask', name: 'heart', file: mask, classes }];
      const official: SplitPart | undefined = /(^|\/)testing\//.test(path)
        ? 'test'
        : /(^|\/)training\//.test(path)
          ? 'train'
          : undefined;
      const phase =
        number === undefined ? undefined : number === diastole ? 'ED' : number === systole ? 'ES' : undefined;
      return {
        patient,
        official,
        labels: known({
          group: settings.get('Group'),
          phase,
          height: numberOf(settings.get('Height')),
          weight: numberOf(settings.get('Weight')),
        }),
        ...(annotations.length === 0 ? {} : { annotations }),
      };
    };
    return {
      source: 'ACDC',
      of(path: string, part?: PartPlace) {
        if (cine.test(nameOf(path))) return about(path, part === undefined ? undefined : part.number + 1);
        const found = frame.exec(nameOf(path));
        return found === null ? undefined : about(path, Number(found[2]));
      },
      companions,
      complete: true,
    };
  },
};
