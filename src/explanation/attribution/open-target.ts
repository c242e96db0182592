/**
 * From a subject to a target with its inputs: the pretext question of a run, or a number of any encoder.
 * @module
 */
import { SondeError, usageError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { frameName } from '../frame-name.ts';
import { PretextNetwork } from '../pretext-network.ts';
import type { Subject } from '../subject.ts';
import { encoderTarget, pooled } from './encoder-target.ts';
import { type KnownStructures, structuresInQuestions, structuresInWindows } from './known-structures.ts';
import { pictureInput, pretextTarget } from './pretext-target.ts';
import { type AttributionTarget, inputLength } from './target.ts';

export const targetKinds = ['auto', 'pretext', 'energy', 'similarity'] as const;
export type TargetKind = (typeof targetKinds)[number];

export interface OpenedTarget {
  readonly target: AttributionTarget;
  /** `[batch, …]`. */
  readonly data: Float32Array;
  readonly patients: readonly string[];
  /** What follows one another in an input: frames of a clip, slices of a volume. */
  readonly unit: ReturnType<typeof frameName>;
  /** Known structures in the inputs; `undefined` where the data have no masks of them. */
  structures(): Promise<KnownStructures | undefined>;
}

export interface TargetRequest {
  readonly target: TargetKind;
  readonly tap?: string;
  readonly inputs: number;
}

/** Throws `usage` for a tap that does not exist, `graph/unsupported` for a task whose answers are no classes. */
export async function openTarget(subject: Subject, request: TargetRequest, random: Random): Promise<OpenedTarget> {
  const { run } = subject;
  if (request.target === 'pretext' || (request.target === 'auto' && run !== undefined)) {
    const network = new PretextNetwork(run!, { backend: processor, batchSize: request.inputs });
    if (network.chooses) return ofPretext(subject, network, random);
    if (request.target === 'pretext') {
      throw new SondeError(
        'graph/unsupported',
        `${run!.configuration.method.card.title} does not choose among classes`,
        {
          hint: 'explain the energy of an embedding instead: --set attribution.target=energy',
        },
      );
    }
  }
  return ofEncoder(subject, request);
}

function ofPretext(subject: Subject, network: PretextNetwork, random: Random): OpenedTarget {
  const { store, items, dense } = subject;
  const { method } = network.run.configuration;
  const usable = items.filter((item) => method.refuses(store.index.items[item], network.context.options) === undefined);
  if (usable.length === 0) {
    throw new SondeError('data/unsuitable', `${method.card.title} can use no held-out item of ${store.index.name}`);
  }
  const stream = random.split('questions');
  const batch = network.ask(store, usable, stream);
  const target = pretextTarget(network, batch, processor);
  return {
    target,
    data: (batch.arrays[pictureInput(network)].data as Float32Array).slice(),
    patients: batch.patients,
    unit: frameName(subject),
    structures: async () =>
      dense && structuresInQuestions(network, batch, target.layout, { store, dense, items: usable, random: stream }),
  };
}

async function ofEncoder(subject: Subject, { target: kind, tap, inputs: count }: TargetRequest): Promise<OpenedTarget> {
  const { laboratory, trained, store, dense } = subject;
  const unit = frameName(subject);
  const taps = await laboratory.taps(trained);
  const chosen = tap ?? taps.at(-1)!;
  if (!taps.includes(chosen)) {
    throw usageError(`there is no layer ${chosen}`, { hint: `choose one of ${taps.join(', ')}` });
  }
  const { fixedBatch, presentation } = await laboratory.encoder(trained);
  const batch = fixedBatch ?? count;
  const graph = await laboratory.differentiable(trained, batch);
  const shown = await laboratory.inputs(trained, kind === 'similarity' ? batch * 2 : batch);
  const length = shown.data.length / shown.count;
  const data = repeated(shown.data, shown.count, batch, length);
  const patients = Array.from({ length: batch }, (_, i) => shown.patients[i % shown.count]);
  const windows = Array.from({ length: batch }, (_, i) => ({
    item: shown.items[i % shown.count],
    start: shown.starts[i % shown.count],
  }));
  const structures = async () => dense && structuresInWindows(store, dense, windows, presentation);
  if (kind !== 'similarity') {
    return { target: encoderTarget(graph, chosen, { kind: 'energy' }, processor), data, patients, unit, structures };
  }
  const features = await laboratory.features(trained, shown, 1);
  const table = features.find((entry) => entry.tap === chosen)!;
  const channels = pooled(graph.taps[chosen]).shape[1];
  if (table.columns !== channels)
    throw new SondeError('internal', `layer ${chosen} has ${table.columns} features, not ${channels}`);
  const references = new Float32Array(batch * channels);
  for (let i = 0; i < batch; i++) {
    const other = (batch + i) % shown.count;
    references.set(table.data.subarray(other * channels, (other + 1) * channels), i * channels);
  }
  return {
    target: encoderTarget(graph, chosen, { kind: 'similarity', references }, processor),
    data,
    patients,
    unit,
    structures,
  };
}

/** The first rows, again from the start where there are fewer than wanted. */
function repeated(data: Float32Array, rows: number, wanted: number, length: number): Float32Array {
  const out = new Float32Array(wanted * length);
  for (let i = 0; i < wanted; i++) out.set(data.subarray((i % rows) * length, ((i % rows) + 1) * length), i * length);
  return out;
}

/** One input's pixels, for whoever draws it. */
export function oneInput({ target, data }: OpenedTarget, row: number): Float32Array {
  const length = inputLength(target.layout);
  return data.subarray(row * length, (row + 1) * length);
}
