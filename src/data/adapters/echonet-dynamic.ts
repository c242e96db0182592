/**
 * EchoNet-Dynamic: apical four-chamber echocardiograms with ejection fraction and tracings.
 * @module
 */
import type { FileFacts } from '../folder-knowledge.ts';
import type { Point, SplitPart } from '../media.ts';
import type { DatasetAdapter } from './adapter.ts';
import { folderOf, known, namedFiles, nameOf, numberOf, recordsOf } from './text-lists.ts';

const parts: Readonly<Record<string, SplitPart>> = { TRAIN: 'train', VAL: 'validation', TEST: 'test' };

export const echonetDynamic: DatasetAdapter = {
  id: 'echonet-dynamic',
  title: 'EchoNet-Dynamic',
  contents: '10 030 four-chamber echocardiograms with ejection fraction, volumes and tracings of the left ventricle',
  address: 'https://echonet.github.io/dynamic/',
  terms: 'Stanford research use agreement, on registration: non-commercial, no redistribution',
  layout: 'FileList.csv, VolumeTracings.csv, Videos/*.avi',
  recognises: (tree) =>
    namedFiles(tree, /^FileList\.csv$/).length > 0 &&
    tree.paths.some((path) => /(^|\/)Videos\/[^/]+\.avi$/i.test(path)),
  describe(tree) {
    const [list] = namedFiles(tree, /^FileList\.csv$/);
    const root = folderOf(list);
    const tracings = new Map<string, Point[]>();
    if (tree.has(`${root}VolumeTracings.csv`)) {
      for (const row of recordsOf(tree.text(`${root}VolumeTracings.csv`))) {
        const name = row.FileName.replace(/\.avi$/i, '');
        const frame = Number(row.Frame);
        const points = tracings.get(name) ?? [];
        for (const end of ['1', '2']) {
          points.push({ label: 'left ventricle', x: Number(row[`X${end}`]), y: Number(row[`Y${end}`]), frame });
        }
        tracings.set(name, points);
      }
    }
    const facts = new Map<string, FileFacts>();
    for (const row of recordsOf(tree.text(list))) {
      const name = row.FileName.replace(/\.avi$/i, '');
      const points = tracings.get(name);
      const rate = numberOf(row.FPS);
      facts.set(name, {
        patient: name,
        labels: known({ ef: numberOf(row.EF), esv: numberOf(row.ESV), edv: numberOf(row.EDV) }),
        official: parts[row.Split?.toUpperCase()],
        ...(points === undefined ? {} : { annotations: [{ type: 'points', name: 'tracing', points }] }),
        ...(rate === undefined ? {} : { description: { frameRateHz: rate } }),
      });
    }
    return {
      source: 'EchoNet-Dynamic',
      of: (path) => facts.get(nameOf(path).replace(/\.avi$/i, '')),
      companions: new Set(),
      complete: true,
    };
  },
};
