/**
 * What each layer is blind to and what it follows: named changes of the picture, how much of the embedding survives them
 * (invariance), and whether what they do is a linear map (equivariance) (methods.md 7.8; hypothesis H3).
 * @module
 */
import { z } from 'zod';
import type { Estimate } from '../../evaluation/probe-result.ts';
import type { Check, FigureData, Finding, HeatMapFigure } from '../finding.ts';
import { frameName } from '../frame-name.ts';
import { defineInstrument } from '../instrument.ts';
import { groupedJackknife } from '../jackknife.ts';
import type { ShownInputs, TapFeatures } from '../laboratory.ts';
import { equivarianceR2 } from '../measures/equivariance.ts';
import { onSphere } from '../measures/geometry.ts';
import type { StudiedEncoder, Subject } from '../subject.ts';
import { changedStore, type Transform, transforms } from '../transforms.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(128).describe('pictures shown before and after each change'),
  directions: z.int().min(2).default(16).describe('directions in which the linear map is sought'),
});
type Options = z.infer<typeof options>;

/** One change at one layer. Invariance: 1 keeps everything, 0 is as far as another picture. */
interface Response {
  readonly change: string;
  readonly tap: string;
  readonly invariance: Estimate;
  readonly equivariance: number;
  /** The same with the changed pictures of other patients: what the map follows by chance. */
  readonly mismatched: number;
}

export const invariance = defineInstrument<Options>({
  id: 'invariance',
  title: 'Invariance and equivariance',
  question: 'Which changes of a picture does each layer ignore, and which does it follow?',
  source: 'methods.md 7.8; hypothesis H3',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, chosen, { onProgress }) {
    const encoders = [subject.trained, ...(subject.untrained === undefined ? [] : [subject.untrained])];
    const inputs = await subject.laboratory.inputs(subject.trained, chosen.inputs);
    const { frames } = (await subject.laboratory.encoder(subject.trained)).presentation;
    const volumes = frameName(subject) === 'slice';
    const used = transforms
      .filter(({ ofClips = false }) => !ofClips || frames > 1)
      .map((change) => (volumes && change.ofVolumes !== undefined ? { ...change, title: change.ofVolumes } : change));
    const undone = await undoneChanges(subject, inputs, used);
    const responses: Response[][] = [];
    for (const [e, encoder] of encoders.entries()) {
      responses.push(
        await responsesOf(subject, encoder, inputs, used, chosen, (done) =>
          onProgress(e * used.length + done, encoders.length * used.length, 'changes'),
        ),
      );
    }
    return findingOf(inputs, used, undone, responses[0], responses[1]);
  },
});

/** Share of a picture's own spread below which a change has not reached the network. */
const unseen = 1e-3;

/** Changes that showing takes away again, such as contrast where pictures are standardised: no merit of the network. */
async function undoneChanges({ laboratory, trained, store }: Subject, inputs: ShownInputs, used: readonly Transform[]) {
  const opened = await laboratory.encoder(trained);
  const windows = inputs.items.slice(0, 8).map((item, i) => ({ item, start: inputs.starts[i] }));
  const before = laboratory.show(opened, windows).data;
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  const spread = Math.sqrt(before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / before.length);
  return used
    .filter((change) => {
      const after = laboratory.show(opened, windows, changedStore(store, change)).data;
      const moved = Math.sqrt(after.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0) / before.length);
      return moved <= unseen * spread;
    })
    .map(({ title }) => title);
}

async function responsesOf(
  { laboratory, store }: Subject,
  encoder: StudiedEncoder,
  inputs: ShownInputs,
  used: readonly Transform[],
  { directions }: Options,
  onDone: (done: number) => void,
): Promise<Response[]> {
  const opened = await laboratory.encoder(encoder);
  const windows = inputs.items.map((item, i) => ({ item, start: inputs.starts[i] }));
  const before = await laboratory.features(encoder, inputs, 1);
  const responses: Response[] = [];
  for (const [i, change] of used.entries()) {
    const shown = laboratory.show(opened, windows, changedStore(store, change));
    const after = await laboratory.features(encoder, shown, 1);
    before.forEach((table, t) => {
      responses.push({
        change: change.title,
        tap: table.tap,
        invariance: keptShare(table, after[t], inputs),
        equivariance: equivarianceR2(table, after[t], inputs.patients, { directions }),
        mismatched: equivarianceR2(table, rotatedRows(after[t]), inputs.patients, { directions }),
      });
    });
    onDone(i + 1);
  }
  return responses;
}

/**
 * Mean cosine between embeddings before and after, on a scale whose zero is the mean cosine between different pictures.
 * Embeddings are centred on the mean of those before: a common offset is no likeness.
 */
function keptShare(before: TapFeatures, after: TapFeatures, { patients }: ShownInputs): Estimate {
  const { rows, columns } = before;
  const centre = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) centre[i % columns] += before.data[i] / rows;
  const less = (table: TapFeatures) =>
    onSphere({ rows, columns, data: Float64Array.from(table.data, (value, i) => value - centre[i % columns]) }).data;
  const [a, b] = [less(before), less(after)];
  const own = Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += a[row * columns + j] * b[row * columns + j];
    return sum;
  });
  const [estimate] = groupedJackknife(patients, (chosen) => {
    const kept = chosen.reduce((sum, row) => sum + own[row], 0) / chosen.length;
    const totals = new Float64Array(columns);
    for (const row of chosen) for (let j = 0; j < columns; j++) totals[j] += a[row * columns + j];
    const length = totals.reduce((sum, value) => sum + value * value, 0);
    const others = (length - chosen.length) / (chosen.length * (chosen.length - 1));
    return [(kept - others) / (1 - others)];
  });
  return estimate;
}

