/**
 * HMDB51: clips of 51 human actions, cut out of films and web videos.
 * @module
 */
import type { FileFacts } from '../folder-knowledge.ts';
import type { SplitPart } from '../media.ts';
import type { DatasetAdapter } from './adapter.ts';
import { linesOf, namedFiles, nameOf } from './text-lists.ts';

/** The set's own coding of what a clip shows stands at the end of its name. */
const clip = /^(.+)_[a-z]_(nm|cm)_(np\d)_(ba|fr|le|ri)_(goo|med|bad)_\d+\.avi$/;

export const hmdb51: DatasetAdapter = {
  id: 'hmdb51',
  title: 'HMDB51',
  contents: '6 766 clips of 51 human actions, in three official splits (--split official:2)',
  address: 'https://serre.lab.brown.edu/hmdb51.html',
  terms: 'CC BY 4.0',
  layout: 'brush_hair/*.avi, testTrainMulti_7030_splits/brush_hair_test_split1.txt',
  recognises: (tree) => namedFiles(tree, clip).length > 0,
  officialSplits: 3,
  describe(tree, split) {
    const places = new Map<string, SplitPart | undefined>();
    for (const path of namedFiles(tree, new RegExp(`^.+_test_split${split}\\.txt$`))) {
      for (const line of linesOf(tree.text(path))) {
        const [name, place] = line.split(/\s+/);
        places.set(name, place === '1' ? 'train' : place === '2' ? 'test' : undefined);
      }
    }
    return {
      source: 'HMDB51',
      of(path): FileFacts | undefined {
        const name = nameOf(path);
        const found = clip.exec(name);
        if (found === null) return undefined;
        const action = path.split('/').at(-2) ?? '';
        const before = found[1].endsWith(`_${action}`) ? found[1].slice(0, -action.length - 1) : found[1];
        // Clips of one film lie on one side of the set's own split within an action only.
        return {
          patient: `${action}-${before}`,
          labels: action === '' ? {} : { action },
          official: places.get(name),
        };
      },
      companions: new Set(),
      complete: true,
    };
  },
};
