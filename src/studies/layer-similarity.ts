/**
 * Hypothesis H7: methods that share a trunk end up with the same first layers and with different last ones, beyond what
 * two seeds of one method differ by.
 * @module
 */
import type { FeatureTable } from '../evaluation/feature-table.ts';
import { gramMatrix, unbiasedCka } from '../explanation/measures/similarity.ts';
import { mean } from '../statistics/descriptive.ts';
import { twoWayJackknife } from '../statistics/two-way-jackknife.ts';
import { type Evidence, type Prediction, seedsBehind } from './hypothesis.ts';
import { type Need, type StudyOptions, studiedTrials, type TrialGroup } from './studied-trials.ts';
import { testFeatures, type WhichEncoder } from './trial-features.ts';

/** Methods on one trunk: `grams[method][seed][tap]`, of the same pictures in the same order. */
export interface NetworkFamily {
  readonly name: string;
  readonly methods: readonly string[];
  readonly taps: readonly string[];
  readonly patients: readonly string[];
  readonly grams: readonly (readonly (readonly Float64Array[])[])[];
}

export interface FamilyDepths {
  readonly early: readonly string[];
  readonly late: readonly string[];
}

/** Means of unbiased CKA at one tap, over pairs with different seeds. */
export interface TapSimilarity {
  /** Two seeds of one method: the noise floor. */
  readonly within: number;
  /** Two methods. */
  readonly across: number;
}

type SimilarityOf = (seeds: readonly number[], rows: readonly number[], tap: string) => TapSimilarity;

/** Pairs have different seeds on both sides: with the same seed, two methods begin with the same weights. */
export function familySimilarity({ methods, taps, patients, grams }: NetworkFamily): SimilarityOf {
  const known = new WeakMap<readonly number[], Map<string, number>>();
  const n = patients.length;
  const cka = (rows: readonly number[], tap: number, a: [number, number], b: [number, number]): number => {
    const ofRows = known.get(rows) ?? new Map<string, number>();
    known.set(rows, ofRows);
    const key = `${tap} ${[a.join(':'), b.join(':')].sort().join(' ')}`;
    let value = ofRows.get(key);
    if (value === undefined) {
      value = unbiasedCka(grams[a[0]][a[1]][tap], grams[b[0]][b[1]][tap], n, rows);
      ofRows.set(key, value);
    }
    return value;
  };
  return (seeds, rows, name) => {
    const tap = taps.indexOf(name);
    const [within, across]: [number[], number[]] = [[], []];
    methods.forEach((_, a) => {
      methods.forEach((_, b) => {
        if (b < a) return;
        for (const s of seeds) {
          for (const t of seeds) {
            if (s === t || (a === b && t < s)) continue;
            (a === b ? within : across).push(cka(rows, tap, [a, s], [b, t]));
          }
        }
      });
    });
    return { within: mean(within), across: across.length === 0 ? Number.NaN : mean(across) };
  };
}

/** What the hypothesis says of one family beside the same networks untrained. */
export function depthPredictions(
  family: NetworkFamily,
  untrained: NetworkFamily,
  { early, late }: FamilyDepths,
  decides: boolean,
): Prediction[] {
  const [of, before] = [family, untrained].map(familySimilarity);
  const seeds = family.grams[0].length;
  const statistics = (chosen: readonly number[], rows: readonly number[]) => {
    const at = (taps: readonly string[], which: keyof TapSimilarity, similarity = of) =>
      mean(taps.map((tap) => similarity(chosen, rows, tap)[which]));
    const gap = (taps: readonly string[]) => at(taps, 'within') - at(taps, 'across');
    const fall = at(early, 'across') - at(late, 'across');
    const fallBefore = at(early, 'across', before) - at(late, 'across', before);
    return [fall, gap(late), gap(late) - gap(early), fall - fallBefore];
  };
  const estimates = twoWayJackknife(seeds, family.patients, statistics);
  const [first, last] = [early, late].map((taps) => taps.join(' and '));
  const names = [
    `two methods: similarity in ${first} less that in ${last}`,
    `${last}: similarity of two seeds of a method less that of two methods`,
    `that gap in ${last} less the gap in ${first}`,
    'the first fall less that of untrained networks',
  ];
  return estimates.map((estimate, i) => ({
    name: `${family.name}, ${names[i]}`,
    unit: 'similarity',
    // What falls untrained too says nothing of training, but was not claimed.
    decides: decides && i < 3,
    seeds,
    ...estimate,
  }));
}

/** Every tap, over all seeds and pictures. */
function similarityOfTaps(family: NetworkFamily): TapSimilarity[] {
  const of = familySimilarity(family);
  const [seeds, rows] = [[...family.grams[0].keys()], [...family.patients.keys()]];
  return family.taps.map((tap) => of(seeds, rows, tap));
}

