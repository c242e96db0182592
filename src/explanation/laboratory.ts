/**
 * Pictures shown to encoders: which ones, and what every tap answers. Answers are kept, so that instruments which look
 * at the same thing compute it once.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import { sizeOf } from '../base/shape.ts';
import type { FrameStore, Label } from '../data/media.ts';
import { framesSpanned, type Presentation, present, windowShown } from '../data/transform/presentation.ts';
import { type Encoder, openEncoder } from '../evaluation/encoder.ts';
import { planPooling, poolActivations } from '../evaluation/pooling.ts';
import type { HostArray } from '../tensor/host-array.ts';
import { type DifferentiableEncoder, differentiable } from './differentiable.ts';
import type { StudiedEncoder } from './subject.ts';

/** Inputs as networks see them, and where they come from. */
export interface ShownInputs {
  /** `[n, …shape]`, row by row. */
  readonly data: Float32Array;
  readonly count: number;
  /** Of one input, without the batch axis: `[C, H, W]` or `[C, T, H, W]`. */
  readonly shape: readonly number[];
  /** Position of each input's item in the store, and the frame its window begins at. */
  readonly items: readonly number[];
  readonly starts: readonly number[];
  readonly patients: readonly string[];
}

/** Pooled answers of one tap: row-major `[rows, columns]`. */
export interface TapFeatures {
  readonly tap: string;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface LaboratoryOptions {
  readonly store: FrameStore;
  /** Items that may be shown. */
  readonly items: readonly number[];
  readonly seed: number;
  readonly threads?: number;
  /** Features a tap, about, where maps are pooled. Default 256. */
  readonly dimensions?: number;
}

const batchSize = 16;
/** Where the windows of one item begin, as a share of what is possible: the middle first. */
const windowPlaces = [0.5, 0, 1, 0.25, 0.75];

export class Laboratory {
  readonly #options: LaboratoryOptions;
  readonly #encoders = new Map<StudiedEncoder, Promise<Encoder>>();
  readonly #differentiable = new Map<string, Promise<DifferentiableEncoder>>();
  readonly #features = new WeakMap<ShownInputs, Map<string, Promise<readonly TapFeatures[]>>>();
  readonly #numbers = new Map<StudiedEncoder, number>();

  constructor(options: LaboratoryOptions) {
    this.#options = options;
  }

  /** The encoder, opened once. */
  encoder(studied: StudiedEncoder): Promise<Encoder> {
    let opened = this.#encoders.get(studied);
    if (opened === undefined) {
      const { threads } = this.#options;
      opened = studied.model().then((model) => openEncoder(model, threads === undefined ? {} : { threads }));
      this.#encoders.set(studied, opened);
    }
    return opened;
  }

  /** Names of the taps, first layer to last. */
  async taps(studied: StudiedEncoder): Promise<readonly string[]> {
    return (await this.encoder(studied)).taps;
  }

  /**
   * Up to `count` windows, one an item in turn, patients taking turns, so that no patient with many items drowns the
   * others. The same seed gives the same windows.
   */
  async inputs(studied: StudiedEncoder, count: number): Promise<ShownInputs> {
    const encoder = await this.encoder(studied);
    const { presentation } = encoder;
    const { store, seed } = this.#options;
    const random = new Random(seed).split('shown inputs');
    const chosen = this.#turns(presentation, random).slice(0, Math.max(0, count));
    if (chosen.length === 0) {
      throw new SondeError('data/unsuitable', `no item of ${store.index.name} can be shown to ${studied.name}`, {
        expected: `items of at least ${framesSpanned(presentation)} frames`,
        hint: 'name other data with --data',
      });
    }
    return this.show(encoder, chosen);
  }

  /** Given windows as an encoder sees them, of the same items in another store where one is given. */
  show(
    { presentation, inputShape }: Encoder,
    windows: readonly { readonly item: number; readonly start: number }[],
    store: FrameStore = this.#options.store,
  ): ShownInputs {
    const parts = windows.map(({ item, start }) =>
      present(store.read(item, windowShown(presentation, start)), presentation),
    );
    const length = parts[0]?.length ?? 0;
    const data = new Float32Array(length * parts.length);
    parts.forEach((part, i) => {
      data.set(part, i * length);
    });
    return {
      data,
      count: parts.length,
      shape: inputShape,
      items: windows.map(({ item }) => item),
      starts: windows.map(({ start }) => start),
      patients: windows.map(({ item }) => store.index.items[item].patient),
    };
  }

  /** A label of each input: the item's, or that of the window's middle frame. */
  labels({ items, starts }: ShownInputs, name: string, presentation: Presentation): (Label | undefined)[] {
    const middle = Math.floor(framesSpanned(presentation) / 2);
    return items.map((item, i) => {
      const { labels, frameLabels } = this.#options.store.index.items[item];
      return labels[name] ?? frameLabels?.[name]?.[starts[i] + middle];
    });
  }

