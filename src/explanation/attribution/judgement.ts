/**
 * Every map with what it was held to before anybody sees it: deletion and insertion against a random order, and the same
 * map of the network with its weights shuffled (methods.md 7.4: mandatory).
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Check } from '../finding.ts';
import { deletionAndInsertion, mapChange, randomMap } from './faithfulness.ts';
import type { DrawnMap } from './methods.ts';
import type { AttributionTarget } from './target.ts';

/** Mean areas over inputs, and those of places in random order. */
export interface Faithfulness {
  readonly deletion: number;
  readonly insertion: number;
  readonly randomDeletion: number;
  readonly randomInsertion: number;
}

export interface Judgement extends Faithfulness {
  /** Likeness to the map of the network with the last third, then all, of its weights shuffled. */
  readonly cascade: readonly { readonly share: number; readonly spearman: number; readonly ssim: number }[];
  readonly shown: boolean;
  readonly reason: string;
}

export type JudgedMap<M = unknown> = DrawnMap & Judgement & { readonly method: M };

/** Shares of the weights that are shuffled, from the last layer on. */
const shares = [1 / 3, 1];
/** Spearman correlation with the map of a network that has learned nothing, above which a map says nothing of learning. */
const unchanged = 0.5;
/** Largest share of the answer that integrated gradients may leave out. */
const mostIncomplete = 0.05;

/** Draws maps and holds each to its checks; networks with shuffled weights are made once for all of them. */
export class Judge {
  readonly #target: AttributionTarget;
  readonly #data: Float32Array;
  readonly #baseline: Float32Array;
  readonly #damaged: readonly AttributionTarget[];
  readonly #chance: Pick<Faithfulness, 'randomDeletion' | 'randomInsertion'>;

  private constructor(
    target: AttributionTarget,
    data: Float32Array,
    baseline: Float32Array,
    damaged: readonly AttributionTarget[],
    chance: Pick<Faithfulness, 'randomDeletion' | 'randomInsertion'>,
  ) {
    this.#target = target;
    this.#data = data;
    this.#baseline = baseline;
    this.#damaged = damaged;
    this.#chance = chance;
  }

  static async open(target: AttributionTarget, data: Float32Array, baseline: Float32Array, random: Random) {
    const { batch, layout } = target;
    const chance = await deletionAndInsertion(target, data, baseline, randomMap(batch, layout, random));
    const damaged: AttributionTarget[] = [];
    for (const share of shares) damaged.push(await target.shuffled(share));
    const means = { randomDeletion: mean(chance.deletion), randomInsertion: mean(chance.insertion) };
    return new Judge(target, data, baseline, damaged, means);
  }

  /** Several maps that are drawn together, each judged by itself. */
  async judged<M>(draw: (target: AttributionTarget) => Promise<readonly (DrawnMap & { readonly method: M })[]>) {
    const drawn = await draw(this.#target);
    const others: (readonly DrawnMap[])[] = [];
    for (const damaged of this.#damaged) others.push(await draw(damaged));
    const { batch, layout } = this.#target;
    const maps: JudgedMap<M>[] = [];
    for (const [i, map] of drawn.entries()) {
      const areas = await deletionAndInsertion(this.#target, this.#data, this.#baseline, map.map);
      const numbers = { deletion: mean(areas.deletion), insertion: mean(areas.insertion), ...this.#chance };
      const cascade = shares.map((share, k) => ({ share, ...mapChange(map.map, others[k][i].map, batch, layout) }));
      maps.push({ ...map, ...numbers, cascade, ...verdict(numbers, cascade, map, batch) });
    }
    return maps;
  }

  async release(): Promise<void> {
    for (const other of this.#damaged) await other.release();
  }
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function verdict(
  { insertion, deletion, randomInsertion, randomDeletion }: Faithfulness,
  cascade: Judgement['cascade'],
  { incompleteness, map }: DrawnMap,
  batch: number,
): Pick<Judgement, 'shown' | 'reason'> {
  const last = cascade.at(-1)!.spearman;
  const flat = flatMaps(map, batch);
  if (flat > batch / 2) {
    return { shown: false, reason: `it names no place: the same everywhere in ${flat} of ${batch} inputs` };
  }
  if (incompleteness !== undefined && incompleteness > mostIncomplete) {
    const reason = `it accounts for the answer only within ${(incompleteness * 100).toFixed(0)} %: take more steps`;
    return { shown: false, reason };
  }
  if (last > unchanged) {
    const reason = `it hardly changes when all weights are shuffled (rank correlation ${last.toFixed(2)})`;
    return { shown: false, reason };
  }
  if (!(insertion > randomInsertion) || !(deletion < randomDeletion)) {
    const reason = 'putting back or taking away what it names does no more than places in random order';
    return { shown: false, reason };
  }
  return { shown: true, reason: 'passes its checks' };
}

/** Inputs whose map has one value only: their order is that of the pixels, and says nothing. */
function flatMaps(map: Float32Array, batch: number): number {
  const length = map.length / batch;
  return Array.from({ length: batch }, (_, row) => map.subarray(row * length, (row + 1) * length)).filter((own) =>
    own.every((value) => value === own[0]),
  ).length;
}

export function checkOf(title: string, { shown, reason, cascade, incompleteness }: JudgedMap): Check {
  const course = cascade
    .map(({ share, spearman }) => `${(share * 100).toFixed(0)} % shuffled: ${spearman.toFixed(2)}`)
    .join(', ');
  const complete = incompleteness === undefined ? '' : `; incomplete by ${(incompleteness * 100).toFixed(1)} % at most`;
  return {
    statement: `${title} depends on what was learned and beats a random order`,
    passed: shown,
    detail: `${reason}; rank correlation with ${course}${complete}`,
  };
}
