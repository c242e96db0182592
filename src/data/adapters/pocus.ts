/**
 * POCUS: lung ultrasound of the COVID-19 ultrasound project, by the names of its files.
 * @module
 */
import type { DatasetAdapter } from './adapter.ts';
import { nameOf } from './text-lists.ts';

const file = /(^|\/)(?:pocus_)?(?:videos|images)\/(convex|linear)\/(cov|pneu|reg|vir)[^/]*\.\w+$/i;
const findings: Readonly<Record<string, string>> = { cov: 'covid', pneu: 'pneumonia', reg: 'regular', vir: 'viral' };

export const pocus: DatasetAdapter = {
  id: 'pocus',
  title: 'POCUS lung ultrasound',
  contents: 'lung ultrasound clips and pictures: COVID-19, pneumonia, viral pneumonia, healthy; two probes',
  address: 'https://github.com/jannisborn/covid19_pocus_ultrasound',
  terms: 'clip by clip, see its dataset_metadata.csv: CC BY, CC BY-NC and others',
  layout: 'pocus_videos/convex/Cov_*.mp4, pocus_videos/linear/Reg_*.avi, …',
  recognises: (tree) => tree.paths.filter((path) => file.test(path)).length >= 2,
  describe: () => ({
    source: 'POCUS',
    of(path) {
      const found = file.exec(path);
      if (found === null) return undefined;
      const patient = /pat(?:ient)?_?(\d+)/i.exec(nameOf(path))?.[1];
      return {
        patient: patient === undefined ? nameOf(path) : `pat${patient}`,
        labels: { finding: findings[found[3].toLowerCase()], probe: found[2].toLowerCase() },
      };
    },
    companions: new Set(),
    complete: true,
    framesAsClips: false,
  }),
};