  /** Every tap's answer to every input, maps pooled to about `dimensions` features. */
  features(studied: StudiedEncoder, inputs: ShownInputs, dimensions = this.#options.dimensions ?? 256) {
    const known = this.#features.get(inputs) ?? new Map<string, Promise<readonly TapFeatures[]>>();
    this.#features.set(inputs, known);
    const key = `${this.#numberOf(studied)}:${dimensions}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = this.#pooled(studied, inputs, dimensions);
      known.set(key, answer);
    }
    return answer;
  }

  /** Whole activations of every tap, batch by batch: `[b, C, …]` for inputs `first` to `first + b`. */
  async *activations(studied: StudiedEncoder, inputs: ShownInputs) {
    const encoder = await this.encoder(studied);
    const size = encoder.fixedBatch ?? batchSize;
    const length = sizeOf(inputs.shape);
    for (let first = 0; first < inputs.count; first += size) {
      const count = Math.min(size, inputs.count - first);
      const data = new Float32Array((encoder.fixedBatch ?? count) * length);
      data.set(inputs.data.subarray(first * length, (first + count) * length));
      yield { first, count, taps: await encoder.encode(data, encoder.fixedBatch ?? count) };
    }
  }

  /** The encoder as a graph with a fixed batch, for gradients with respect to inputs, taps and weights. */
  differentiable(studied: StudiedEncoder, batch: number): Promise<DifferentiableEncoder> {
    const key = `${this.#numberOf(studied)}:${batch}`;
    let graph = this.#differentiable.get(key);
    if (graph === undefined) {
      graph = Promise.all([studied.model(), this.encoder(studied)]).then(([model, { taps }]) =>
        differentiable(model, taps, batch),
      );
      this.#differentiable.set(key, graph);
    }
    return graph;
  }

  async release(): Promise<void> {
    const opened = await Promise.allSettled(this.#encoders.values());
    this.#encoders.clear();
    for (const encoder of opened) if (encoder.status === 'fulfilled') await encoder.value.release();
  }

  async #pooled(studied: StudiedEncoder, inputs: ShownInputs, dimensions: number): Promise<readonly TapFeatures[]> {
    const { taps } = await this.encoder(studied);
    const tables = new Map<string, Float32Array>();
    const columns = new Map<string, number>();
    for await (const { first, count, taps: answers } of this.activations(studied, inputs)) {
      for (const tap of taps) {
        const { shape, data } = answers[tap] as HostArray<'float32'>;
        const plan = planPooling(shape.slice(1), dimensions);
        const pooled = poolActivations(data.subarray(0, count * sizeOf(shape.slice(1))), count, plan);
        const table = tables.get(tap) ?? new Float32Array(inputs.count * plan.dimensions);
        table.set(pooled, first * plan.dimensions);
        tables.set(tap, table);
        columns.set(tap, plan.dimensions);
      }
    }
    return taps.map((tap) => ({ tap, rows: inputs.count, columns: columns.get(tap)!, data: tables.get(tap)! }));
  }

  #numberOf(studied: StudiedEncoder): number {
    const number = this.#numbers.get(studied) ?? this.#numbers.size;
    this.#numbers.set(studied, number);
    return number;
  }

  /** Windows in the order they are shown: patients in turn, then their items, then further windows of the same items. */
  #turns(presentation: Presentation, random: Random): { item: number; start: number }[] {
    const { store, items } = this.#options;
    const span = framesSpanned(presentation);
    const byPatient = new Map<string, number[]>();
    for (const item of items) {
      if (store.sizeOf(item)[0] < span) continue;
      const { patient } = store.index.items[item];
      byPatient.set(patient, [...(byPatient.get(patient) ?? []), item]);
    }
    const patients = [...byPatient.keys()].sort();
    const order = random.split('patients').permutation(patients.length);
    const queues = Array.from(order, (place) => {
      const own = byPatient.get(patients[place])!;
      return Array.from(random.split('items', patients[place]).permutation(own.length), (i) => own[i]);
    });
    const turns: { item: number; start: number }[] = [];
    for (const [round, place] of windowPlaces.entries()) {
      const longest = Math.max(0, ...queues.map((queue) => queue.length));
      for (let turn = 0; turn < longest; turn++) {
        for (const queue of queues) {
          const item = queue[turn];
          if (item === undefined) continue;
          const last = presentation.whole ? 0 : store.sizeOf(item)[0] - span;
          if (round > 0 && last < windowPlaces.length) continue;
          turns.push({ item, start: Math.round(last * place) });
        }
      }
    }
    return turns;
  }
}
