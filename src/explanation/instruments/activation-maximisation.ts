/**
 * Pictures a unit would answer to most, dreamt up by the network: several seeds a unit, with how different they are and
 * whether they move it more than any real picture does (methods.md 7.2).
 * @module
 */
import { z } from 'zod';
import { usageError } from '../../base/errors.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { climb } from '../activation-maximisation.ts';
import { encoderTarget } from '../attribution/encoder-target.ts';
import type { FigureData, Finding } from '../finding.ts';
import { frameName, shownFrames } from '../frame-name.ts';
import { defineInstrument } from '../instrument.ts';
import { firstFrame } from '../receptive-field.ts';

const options = z.strictObject({
  tap: z.string().optional().describe('layer whose units are maximised; default: the last'),
  units: z.int().min(1).max(16).default(4).describe('units, those whose answers vary most over pictures'),
  seeds: z.int().min(2).max(8).default(4).describe('starts a unit'),
  steps: z.int().min(16).default(128).describe('steps of climbing'),
  rate: z.number().positive().default(0.05).describe('learning rate of Adam'),
  jitter: z.int().min(0).default(2).describe('largest shift of each step, pixels'),
});
type Options = z.infer<typeof options>;

interface UnitDream {
  readonly unit: number;
  readonly reached: readonly number[];
  /** Largest answer to a real picture. */
  readonly real: number;
  /** 1 − mean |r| between the pictures of different seeds: 0 all alike. */
  readonly diversity: number;
}

export const activationMaximisation = defineInstrument<Options>({
  id: 'activation-maximisation',
  title: 'Activation maximisation',
  question: 'What would a unit like to see most?',
  source: 'Erhan 2009, Simonyan 2014, Olah 2017 (Distill)',
  usual: false,
  options,
  unfit: () => undefined,
  async look(subject, { tap: asked, units, seeds, steps, rate, jitter }, { random, onProgress }) {
    const { laboratory, trained } = subject;
    const taps = await laboratory.taps(trained);
    const tap = asked ?? taps.at(-1)!;
    if (!taps.includes(tap)) throw usageError(`there is no layer ${tap}`, { hint: `choose one of ${taps.join(', ')}` });
    const inputs = await laboratory.inputs(trained, 96);
    const table = (await laboratory.features(trained, inputs, 1)).find((entry) => entry.tap === tap)!;
    const picked = mostVarying(table.data, table.rows, table.columns).slice(0, units);
    const { fixedBatch } = await laboratory.encoder(trained);
    const batch = fixedBatch ?? seeds;
    const graph = await laboratory.differentiable(trained, batch);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of inputs.data) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const dreams: UnitDream[] = [];
    const pictures: Float32Array[] = [];
    for (const unit of picked) {
      const weights = new Float32Array(table.columns);
      weights[unit] = 1;
      const target = encoderTarget(graph, tap, { kind: 'direction', name: `unit ${unit}`, weights }, processor);
      const rounds = Math.ceil(seeds / batch);
      const found: Float32Array[] = [];
      const reached: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const climbed = await climb(target, {
          steps,
          rate,
          jitter,
          range: [low, high],
          size: 1e-5,
          roughness: 1e-4,
          random: random.split('unit', unit, round),
        });
        const length = climbed.pictures.length / batch;
        for (let i = 0; i < batch && found.length < seeds; i++) {
          found.push(climbed.pictures.slice(i * length, (i + 1) * length));
          reached.push(climbed.after[i]);
        }
      }
      await target.release();
      const answers = Array.from({ length: table.rows }, (_, row) => table.data[row * table.columns + unit]);
      dreams.push({ unit, reached, real: Math.max(...answers), diversity: diversityOf(found) });
      pictures.push(...found);
      onProgress(dreams.length, picked.length, 'units');
    }
    return findingOf(tap, dreams, pictures, inputs.shape, seeds, frameName(subject));
  },
});

