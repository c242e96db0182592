/**
 * The shape of what each layer makes of the pictures: how many directions it fills, whether neighbours mean anything,
 * whether it has collapsed (methods.md 7.7). Maps are averaged over space first: one number a channel.
 * @module
 */
import { z } from 'zod';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { rankMe, spread } from '../../training/measurements.ts';
import type { Check, Finding, LinesFigure, Series } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import { groupedJackknife } from '../jackknife.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import {
  alignment,
  type Cloud,
  covarianceSpectrum,
  hubness,
  levinaBickel,
  meanCosine,
  participationRatio,
  spectralDecay,
  squaredDistances,
  twoNearest,
  uniformity,
} from '../measures/geometry.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(256).describe('pictures looked at, patients taking turns'),
  neighbours: z.int().min(3).default(10).describe('neighbours counted for hubness and the local dimension'),
});
type Options = z.infer<typeof options>;

const measures = [
  'rankMe',
  'participationRatio',
  'spectralDecay',
  'twoNearest',
  'levinaBickel',
  'hubness',
  'uniformity',
  'meanCosine',
  'spread',
  'dispersion',
] as const;
type Measure = (typeof measures)[number];

/** One tap of one encoder. */
interface TapGeometry {
  readonly tap: string;
  readonly channels: number;
  readonly measures: Readonly<Record<Measure, Estimate>>;
  /** Mean squared distance of two windows of one item, where items have two. */
  readonly alignment?: number;
  /** Covariance eigenvalues over their largest. */
  readonly spectrum: readonly number[];
}

interface EncoderGeometry {
  readonly name: string;
  readonly role: StudiedEncoder['role'];
  readonly taps: readonly TapGeometry[];
}

export const geometry = defineInstrument<Options>({
  id: 'geometry',
  title: 'Geometry and collapse',
  question: 'How many directions does each layer use, and has any of them collapsed?',
  source:
    'RankMe (Garrido 2023), α-ReQ (Agrawal 2022), alignment and uniformity (Wang and Isola 2020), TwoNN (Facco 2017)',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, { inputs: count, neighbours }, { onProgress }) {
    const studied = [subject.trained, ...(subject.untrained === undefined ? [] : [subject.untrained])];
    const results: EncoderGeometry[] = [];
    const inputs = await subject.laboratory.inputs(subject.trained, count);
    for (const encoder of studied) {
      const features = await subject.laboratory.features(encoder, inputs, 1);
      const taps: TapGeometry[] = [];
      for (const table of features) {
        taps.push(describeTap(table, inputs, neighbours));
        onProgress(results.length * features.length + taps.length, studied.length * features.length, 'layers');
      }
      results.push({ name: encoder.name, role: encoder.role, taps });
    }
    return findingOf(subject, inputs, results);
  },
});

function describeTap(table: TapFeatures, inputs: ShownInputs, neighbours: number): TapGeometry {
  const estimates = groupedJackknife(inputs.patients, (rows) => {
    const cloud = rowsOf(table, rows);
    const eigenvalues = covarianceSpectrum(cloud);
    const distances = squaredDistances(cloud);
    const { rows: n, columns } = cloud;
    const k = Math.min(neighbours, n - 2);
    const values: Record<Measure, number> = {
      rankMe: rankMe(cloud.data, n, columns),
      participationRatio: participationRatio(eigenvalues),
      spectralDecay: spectralDecay(eigenvalues, Math.min(11, 1 + (columns >> 2)), 50),
      twoNearest: twoNearest(distances, n),
      levinaBickel: levinaBickel(distances, n, k),
      hubness: hubness(distances, n, k),
      uniformity: uniformity(cloud),
      meanCosine: meanCosine(cloud),
      spread: spread(cloud.data, n, columns),
      dispersion: dispersion(cloud, eigenvalues),
    };
    return measures.map((measure) => values[measure]);
  });
  const eigenvalues = covarianceSpectrum(
    rowsOf(
      table,
      inputs.items.map((_, row) => row),
    ),
  );
  const pairs = samePairs(inputs);
  const aligned =
    pairs.length < 8
      ? undefined
      : alignment(
          rowsOf(
            table,
            pairs.map(([a]) => a),
          ),
          rowsOf(
            table,
            pairs.map(([, b]) => b),
          ),
        );
  return {
    tap: table.tap,
    channels: table.columns,
    measures: Object.fromEntries(measures.map((measure, i) => [measure, estimates[i]])) as TapGeometry['measures'],
    ...(aligned === undefined ? {} : { alignment: aligned }),
    spectrum: Array.from(eigenvalues.subarray(0, 64), (value) => value / (eigenvalues[0] || 1)),
  };
}

/** How far embeddings lie from their mean, over its length: what is left of a point when everything collapses to it. */
function dispersion({ rows, columns, data }: Cloud, eigenvalues: Float64Array): number {
  let squared = 0;
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j] / rows;
    squared += mean ** 2;
  }
  const variance = eigenvalues.reduce((sum, value) => sum + value, 0);
  return squared > 0 ? Math.sqrt(variance / squared) : Number.POSITIVE_INFINITY;
}

function rowsOf({ columns, data }: TapFeatures, rows: readonly number[]): Cloud & { readonly data: Float32Array } {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, data: out };
}

/** Two windows of the same item: what a network should see as alike. */
function samePairs({ items }: ShownInputs): [number, number][] {
  const first = new Map<number, number>();
  return items.flatMap((item, row): [number, number][] => {
    const earlier = first.get(item);
    if (earlier === undefined) {
      first.set(item, row);
      return [];
    }
    return [[earlier, row]];
  });
}

