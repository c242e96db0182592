/**
 * The Medical Segmentation Decathlon: ten tasks, each a folder with `dataset.json`.
 * @module
 */
import type { FileFacts, FolderTree, PartPlace } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';
import { folderOf, namedFiles, nameOf } from './text-lists.ts';

interface Task {
  readonly modality?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly training?: readonly { readonly image?: string; readonly label?: string }[];
  readonly test?: readonly (string | { readonly image?: string })[];
}

export const decathlon: DatasetAdapter = {
  id: 'decathlon',
  title: 'Medical Segmentation Decathlon',
  contents: 'ten segmentation tasks in CT and MR: brain, heart, hippocampus, liver, lung, pancreas, prostate, …',
  address: 'http://medicaldecathlon.com/',
  terms: 'CC BY-SA 4.0',
  layout: 'Task04_Hippocampus/dataset.json, imagesTr/, labelsTr/, imagesTs/',
  recognises: (tree) => tasksOf(tree).length > 0,
  describe(tree) {
    const facts = new Map<string, FileFacts>();
    const modalities = new Map<string, readonly string[]>();
    const companions = new Set<string>();
    for (const path of tasksOf(tree)) {
      const root = folderOf(path);
      const task = readTask(tree, path);
      const resolve = (name: string | undefined) => `${root}${(name ?? '').replace(/^\.\//, '')}`;
      const { '0': _, ...classes } = task.labels ?? {};
      const names = Object.values(task.modality ?? {});
      for (const { image, label } of task.training ?? []) {
        const mask = resolve(label);
        const has = label !== undefined && tree.has(mask);
        if (has) companions.add(mask);
        facts.set(resolve(image), {
          patient: stemOf(resolve(image)),
          ...(has ? { annotations: [{ type: 'mask', name: 'segmentation', file: mask, classes }] } : {}),
          ...(names.length === 1 ? { labels: { modality: names[0] } } : {}),
        });
        modalities.set(resolve(image), names);
      }
      for (const entry of task.test ?? []) {
        const image = resolve(typeof entry === 'string' ? entry : entry.image);
        facts.set(image, { patient: stemOf(image), ...(names.length === 1 ? { labels: { modality: names[0] } } : {}) });
        modalities.set(image, names);
      }
    }
    return {
      source: 'Medical Segmentation Decathlon',
      of(path: string, part?: PartPlace) {
        const known = facts.get(path);
        const modality = part === undefined ? undefined : modalities.get(path)?.[part.number];
        return known === undefined || modality === undefined ? known : { ...known, labels: { modality } };
      },
      companions,
      complete: true,
    };
  },
};

function tasksOf(tree: FolderTree): string[] {
  return namedFiles(tree, /^dataset\.json$/).filter((path) => {
    const root = folderOf(path);
    return tree.paths.some((other) => other.startsWith(`${root}imagesTr/`));
  });
}

function readTask(tree: FolderTree, path: string): Task {
  try {
    return JSON.parse(tree.text(path)) as Task;
  } catch {
    return {};
  }
}

function stemOf(path: string): string {
  return nameOf(path).replace(/\.nii(\.gz)?$/, '');
}
