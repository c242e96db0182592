/**
 * What `sonde explain` and `sonde audit` are pointed at, opened: the encoder and its untrained twin, its snapshots, the
 * run behind it, the pictures.
 * @module
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Random } from '../base/random.ts';
import { itemsByPart } from '../data/split.ts';
import { denseLabels } from '../data/storage/dense-labels.ts';
import type { OpenFrameStore } from '../data/storage/frame-store.ts';
import { type InputLengths, withInputLengths } from '../evaluation/input-lengths.ts';
import { withInnerTaps } from '../explanation/inner-taps.ts';
import { Laboratory } from '../explanation/laboratory.ts';
import type { StudiedEncoder, StudiedRun, Subject } from '../explanation/subject.ts';
import { withTokenMaps } from '../explanation/token-maps.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { decodeSafetensors } from '../tensor/safetensors.ts';
import { encoderInfo } from '../training/encoder-file.ts';
import { methodContext } from '../training/manifest.ts';
import { buildModel, type ModelSpec } from '../training/model.ts';
import { configurationOf } from '../training/open-run.ts';
import type { RunManifest } from '../training/run-record.ts';
import { readLatestCheckpoint } from '../training/storage/checkpoint.ts';
import { readPrepared } from '../training/storage/prepared-file.ts';
import {
  listSnapshots,
  type RunPaths,
  readManifest,
  readMetrics,
  runPaths,
  snapshotFile,
  snapshotHeadsFile,
} from '../training/storage/run-folder.ts';
import { usableItems } from '../training/usable-items.ts';
import type { DataOptions } from './options.ts';
import { openTarget } from './target.ts';
import { openTargetData } from './target-data.ts';

export interface SubjectRequest extends DataOptions, InputLengths {
  readonly data?: string;
  /** Other runs or models to compare with. */
  readonly beside?: readonly string[];
  readonly seed: number;
  readonly threads?: number;
  readonly json?: boolean;
}

export interface OpenedSubject {
  readonly subject: Subject;
  /** Where results belong. */
  readonly home: string;
  /** The data, as the user named them. */
  readonly data: string;
}

/** Opens a run or an ONNX model for instruments. Throws `usage` where there is none, or no data for a model. */
export async function openSubject(path: string, request: SubjectRequest): Promise<OpenedSubject> {
  const target = await openTarget(path, request);
  const dataset = await openTargetData(target, request, request.json === true);
  const { store } = dataset;
  const { manifest, encoder, random, home } = target;
  const run = manifest === undefined ? undefined : openRun(home, store);
  const colour = run?.configuration.method.card.colour;
  const trained: StudiedEncoder = {
    name: encoder.encoder.name,
    role: 'trained',
    ...(colour === undefined ? {} : { colour }),
    ...(manifest === undefined ? {} : { ...trainedAs(manifest) }),
    model: async () => (manifest === undefined ? lookedInto(encoder.model) : encoder.model),
  };
  const paths = runPaths(home);
  const snapshots = manifest === undefined ? [] : listSnapshots(paths);
  const parts = itemsByPart(store.index.split, store.index.items);
  const held = [...parts.test, ...parts.validation];
  const items = held.length > 0 ? held : store.index.items.map((_, item) => item);
  const laboratory = new Laboratory({
    store,
    items,
    seed: request.seed,
    ...(request.threads === undefined ? {} : { threads: request.threads }),
  });
  const subject: Subject = {
    name: trained.name,
    trained,
    untrained:
      random === undefined ? undefined : { name: 'untrained', role: 'random', model: async () => random.model },
    snapshots: snapshots.map((step) => ({
      name: `step ${step}`,
      role: 'snapshot',
      step,
      model: () => loadModel(snapshotFile(paths, step)),
    })),
    others: (request.beside ?? []).map((other) => otherEncoder(other, request)),
    run,
    store,
    dense: denseLabels(dataset),
    items,
    laboratory,
  };
  return { subject, home, data: target.data };
}

/** A model from elsewhere with taps inside; one that says what its taps are keeps to them. */
function lookedInto(model: OnnxModel): OnnxModel {
  if (encoderInfo(model) !== undefined) return model;
  const inside = withInnerTaps(model);
  const own = new Set(model.graph.outputs.map(({ name }) => name));
  return withTokenMaps(inside, new Set(inside.graph.outputs.map(({ name }) => name).filter((name) => !own.has(name))));
}

function openRun(home: string, store: OpenFrameStore): StudiedRun {
  const paths = runPaths(home);
  const manifest = readManifest(paths);
  const configuration = configurationOf(manifest);
  const kept = readPrepared(paths);
  const train = kept === undefined ? usableItems(configuration, store).train : [];
  const context = { ...methodContext(configuration, store, train, kept), channels: manifest.data.channels };
  return {
    manifest,
    configuration,
    context,
    metrics: readMetrics(paths),
    state: () => readLatestCheckpoint(paths)?.state ?? new Map(),
    stateAt: (step) => stateAt(paths, step, { ...configuration, context }),
  };
}

/** Weights before training are drawn again; later ones are those of a snapshot and of its heads. */
async function stateAt(paths: RunPaths, step: number, spec: ModelSpec & { readonly seed: number }) {
  if (step === 0) return buildModel(spec).initialState(new Random(spec.seed).split('initial'));
  const heads = snapshotHeadsFile(paths, step);
  if (!existsSync(heads)) return undefined;
  const { graph } = await loadModel(snapshotFile(paths, step));
  return new Map([...graph.initialisers, ...decodeSafetensors(readFileSync(heads), heads).tensors]);
}

function otherEncoder(path: string, lengths: InputLengths): StudiedEncoder {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return {
      name: basename(path),
      role: 'other',
      model: async () => lookedInto(withInputLengths(await loadModel(path), lengths)),
    };
  }
  const paths = runPaths(resolve(path));
  const manifest = readManifest(paths);
  return {
    name: manifest.id,
    role: 'other',
    ...trainedAs(manifest),
    model: () => loadModel(paths.encoder),
  };
}

/** What makes two runs seeds of one another: the task, its options and the trunk with its own. */
function trainedAs({ method, trunk, training }: RunManifest) {
  return { method: JSON.stringify([method.id, method.options, trunk.id, trunk.options]), seed: training.seed };
}