/** Methods on one trunk, and which of its layers are early and which late. */
export interface FamilyRequest extends FamilyDepths {
  readonly name: string;
  readonly methods: readonly string[];
  readonly decides: boolean;
}

export async function similarityEvidence(
  families: readonly FamilyRequest[],
  options: StudyOptions,
): Promise<Evidence | undefined> {
  const needs = families.flatMap(({ methods }) => methods.map((method): Need => ({ method })));
  const groups = await studiedTrials(needs, options);
  if (groups === undefined) return undefined;
  const predictions: Prediction[] = [];
  const figures: Evidence['figures'][number][] = [];
  const remarks: string[] = [];
  const material: string[] = [];
  for (const request of families) {
    const own = withCommonSeeds(groups.filter(({ name }) => request.methods.includes(name)));
    const seeds = own[0]?.trials.length ?? 0;
    if (own.length < 2 || seeds < 3) {
      remarks.push(`${request.name} is left out: it takes two methods and three seeds that both have.`);
      continue;
    }
    const trained = await familyOf(request, own, 'trained', options);
    const untrained = await familyOf(request, own, 'untrained', options);
    if (trained === undefined || untrained === undefined) return undefined;
    predictions.push(...depthPredictions(trained, untrained, request, request.decides));
    const [after, before] = [trained, untrained].map(similarityOfTaps);
    material.push(
      `${request.name}: ${own.map(({ name }) => name).join(', ')}, ${seeds} seeds each, ${trained.patients.length} pictures of ${new Set(trained.patients).size} test patients`,
    );
    const line = (name: string, role: 'trained' | 'other' | 'random', values: readonly number[]) => ({
      name,
      role,
      points: values.map((value, x) => ({ x, value })),
    });
    figures.push({
      kind: 'lines',
      name: request.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
      title: `How alike the layers of networks are that share the ${request.name} trunk`,
      caption: 'Unbiased linear CKA of layers of the same name, means over pairs with different seeds.',
      x: 'layers, first to last',
      y: 'unbiased CKA',
      places: trained.taps,
      series: [
        line(
          'two seeds of a method',
          'other',
          after.map(({ within }) => within),
        ),
        line(
          'two methods',
          'trained',
          after.map(({ across }) => across),
        ),
        line(
          'two untrained',
          'random',
          before.map(({ across }) => across),
        ),
      ],
    });
  }
  if (predictions.length === 0) return undefined;
  return { predictions, seeds: seedsBehind(predictions), material: `${material.join('; ')}.`, figures, remarks };
}

/** Of each group only the seeds that all have. */
function withCommonSeeds(groups: readonly TrialGroup[]): TrialGroup[] {
  const have = (group: TrialGroup, seed: number) => group.trials.some((trial) => trial.seed === seed);
  return groups.map((group) => ({
    ...group,
    trials: group.trials.filter(({ seed }) => groups.every((other) => have(other, seed))),
  }));
}

/** Taps that all methods have, pictures that all have seen. */
async function familyOf(
  { name, early, late }: FamilyRequest,
  groups: readonly TrialGroup[],
  which: WhichEncoder,
  { threads, signal, onProgress }: StudyOptions,
): Promise<NetworkFamily | undefined> {
  const tables: FeatureTable[][][] = [];
  const total = groups.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  for (const { trials } of groups) {
    const ofSeeds: FeatureTable[][] = [];
    for (const trial of trials) {
      if (signal?.aborted) return undefined;
      ofSeeds.push(await testFeatures(trial, which, threads));
      onProgress?.(`${trial.name}, seed ${trial.seed}, ${which}`, ++done, total);
    }
    tables.push(ofSeeds);
  }
  const [first] = tables[0];
  const taps = first.map(({ tap }) => tap).filter((tap) => tables.every(([own]) => own.some((one) => one.tap === tap)));
  const missing = [...early, ...late].find((tap) => !taps.includes(tap));
  if (missing !== undefined) throw new RangeError(`similarityEvidence: not every method of ${name} has ${missing}`);
  const gram = (ofTaps: readonly FeatureTable[], tap: string) => {
    const { rows, columns, features } = ofTaps.find((one) => one.tap === tap)!;
    return gramMatrix({ rows, columns, data: features });
  };
  return {
    name,
    methods: groups.map((group) => group.name),
    taps,
    patients: first[0].patients,
    grams: tables.map((ofSeeds) => ofSeeds.map((ofTaps) => taps.map((tap) => gram(ofTaps, tap)))),
  };
}
