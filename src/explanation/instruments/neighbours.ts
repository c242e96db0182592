/**
 * Who is next to whom: retrieval at every layer, how much of it is the same patient, pages of nearest pictures, and maps
 * of the embedding with what they are worth (methods.md 7.5, 7.11).
 * @module
 */
import { z } from 'zod';
import { framesSpanned, type Presentation } from '../../data/transform/presentation.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { type EmbeddingMap, embeddingMap, mapKinds } from '../embedding-maps.ts';
import type { Check, FigureData, Finding, ShownPicture } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import type { ShownInputs } from '../laboratory.ts';
import { onSphere } from '../measures/geometry.ts';
import { cosineNeighbours } from '../measures/similarity.ts';
import { shownPicture } from '../shown-picture.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(200).describe('pictures compared'),
  neighbours: z.int().min(1).default(5).describe('neighbours counted and shown'),
  label: z.string().optional().describe('label that neighbours may share; default: view, or the first class label'),
  queries: z.int().min(1).max(12).default(4).describe('pictures whose neighbours are shown'),
  seeds: z.int().min(1).default(3).describe('seeds of UMAP and t-SNE'),
});
type Options = z.infer<typeof options>;

interface TapNeighbours {
  readonly tap: string;
  /** Share of the nearest that are of the same patient, nobody excluded. */
  readonly samePatient: Estimate;
  /** Share of the nearest of other patients with the same label. */
  readonly sameLabel?: Estimate;
}

export const neighbours = defineInstrument<Options>({
  id: 'neighbours',
  title: 'Neighbours',
  question: 'What does each layer find alike, and is it the patient or the picture?',
  source: 'methods.md 7.5 and 7.11; trustworthiness: Venna and Kaski 2001',
  usual: true,
  options,
  unfit: (subject) =>
    new Set(subject.items.map((item) => subject.store.index.items[item].patient)).size < 3
      ? 'fewer than three patients can be looked at'
      : undefined,
  async look(subject, chosen, { onProgress }) {
    const { laboratory } = subject;
    const inputs = await laboratory.inputs(subject.trained, chosen.inputs);
    const { presentation } = await laboratory.encoder(subject.trained);
    const label = chosen.label ?? classLabel(subject, inputs);
    const labels = label === undefined ? undefined : laboratory.labels(inputs, label, presentation);
    const encoders = [subject.trained, ...(subject.untrained === undefined ? [] : [subject.untrained])];
    const results: TapNeighbours[][] = [];
    for (const encoder of encoders) results.push(await countedAt(subject, encoder, inputs, labels, chosen.neighbours));
    onProgress(1, 2, 'parts');
    const last = (await laboratory.features(subject.trained, inputs, 1)).at(-1)!;
    const sphere = onSphere(last);
    const k = Math.min(10, Math.floor((inputs.count - 1) / 2) - 1);
    const maps = mapKinds.flatMap((kind) =>
      Array.from({ length: kind === 'pca' ? 1 : chosen.seeds }, (_, seed) => embeddingMap(sphere, kind, seed + 1, k)),
    );
    const near = cosineNeighbours(last, inputs.count - 1);
    onProgress(2, 2, 'parts');
    return findingOf(subject, chosen, inputs, { label, labels }, results, maps, near, last.tap, presentation);
  },
});

/** A class label known of most pictures shown. */
function classLabel({ store }: Subject, { items }: ShownInputs): string | undefined {
  const values = new Map<string, string[]>();
  for (const item of items) {
    for (const [name, value] of Object.entries(store.index.items[item].labels)) {
      values.set(name, [...(values.get(name) ?? []), String(value)]);
    }
  }
  const fitting = [...values].filter(([, list]) => {
    const distinct = new Set(list).size;
    return list.length > items.length / 2 && distinct >= 2 && distinct <= 12;
  });
  return fitting.find(([name]) => name === 'view')?.[0] ?? fitting.map(([name]) => name).sort()[0];
}

