/**
 * Which pixels move the answer of somebody else's model? Prints |∂ largest output / ∂ input| and writes it as a picture.
 *
 *   node --import tsx examples/saliency-of-any-model.ts MODEL.onnx [OUT.png] [name=length …]
 *
 * Lengths that the file leaves open are given by name, such as `batch=1`; an unnamed first one is taken to be 1.
 */
import { writeFileSync } from 'node:fs';
import { Random } from '../src/base/random.ts';
import { sizeOf } from '../src/base/shape.ts';
import { gradients, reduceMax } from '../src/graph/index.ts';
import { fromOnnx } from '../src/graph/onnx/import.ts';
import { fedInputs } from '../src/graph/onnx/model.ts';
import { encodePng } from '../src/report/png.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { loadModel } from '../src/runtime/storage/onnx-file.ts';
import { float32 } from '../src/tensor/host-array.ts';

const vectors = '../shared/data/onnx-op-vectors/pytorch-converted';
const [path = `${vectors}/test_Conv2d_padding/model.onnx`, picture = 'saliency.png', ...lengths] =
  process.argv.slice(2);

const model = await loadModel(path);
const dimensions = Object.fromEntries(lengths.map((text) => [text.split('=')[0], Number(text.split('=')[1])]));
const shapes = Object.fromEntries(
  fedInputs(model.graph)
    .filter(({ shape }) => shape?.[0] === '')
    .map(({ name, shape }) => [name, [1, ...shape!.slice(1).map(Number)]]),
);
const { inputs, outputs, parameters } = fromOnnx(model, { dimensions, shapes });

// What is fed first is the picture: noise here, in your hands the pixels as the model wants them.
const [image, ...others] = Object.values(inputs);
const random = new Random('saliency');
const noise = (shape: readonly number[]) => float32(shape, random.fillNormal(new Float32Array(sizeOf(shape))));
const [answer] = Object.values(outputs);
const [slope] = gradients(reduceMax(answer), [image]);
const values = [...parameters.values()].map(({ tensor, value }) => [tensor, value] as const);
const fed = [image, ...others].map((tensor) => [tensor, noise(tensor.shape)] as const);
const [gradient] = await evaluate([slope], new Map([...values, ...fed]), processor);

// The first picture of the batch, strongest over channels (and over frames or slices, where there are any).
const [height, width] = gradient.shape.length < 2 ? [1, gradient.shape[0] ?? 1] : gradient.shape.slice(-2);
const area = height * width;
const saliency = new Float64Array(area);
const first = sizeOf(gradient.shape.slice(gradient.shape.length > 2 ? 1 : 0));
for (let i = 0; i < first; i++) {
  saliency[i % area] = Math.max(saliency[i % area], Math.abs(Number(gradient.data[i])));
}
const largest = Math.max(...saliency, Number.MIN_VALUE);
for (let row = 0; row < height; row++) {
  const shades = Array.from(saliency.subarray(row * width, (row + 1) * width), (value) => value / largest);
  console.log(shades.map((shade) => ' ·:-=+*#%@'[Math.round(shade * 9)]).join(''));
}
const data = Uint8Array.from(saliency, (value) => Math.round((255 * value) / largest));
writeFileSync(picture, encodePng({ width, height, channels: 1, data }));
console.log(`${path}: ${height} × ${width}, largest |gradient| ${largest.toPrecision(4)}; picture in ${picture}`);
