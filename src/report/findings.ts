/**
 * What the numbers say, in sentences: found, how sure, and what to do next. Nothing is called different that a paired
 * test has not told apart.
 * @module
 */
import type { ProbeResult, TapDifference, TapScore } from '../evaluation/probe-result.ts';
import { finding as curveFinding, type PerLayerCurve } from './figures/per-layer-curve.ts';
import type { ScoreCurveDrawing } from './figures/score-curve.ts';
import { formatDifference, formatMeasured, formatSigned, listOf, type Measure, measureStyle } from './numbers.ts';
import type { ProbeDifference, ReportData } from './report-data.ts';

/** The probes of one protocol on one label: what one per-layer figure shows. */
export interface ProbeGroup {
  readonly protocol: string;
  readonly label: string;
  readonly measure: Measure;
  readonly chance: number;
  readonly probes: readonly ProbeResult[];
  readonly differences: readonly ProbeDifference[];
}

/** Groups in the order of the probes; networks of different layers and measures that differ do not share a figure. */
export function probeGroups({ probes, differences }: Pick<ReportData, 'probes' | 'differences'>): ProbeGroup[] {
  const groups = new Map<string, ProbeResult[]>();
  for (const probe of probes) {
    const layers = probe.taps.map(({ tap }) => tap);
    const key = JSON.stringify([probe.protocol, probe.label, probe.measure, layers]);
    groups.set(key, [...(groups.get(key) ?? []), probe]);
  }
  return [...groups.values()].map((members) => {
    const { protocol, label, measure, chance } = members[0];
    const names = new Set(members.map(({ encoder }) => encoder.name));
    const mine = differences.filter(
      (entry) => entry.protocol === protocol && entry.label === label && names.has(entry.encoder),
    );
    return { protocol, label, measure, chance, probes: members, differences: mine };
  });
}

/** True where the interval leaves zero out and the (corrected) p-value agrees. */
export function isClear({ difference, p }: TapDifference): boolean {
  return p < 0.05 && (difference.low > 0 || difference.high < 0);
}

/** The comparison of an encoder with random initialisation. */
export function againstRandom(group: ProbeGroup, encoder: string): ProbeDifference | undefined {
  const random = group.probes.find((probe) => probe.encoder.role === 'random');
  return group.differences.find((entry) => entry.encoder === encoder && entry.against === random?.encoder.name);
}

/** The tap one would use: chosen on validation patients, never on the test patients it is judged by. */
export function chosenTap({ taps }: ProbeResult): TapScore | undefined {
  return taps.reduce<TapScore | undefined>(
    (best, tap) => (best && best.validation >= tap.validation ? best : tap),
    undefined,
  );
}

/** Encoders in the order of tables: what costs nothing first, what labels buy last. */
export function inTableOrder({ probes }: ProbeGroup): ProbeResult[] {
  const order = ['random', 'pixels', 'pretrained', 'supervised'];
  return probes.toSorted((a, b) => order.indexOf(a.encoder.role) - order.indexOf(b.encoder.role));
}

/** What a per-layer figure is drawn from. */
export function curveOf(group: ProbeGroup, colours: Readonly<Record<string, string | undefined>> = {}): PerLayerCurve {
  const order = ['pretrained', 'random', 'supervised', 'pixels'];
  const encoders = group.probes
    .toSorted((a, b) => order.indexOf(a.encoder.role) - order.indexOf(b.encoder.role))
    .map(({ encoder, taps }) => {
      const clear = againstRandom(group, encoder.name)?.taps.filter(isClear) ?? [];
      const differs = (tap: string) => clear.some((entry) => entry.tap === tap);
      const scores = taps.map(({ tap, score, seeds }) => ({ tap, score, seeds, differs: differs(tap) }));
      return { name: encoder.name, role: encoder.role, colour: colours[encoder.name], taps: scores };
    });
  return { label: group.label, measure: group.measure, chance: group.chance, encoders };
}