async function countedAt(
  { laboratory }: Subject,
  encoder: StudiedEncoder,
  inputs: ShownInputs,
  labels: readonly unknown[] | undefined,
  k: number,
): Promise<TapNeighbours[]> {
  const tables = await laboratory.features(encoder, inputs, 1);
  const { patients } = inputs;
  return tables.map((table): TapNeighbours => {
    const near = cosineNeighbours(table, table.rows - 1);
    const same = near.map(
      (order, row) => order.slice(0, k).filter((other) => patients[other] === patients[row]).length / k,
    );
    const shared = near.map((order, row) => {
      if (labels === undefined || labels[row] === undefined) return Number.NaN;
      const others = order
        .filter((other) => patients[other] !== patients[row] && labels[other] !== undefined)
        .slice(0, k);
      return others.length === 0
        ? Number.NaN
        : others.filter((other) => labels[other] === labels[row]).length / others.length;
    });
    const mean = (values: readonly number[]): Estimate => {
      const rows = values.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]));
      const { intervals } = clusterBootstrap(
        rows.map((row) => patients[row]),
        (weights) => {
          let [sum, total] = [0, 0];
          rows.forEach((row, i) => {
            sum += weights[i] * values[row];
            total += weights[i];
          });
          return [sum / total];
        },
        { resamples: 1000 },
      );
      return intervals[0];
    };
    return { tap: table.tap, samePatient: mean(same), ...(labels === undefined ? {} : { sameLabel: mean(shared) }) };
  });
}

function findingOf(
  subject: Subject,
  { neighbours: k, queries }: Options,
  inputs: ShownInputs,
  { label, labels }: { readonly label: string | undefined; readonly labels: readonly unknown[] | undefined },
  results: readonly (readonly TapNeighbours[])[],
  maps: readonly EmbeddingMap[],
  near: readonly (readonly number[])[],
  tap: string,
  presentation: Presentation,
): Finding {
  const [trained, untrained] = results;
  const chance = samePatientByChance(inputs);
  const last = trained.at(-1)!;
  const percent = ({ value, low, high }: Estimate) =>
    `${(value * 100).toFixed(0)} % [${(low * 100).toFixed(0)}, ${(high * 100).toFixed(0)}]`;
  const asked = chance > 0;
  const leaks = asked && last.samePatient.low > 2 * chance;
  const title = !asked
    ? `What ${last.tap} finds alike; each patient has one picture here, so that the patient cannot be what it finds`
    : leaks
      ? `${last.tap} groups pictures by patient: ${percent(last.samePatient)} of the nearest are the same patient's`
      : `${last.tap} does not group pictures by patient: ${percent(last.samePatient)} of the nearest are the same patient's`;
  const best = trained.reduce((a, b) => ((b.sameLabel?.value ?? 0) > (a.sameLabel?.value ?? 0) ? b : a));
  const sentences = [
    ...(asked
      ? [
          `Chance is ${(chance * 100).toFixed(0)} %.${leaks ? ' Retrieval that does not exclude the patient would measure this.' : ''}`,
        ]
      : []),
    ...(label === undefined || best.sameLabel === undefined
      ? ['No class label says whether neighbours of other patients are alike.']
      : [
          `Among neighbours of other patients, ${best.tap} finds the same ${label} most often, ${percent(best.sameLabel)}${untrained === undefined ? '' : `; untrained it finds ${percent(untrained.find((entry) => entry.tap === best.tap)!.sameLabel!)}`}.`,
        ]),
    `Trustworthiness of the maps of ${tap} (1: whoever is near on the map is near in the layer; 0.5: by chance): ${mapKinds.flatMap((kind) => trustOf(maps, kind)).join('; ')}.`,
  ];
  const figures: FigureData[] = [
    ...(asked
      ? [
          overTaps(
            'same-patient',
            title,
            'share of the nearest, %',
            `The ${k} nearest by cosine of ${inputs.count} pictures of ${new Set(inputs.patients).size} patients; bands: 95 % by bootstrap over patients.`,
            results,
            ({ samePatient }) => samePatient,
            [{ name: 'chance', value: chance * 100 }],
          ),
        ]
      : []),
    ...(label === undefined
      ? []
      : [
          overTaps(
            'same-label',
            `How often the nearest of other patients share the ${label}`,
            'share of the nearest, %',
            `The ${k} nearest of other patients; bands: 95 % by bootstrap over patients.`,
            results,
            ({ sameLabel }) => sameLabel,
            [],
          ),
        ]),
    retrieval(subject, inputs, near, k, queries, tap, labels, presentation),
    embeddingMaps(maps, tap, labels, label),
  ];
  const worst = Math.min(...maps.map(({ trustworthiness }) => trustworthiness));
  const checks: Check[] = [
    {
      statement: 'Every map keeps more neighbours than chance would',
      passed: worst > 0.6,
      detail: `lowest trustworthiness ${worst.toFixed(2)}; 0.5 is chance`,
    },
  ];
  return {
    instrument: 'neighbours',
    title,
    sentences,
    checks,
    figures,
    data: { inputs: inputs.count, label, chance, trained, untrained, maps: maps.map(({ points: _, ...rest }) => rest) },
  };
}

const mapNames = { pca: 'PCA', umap: 'UMAP', tsne: 't-SNE' } as const;

