/**
 * LUNA16: chest CT with lung nodules, in ten subsets for cross-validation.
 * @module
 */
import type { FileFacts } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';
import { namedFiles, nameOf, recordsOf } from './text-lists.ts';

export const luna16: DatasetAdapter = {
  id: 'luna16',
  title: 'LUNA16',
  contents: '888 chest CT scans with 1 186 lung nodules, in ten subsets',
  address: 'https://luna16.grand-challenge.org/',
  terms: 'CC BY 3.0 (LIDC-IDRI)',
  layout: 'subset0/*.mhd with *.raw, …, subset9/, annotations.csv (seriesuid, coordX, coordY, coordZ, diameter_mm)',
  recognises: (tree) =>
    tree.paths.some((path) => /(^|\/)subset\d\/[\d.]+\.mhd$/.test(path)) &&
    namedFiles(tree, /^annotations\.csv$/).length > 0,
  describe(tree) {
    const diameters = new Map<string, number[]>();
    for (const path of namedFiles(tree, /^annotations\.csv$/)) {
      for (const row of recordsOf(tree.text(path))) {
        diameters.set(row.seriesuid, [...(diameters.get(row.seriesuid) ?? []), Number(row.diameter_mm)]);
      }
    }
    return {
      source: 'LUNA16',
      of(path): FileFacts | undefined {
        const subset = /(?:^|\/)subset(\d)\//.exec(path)?.[1];
        if (subset === undefined || !path.endsWith('.mhd')) return undefined;
        const series = nameOf(path).slice(0, -4);
        const sizes = diameters.get(series) ?? [];
        const largest: Record<string, number> = sizes.length === 0 ? {} : { 'largest nodule mm': Math.max(...sizes) };
        return {
          patient: series,
          labels: { subset: Number(subset), nodules: sizes.length, nodule: sizes.length > 0 ? 1 : 0, ...largest },
          // Hounsfield units, of which the lung window shows what the set is about.
          description: { intensityRange: [-1000, 400] },
        };
      },
      companions: new Set(tree.paths.filter((path) => /seg-lungs|\.(raw|zraw)$/i.test(path))),
      complete: true,
    };
  },
};
