/**
 * The shape of what each layer makes of the pictures: how many directions it fills, whether neighbours mean anything,
 * whether it has collapsed (methods.md 7.7). Maps are averaged over space first: one number a channel.
 * @module
 */
import { z } from 'zod';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { imagingOption, viewStore } from '../augmented-views.ts';
import type { Check, Finding, FindingTable, LinesFigure, Series } from '../finding.ts';
import { describeTap, type Measure, type TapGeometry, type Views } from '../geometry/tap-geometry.ts';
import { defineInstrument, type InstrumentContext } from '../instrument.ts';
import type { ShownInputs } from '../laboratory.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(256).describe('pictures looked at, patients taking turns'),
  neighbours: z.int().min(3).default(10).describe('neighbours counted for hubness and the local dimension'),
  pictures: z.int().min(12).default(64).describe('pictures shown in several random views, for LiDAR and alignment'),
  views: z.int().min(2).default(8).describe('random views of each of those'),
  imaging: imagingOption,
});
type Options = z.infer<typeof options>;

interface EncoderGeometry {
  readonly name: string;
  readonly role: StudiedEncoder['role'];
  readonly taps: readonly TapGeometry[];
}

/** How many pictures were shown, and of how many patients. */
interface Shown {
  readonly inputs: ShownInputs;
  readonly viewed: number;
  readonly views: number;
}

export const geometry = defineInstrument<Options>({
  id: 'geometry',
  title: 'Geometry and collapse',
  question: 'How many directions does each layer use, and has any of them collapsed?',
  source:
    'RankMe (Garrido 2023), LiDAR (Thilak 2024), α-ReQ (Agrawal 2022), alignment and uniformity (Wang and Isola 2020), TwoNN (Facco 2017)',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, { inputs: count, neighbours, pictures, views, imaging }, { random, onProgress }) {
    const { laboratory, trained, untrained } = subject;
    const studied = [trained, ...(untrained === undefined ? [] : [untrained])];
    const inputs = await laboratory.inputs(trained, count);
    const viewed = await laboratory.inputs(trained, Math.min(pictures, inputs.count));
    const seen = await shownViews(subject, viewed, views, imaging, random);
    const results: EncoderGeometry[] = [];
    for (const encoder of studied) {
      const features = await laboratory.features(encoder, inputs, 1);
      const ofViews = [];
      for (const shown of seen) ofViews.push(await laboratory.features(encoder, shown, 1));
      const taps: TapGeometry[] = [];
      for (const [t, table] of features.entries()) {
        const tables: Views = { patients: viewed.patients, tables: ofViews.map((entry) => entry[t]) };
        taps.push(describeTap(table, inputs, tables, neighbours));
        onProgress(results.length * features.length + taps.length, studied.length * features.length, 'layers');
      }
      results.push({ name: encoder.name, role: encoder.role, taps });
    }
    return findingOf(subject, { inputs, viewed: viewed.count, views }, results);
  },
});

/** The same windows in as many random views. */
async function shownViews(
  { laboratory, trained, store }: Subject,
  { items, starts }: ShownInputs,
  views: number,
  imaging: Options['imaging'],
  random: InstrumentContext['random'],
): Promise<ShownInputs[]> {
  const opened = await laboratory.encoder(trained);
  const windows = items.map((item, i) => ({ item, start: starts[i] }));
  return Array.from({ length: views }, (_, view) =>
    laboratory.show(opened, windows, viewStore(store, imaging, random.split('view', view))),
  );
}