/** Each row's answer in the place of another half the table on. */
function rotatedRows({ tap, rows, columns, data }: TapFeatures): TapFeatures {
  const cut = (rows >> 1) * columns;
  const out = new Float32Array(data.length);
  out.set(data.subarray(cut));
  out.set(data.subarray(0, cut), data.length - cut);
  return { tap, rows, columns, data: out };
}

function findingOf(
  inputs: ShownInputs,
  used: readonly Transform[],
  undone: readonly string[],
  trained: readonly Response[],
  untrained: readonly Response[] | undefined,
): Finding {
  const taps = [...new Set(trained.map(({ tap }) => tap))];
  const changes = used.map(({ title }) => title);
  const at = (list: readonly Response[], change: string, tap: string) =>
    list.find((response) => response.change === change && response.tap === tap)!;
  const last = taps.at(-1)!;
  const ranked = changes
    .filter((change) => !undone.includes(change))
    .map((change) => at(trained, change, last))
    .sort((a, b) => b.invariance.value - a.invariance.value);
  const text = ({ value, low, high }: Estimate) => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  const [most, least] = [ranked[0], ranked.at(-1)!];
  const title = `${last} hardly notices: ${most.change} (${most.invariance.value.toFixed(2)} kept); it notices most: ${least.change} (${least.invariance.value.toFixed(2)})`;
  const kept = (list: readonly Response[]) =>
    list.map(({ change, invariance: share }) => `${change} ${text(share)}`).join('; ');
  const followed = ranked.toSorted((a, b) => b.equivariance - a.equivariance);
  const follows = ({ change, equivariance }: Response) => `${change} (R² ${equivariance.toFixed(2)})`;
  const sentences = [
    `Kept at ${last}, 1 being everything and 0 as far as another picture: most of ${kept(ranked.slice(0, 3))}; least of ${kept(ranked.slice(-3).toReversed())}.`,
    ...(undone.length === 0
      ? []
      : [
          `Showing pictures to the network takes away ${undone.join(', ')} before it sees them: that is no merit of its own.`,
        ]),
    ...gained(trained, untrained, last, changes, at),
    `On patients it has not seen, a linear map at ${last} follows ${follows(followed[0])} best and ${follows(followed.at(-1)!)} least.`,
  ];
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients, maps averaged over space`;
  const map = (
    name: string,
    heading: string,
    caption: string,
    of: (change: string, tap: string) => number,
    quantity: string,
    scale: HeatMapFigure['scale'],
  ): HeatMapFigure => ({
    kind: 'heat-map',
    name,
    title: heading,
    caption,
    quantity,
    rows: changes,
    columns: taps,
    values: changes.map((change) => taps.map((tap) => of(change, tap))),
    ...(scale === 'sequential' ? { domain: [0, 1] as const } : {}),
    scale,
  });
  const figures: FigureData[] = [
    map(
      'kept',
      title,
      `How much of the embedding survives each change; 0 is as far as another picture, below 0 farther. ${shown}.`,
      (change, tap) => at(trained, change, tap).invariance.value,
      'kept',
      'sequential',
    ),
    map(
      'followed',
      'Which changes each layer follows by a linear map',
      `R² on patients the map has not seen; what a layer ignores it follows as well. ${shown}.`,
      (change, tap) => at(trained, change, tap).equivariance,
      'R²',
      'sequential',
    ),
    ...(untrained === undefined
      ? []
      : [
          map(
            'gained',
            'What training made each layer ignore (red) or notice (blue)',
            `Kept after training less kept before. ${shown}.`,
            (change, tap) => at(trained, change, tap).invariance.value - at(untrained, change, tap).invariance.value,
            'difference',
            'diverging',
          ),
        ]),
  ];
  return {
    instrument: 'invariance',
    title,
    sentences,
    checks: checksOf(trained),
    figures,
    data: { undone, trained, untrained },
  };
}

/** Changes whose intervals before and after training lie apart. */
function gained(
  trained: readonly Response[],
  untrained: readonly Response[] | undefined,
  tap: string,
  changes: readonly string[],
  at: (list: readonly Response[], change: string, tap: string) => Response,
): string[] {
  if (untrained === undefined) return [];
  const apart = (sign: 1 | -1) =>
    changes.filter((change) => {
      const [now, before] = [at(trained, change, tap).invariance, at(untrained, change, tap).invariance];
      return sign > 0 ? now.low > before.high : now.high < before.low;
    });
  const [ignored, noticed] = [apart(1), apart(-1)];
  return [
    `Training made ${tap} ignore ${ignored.length === 0 ? 'nothing more' : ignored.join(', ')}, and notice ${noticed.length === 0 ? 'nothing more' : noticed.join(', ')} (intervals apart).`,
  ];
}

function checksOf(responses: readonly Response[]): Check[] {
  return [
    {
      statement: 'No change keeps more than everything',
      passed: responses.every(({ invariance: kept }) => kept.value <= 1 + 1e-6),
      detail: `largest ${Math.max(...responses.map(({ invariance: kept }) => kept.value)).toFixed(3)}`,
    },
    {
      statement: 'A linear map to the changed pictures of others follows nothing',
      passed: responses.every(({ mismatched }) => mismatched < 0.2),
      detail: `largest R² ${Math.max(...responses.map(({ mismatched }) => mismatched)).toFixed(2)}`,
    },
  ];
}