/** From the least to the most over seeds. */
function trustOf(maps: readonly EmbeddingMap[], kind: EmbeddingMap['kind']): string[] {
  const own = maps.filter((map) => map.kind === kind).map(({ trustworthiness }) => trustworthiness);
  if (own.length === 0) return [];
  const [least, most] = [Math.min(...own).toFixed(2), Math.max(...own).toFixed(2)];
  const range = least === most ? least : `${least} to ${most}`;
  return [`${mapNames[kind]} ${range}${own.length > 1 ? ` over ${own.length} seeds` : ''}`];
}

/** Small maps of the same pictures: PCA, then every seed of UMAP and of t-SNE, each with what it is worth. */
function embeddingMaps(
  maps: readonly EmbeddingMap[],
  tap: string,
  labels: readonly unknown[] | undefined,
  label: string | undefined,
): FigureData {
  const variance = maps.find(({ kind }) => kind === 'pca')?.variance;
  return {
    kind: 'scatter-panels',
    name: 'maps',
    title: `${tap} laid out in the plane${variance === undefined ? '' : `; its two main directions hold ${(variance * 100).toFixed(0)} % of the variance`}`,
    caption: `A point a picture${label === undefined ? '' : `, coloured by ${label}`}. After each name, with its seed, trustworthiness and continuity. What differs between seeds is not in the data; distances between groups mean nothing in UMAP and t-SNE.`,
    panels: maps.map(({ kind, seed, trustworthiness, continuity, points }) => ({
      title: `${mapNames[kind]}${kind === 'pca' ? '' : ` ${seed}`}: ${trustworthiness.toFixed(2)}, ${continuity.toFixed(2)}`,
      points: points.map(([x, y], row) => ({
        x,
        y,
        ...(labels?.[row] === undefined ? {} : { group: String(labels[row]) }),
      })),
    })),
  };
}

/** How often a random other picture is of the same patient. */
function samePatientByChance({ patients }: ShownInputs): number {
  const counts = new Map<string, number>();
  for (const patient of patients) counts.set(patient, (counts.get(patient) ?? 0) + 1);
  const pairs = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
  return pairs / (patients.length * (patients.length - 1));
}

function overTaps(
  name: string,
  title: string,
  y: string,
  caption: string,
  results: readonly (readonly TapNeighbours[])[],
  of: (entry: TapNeighbours) => Estimate | undefined,
  levels: readonly { readonly name: string; readonly value: number }[],
): FigureData {
  return {
    kind: 'lines',
    name,
    title,
    caption,
    x: 'layers, first to last',
    y,
    places: results[0].map(({ tap }) => tap),
    levels,
    series: results.map((taps, i) => ({
      name: i === 0 ? 'trained' : 'untrained',
      role: i === 0 ? ('trained' as const) : ('random' as const),
      points: taps.flatMap((entry, x) => {
        const estimate = of(entry);
        return estimate === undefined
          ? []
          : [{ x, value: estimate.value * 100, low: estimate.low * 100, high: estimate.high * 100 }];
      }),
    })),
  };
}

/** The middle frame of a window; of what is shown whole, that of the whole. */
function middleOf(frames: number, start: number, presentation: Presentation): number {
  return presentation.whole ? frames >> 1 : Math.min(frames - 1, start + (framesSpanned(presentation) >> 1));
}

/** Queries of different patients, each with its nearest pictures of other patients. */
function retrieval(
  { store }: Subject,
  inputs: ShownInputs,
  near: readonly (readonly number[])[],
  k: number,
  queries: number,
  tap: string,
  labels: readonly unknown[] | undefined,
  presentation: Presentation,
): FigureData {
  const seen = new Set<string>();
  const chosen = inputs.patients.flatMap((patient, row) => {
    if (seen.has(patient) || seen.size >= queries) return [];
    seen.add(patient);
    return [row];
  });
  const picture = (row: number): ShownPicture => ({
    picture: shownPicture(
      store,
      inputs.items[row],
      middleOf(store.sizeOf(inputs.items[row])[0], inputs.starts[row], presentation),
    ),
    ...(labels?.[row] === undefined ? {} : { caption: String(labels[row]) }),
  });
  return {
    kind: 'pictures',
    name: 'retrieval',
    title: `What ${tap} finds most alike, in other patients`,
    caption: `First the picture asked for, then its ${k} nearest of other patients by cosine.`,
    columns: k + 1,
    rows: chosen.map((row) => {
      const others = near[row].filter((other) => inputs.patients[other] !== inputs.patients[row]).slice(0, k);
      return { pictures: [row, ...others].map(picture) };
    }),
  };
}
