/**
 * Kinetics (400, 600, 700) by its lists: whatever clips of it are there.
 * @module
 */
import type { FileFacts, FolderTree } from '../folder-knowledge.ts';
import type { SplitPart } from '../media.ts';
import type { DatasetAdapter } from './adapter.ts';
import { nameOf, recordsOf } from './text-lists.ts';

const clip = /^([\w-]{11})(_(\d{6})_(\d{6}))?\.(mp4|mkv|webm|avi)$/;

export const kinetics: DatasetAdapter = {
  id: 'kinetics',
  title: 'Kinetics',
  contents: 'clips of ten seconds, 400 to 700 human actions, by the lists of YouTube addresses',
  address: 'https://github.com/cvdfoundation/kinetics-dataset',
  terms: 'lists CC BY 4.0; the videos belong to their authors',
  layout: 'train.csv, validate.csv, test.csv (label, youtube_id, time_start, time_end, split), <id>_000010_000020.mp4',
  recognises: (tree) => listsOf(tree).length > 0 && tree.paths.some((path) => clip.test(nameOf(path))),
  describe(tree) {
    const facts = new Map<string, FileFacts>();
    for (const path of listsOf(tree)) {
      for (const row of recordsOf(tree.text(path))) {
        const label = row.label ?? '';
        const known: FileFacts = {
          patient: row.youtube_id,
          labels: label === '' ? {} : { action: label },
          official: partOf(row.split ?? nameOf(path)),
        };
        const pad = (seconds: string) => String(Math.round(Number(seconds))).padStart(6, '0');
        facts.set(`${row.youtube_id}_${pad(row.time_start)}_${pad(row.time_end)}`, known);
        if (!facts.has(row.youtube_id)) facts.set(row.youtube_id, known);
      }
    }
    return {
      source: 'Kinetics',
      of(path) {
        const found = clip.exec(nameOf(path));
        return found === null ? undefined : facts.get(`${found[1]}${found[2] ?? ''}`);
      },
      companions: new Set(),
      complete: true,
    };
  },
};

function listsOf(tree: FolderTree): string[] {
  return tree.paths.filter((path) => {
    return (
      /(train|val|validate|test|kinetics)[^/]*\.csv$/i.test(path) && /youtube_id/.test(tree.text(path).slice(0, 200))
    );
  });
}

function partOf(name: string): SplitPart | undefined {
  if (/train/i.test(name)) return 'train';
  if (/val/i.test(name)) return 'validation';
  return /test/i.test(name) ? 'test' : undefined;
}
