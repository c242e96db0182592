/**
 * What the first layer looks for: its filters, how many are oriented waves, coloured or moving, repeated or dead, and how
 * far they have turned from where they began (methods.md 7.1).
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import type { FigureData, Finding } from '../finding.ts';
import { type Bank, firstFilters } from '../first-filters.ts';
import { frameName } from '../frame-name.ts';
import { defineInstrument } from '../instrument.ts';
import type { ShownInputs } from '../laboratory.ts';
import { describeFilters, drift, type FilterFacts, orientationEntropy, redundancy } from '../measures/filter-bank.ts';

const options = z.strictObject({
  inputs: z.int().min(4).default(32).describe('pictures whose patches test which filters answer'),
});
type Options = z.infer<typeof options>;

interface BankFacts {
  readonly name: string;
  readonly filters: readonly FilterFacts[];
  readonly redundancy: number;
  /** Share of filters with R² above 0.7. */
  readonly gabor?: number;
  readonly orientationEntropy?: number;
  readonly colour?: number;
  readonly motion?: number;
  /** Filters whose weights or whose answers' variance are under 1 % of the median. */
  readonly dead: number;
}

export const filters = defineInstrument<Options>({
  id: 'filters',
  title: 'First-layer filters',
  question: 'What does the first layer look for, and did it learn it?',
  source: 'methods.md 7.1; Gabor fit as in Krizhevsky 2012 and since',
  usual: true,
  options,
  unfit: () => undefined,
  async look(subject, { inputs: count }, { random, onProgress }) {
    const shown = await subject.laboratory.inputs(subject.trained, count);
    const own = await firstFilters(subject, subject.trained);
    onProgress(1, 2, 'networks');
    const twin = subject.untrained === undefined ? undefined : await firstFilters(subject, subject.untrained);
    const trained = factsOf(subject.trained.name, own, shown);
    const untrained = twin === undefined ? undefined : factsOf('untrained', twin, shown);
    const noise = factsOf('noise', noiseLike(own, random), shown);
    onProgress(2, 2, 'networks');
    const turned = twin === undefined ? undefined : drift(own, twin);
    return findingOf(own, trained, untrained, noise.gabor, turned, frameName(subject));
  },
});

/** Filters of independent noise in the shape of a bank: what has learned nothing, whoever made the network. */
function noiseLike(bank: Bank, random: Random): Bank {
  return { ...bank, data: random.split('noise').fillNormal(new Float32Array(bank.data.length)) };
}