/** The curve over labels or neighbours, each encoder at the tap chosen on validation; nothing where there is none. */
export function scoreCurveOf(
  group: ProbeGroup,
  colours: Readonly<Record<string, string | undefined>> = {},
): ScoreCurveDrawing | undefined {
  const order = ['pretrained', 'random', 'supervised', 'pixels'];
  const encoders = group.probes
    .toSorted((a, b) => order.indexOf(a.encoder.role) - order.indexOf(b.encoder.role))
    .flatMap((probe) => {
      const tap = chosenTap(probe);
      if (tap?.curve === undefined) return [];
      const { name, role } = probe.encoder;
      return [{ name, role, colour: colours[name], tap: tap.tap, curve: tap.curve }];
    });
  if (encoders.length === 0) return undefined;
  const { label, measure, chance } = group;
  return {
    label,
    measure,
    chance,
    axis: encoders[0].curve.axis,
    encoders: encoders.map(({ curve, ...encoder }) => ({ ...encoder, points: curve.points })),
  };
}

/** The report's title: the first comparison, judged at the tap chosen on validation. */
export function titleOf(data: ReportData): string {
  if (data.title !== undefined) return data.title;
  const [group] = probeGroups(data);
  const main = group?.probes.find((probe) => probe.encoder.role === 'pretrained');
  if (group === undefined || main === undefined) {
    return data.runs.length === 0
      ? data.data.name
      : `${listOf(data.runs.map((run) => run.manifest.method.title))} on ${data.data.name}`;
  }
  const tap = chosenTap(main)?.tap;
  const entry = againstRandom(group, main.encoder.name)?.taps.find((difference) => difference.tap === tap);
  const name = main.encoder.name;
  if (entry === undefined) return curveFinding(curveOf(group));
  if (!isClear(entry)) return `${capitalised(name)} cannot be told from random initialisation on ${group.label}`;
  const size = points(entry.difference.value, group.measure);
  return entry.difference.value > 0
    ? `${capitalised(name)} has learned ${group.label}: ${size} over random initialisation at ${tap}`
    : `${capitalised(name)} knows less of ${group.label} than random initialisation: ${size} at ${tap}`;
}

/** One or two sentences for every pre-trained encoder of a group. */
export function findingsOf(group: ProbeGroup): string[] {
  const pretrained = group.probes.filter((probe) => probe.encoder.role === 'pretrained');
  return pretrained.flatMap((probe) => {
    const name = probe.encoder.name;
    const tap = chosenTap(probe);
    if (tap === undefined) return [];
    const comparison = againstRandom(group, name);
    const reads = `The ${group.protocol} probe of ${name} at ${tap.tap}, the tap chosen on validation patients, reaches ${formatMeasured(tap.score.value, group.measure)} on ${group.label}; guessing reaches ${formatMeasured(group.chance, group.measure)}.`;
    return comparison === undefined ? [reads] : [reads, ...comparisonSentences(name, comparison, group.measure)];
  });
}

function comparisonSentences(name: string, { taps, test }: ProbeDifference, measure: Measure): string[] {
  const above = taps.filter((entry) => isClear(entry) && entry.difference.value > 0);
  const below = taps.filter((entry) => isClear(entry) && entry.difference.value < 0);
  if (above.length + below.length === 0) {
    return [
      `${capitalised(name)} and random initialisation cannot be told apart at any of ${taps.length} taps (${test}). Train longer, or on more patients, before reading anything into the curve.`,
    ];
  }
  const sentences: string[] = [];
  if (above.length > 0) {
    const most = above.reduce((a, b) => (b.difference.value > a.difference.value ? b : a));
    sentences.push(
      `${capitalised(name)} is above random initialisation at ${above.length} of ${taps.length} taps, most at ${most.tap}: ${formatDifference(most.difference, measure)}${measureStyle(measure).unit === '%' ? ' points' : ''} (${test}).`,
    );
  }
  if (below.length > 0) {
    sentences.push(
      `At ${listOf(below.map((entry) => entry.tap))} ${name} is below random initialisation: what the pretext task needs there is not what this label needs.`,
    );
  }
  return sentences;
}

function points(value: number, measure: Measure): string {
  const text = formatSigned(value, measure);
  return measureStyle(measure).unit === '%' ? `${text} points` : text;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
