/**
 * The numbers of papers and of their released code, one line each beside what the presets train with. Sections are those
 * of the specification of methods; where a number was brought into other units, the line does the sum.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { methods } from '../../src/pretext/index.ts';
import { configureRun } from '../../src/training/configuration.ts';

/** Options, trunk options, recipe and optimiser of a preset under their own names. */
function numbersOf(method: string, preset: string): Record<string, unknown> {
  const { methodOptions, trunk, trunkOptions, optimiser, schedule, steps, batchSize } = configureRun({
    method,
    preset,
  });
  const drops = schedule.kind === 'steps' ? { at: schedule.at.map((share) => Math.round(share * steps)) } : {};
  const { largestCrop = 1 } = methodOptions as { largestCrop?: number };
  return {
    ...{ momentum: 0, weightDecay: 0, cropOf256: Math.round(256 * largestCrop) },
    ...(trunkOptions as object),
    ...optimiser,
    ...schedule,
    ...drops,
    ...(methodOptions as object),
    kind: schedule.kind,
    optimiser: optimiser.kind,
    trunk: trunk.id,
    steps,
    batchSize,
  };
}

const sgd = { optimiser: 'sgd', momentum: 0.9 };
const caffe = { ...sgd, weightDecay: 5e-4, factor: 0.1 };
const genesisRates = { flip: 0.4, shuffle: 0.5, intensity: 0.9, paint: 0.9, inside: 0.2 };