function findingOf(subject: Subject, shown: Shown, encoders: readonly EncoderGeometry[]): Finding {
  const { inputs } = shown;
  const [trained, untrained] = encoders;
  const last = trained.taps.at(-1)!;
  const widest = trained.taps.reduce((a, b) => (b.measures.rankMe.value > a.measures.rankMe.value ? b : a));
  const collapsed = trained.taps.filter(
    ({ measures: m }) => m.dispersion.value < 0.01 || m.participationRatio.value < 1.2,
  );
  const text = ({ value, low, high }: Estimate, decimals = 1) =>
    Number.isFinite(low)
      ? `${value.toFixed(decimals)} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`
      : value.toFixed(decimals);
  const title =
    collapsed.length > 0
      ? `${collapsed.map(({ tap }) => tap).join(', ')} ${collapsed.length === 1 ? 'has' : 'have'} collapsed to a point or a line`
      : `No layer has collapsed; ${widest.tap} uses most directions (effective rank ${text(widest.measures.rankMe)} of ${widest.channels})`;
  const beside = untrained?.taps.at(-1);
  const sentences = [
    `${last.tap}, the last layer, spreads ${inputs.count} pictures of ${new Set(inputs.patients).size} patients over an effective rank of ${text(last.measures.rankMe)} of ${last.channels} channels${beside === undefined ? '' : `; untrained it has ${text(beside.measures.rankMe)}`}.`,
    `Their intrinsic dimension there is ${text(last.measures.twoNearest)} by nearest neighbours; ${Number.isFinite(last.measures.spectralDecay.value) ? `the spectrum falls with exponent ${text(last.measures.spectralDecay, 2)} (about 1 is balanced)` : 'so few pictures show no exponent of the spectrum'}.`,
    `Between views of one picture and views of another it tells ${text(last.measures.lidar)} directions apart (LiDAR, at most ${Math.min(shown.viewed - 1, last.channels)})${beside === undefined ? '' : `; untrained ${text(beside.measures.lidar)}`}.`,
    collapsed.length > 0
      ? 'Lower the learning rate, or check that the task cannot be solved by one direction.'
      : 'In every layer pictures differ by more than 1 % of their mean vector, and more than one direction carries the differences.',
  ];
  return {
    instrument: 'geometry',
    title,
    sentences,
    checks: checksOf(trained, shown),
    figures: [
      overTaps(subject, shown, encoders, 'effective-rank', 'rankMe', 'effective rank (RankMe)'),
      overTaps(
        subject,
        shown,
        encoders,
        'lidar',
        'lidar',
        'number of directions that tell pictures from views (LiDAR)',
      ),
      overTaps(subject, shown, encoders, 'dimension', 'twoNearest', 'intrinsic dimension (TwoNN)'),
      spectra(inputs, trained),
    ],
    tables: tablesOf(trained, text),
    data: { inputs: inputs.count, patients: new Set(inputs.patients).size, encoders },
  };
}

/** Bounds that hold for every cloud: where they fail, the arithmetic is wrong, not the network. */
function checksOf({ taps }: EncoderGeometry, { viewed, views }: Shown): Check[] {
  const widest = Math.max(...taps.map(({ channels }) => channels));
  const free = viewed * (views - 1);
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
    {
      statement: 'Views leave every layer’s channels enough freedom for LiDAR',
      passed: free >= 2 * widest,
      detail: `${viewed} pictures in ${views} views leave ${free} degrees of freedom for at most ${widest} channels; raise geometry.pictures or geometry.views where fewer than twice`,
    },
  ];
}

function overTaps(
  subject: Subject,
  { inputs, viewed, views }: Shown,
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
    caption: `Averaged over space, ${measure === 'lidar' ? `${viewed} pictures in ${views} random views each` : `${inputs.count} pictures of ${new Set(inputs.patients).size} patients`}; bands: 95 % by leaving out groups of patients.`,
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

function tablesOf({ taps }: EncoderGeometry, text: (estimate: Estimate, decimals?: number) => string): FindingTable[] {
  return [
    {
      title: 'How many directions every layer of the trained network uses',
      columns: ['layer', 'channels', 'RankMe', 'LiDAR', 'participation ratio', 'spectrum, α'],
      rows: taps.map(({ tap, channels, measures: m }) => [
        tap,
        String(channels),
        text(m.rankMe),
        text(m.lidar),
        m.participationRatio.value.toFixed(1),
        Number.isFinite(m.spectralDecay.value) ? text(m.spectralDecay, 2) : '–',
      ]),
    },
    {
      title: 'How pictures lie in it: intrinsic dimension, hubs, spread over the sphere',
      columns: ['layer', 'TwoNN', 'MLE', 'hubness', 'uniformity', 'alignment', 'mean cosine'],
      rows: taps.map(({ tap, measures: m }) => [
        tap,
        text(m.twoNearest),
        text(m.levinaBickel),
        m.hubness.value.toFixed(2),
        m.uniformity.value.toFixed(2),
        m.alignment.value.toFixed(2),
        m.meanCosine.value.toFixed(2),
      ]),
    },
  ];
}
