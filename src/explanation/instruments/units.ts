/**
 * What excites single units: the pictures that move a channel most, with what it can see and what it does see, whether
 * they share a label, and whether the unit fires on a known structure (methods.md 7.3).
 * @module
 */
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { readMaskCases, shownMask, unlabelled, windowsOf } from '../../evaluation/network/mask-cases.ts';
import { checkOf, type JudgedMap } from '../attribution/judgement.ts';
import { stretched } from '../attribution/maps.ts';
import { layoutOf } from '../attribution/target.ts';
import type { FigureData, Finding, ShownPicture } from '../finding.ts';
import { defineInstrument } from '../instrument.ts';
import type { ShownInputs } from '../laboratory.ts';
import { bestOverlap, detectorIou, type Overlap } from '../measures/dissection.ts';
import { mostTelling, peaksOf, strongest } from '../peaks.ts';
import { firstFrame, type Seen } from '../receptive-field.ts';
import type { Subject } from '../subject.ts';
import { judgedSight, seenByUnit } from '../unit-sight.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(160).describe('pictures searched'),
  tap: z.string().optional().describe('layer whose units are shown; default: the one before the last'),
  units: z.int().min(1).max(24).default(6).describe('units shown, those that tell pictures apart most'),
  top: z.int().min(2).max(12).default(6).describe('pictures a unit, at most one an item and two a patient'),
  label: z.string().optional().describe('label that the pictures of a unit may share'),
});
type Options = z.infer<typeof options>;

interface UnitFacts {
  readonly unit: number;
  /** Rows of the inputs, strongest first. */
  readonly rows: readonly number[];
  readonly seen: readonly Seen[];
  /** Share of the most frequent label among them. */
  readonly purity?: number;
  readonly overlap?: Overlap & { readonly name: string };
}

export const units = defineInstrument<Options>({
  id: 'units',
  title: 'Units and what excites them',
  question: 'Which pictures excite a unit most, what does it see of them, and is it one thing?',
  source: 'Zeiler and Fergus 2014; effective receptive fields (Luo 2016); network dissection (Bau 2017)',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, chosen, { random, onProgress }) {
    const { laboratory, trained } = subject;
    const taps = await laboratory.taps(trained);
    const tap = chosen.tap ?? taps.at(-2) ?? taps[0];
    if (!taps.includes(tap)) throw usageError(`there is no layer ${tap}`, { hint: `choose one of ${taps.join(', ')}` });
    const inputs = await laboratory.inputs(trained, chosen.inputs);
    const peaks = await peaksOf(subject, tap, inputs);
    onProgress(1, 4, 'parts');
    const picked = mostTelling(peaks, chosen.units, chosen.top);
    const facts: UnitFacts[] = [];
    const labels = await labelsOf(subject, inputs, chosen.label);
    for (const unit of picked) {
      const searched = strongest(peaks, unit, inputs, chosen.top);
      const found = await seenByUnit(subject, tap, unit, searched, inputs, peaks);
      // Where a unit is silent nothing moves it: such a picture does not excite it.
      const moved = found.flatMap(({ support }, i) => (support > 0 ? [i] : []));
      if (moved.length === 0) continue;
      const [rows, seen] = [moved.map((i) => searched[i]), moved.map((i) => found[i])];
      facts.push({
        unit,
        rows,
        seen,
        ...(labels === undefined ? {} : { purity: purityOf(rows.map((row) => labels.values[row])) }),
      });
    }
    const judged = await judgedSight(subject, tap, facts, inputs, peaks, random.split('sight'));
    onProgress(2, 4, 'parts');
    if (facts.length === 0) {
      throw new SondeError('data/unsuitable', `no unit of ${tap} answers to any of ${inputs.count} pictures`, {
        hint: 'choose another layer with units.tap',
      });
    }
    const shuffledPurity =
      labels === undefined ? undefined : nullPurity(labels.values, chosen.top, random.split('purity'));
    const structures = await dissect(
      subject,
      tap,
      facts.map(({ unit }) => unit),
    );
    onProgress(4, 4, 'parts');
    const complete = facts.map((entry, i) => (structures === undefined ? entry : { ...entry, overlap: structures[i] }));
    return findingOf(tap, inputs, peaks.channels, complete, judged, labels?.name, shuffledPurity);
  },
});

