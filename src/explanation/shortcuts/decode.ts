/**
 * What frozen features hold of a shortcut, tap by tap, beside the same network untrained: read by a linear probe, or, for
 * whose picture it is, by whether the nearest other recording is of the same patient.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { FrameStore } from '../../data/media.ts';
import { compareTaps } from '../../evaluation/compare-taps.ts';
import { labelKind } from '../../evaluation/examples.ts';
import { extractFeatures } from '../../evaluation/extraction.ts';
import type { FeatureTable } from '../../evaluation/feature-table.ts';
import type { Estimate, ProbeResult } from '../../evaluation/probe-result.ts';
import { linear } from '../../evaluation/protocols/linear.ts';
import { ridge } from '../../evaluation/protocols/ridge.ts';
import { runtimeMatrixProduct } from '../../evaluation/runtime-matrix-product.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { cosineNeighbours } from '../measures/similarity.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';
import type { HeldFact } from './shortcut.ts';

/** One tap: 0 is guessing, 1 is perfect. */
export interface HeldAt {
  readonly tap: string;
  readonly share: Estimate;
  readonly untrained?: number;
  /** Trained less untrained. */
  readonly gain?: Estimate;
}

export interface Decoded {
  readonly fact: string;
  readonly measure: string;
  readonly taps: readonly HeldAt[];
  /** Why it could not be read. */
  readonly left?: string;
}

export async function decodeFact(subject: Subject, fact: HeldFact, level: number): Promise<Decoded> {
  const values = fact.read(subject.store);
  const measure = fact.by === 'neighbour' ? 'nearest recording of the same patient' : 'linear probe';
  try {
    const store = labelled(subject.store, fact.name, values);
    const encoders = [subject.trained, ...(subject.untrained === undefined ? [] : [subject.untrained])];
    const tables: FeatureTable[][] = [];
    for (const encoder of encoders) tables.push(await featuresOf(subject, encoder, store, fact));
    const taps = fact.by === 'neighbour' ? besides(tables, level) : await probed(tables, encoders, fact, level);
    return { fact: fact.name, measure, taps };
  } catch (error) {
    // A fact that one part of the split lacks cannot be probed; the audit goes on without it.
    if (!(error instanceof SondeError)) throw error;
    return { fact: fact.name, measure, taps: [], left: error.problem };
  }
}

async function featuresOf(
  { laboratory, items }: Subject,
  encoder: StudiedEncoder,
  store: FrameStore,
  { by, name }: HeldFact,
) {
  const opened = await laboratory.encoder(encoder);
  const everyFrame = store.index.items.some(({ frameLabels }) => frameLabels?.[name] !== undefined);
  const only = by === 'neighbour' ? { windows: 1, only: items } : { windows: everyFrame ? 6 : 2 };
  return extractFeatures(opened, store, { ...only, dimensions: 128 });
}

/** The store with one more label. */
function labelled(store: FrameStore, name: string, values: ReturnType<HeldFact['read']>): FrameStore {
  const items = store.index.items.map((item, i) => {
    const { [name]: _, ...labels } = item.labels;
    const value = values[i];
    if (value === undefined) return { ...item, labels };
    if (typeof value === 'object') return { ...item, labels, frameLabels: { ...item.frameLabels, [name]: value } };
    return { ...item, labels: { ...labels, [name]: value } };
  });
  return {
    index: { ...store.index, items },
    sizeOf: (item) => store.sizeOf(item),
    read: (item, window) => store.read(item, window),
  };
}

async function probed(
  tables: readonly FeatureTable[][],
  encoders: readonly StudiedEncoder[],
  { name }: HeldFact,
  level: number,
): Promise<HeldAt[]> {
  const results: ProbeResult[] = [];
  const numbers = labelKind(tables[0][0].labels?.[name] ?? []) === 'numbers';
  for (const [e, { name: called, role }] of encoders.entries()) {
    const input = {
      tables: tables[e],
      label: name,
      encoder: { name: called, role: role === 'random' ? ('random' as const) : ('pretrained' as const) },
      product: runtimeMatrixProduct,
    };
    results.push(
      numbers
        ? await ridge.run(input, { level, resamples: 2000 })
        : await linear.run(input, { level, resamples: 2000, measure: 'balancedAccuracy' }),
    );
  }
  const [own, twin] = results;
  const chance = numbers ? 0 : 1 / (own.classes?.length ?? 2);
  const scaled = ({ value, low, high }: Estimate, from: number): Estimate => ({
    value: (value - from) / (1 - chance),
    low: (low - from) / (1 - chance),
    high: (high - from) / (1 - chance),
  });
  const gains = twin === undefined ? [] : compareTaps(own, twin, { level });
  return own.taps.map(({ tap, score }) => {
    const other = twin?.taps.find((entry) => entry.tap === tap);
    const gain = gains.find((entry) => entry.tap === tap);
    return {
      tap,
      share: scaled(score, chance),
      ...(other === undefined ? {} : { untrained: scaled(other.score, chance).value }),
      ...(gain === undefined ? {} : { gain: scaled(gain.difference, 0) }),
    };
  });
}

/** How often the nearest other recording is of the same patient, above how often that happens by chance. */
function besides([own, twin]: readonly FeatureTable[][], level: number): HeldAt[] {
  return own.map((table, t) => {
    const { patients } = table;
    const count = new Map<string, number>();
    for (const patient of patients) count.set(patient, (count.get(patient) ?? 0) + 1);
    const several = patients.map((patient) => count.get(patient)! > 1);
    const guess = patients.map((patient) => (count.get(patient)! - 1) / Math.max(1, patients.length - 1));
    const above = ({ rows, columns, features }: FeatureTable) => {
      const nearest = cosineNeighbours({ rows, columns, data: features }, 1);
      return patients.map((patient, row) => (patients[nearest[row][0]] === patient ? 1 - guess[row] : -guess[row]));
    };
    const [mine, its] = [above(table), twin === undefined ? undefined : above(twin[t])];
    const mean = (values: readonly number[], weights: Float64Array) => {
      let [sum, total] = [0, 0];
      values.forEach((value, row) => {
        if (!several[row]) return;
        sum += weights[row] * value;
        total += weights[row] * (1 - guess[row]);
      });
      return sum / total;
    };
    const { intervals } = clusterBootstrap(
      patients,
      (weights) => [
        mean(mine, weights),
        ...(its === undefined ? [] : [mean(its, weights), mean(mine, weights) - mean(its, weights)]),
      ],
      { level },
    );
    const [share, untrained, gain] = intervals;
    return {
      tap: table.tap,
      share,
      ...(untrained === undefined ? {} : { untrained: untrained.value, gain }),
    };
  });
}