function factsOf(name: string, bank: Bank, shown: ShownInputs): BankFacts {
  const described = describeFilters(bank);
  const mean = (of: (facts: FilterFacts) => number | undefined) => {
    const values = described.flatMap((facts) => of(facts) ?? []);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const waves = described.filter(({ gaborR2 }) => (gaborR2 ?? 0) > 0.7);
  const gabor = mean(({ gaborR2 }) => (gaborR2 === undefined ? undefined : gaborR2 > 0.7 ? 1 : 0));
  const norms = described.map(({ norm }) => norm);
  const variances = answerVariances(bank, shown);
  const weak = (values: readonly number[]) => {
    const median = values.toSorted((a, b) => a - b)[values.length >> 1];
    return values.map((value) => value < 0.01 * median);
  };
  const [weakNorm, weakAnswer] = [weak(norms), weak(variances)];
  const repeated = redundancy(bank);
  const [colour, motion] = [mean((facts) => facts.colour), mean((facts) => facts.motion)];
  return {
    name,
    filters: described,
    redundancy: repeated.reduce((sum, value) => sum + value, 0) / repeated.length,
    dead: described.filter((_, i) => weakNorm[i] || weakAnswer[i]).length,
    ...(gabor === undefined
      ? {}
      : { gabor, orientationEntropy: orientationEntropy(waves.map(({ orientation }) => orientation!)) }),
    ...(colour === undefined ? {} : { colour }),
    ...(motion === undefined ? {} : { motion }),
  };
}

/** Variance of each filter's answer over patches of the pictures, on a coarse grid of places. */
function answerVariances({ shape, data }: Bank, shown: ShownInputs): number[] {
  const [count, channels] = shape;
  const size = shape.length === 5 ? shape.slice(2) : [1, ...shape.slice(2)];
  const extent = shown.shape.length === 4 ? shown.shape.slice(1) : [1, ...shown.shape.slice(1)];
  const length = channels * size[0] * size[1] * size[2];
  const places = extent.map((side, axis) => {
    const last = Math.max(0, side - size[axis]);
    return [...new Set([0, 1, 2, 3, 4].map((k) => Math.round((k * last) / 4)))];
  });
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  let patches = 0;
  const patch = new Float64Array(length);
  for (let input = 0; input < shown.count; input++) {
    for (const t0 of places[0]) {
      for (const y0 of places[1]) {
        for (const x0 of places[2]) {
          let at = 0;
          for (let c = 0; c < channels; c++) {
            for (let t = 0; t < size[0]; t++) {
              for (let y = 0; y < size[1]; y++) {
                for (let x = 0; x < size[2]; x++) {
                  const inside = t0 + t < extent[0] && y0 + y < extent[1] && x0 + x < extent[2];
                  const place =
                    (((input * channels + c) * extent[0] + t0 + t) * extent[1] + y0 + y) * extent[2] + x0 + x;
                  patch[at++] = inside ? shown.data[place] : 0;
                }
              }
            }
          }
          patches++;
          for (let filter = 0; filter < count; filter++) {
            let answer = 0;
            for (let i = 0; i < length; i++) answer += patch[i] * data[filter * length + i];
            sums[filter] += answer;
            squares[filter] += answer * answer;
          }
        }
      }
    }
  }
  return Array.from(sums, (sum, filter) => squares[filter] / patches - (sum / patches) ** 2);
}

function findingOf(
  bank: Bank,
  trained: BankFacts,
  untrained: BankFacts | undefined,
  noise: number | undefined,
  turned: readonly number[] | undefined,
  unit: ReturnType<typeof frameName>,
): Finding {
  const side = bank.shape.slice(2).join(' × ');
  const count = bank.shape[0];
  const median = turned?.toSorted((a, b) => a - b)[turned.length >> 1];
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const title =
    median === undefined
      ? `The first layer holds ${count} filters of ${side}`
      : median < 0.05
        ? `The first layer has hardly moved from its random start (median turn ${median.toFixed(2)})`
        : `The first layer has turned from its random start (median 1 − cos ${median.toFixed(2)})`;
  const beside = (value: number | undefined, of: (facts: BankFacts) => number | undefined) => {
    const other = untrained === undefined ? undefined : of(untrained);
    return value === undefined ? '' : `${percent(value)}${other === undefined ? '' : ` (untrained ${percent(other)})`}`;
  };
  const sentences = [
    trained.gabor === undefined
      ? `Filters of ${side} are too small for a Gabor fit to mean anything.`
      : `${beside(trained.gabor, (facts) => facts.gabor)} are oriented waves (Gabor R² above 0.7)${trained.gabor * count < 4 ? '' : `; their orientations fill ${percent(trained.orientationEntropy!)} of an even spread`}.`,
    `${trained.dead} of ${count} are dead; the most alike pairs have a mean |cos| of ${trained.redundancy.toFixed(2)}${untrained === undefined ? '' : ` (untrained ${untrained.redundancy.toFixed(2)})`}.`,
    ...(trained.colour === undefined
      ? []
      : [`${beside(trained.colour, (facts) => facts.colour)} of their energy is colour.`]),
    ...(trained.motion === undefined
      ? []
      : [`${beside(trained.motion, (facts) => facts.motion)} of their energy changes from ${unit} to ${unit}.`]),
  ];
  const figures: FigureData[] = [
    {
      kind: 'filters',
      name: 'bank',
      title: `${count} filters of ${bank.layer}`,
      caption: `${side} weights each; grey is zero, each filter scaled by its own greatest weight.`,
      bank,
    },
  ];
  if (turned !== undefined) {
    const sorted = turned.toSorted((a, b) => a - b);
    figures.push({
      kind: 'lines',
      name: 'drift',
      title: `How far each filter has turned: ${title.toLowerCase()}`,
      caption: 'Filters from the least turned to the most; 0 points where it began, 1 at a right angle.',
      x: 'filter, least turned first',
      y: '1 − cos to its random start',
      series: [{ name: 'turned', role: 'trained', points: sorted.map((value, i) => ({ x: i + 1, value })) }],
    });
  }
  return {
    instrument: 'filters',
    title,
    sentences,
    checks:
      noise === undefined
        ? []
        : [
            {
              statement: 'Random filters are not taken for waves',
              passed: Math.max(noise, untrained?.gabor ?? 0) < 0.5,
              detail: `${percent(noise)} of filters of noise${untrained?.gabor === undefined ? '' : ` and ${percent(untrained.gabor)} of the untrained ones`} reach a Gabor R² of 0.7`,
            },
          ],
    figures,
    data: { layer: bank.layer, shape: bank.shape, trained, untrained, drift: turned },
  };
}