async function labelsOf({ laboratory, trained, store }: Subject, inputs: ShownInputs, asked: string | undefined) {
  const { presentation } = await laboratory.encoder(trained);
  const names =
    asked === undefined
      ? ['view', ...new Set(inputs.items.flatMap((item) => Object.keys(store.index.items[item].labels)))]
      : [asked];
  for (const name of names) {
    const values = laboratory.labels(inputs, name, presentation);
    const known = values.filter((value) => value !== undefined);
    const distinct = new Set(known).size;
    if (known.length === values.length && distinct >= 2 && distinct <= 12) return { name, values };
  }
  return undefined;
}

function purityOf(values: readonly unknown[]): number {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(...counts.values()) / values.length;
}

/** Purities of pictures drawn at random: their mean and the value that 5 % exceed. */
function nullPurity(values: readonly unknown[], top: number, random: Random) {
  const draws = Array.from({ length: 500 }, (_, i) => {
    const order = random.split(i).permutation(values.length);
    return purityOf(Array.from(order.subarray(0, top), (row) => values[row]));
  }).sort((a, b) => a - b);
  return {
    mean: draws.reduce((sum, value) => sum + value, 0) / draws.length,
    high: draws[Math.floor(draws.length * 0.95)],
  };
}

/** What each unit overlaps on held-out pictures with masks; `undefined` where the data have none. */
async function dissect({ laboratory, trained, store, dense, items }: Subject, tap: string, picked: readonly number[]) {
  if (dense === undefined) return undefined;
  const opened = await laboratory.encoder(trained);
  const allowed = new Set(items);
  const cases = await readMaskCases(store, dense, opened.presentation).catch(() => undefined);
  if (cases === undefined) return undefined;
  const windows = cases.cases
    .filter(({ item }) => allowed.has(item))
    .flatMap((found) => windowsOf(found, store, opened.presentation).map((row) => ({ ...row, found })))
    .slice(0, 200);
  if (windows.length < 8) return undefined;
  const shown = laboratory.show(opened, windows);
  const layout = layoutOf(shown.shape, shown.shape.length === 4 ? 3 : 2);
  const area = layout.frames * layout.height * layout.width;
  const mask = new Uint8Array(windows.length * area).fill(unlabelled);
  windows.forEach(({ found, start }, i) => {
    mask.set(shownMask(found, start, opened.presentation).subarray(0, area), i * area);
  });
  const maps = picked.map(() => new Float32Array(windows.length * area));
  for await (const { first, count, taps } of laboratory.activations(trained, shown)) {
    const { shape, data } = taps[tap];
    const [, channels, ...grid] = shape;
    if (grid.length === 0) return undefined;
    const cells = grid.reduce((product, n) => product * n, 1);
    for (let i = 0; i < count; i++) {
      picked.forEach((unit, u) => {
        const own = (data as Float32Array).subarray((i * channels + unit) * cells, (i * channels + unit + 1) * cells);
        maps[u].set(stretched(own, 1, grid, layout), (first + i) * area);
      });
    }
  }
  return maps.map((map) => {
    const overlap = bestOverlap(map, mask, cases.classes.length, { ignored: unlabelled });
    return { ...overlap, name: cases.classes[overlap.structure] };
  });
}

