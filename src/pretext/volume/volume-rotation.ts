/**
 * Rotation of volumes: a part of a volume is turned about one of its axes and the network says how. Taleb, Loetzsch, Danz,
 * Severin, Gaertner, Bergner and Lippert, "3D self-supervised methods for medical imaging", NeurIPS 2020: ten answers, as
 * it is and 90, 180 and 270 degrees about each axis. Where voxels are longer along one axis a quarter turn shows on which,
 * and only half turns are a question about anatomy.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import type { MediaItem } from '../../data/media.ts';
import { channelsFirst, standardise } from '../../data/transform/layout.ts';
import { reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { threePlanes, volumePanels } from '../cube-drawing.ts';
import { drawPart, type PartChoice, partFactors, refusesVolume } from '../cube-grid.ts';
import type { Panel } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { releasedVolumeRecipe, tinyVolumeRecipe, volumeMethodsPaper, wholeVolume } from '../volume-recipes.ts';
import { halfTurns, maskEllipsoid, quarterTurns, turnName, turnVolume, type VolumeTurn } from '../volume-turn.ts';

const options = z
  .strictObject({
    size: z.int().min(8).default(24).describe('rows and columns of the part in voxels (paper: 128)'),
    depth: z
      .int()
      .min(0)
      .default(0)
      .describe('slices of the part; 0: as many as rows, which quarter turns need (paper: 128)'),
    turns: z
      .enum(['quarter', 'half'])
      .default('quarter')
      .describe('90, 180 and 270 degrees about each axis (paper), or 180 degrees only, for slices thicker than pixels'),
    tolerance: z
      .number()
      .min(1)
      .default(1.1)
      .describe('longest side of a voxel as a multiple of the shortest, up to which quarter turns are asked'),
    show: z
      .enum(['one', 'every'])
      .default('one')
      .describe('one turn of a part, drawn at random (paper), or every turn of it in the same batch'),
    mask: z
      .enum(['ball', 'none'])
      .default('ball')
      .describe('ball hides corners and faces, which show a turn (paper: none)'),
    air: z.number().min(0).max(1).default(0.05).describe('intensity up to which a voxel is air'),
    foreground: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe('share of voxels brighter than air that a part must have'),
  })
  .refine(({ size, depth, turns }) => turns === 'half' || depth === 0 || depth === size, {
    path: ['depth'],
    message: '0 or the same as size, unless turns=half',
  });
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const turnsOf = ({ turns }: Options): readonly VolumeTurn[] => (turns === 'quarter' ? quarterTurns : halfTurns);
const shownOf = (chosen: Options): number => (chosen.show === 'one' ? 1 : turnsOf(chosen).length);
const depthOf = ({ size, depth }: Options): number => (depth === 0 ? size : depth);
const partOf = (chosen: Options): PartChoice => ({
  size: [depthOf(chosen), chosen.size, chosen.size],
  air: chosen.air,
  foreground: chosen.foreground,
});

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, show } = chosen;
  const depth = depthOf(chosen);
  const part = drawPart(view, random.split('part'), channels, partOf(chosen));
  const standard = standardise(part.pixels);
  const upright = chosen.mask === 'ball' ? maskEllipsoid(standard) : standard;
  const turns = turnsOf(chosen);
  const answers = show === 'one' ? [random.integer(turns.length)] : turns.map((_, answer) => answer);
  const length = channels * depth * size * size;
  const data = new Float32Array(answers.length * length);
  answers.forEach((answer, i) => {
    data.set(channelsFirst(turnVolume(upright, turns[answer])), i * length);
  });
  return {
    inputs: {
      volumes: hostArray('float32', [answers.length, channels, depth, size, size], data),
      turns: int64([answers.length], answers),
    },
    factors: {
      ...partFactors(part),
      turns: answers,
      axes: answers.map((answer) => turns[answer].axis),
      degrees: answers.map((answer) => 90 * turns[answer].quarters),
    },
  };
}

/** Why quarter turns of an item would show the shape of its voxels, or `undefined`. */
function refusesVoxels({ spacingMm }: Pick<MediaItem, 'spacingMm'>, { turns, tolerance }: Options): string | undefined {
  if (turns === 'half' || spacingMm === undefined || spacingMm.some((length) => !(length > 0))) return undefined;
  if (Math.max(...spacingMm) <= tolerance * Math.min(...spacingMm)) return undefined;
  const sides = spacingMm.map((length) => Number(length.toFixed(2))).join(' × ');
  return `its voxels measure ${sides} mm, so that a quarter turn shows which side is long: ask turns=half`;
}

