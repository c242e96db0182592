/**
 * Vocal folds: frames of laryngoscopy in sequences, every one segmented.
 * @module
 */
import type { FileFacts, FrameSequence } from '../folder-knowledge.ts';
import type { Annotation } from '../media.ts';
import { numberIn } from '../numbered-frames.ts';
import type { DatasetAdapter } from './adapter.ts';

const frame = /^(.*?)img\/(patient\d+)\/(seq\d+)\/([^/]+)\.(png|jpe?g)$/;
const classes = {
  1: 'vocal folds',
  2: 'other tissue',
  3: 'glottal space',
  4: 'pathology',
  5: 'surgical tool',
  6: 'intubation',
};

export const vocalfolds: DatasetAdapter = {
  id: 'vocalfolds',
  title: 'Vocal folds',
  contents: '536 frames of laryngoscopy in 8 sequences of 2 patients, segmented into 7 classes',
  address: 'https://github.com/imesluh/vocalfolds',
  terms: 'CC BY 4.0',
  layout: 'img/patient1/seq1/*.png, annot/patient1/seq1/*.png',
  recognises: (tree) =>
    tree.paths.some((path) => frame.test(path)) &&
    tree.paths.some((path) => /(^|\/)annot\/patient\d+\/seq\d+\//.test(path)),
  describe(tree) {
    const members = new Map<
      string,
      { path: string; order: number; mask: string; patient: string; sequence: string }[]
    >();
    const companions = new Set(tree.paths.filter((path) => /(^|\/)annot\//.test(path)));
    for (const path of tree.paths) {
      const found = frame.exec(path);
      if (found === null) continue;
      const [, root, patient, sequence, stem] = found;
      const id = `${root}img/${patient}/${sequence}`;
      const mask = `${root}annot/${patient}/${sequence}/${stem}.png`;
      members.set(id, [
        ...(members.get(id) ?? []),
        { path, order: numberIn(path)?.number ?? 0, mask, patient, sequence },
      ]);
    }
    const sequences: FrameSequence[] = [];
    const facts = new Map<string, FileFacts>();
    for (const [id, unordered] of members) {
      const frames = [...unordered].sort((a, b) => a.order - b.order);
      sequences.push({ id, files: frames.map(({ path }) => path) });
      const annotations = frames.flatMap(({ mask }, i): Annotation[] =>
        tree.has(mask) ? [{ type: 'mask', name: 'tissue', file: mask, classes, frame: i }] : [],
      );
      facts.set(id, { patient: frames[0].patient, labels: { sequence: frames[0].sequence }, annotations });
    }
    return {
      source: 'Vocal folds',
      of: (path) => facts.get(path),
      companions,
      complete: true,
      sequences,
      framesAsClips: false,
    };
  },
};