function findingOf(
  tap: string,
  inputs: ShownInputs,
  channels: number,
  facts: readonly UnitFacts[],
  judged: JudgedMap,
  label: string | undefined,
  shuffled: { readonly mean: number; readonly high: number } | undefined,
): Finding {
  const pure = shuffled === undefined ? [] : facts.filter(({ purity }) => purity! > shuffled.high);
  const detectors = facts.filter(({ overlap }) => overlap !== undefined && overlap.iou > detectorIou);
  const title =
    detectors.length > 0
      ? `Unit ${detectors[0].unit} of ${tap} fires on the ${detectors[0].overlap!.name} (IoU ${detectors[0].overlap!.iou.toFixed(2)})`
      : shuffled === undefined
        ? `What excites ${facts.length} units of ${tap}`
        : `${pure.length === 0 ? 'None' : pure.length} of ${facts.length} units of ${tap} ${pure.length < 2 ? 'is' : 'are'} excited by one ${label} more than chance allows`;
  const share = facts.flatMap(({ seen }) => seen.map((entry) => entry.half / entry.support));
  const sentences = [
    `Shown are the ${facts.length} of ${channels} units of ${tap} that tell pictures apart most, each with its strongest pictures, at most two a patient.`,
    ...(shuffled === undefined
      ? []
      : [
          `The pictures of a unit share their ${label} in ${facts.map(({ purity }) => `${(purity! * 100).toFixed(0)} %`).join(', ')}; pictures at random in ${(shuffled.mean * 100).toFixed(0)} %, in one of twenty draws above ${(shuffled.high * 100).toFixed(0)} %, which ${(0.05 * facts.length).toFixed(1)} of ${facts.length} units would exceed by chance.`,
        ]),
    ...(facts[0]?.overlap === undefined
      ? []
      : [
          `Against known structures: ${facts.map(({ unit, overlap }) => `unit ${unit} ${overlap!.name} (IoU ${overlap!.iou.toFixed(3)})`).join(', ')}; above ${detectorIou} a unit counts as a detector.`,
        ]),
    `Half of what moves a unit comes from ${((100 * share.reduce((sum, value) => sum + value, 0)) / share.length).toFixed(0)} % of the places it can see at all.`,
  ];
  const figures: FigureData[] = [
    {
      kind: 'pictures',
      name: 'strongest',
      title,
      caption: `As the network sees them; outlined is what the unit can see from where it fires${
        judged.shown
          ? `, over it what moves it there: put back first, those places bring the unit to ${judged.insertion.toFixed(2)} of its answer on average, in random order to ${judged.randomInsertion.toFixed(2)}; taken away, to ${judged.deletion.toFixed(2)} against ${judged.randomDeletion.toFixed(2)}`
          : `. What moves it there is withheld: ${judged.reason}`
      }.`,
      columns: Math.max(...facts.map(({ rows }) => rows.length)),
      rows: facts.map(({ unit, rows, seen, purity, overlap }) => ({
        label: `unit ${unit}${purity === undefined ? '' : `, ${(purity * 100).toFixed(0)} % one ${label}`}${overlap === undefined ? '' : `, ${overlap.name} ${overlap.iou.toFixed(2)}`}`,
        pictures: rows.map((row, i) => pictureOf(inputs, row, seen[i], judged.shown)),
      })),
    },
  ];
  return {
    instrument: 'units',
    title,
    sentences,
    checks: [
      {
        statement: 'What moves a unit lies within what it can see',
        passed: facts.every(({ seen }) => seen.every(({ half, support }) => half > 0 && half <= support)),
        detail: facts
          .map(({ unit, seen }) => {
            const supports = seen.map(({ support }) => support);
            return `unit ${unit} by ${Math.min(...supports)} to ${Math.max(...supports)} places`;
          })
          .join('; '),
      },
      checkOf('What moves units', judged),
    ],
    figures,
    data: {
      tap,
      label,
      shuffled,
      sight: numbersOf(judged),
      units: facts.map(({ seen, ...rest }) => ({ ...rest, seen: seen.map(({ energy: _, ...box }) => box) })),
    },
  };
}

const numbersOf = ({ map: _, ...numbers }: JudgedMap) => numbers;

function pictureOf(inputs: ShownInputs, row: number, { box, energy, frame }: Seen, overlaid: boolean): ShownPicture {
  const layout = layoutOf(inputs.shape, inputs.shape.length === 4 ? 3 : 2);
  const { left, top, right, bottom } = box;
  return {
    picture: firstFrame(inputs, row, layout, frame),
    ...(overlaid ? { overlay: { data: energy, shape: [1, layout.height, layout.width], scale: 'sequential' } } : {}),
    outlines: [
      [
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
      ],
    ],
  };
}
