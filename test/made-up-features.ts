/**
 * Features made up for tests of protocols.
 * @module
 */
import { Random } from '../src/base/random.ts';
import type { SplitPart } from '../src/data/media.ts';
import type { FeatureTable } from '../src/evaluation/feature-table.ts';
import type { ProbeInput } from '../src/evaluation/protocols/protocol.ts';

const encoder = { name: 'made up', role: 'pretrained' } as const;

/** 30 patients with 4 windows of one item each; `signal` is how far the class moves the features. */
export function madeUp({ signal = 2, columns = 6, seed = 'features', perItem = 4, patients = 30 } = {}) {
  const random = new Random(seed);
  const rows = patients * perItem;
  const features = new Float32Array(rows * columns);
  const view: string[] = [];
  const items: string[] = [];
  const names: string[] = [];
  const parts: SplitPart[] = [];
  for (let row = 0; row < rows; row++) {
    const patient = Math.floor(row / perItem);
    const k = patient % 3;
    for (let p = 0; p < columns; p++) features[row * columns + p] = random.normal() + (p === k ? signal : 0);
    features[row * columns + columns - 1] = 7;
    view.push(['apical', 'long axis', 'short axis'][k]);
    items.push(`clip ${patient}`);
    names.push(`patient ${patient}`);
    parts.push(patient < 15 ? 'train' : patient < 21 ? 'validation' : 'test');
  }
  const table: FeatureTable = { tap: 'stage1', rows, columns, features, items, patients: names };
  const input: ProbeInput = { tables: [table], label: 'view', labels: { view }, parts, encoder };
  return { table, input, view, parts };
}
