/**
 * Whether known factors lie apart in the channels of each layer: one channel for one factor, or all in all (methods.md
 * 7.8). Channels are averaged over space.
 * @module
 */
import { z } from 'zod';
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { Check, FigureData, Finding, Series } from '../finding.ts';
import { defineInstrument, type InstrumentContext } from '../instrument.ts';
import { factorNames, type ShownFactor, shownFactor, unfitFactors } from '../known-factors.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import { dciOf, type FactorTargets, type Importances, lassoImportances } from '../measures/disentanglement.ts';
import { equalParts, informationGap } from '../measures/mutual-information.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';

const options = z.strictObject({
  labels: z
    .preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.string()).optional())
    .describe('factors to look for, with commas; default: every label that varies'),
  inputs: z.int().min(40).default(192).describe('pictures looked at, patients taking turns'),
  bins: z.int().min(3).default(10).describe('parts that numbers are cut into for mutual information'),
  folds: z.int().min(3).default(5).describe('groups of patients left out in turn'),
  shuffles: z.int().min(5).default(20).describe('shuffles of the factors that say what the gap is by chance'),
});
type Options = z.infer<typeof options>;

/** One layer of one encoder. */
interface TapDisentanglement {
  readonly tap: string;
  readonly disentanglement: Estimate;
  readonly completeness: Estimate;
  /** R² of each factor on patients not fitted on. */
  readonly informativeness: readonly number[];
  /** Mean information gap over factors, and what 5 % of shuffles exceed. */
  readonly gap: number;
  readonly shuffledGap: number;
  /** The gap of each factor, the share of its entropy that its best channel says, and that channel. */
  readonly gaps: readonly { readonly gap: number; readonly best: number; readonly channel: number }[];
  readonly importances: Importances;
}

interface EncoderResult {
  readonly name: string;
  readonly role: StudiedEncoder['role'];
  readonly taps: readonly TapDisentanglement[];
}

export const disentanglement = defineInstrument<Options>({
  id: 'disentanglement',
  title: 'Disentanglement of known factors',
  question: 'Does each channel say one thing, and is each fact about a picture said by one channel?',
  source: 'MIG (Chen 2018), DCI (Eastwood and Williams 2018)',
  usual: true,
  options,
  unfit: (subject, { labels }) => unfitFactors(subject, labels),
  async look(subject, chosen, { random, onProgress }) {
    const { laboratory, trained, untrained } = subject;
    const inputs = await laboratory.inputs(trained, chosen.inputs);
    const { presentation } = await laboratory.encoder(trained);
    const factors = (chosen.labels ?? factorNames(subject)).flatMap((name) => {
      const factor = shownFactor(name, laboratory.labels(inputs, name, presentation));
      return factor === undefined ? [] : [factor];
    });
    const encoders = [trained, ...(untrained === undefined ? [] : [untrained])];
    const results: EncoderResult[] = [];
    for (const encoder of encoders) {
      const tables = await laboratory.features(encoder, inputs, 1);
      const taps: TapDisentanglement[] = [];
      for (const table of tables) {
        taps.push(describeTap(table, inputs, factors, chosen, random.split('shuffles', table.tap)));
        onProgress(results.length * tables.length + taps.length, encoders.length * tables.length, 'layers');
      }
      results.push({ name: encoder.name, role: encoder.role, taps });
    }
    return findingOf(subject, inputs, factors, results);
  },
});