function findingOf(subject: Subject, inputs: ShownInputs, encoders: readonly EncoderGeometry[]): Finding {
  const [trained, untrained] = encoders;
  const last = trained.taps.at(-1)!;
  const widest = trained.taps.reduce((a, b) => (b.measures.rankMe.value > a.measures.rankMe.value ? b : a));
  const collapsed = trained.taps.filter(
    ({ measures: m }) => m.dispersion.value < 0.01 || m.participationRatio.value < 1.2,
  );
  const title =
    collapsed.length > 0
      ? `${collapsed.map(({ tap }) => tap).join(', ')} ${collapsed.length === 1 ? 'has' : 'have'} collapsed to a point or a line`
      : `No layer has collapsed; ${widest.tap} uses most directions`;
  const text = ({ value, low, high }: Estimate, decimals = 1) =>
    Number.isFinite(low)
      ? `${value.toFixed(decimals)} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`
      : value.toFixed(decimals);
  const beside = untrained?.taps.at(-1);
  const sentences = [
    `${last.tap}, the last layer, spreads ${inputs.count} pictures of ${new Set(inputs.patients).size} patients over an effective rank of ${text(last.measures.rankMe)} of ${last.channels} channels${beside === undefined ? '' : `; untrained it has ${text(beside.measures.rankMe)}`}.`,
    `Their intrinsic dimension there is ${text(last.measures.twoNearest)} by nearest neighbours; the spectrum falls with exponent ${text(last.measures.spectralDecay, 2)} (about 1 is balanced).`,
    collapsed.length > 0
      ? 'Lower the learning rate, or check that the task cannot be solved by one direction.'
      : 'In every layer pictures differ by more than 1 % of their mean vector, and more than one direction carries the differences.',
  ];
  return {
    instrument: 'geometry',
    title,
    sentences,
    checks: checksOf(trained),
    figures: [
      overTaps(subject, inputs, encoders, 'effective-rank', 'rankMe', 'effective rank (RankMe)'),
      overTaps(subject, inputs, encoders, 'dimension', 'twoNearest', 'intrinsic dimension (TwoNN)'),
      spectra(inputs, trained),
    ],
    tables: [tableOf(trained, text)],
    data: { inputs: inputs.count, patients: new Set(inputs.patients).size, encoders },
  };
}

/** Bounds that hold for every cloud: where they fail, the arithmetic is wrong, not the network. */
function checksOf({ taps }: EncoderGeometry): Check[] {
  const inside = taps.every(({ channels, measures: m }) => m.rankMe.value >= 0.99 && m.rankMe.value <= channels * 1.01);
  const below = taps.every(({ channels, measures: m }) => m.participationRatio.value <= channels * 1.0001);
  return [
    {
      statement: 'Effective rank and participation ratio lie between one and the number of channels',
      passed: inside && below,
      detail: taps
        .map(({ tap, channels, measures: m }) => `${tap} ${m.rankMe.value.toFixed(1)} of ${channels}`)
        .join('; '),
    },
  ];
}

function overTaps(
  subject: Subject,
  inputs: ShownInputs,
  encoders: readonly EncoderGeometry[],
  name: string,
  measure: Measure,
  y: string,
): LinesFigure {
  const places = encoders[0].taps.map(({ tap }) => tap);
  const series = encoders.map(({ name: encoder, role, taps }): Series => {
    const colour = role === 'trained' ? subject.trained.colour : undefined;
    return {
      name: encoder,
      role: role === 'random' ? 'random' : 'trained',
      ...(colour === undefined ? {} : { colour }),
      points: taps.map(({ measures: m }, x) => ({ x, ...m[measure] })),
    };
  });
  const [first, last] = [encoders[0].taps[0].measures[measure].value, encoders[0].taps.at(-1)!.measures[measure].value];
  const course = last > first * 1.15 ? 'grows' : last < first / 1.15 ? 'shrinks' : 'stays about the same';
  return {
    kind: 'lines',
    name,
    title: `The ${y} ${course} from the first layer (${first.toFixed(1)}) to the last (${last.toFixed(1)})`,
    caption: `Averaged over space, ${inputs.count} pictures of ${new Set(inputs.patients).size} patients; bands: 95 % by leaving out groups of patients.`,
    x: 'layers, first to last',
    y,
    places,
    series,
  };
}

function spectra(inputs: ShownInputs, { taps }: EncoderGeometry): LinesFigure {
  return {
    kind: 'lines',
    name: 'spectra',
    title: 'How fast the variance falls from one direction to the next, layer by layer',
    caption: `Covariance eigenvalues over the largest, ten to the power of the axis; ${inputs.count} pictures.`,
    x: 'direction (rank of its eigenvalue)',
    y: 'log₁₀ of its share of the largest',
    logarithmicX: true,
    series: taps.map(({ tap, spectrum }) => ({
      name: tap,
      role: 'other' as const,
      points: spectrum
        .map((value, i) => ({ x: i + 1, value: Math.log10(value) }))
        .filter(({ value }) => value > -6 && Number.isFinite(value)),
    })),
  };
}

function tableOf({ taps }: EncoderGeometry, text: (estimate: Estimate, decimals?: number) => string) {
  return {
    title: 'Every layer of the trained network',
    columns: [
      'layer',
      'channels',
      'RankMe',
      'participation',
      'α',
      'TwoNN',
      'hubness',
      'uniformity',
      'alignment',
      'cosine',
    ],
    rows: taps.map(({ tap, channels, measures: m, alignment: aligned }) => [
      tap,
      String(channels),
      text(m.rankMe),
      text(m.participationRatio),
      text(m.spectralDecay, 2),
      text(m.twoNearest),
      text(m.hubness, 2),
      text(m.uniformity, 2),
      aligned === undefined ? '' : aligned.toFixed(3),
      text(m.meanCosine, 2),
    ]),
  };
}
