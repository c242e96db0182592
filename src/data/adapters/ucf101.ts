/**
 * UCF101: clips of 101 human actions. Clips of one group show the same people in the same place.
 * @module
 */
import type { DatasetAdapter } from './adapter.ts';
import { OfficialPlaces } from './official-places.ts';
import { linesOf, namedFiles, nameOf } from './text-lists.ts';

const file = /^v_([A-Za-z]+)_(g\d{2})_c\d{2}\.avi$/;

export const ucf101: DatasetAdapter = {
  id: 'ucf101',
  title: 'UCF101',
  contents: '13 320 clips of 101 human actions, in three official splits (--split official:2)',
  address: 'https://www.crcv.ucf.edu/data/UCF101.php',
  terms: 'for research; taken from YouTube',
  layout: 'UCF-101/ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi, ucfTrainTestlist/trainlist01.txt, testlist01.txt',
  recognises: (tree) => namedFiles(tree, file).length > 0,
  officialSplits: 3,
  describe(tree, split) {
    const official = new OfficialPlaces();
    for (const part of ['train', 'test'] as const) {
      for (const list of namedFiles(tree, new RegExp(`^${part}list0${split}\\.txt$`))) {
        for (const line of linesOf(tree.text(list))) official.put(nameOf(line.split(' ')[0]), part, list);
      }
    }
    return {
      source: 'UCF101',
      of(path) {
        const found = file.exec(nameOf(path));
        if (found === null) return undefined;
        const [, action, group] = found;
        return { patient: `${action}-${group}`, labels: { action }, official: official.of(nameOf(path)) };
      },
      companions: new Set(),
      complete: true,
    };
  },
};
