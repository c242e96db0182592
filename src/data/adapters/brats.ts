/**
 * BraTS: four co-registered MR series of brain tumours, with segmentation; names of 2017 to 2021 and of 2023 on.
 * @module
 */
import type { FileFacts } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';
import { folderOf, known, namedFiles, nameOf, recordsOf } from './text-lists.ts';

const file = /^(BraTS.*?)[_-](t1|t1ce|t2|flair|t1n|t1c|t2w|t2f|seg)\.nii(\.gz)?$/i;
const series: Readonly<Record<string, string>> = { t1n: 't1', t1ce: 't1ce', t1c: 't1ce', t2w: 't2', t2f: 'flair' };

export const brats: DatasetAdapter = {
  id: 'brats',
  title: 'BraTS',
  contents: 'brain tumours in T1, contrast-enhanced T1, T2 and FLAIR, co-registered, with segmentation',
  address: 'https://www.synapse.org/brats',
  terms: 'on registration; CC BY 4.0 for most years',
  layout: 'BraTS20_Training_001/BraTS20_Training_001_flair.nii.gz, …_seg.nii.gz; or BraTS-GLI-00000-000/…-t2f.nii.gz',
  recognises: (tree) => namedFiles(tree, file).length > 0,
  describe(tree) {
    const grades = new Map<string, string>();
    for (const path of namedFiles(tree, /^name_mapping.*\.csv$/)) {
      for (const row of recordsOf(tree.text(path))) {
        // A column for each year's name of the same patient.
        for (const [column, id] of Object.entries(row)) {
          if (/subject_?ID$/i.test(column) && row.Grade !== undefined) grades.set(id, row.Grade);
        }
      }
    }
    const facts = new Map<string, FileFacts>();
    const companions = new Set<string>();
    for (const path of namedFiles(tree, file)) {
      const [, subject, kind] = file.exec(nameOf(path))!;
      if (kind.toLowerCase() === 'seg') {
        companions.add(path);
        continue;
      }
      const separator = nameOf(path)[subject.length];
      const mask = ['.nii.gz', '.nii']
        .map((ending) => `${folderOf(path)}${subject}${separator}seg${ending}`)
        .find((candidate) => tree.has(candidate));
      // The last year's numbers differ: 3 is what used to be 4.
      const enhancing = /^BraTS-/i.test(subject) ? '3' : '4';
      const classes = { 1: 'necrotic core', 2: 'oedema', [enhancing]: 'enhancing tumour' };
      facts.set(path, {
        // BraTS-GLI-00001-001 is the second visit of 00001.
        patient: subject.replace(/^(BraTS-[A-Z]+-\d+)-\d+$/i, '$1'),
        labels: known({ series: series[kind.toLowerCase()] ?? kind.toLowerCase(), grade: grades.get(subject) }),
        ...(mask === undefined ? {} : { annotations: [{ type: 'mask', name: 'tumour', file: mask, classes }] }),
      });
    }
    return { source: 'BraTS', of: (path) => facts.get(path), companions, complete: true };
  },
};
