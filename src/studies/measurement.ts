/**
 * What every layer of an encoder knows of a factor when few patients carry a label: features are extracted once, then
 * probed for several draws of the labelled patients, and each test item's score is the mean over the draws.
 * @module
 */
import { Random } from '../base/random.ts';
import type { Label } from '../data/media.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { labelValues } from '../evaluation/examples.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import type { FeatureTable } from '../evaluation/feature-table.ts';
import type { ProbeResult, TapScore } from '../evaluation/probe-result.ts';
import { defaultProtocol } from '../evaluation/protocols/index.ts';
import { runtimeMatrixProduct } from '../evaluation/runtime-matrix-product.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { mean } from '../statistics/descriptive.ts';
import type { OpenTask } from './task.ts';

export interface TapMeasurement {
  readonly tap: string;
  /** On validation patients: what a tap may be chosen by. */
  readonly validation: number;
  /** On test patients: the mean of `correct`. */
  readonly score: number;
  /** For each test item, the share of the draws after which it was answered right (or its share of R²). */
  readonly correct: readonly number[];
}

/** Plain data; tap scores are of the same test items in the same order wherever `items` agree. */
export interface Measurement {
  readonly label: string;
  readonly protocol: string;
  readonly measure: ProbeResult['measure'];
  readonly chance: number;
  readonly labelled: { readonly patients: number; readonly draws: number };
  /** Test items and the patient of each. */
  readonly items: readonly string[];
  readonly patients: readonly string[];
  /** First layer to last. */
  readonly taps: readonly TapMeasurement[];
}

/** Frozen features of `model`, asked for the task's label. The draws depend on the task alone. */
export async function measureEncoder(model: OnnxModel, task: OpenTask, threads = 1): Promise<Measurement> {
  const encoder = await openEncoder(model, { threads });
  try {
    const tables = await extractFeatures(encoder, task.dataset.store, { ...task.extraction });
    const results: ProbeResult[] = [];
    for (let draw = 0; draw < task.draws; draw++) results.push(await probeDraw(tables, task, draw));
    return summary(results, task);
  } finally {
    await encoder.release();
  }
}

function probeDraw(tables: readonly FeatureTable[], task: OpenTask, draw: number): Promise<ProbeResult> {
  const values = labelsKnown(tables[0], task, draw);
  return defaultProtocol(values).run(
    {
      tables,
      label: task.label,
      labels: { [task.label]: values },
      encoder: { name: 'encoder', role: 'pretrained' },
      product: runtimeMatrixProduct,
    },
    { resamples: 1 },
  );
}

/** The labels of all rows but those of training patients that were not drawn. */
function labelsKnown({ labels = {}, parts = [], patients }: FeatureTable, task: OpenTask, draw: number) {
  const values = labelValues({ labels }, task.label);
  const classOf = new Map<string, Label>();
  values.forEach((value, row) => {
    if (parts[row] === 'train' && value !== undefined && !classOf.has(patients[row])) classOf.set(patients[row], value);
  });
  const shuffled = new Random('labelled').split(draw).shuffle([...classOf.keys()]);
  const known = new Set(inTurn(shuffled, (patient) => classOf.get(patient)!).slice(0, task.labelledPatients));
  return values.map((value, row): Label | undefined =>
    parts[row] === 'train' && !known.has(patients[row]) ? undefined : value,
  );
}

/** One of each class, then another of each: so that few patients still show every class. */
function inTurn<T>(all: readonly T[], classOf: (one: T) => Label): T[] {
  const turns = new Map<Label, number>();
  const placed = all.map((one) => {
    const turn = turns.get(classOf(one)) ?? 0;
    turns.set(classOf(one), turn + 1);
    return { one, turn };
  });
  return placed.sort((a, b) => a.turn - b.turn).map(({ one }) => one);
}

function summary(results: readonly ProbeResult[], { labelledPatients }: OpenTask): Measurement {
  const [{ label, protocol, measure, chance, taps }] = results;
  const items = taps[0].items!;
  const ofTap = (tap: string): TapScore[] => results.map((result) => result.taps.find((other) => other.tap === tap)!);
  return {
    label,
    protocol,
    measure,
    chance,
    labelled: { patients: labelledPatients, draws: results.length },
    items: items.map(({ item }) => item!),
    patients: items.map(({ patient }) => patient),
    taps: taps.map(({ tap }): TapMeasurement => {
      const scores = ofTap(tap);
      return {
        tap,
        validation: mean(scores.map(({ validation }) => validation)),
        score: mean(scores.map(({ score }) => score.value)),
        correct: items.map((_, i) => mean(scores.map((score) => score.items![i].correct))),
      };
    }),
  };
}