function describeTap(
  table: TapFeatures,
  { patients }: ShownInputs,
  factors: readonly ShownFactor[],
  { bins, folds: wanted, shuffles }: Options,
  random: InstrumentContext['random'],
): TapDisentanglement {
  const { rows, columns, data } = table;
  const names = [...new Set(patients)];
  const count = Math.min(wanted, names.length);
  const foldOf = new Map(names.map((name, i) => [name, i % count]));
  const folds = patients.map((patient) => foldOf.get(patient)!);
  const { all, without, informativeness } = lassoImportances(data, columns, factors.map(targetsOf), folds);
  const whole = dciOf(all);
  const parts = without.map(dciOf);
  const channels = Array.from({ length: columns }, (_, k) =>
    equalParts(
      Float64Array.from({ length: rows }, (__, row) => data[row * columns + k]),
      bins,
    ),
  );
  const codes = factors.map((factor) => (factor.kind === 'classes' ? factor.values : equalParts(factor.values, bins)));
  const gaps = codes.map((code) => informationGap(channels, code));
  const chance = Array.from({ length: shuffles }, (_, i) => {
    const order = random.split(i).permutation(rows);
    return meanOf(
      codes.map(
        (code) =>
          informationGap(
            channels,
            Array.from(order, (row) => code[row]),
          ).gap,
      ),
    );
  }).sort((a, b) => a - b);
  return {
    tap: table.tap,
    disentanglement: jackknifed(
      whole.disentanglement,
      parts.map((part) => part.disentanglement),
    ),
    completeness: jackknifed(
      whole.completeness,
      parts.map((part) => part.completeness),
    ),
    informativeness,
    gap: meanOf(gaps.map(({ gap }) => gap)),
    shuffledGap: chance[Math.floor(0.95 * chance.length)],
    gaps,
    importances: all,
  };
}

/** Numbers as they are; classes as a column each, of two classes the one. */
function targetsOf(factor: ShownFactor): FactorTargets {
  const { name } = factor;
  if (factor.kind === 'numbers') return { name, columns: [factor.values] };
  const { values, classes } = factor;
  const shown = classes === 2 ? 1 : classes;
  return {
    name,
    columns: Array.from({ length: shown }, (_, c) => Float64Array.from(values, (value) => (value === c ? 1 : 0))),
  };
}