export const volumeRotation = defineMethod<Options>({
  card: {
    id: 'volume-rotation',
    title: 'Volume rotation',
    idea: 'To say how a part of a body was turned, a network must know how organs lie and what they look like from there.',
    question: 'About which axis was this part of the volume turned, and by how many degrees?',
    inputs: ['volume'],
    paper: volumeMethodsPaper,
    colour: '#8C510A',
    shortcuts: [
      {
        id: 'voxels',
        title: 'Voxels longer along one axis',
        why: 'Slices thicker than pixels blur along one axis, and after a quarter turn the blur lies along another.',
        counter: { option: 'turns', guarded: 'half', open: 'quarter' },
      },
      {
        id: 'border',
        title: 'Faces and corners',
        why: 'A table, a black margin or the end of the scan at one face shows the turn without any anatomy.',
        counter: { option: 'mask', guarded: 'ball', open: 'none' },
      },
      {
        id: 'air',
        title: 'Parts of air',
        why: 'An empty part looks the same from everywhere: it is asked about nothing, and teaches noise.',
        counter: { option: 'foreground', guarded: 0.3, open: 0 },
      },
    ],
    expectations:
      'Turns about the body’s own axis are the hardest where it is nearly round. A half turn of a symmetric organ cannot ' +
      'be told. Compare with and without the mask: what falls with it was read off the faces.',
  },
  options,
  presets: {
    paper: {
      options: { size: 128, mask: 'none' },
      trunk: { id: 'unet3d', preset: 'paper' },
      recipe: releasedVolumeRecipe(4),
    },
    tiny: {
      options: {},
      trunk: { id: 'vgg3d', preset: 'tiny' },
      recipe: tinyVolumeRecipe({ batchSize: 16, steps: 600 }),
    },
  },
  chance: (chosen) => uniformChance(turnsOf(chosen).length),
  refuses: (item, chosen) => refusesVolume(item, partOf(chosen).size) ?? refusesVoxels(item, chosen),
  inputs: ({ options: chosen, channels }) => ({
    volumes: { dtype: 'float32', shape: [shownOf(chosen), channels, depthOf(chosen), chosen.size, chosen.size] },
    turns: { dtype: 'int64', shape: [shownOf(chosen)] },
  }),
  presentation: (context) => wholeVolume(context, partOf(context.options).size),
  sample,
  build: ({ options: chosen, inputs: { volumes, turns }, scope, trunk }) => {
    const [batch, shown, ...volume] = volumes.shape;
    const trunkOutput = trunk(reshape(volumes, [batch * shown, ...volume]));
    const names = turnsOf(chosen).map(turnName);
    const logits = linearLayer(scope, 'turn', trunkOutput.features, { features: names.length });
    return classificationTask(trunkOutput, logits, reshape(turns, [batch * shown]), names);
  },
  draw: ({ inputs: { volumes }, factors }, { options: chosen, channels }, { view, answer }) => {
    const { size } = chosen;
    const sides = [depthOf(chosen), size, size] as const;
    const names = turnsOf(chosen).map(turnName);
    const answers = factors.turns as number[];
    const length = volumes.data.length / answers.length;
    const panels = answers.map((right, i): Panel => {
      const data = (volumes.data as Float32Array).slice(i * length, (i + 1) * length);
      const said = answer?.slice(i * names.length, (i + 1) * names.length);
      const reply = said === undefined ? '' : `, answered ${names[largest(said)]}`;
      return { caption: `${names[right]}${reply}`, ...threePlanes(data, channels, sides), role: 'input' };
    });
    const corner = [Number(factors.slice), Number(factors.top), Number(factors.left)] as const;
    const source = volumePanels(view, [{ corner, size: sides, text: '' }], 1);
    const rows = panels.length === 1 ? [[...source, ...panels]] : [source, ...inThrees(panels)];
    return {
      question: 'About which axis was this part of the volume turned, and by how many degrees?',
      answer: answers.map((right) => names[right]).join(', '),
      rows,
    };
  },
});

function inThrees(panels: readonly Panel[]): Panel[][] {
  return Array.from({ length: Math.ceil(panels.length / 3) }, (_, row) => panels.slice(3 * row, 3 * row + 3));
}