/** Section, method, preset: numbers. */
const published: readonly (readonly [string, string, string, Record<string, unknown>])[] = [
  ['2.1 sampling', 'relative-position', 'paper', { patch: 96, gap: 48, jitter: 7, bothOrders: true }],
  ['2.1 sampling', 'relative-position', 'paper', { smallestArea: 150_000, largestArea: 450_000, layout: 'whole' }],
  ['2.1 patches', 'relative-position', 'paper', { coarse: 0.33, colour: 'drop', normalise: 'rms', gain: 50 }],
  ['2.1 network', 'relative-position', 'paper', { features: 4096, hidden: 4096, trunk: 'caffenet', grouped: false }],
  ['2.1 optimiser', 'relative-position', 'paper', { optimiser: 'sgd', momentum: 0, weightDecay: 0, kind: 'constant' }],
  ['2.1 optimiser', 'relative-position', 'paper', { steps: 1_000_000 }],
  ['2.2 released: cells of 85', 'jigsaw', 'paper', { cropOf256: 255, tile: 64, jitter: 85 - 64, gap: 0 }],
  ['2.2 paper: cells of 75', 'jigsaw', 'paper-225', { cropOf256: 225, tile: 64, jitter: 75 - 64, gap: 0 }],
  ['2.2 colour', 'jigsaw', 'paper', { grey: 0.3, channelShift: 2, normalise: 'tile' }],
  [
    '2.2 network',
    'jigsaw',
    'paper',
    { permutations: 1000, tileFeatures: 1024, hidden: 4096, dropout: 0.5, stemStride: 2 },
  ],
  ['2.2 network in the figure', 'jigsaw', 'paper-225', { permutations: 1000, tileFeatures: 512, hidden: 4096 }],
  ['2.2 solver', 'jigsaw', 'paper', { ...caffe, batchSize: 256, learningRate: 0.01, steps: 350_000 }],
  ['2.2 solver', 'jigsaw', 'paper', { at: [100_000, 200_000, 300_000] }],
  ['2.3.a seeds', 'exemplar', 'paper', { patch: 32, seeds: 8000, selection: 'gradient', hidden: 512, dropout: 0.5 }],
  ['2.3.a changes', 'exemplar', 'paper', { translation: 0.2, smallestScale: 0.7, largestScale: 1.4, rotation: 20 }],
  ['2.3.a changes', 'exemplar', 'paper', { contrast: 2, power: 4, smallestGain: 0.7, largestGain: 1.4 }],
  ['2.3.a changes', 'exemplar', 'paper', { brightness: 0.1, hue: 0.1 }],
  ['2.3.a optimiser', 'exemplar', 'paper', { ...sgd, batchSize: 128, learningRate: 0.01, steps: 1_500_000 }],
  ['2.3.b released', 'exemplar-triplet', 'paper', { crops: 8, grey: 0.66, patch: 224, embedding: 1000, margin: 0.5 }],
  ['2.3.b released', 'exemplar-triplet', 'paper', { depth: 50, width: 12 * 16, batchSize: 64 }],
  ['2.3.b released', 'exemplar-triplet', 'paper', { ...sgd, learningRate: (0.1 * 64) / 256, warmup: 5 / 35 }],
  ['2.4 CIFAR', 'rotation', 'paper', { ...sgd, nesterov: true, weightDecay: 5e-4, batchSize: 128, learningRate: 0.1 }],
  ['2.4 CIFAR: 200 epochs of 50 000, at 60, 120, 160', 'rotation', 'paper', { steps: 200 * 390, factor: 1 / 5 }],
  ['2.4 CIFAR', 'rotation', 'paper', { at: [60, 120, 160].map((epoch) => 390 * epoch), size: 32, cropping: 'shift' }],
  ['2.4 CIFAR', 'rotation', 'paper', { trunk: 'nin', blocks: 4, together: true, rotations: 'four' }],
  ['2.4 ImageNet', 'rotation', 'paper-photographs', { size: 224, cropOf256: 224 }],
  ['2.4 ImageNet', 'rotation', 'paper-photographs', { trunk: 'alexnet-bn', batchSize: 192, learningRate: 0.01 }],
  ['2.4 ImageNet: at 15, 30, 45 of 50 epochs', 'rotation', 'paper-photographs', { at: [99_900, 199_800, 299_700] }],
  ['2.5.1', 'colourisation', 'paper', { size: 224, cropOf256: 224, divisor: 1 }],
  ['2.5.2', 'colourisation', 'paper', { grid: 10, neighbours: 10, softness: 5 / 10 }],
  ['2.5.3', 'colourisation', 'paper', { rebalance: true, uniform: 0.5, greyThreshold: 5 }],
  ['2.5.4', 'colourisation', 'paper', { temperature: 0.38 }],
  [
    '2.5.5',
    'colourisation',
    'paper',
    { optimiser: 'adam', beta1: 0.9, beta2: 0.99, learningRate: 3e-5, weightDecay: 1e-3 },
  ],
  ['2.5.5', 'colourisation', 'paper', { at: [225_000], factor: 0.1, steps: 450_000, batchSize: 40, hidden: 256 }],
  [
    '2.5.6 as colourisation',
    'channel-prediction',
    'paper',
    { size: 224, bins: 313, learningRate: 3e-5, batchSize: 40 },
  ],
  ['2.5.6', 'split-brain', 'paper', { size: 180, grid: 10, lightnessBins: 100, trunk: 'split-brain' }],
  ['3.1 sampling', 'rotation-3d', 'paper', { frames: 32 / 2, stride: 2, tilt: 10, size: 112 }],
  ['3.1 optimiser', 'rotation-3d', 'paper', { ...sgd, learningRate: 0.1, weightDecay: 1e-3, batchSize: 32 }],
  ['3.1 optimiser', 'rotation-3d', 'paper', { at: [24_000, 48_000], factor: 0.1, trunk: 'resnet3d-18' }],
  [
    '3.2 sampling',
    'shuffle-and-learn',
    'paper',
    { tauMax: 60, tauMin: 15, negatives: 3, size: 227, weighting: 'motion' },
  ],
  ['3.2 network', 'shuffle-and-learn', 'paper', { hidden: 4096, dropout: 0.5, trunk: 'caffenet', grouped: true }],
  ['3.2 solver', 'shuffle-and-learn', 'paper', { ...caffe, learningRate: 1e-3, at: [80_000], steps: 100_000 }],
  [
    '3.2 solver: 32 four times, as triples of four a clip',
    'shuffle-and-learn',
    'paper',
    { batchSize: (32 * 4) / (1 + 3) },
  ],
  ['3.2 order of clips', 'clip-order', 'paper', { clips: 3, frames: 16, interval: 8, size: 112 }],
  ['3.3 sizes: 224² × 128 in cells of 112² × 32', 'cubic-puzzles', 'paper', { tile: 80, jitter: 112 - 80, gap: 0 }],
  ['3.3 sizes', 'cubic-puzzles', 'paper', { tileFrames: 16, frameJitter: 32 - 16, frameGap: 0, tuples: 'both' }],
  ['3.3 guards', 'cubic-puzzles', 'paper', { colour: 'replicate', rotation: true, trunk: 'resnet3d-18' }],
  ['3.3 optimiser', 'cubic-puzzles', 'paper', { ...sgd, learningRate: 0.01, batchSize: 128 }],
  ['3.4 data', 'scene-dynamics', 'paper', { size: 64, frames: 32 }],
  ['3.4 networks', 'scene-dynamics', 'paper', { noise: 100, streams: 'two', sparsity: 0.1, firstFrame: 10 }],
  ['3.4 optimiser', 'scene-dynamics', 'paper', { optimiser: 'adam', learningRate: 2e-4, beta1: 0.5, batchSize: 64 }],
  ['3.5 data', 'lstm-video', 'paper', { size: 64, past: 10, future: 10, batchSize: 80, error: 'bernoulli' }],
  ['3.5 model', 'lstm-video', 'paper', { model: 'composite', conditional: true, hidden: 2048, decoderStart: 0.01 }],
  ['3.5 optimiser', 'lstm-video', 'paper', { ...sgd, factor: 0.9, steps: 100_000 }],
  ['3.5 optimiser: every 10 000', 'lstm-video', 'paper', { at: Array.from({ length: 9 }, (_, i) => 10_000 * (i + 1)) }],
  ['4.1 sampling: gap and jitter make about 10', 'rubiks-cube', 'paper', { side: 64, depth: 64, gap: 5, jitter: 5 }],
  ['4.1 network', 'rubiks-cube', 'paper', { permutations: 100, normalise: 'cube', rotation: 'binary', trunk: 'vgg3d' }],
  ['4.2', 'rubiks-cube-plus', 'paper', { permutations: 100, side: 64, masking: 0.5, trunk: 'resnet3d-18' }],
  ['4.3 config', 'models-genesis', 'paper', { size: 64, depth: 32, batchSize: 6, optimiser: 'sgd', learningRate: 1 }],
  ['4.3 config', 'models-genesis', 'paper', { ...genesisRates, windows: 10_000, trunk: 'unet3d' }],
  ['4.3 three dimensions', 'volume-jigsaw', 'paper', { grid: 3, trunk: 'unet3d' }],
  ['4.3 three dimensions', 'volume-rotation', 'paper', { turns: 'quarter', trunk: 'unet3d' }],
  ['4.3 three dimensions', 'volume-relative-position', 'paper', { neighbours: 1, trunk: 'unet3d' }],
];

for (const [section, method, preset, expected] of published) {
  test(`§${section}: ${method}, ${preset}: ${Object.keys(expected).join(', ')}`, () => {
    const found = numbersOf(method, preset);
    const own = Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]]));
    assert.deepEqual(own, expected);
  });
}

test('§3.5: the rate and the decay are those of a sum over the pixels of a frame', () => {
  // A mean over 64 × 64 pixels is a 4096th of their sum: the rate is so much larger, the decay so much smaller.
  const { learningRate, weightDecay } = numbersOf('lstm-video', 'paper');
  assert.ok(Math.abs(Number(learningRate) / (1e-4 * 64 * 64) - 1) < 0.03);
  assert.ok(Math.abs(Number(weightDecay) / (1e-4 / (64 * 64)) - 1) < 0.03);
});

test('every method has lines of its own', () => {
  for (const { card } of methods)
    assert.ok(
      published.some(([, method]) => method === card.id),
      card.id,
    );
});