function mostVarying(data: Float32Array, rows: number, columns: number): number[] {
  const spread = Array.from({ length: columns }, (_, c) => {
    let [sum, squares] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const value = data[row * columns + c];
      [sum, squares] = [sum + value, squares + value * value];
    }
    return squares / rows - (sum / rows) ** 2;
  });
  return spread.map((_, c) => c).sort((a, b) => spread[b] - spread[a]);
}

function diversityOf(pictures: readonly Float32Array[]): number {
  const standard = pictures.map((picture) => {
    const mean = picture.reduce((sum, value) => sum + value, 0) / picture.length;
    const centred = Float64Array.from(picture, (value) => value - mean);
    const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0)) || 1;
    return centred.map((value) => value / norm);
  });
  let [sum, pairs] = [0, 0];
  for (let a = 0; a < standard.length; a++) {
    for (let b = 0; b < a; b++) {
      sum += Math.abs(standard[a].reduce((dot, value, i) => dot + value * standard[b][i], 0));
      pairs++;
    }
  }
  return pairs === 0 ? 0 : 1 - sum / pairs;
}

function findingOf(
  tap: string,
  dreams: readonly UnitDream[],
  pictures: readonly Float32Array[],
  shape: readonly number[],
  seeds: number,
  unitName: ReturnType<typeof frameName>,
): Finding {
  const above = dreams.filter(({ reached, real }) => Math.max(...reached) > real);
  const title = `${above.length} of ${dreams.length} units of ${tap} find a picture that moves them more than any real one`;
  const [channels, ...spatial] = shape;
  const [frames, height, width] = spatial.length === 3 ? spatial : [1, ...spatial];
  const layout = { views: 1, channels, frames, height, width };
  const shown = { count: 1, shape, items: [], starts: [], patients: [] };
  const pictureOf = (place: number, frame: number) => firstFrame({ ...shown, data: pictures[place] }, 0, layout, frame);
  const made = 'Made of cosine waves, fine ones held back, inside the range of the data';
  const named = ({ unit, real }: UnitDream) => `unit ${unit}, real pictures reach ${real.toFixed(2)}`;
  const times = shownFrames(frames);
  const figures: FigureData[] = [
    {
      kind: 'pictures',
      name: 'dreams',
      title,
      caption:
        frames === 1
          ? `Each row a unit, each picture another start with what it reaches. ${made}.`
          : `Each row the best start of a unit, ${times.length} of its ${frames} ${unitName}s. ${made} and along ${unitName}s.`,
      columns: frames === 1 ? seeds : times.length,
      rows: dreams.map((dream, u) => {
        const { reached } = dream;
        const best = reached.indexOf(Math.max(...reached));
        return frames === 1
          ? {
              label: named(dream),
              pictures: reached.map((value, i) => ({
                picture: pictureOf(u * seeds + i, 0),
                caption: value.toFixed(2),
              })),
            }
          : {
              label: `${named(dream)}, this one ${reached[best].toFixed(2)}`,
              pictures: times.map((frame) => ({
                picture: pictureOf(u * seeds + best, frame),
                caption: `${unitName} ${frame + 1}`,
              })),
            };
      }),
    },
  ];
  return {
    instrument: 'activation-maximisation',
    title,
    sentences: [
      `${dreams.map(({ unit, reached, real, diversity }) => `Unit ${unit} reaches ${Math.max(...reached).toFixed(2)} (real pictures ${real.toFixed(2)}), its starts differing by ${diversity.toFixed(2)} (0 is all alike)`).join('; ')}.`,
      'What a network dreams is what moves it, not what it has seen: read it beside the pictures that excite the unit.',
    ],
    checks: [
      {
        statement: 'Climbing ends above every real picture for most units',
        passed: above.length >= dreams.length / 2,
        detail: `${above.length} of ${dreams.length}`,
      },
    ],
    figures,
    data: { tap, dreams },
  };
}