/** A value with the interval of the values without each fold. */
function jackknifed(value: number, parts: readonly number[]): Estimate {
  const mean = meanOf(parts);
  const spread = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0);
  const reach = 1.96 * Math.sqrt(((parts.length - 1) / parts.length) * spread);
  return { value, low: value - reach, high: value + reach };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function findingOf(
  subject: Subject,
  inputs: ShownInputs,
  factors: readonly ShownFactor[],
  results: readonly EncoderResult[],
): Finding {
  const [trained, untrained] = results;
  const best = trained.taps.reduce((a, b) => (b.disentanglement.value > a.disentanglement.value ? b : a));
  const twin = untrained?.taps.find(({ tap }) => tap === best.tap);
  const text = ({ value, low, high }: Estimate) => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  const apart = best.gap > best.shuffledGap;
  const title = `Known factors lie ${best.disentanglement.value > 0.5 ? 'mostly in channels of their own' : 'spread over shared channels'}, most apart at ${best.tap} (disentanglement ${best.disentanglement.value.toFixed(2)} of 1)`;
  const alone = best.gaps.map((entry, f) => ({ ...entry, name: factors[f].name })).sort((a, b) => b.gap - a.gap)[0];
  const sentences = [
    `At ${best.tap} disentanglement is ${text(best.disentanglement)} and completeness ${text(best.completeness)}${twin === undefined ? '' : `; untrained ${text(twin.disentanglement)} and ${text(twin.completeness)}`}. At 1 each channel says one factor (disentanglement), each factor is said by one channel (completeness).`,
    `The best channel says ${(best.gap * 100).toFixed(1)} % more of a factor’s entropy than the next on average (MIG); shuffled factors give up to ${(best.shuffledGap * 100).toFixed(1)} %, so ${apart ? 'single channels do stand out' : 'no channel stands out beyond chance'}. ${apart ? `Most alone stands ${alone.name}, in channel ${alone.channel} (${(alone.gap * 100).toFixed(0)} %).` : ''}`.trim(),
    predicted(factors, best.informativeness),
  ];
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients, ${factors.length} factors, channels averaged over space`;
  return {
    instrument: 'disentanglement',
    title,
    sentences,
    checks: checksOf(trained),
    figures: [overLayers(subject, results, shown), gapsOf(subject, results, shown), importanceOf(best, factors, shown)],
    data: {
      inputs: inputs.count,
      factors: factors.map(({ name, kind }) => ({ name, kind })),
      encoders: results.map(({ taps, ...rest }) => ({
        ...rest,
        taps: taps.map(({ importances: _, ...numbers }) => numbers),
      })),
    },
  };
}

/** Factors whose importances mean something, and how many do not. */
function predicted(factors: readonly ShownFactor[], informativeness: readonly number[]): string {
  const known = factors
    .map(({ name }, f) => ({ name, value: informativeness[f] }))
    .filter(({ value }) => value >= 0.1)
    .sort((a, b) => b.value - a.value);
  const rest = factors.length - known.length;
  const text =
    known.length === 0 ? 'nothing' : known.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ');
  return `Channels predict on new patients (R²): ${text}${rest === 0 ? '' : `; the other ${rest} below 0.1, whose importances weigh little`}.`;
}

function checksOf({ taps }: EncoderResult): Check[] {
  const bounded = taps.every((tap) =>
    [tap.disentanglement.value, tap.completeness.value].every((value) => value >= -1e-9 && value <= 1 + 1e-9),
  );
  const read = taps.filter(({ informativeness }) => Math.max(...informativeness) > 0.1);
  return [
    {
      statement: 'Disentanglement and completeness lie between 0 and 1',
      passed: bounded,
      detail: taps.map(({ tap, disentanglement: d }) => `${tap} ${d.value.toFixed(2)}`).join(', '),
    },
    {
      statement: 'Some factor can be predicted, so that importances mean something',
      passed: read.length > 0,
      detail: taps
        .map(({ tap, informativeness }) => `${tap}: best R² ${Math.max(...informativeness).toFixed(2)}`)
        .join(', '),
    },
  ];
}

function overLayers(subject: Subject, results: readonly EncoderResult[], shown: string): FigureData {
  return {
    kind: 'lines',
    name: 'layers',
    title: 'How much each channel says one factor only, layer by layer',
    caption: `Disentanglement of lasso importances (DCI), ${shown}; bands: 95 % by leaving out groups of patients.`,
    x: 'layers, first to last',
    y: 'disentanglement, 0 to 1',
    places: results[0].taps.map(({ tap }) => tap),
    series: results.map((result) =>
      seriesOf(subject, result, ({ disentanglement: d }) => ({ value: d.value, low: d.low, high: d.high })),
    ),
  };
}

function gapsOf(subject: Subject, results: readonly EncoderResult[], shown: string): FigureData {
  const [trained] = results;
  return {
    kind: 'lines',
    name: 'gaps',
    title: 'How far the best channel of a factor is ahead of the next',
    caption: `Mutual information gap (MIG), mean over factors, ${shown}; the line of shuffled factors is what one of twenty shuffles exceeds.`,
    x: 'layers, first to last',
    y: 'share of a factor’s entropy',
    places: trained.taps.map(({ tap }) => tap),
    series: [
      ...results.map((result) => seriesOf(subject, result, ({ gap }) => ({ value: gap }))),
      {
        name: 'factors shuffled',
        role: 'other',
        points: trained.taps.map(({ shuffledGap }, x) => ({ x, value: shuffledGap })),
      },
    ],
  };
}

function seriesOf(
  subject: Subject,
  { name, role, taps }: EncoderResult,
  of: (tap: TapDisentanglement) => { value: number; low?: number; high?: number },
): Series {
  const colour = role === 'trained' ? subject.trained.colour : undefined;
  return {
    name,
    role: role === 'random' ? 'random' : 'trained',
    ...(colour === undefined ? {} : { colour }),
    points: taps.map((tap, x) => ({ x, ...of(tap) })),
  };
}

/** Channels drawn. */
const columnsShown = 14;

function importanceOf(tap: TapDisentanglement, factors: readonly ShownFactor[], shown: string): FigureData {
  const weight = tap.importances.map((row) => row.reduce((sum, value) => sum + value, 0));
  const channels = weight
    .map((_, k) => k)
    .sort((a, b) => weight[b] - weight[a])
    .slice(0, columnsShown);
  return {
    kind: 'heat-map',
    name: 'importances',
    title: `Which channels of ${tap.tap} say which factor`,
    caption: `Magnitudes of lasso weights on standardised channels, in per cent of those of the factor; the ${channels.length} channels that count most of ${weight.length}; ${shown}. A row of zeros is a factor that no channel predicts.`,
    quantity: 'share of the factor’s importance, %',
    rows: factors.map(({ name }) => name),
    columns: channels.map(String),
    columnTitle: 'channel',
    values: factors.map((_, f) => {
      const whole = tap.importances.reduce((sum, row) => sum + row[f], 0);
      return channels.map((k) => (whole > 0 ? (100 * tap.importances[k][f]) / whole : 0));
    }),
    decimals: 0,
    scale: 'sequential',
  };
}
