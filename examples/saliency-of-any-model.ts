/** Which pixels move the answer of somebody else's model? saliency-of-any-model.ts [MODEL.onnx [OUT.png [name=length …]]] */
import { writeFileSync } from 'node:fs';
import { Random } from '../src/base/random.ts';
import { sizeOf } from '../src/base/shape.ts';
import { gradients, reduceMax, type Tensor } from '../src/graph/index.ts';
import { fromOnnx } from '../src/graph/onnx/import.ts';
import { encodePng } from '../src/report/png.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../src/runtime/evaluate.ts';
import { loadModel } from '../src/runtime/storage/onnx-file.ts';
import { float32 } from '../src/tensor/host-array.ts';

const [path = 'test/golden/architectures/ResNet-13.onnx', picture = 'saliency.png', ...lengths] = process.argv.slice(2);
// Lengths that the file leaves open are given by name, such as height=64; a batch is one picture, unnamed lengths are 1.
const given = lengths.map((text) => text.split('=')).map(([name, length]) => [name, Number(length)]);
const dimensions = { batch: 1, '': 1, ...Object.fromEntries(given) };
const { inputs, outputs, parameters } = fromOnnx(await loadModel(path), { dimensions });
// What is fed first is the picture: noise here, in your hands the pixels as the model wants them.
const random = new Random('saliency');
const noise = ({ shape }: Tensor) => float32(shape, random.fillNormal(new Float32Array(sizeOf(shape))));
const [slope] = gradients(reduceMax(Object.values(outputs)[0]), [Object.values(inputs)[0]]);
const values = [...parameters.values()].map(({ tensor, value }) => [tensor, value] as const);
const fed = Object.values(inputs).map((tensor) => [tensor, noise(tensor)] as const);
const [{ shape, data: gradient }] = await evaluate([slope], new Map([...values, ...fed]), processor);
// The first of the batch, strongest over channels (and over frames or slices, where there are any).
const [height, width] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
const saliency = new Float64Array(height * width);
for (let i = 0; i < sizeOf(shape.slice(shape.length > 2 ? 1 : 0)); i++) {
  saliency[i % saliency.length] = Math.max(saliency[i % saliency.length], Math.abs(Number(gradient[i])));
}
const largest = Math.max(...saliency, Number.MIN_VALUE);
for (let row = 0; row < height; row++) {
  const shades = Array.from(saliency.subarray(row * width, (row + 1) * width), (value) => value / largest);
  console.log(shades.map((shade) => ' ·:-=+*#%@'[Math.round(shade * 9)]).join(''));
}
const data = Uint8Array.from(saliency, (value) => Math.round((255 * value) / largest));
writeFileSync(picture, encodePng({ width, height, channels: 1, data }));
console.log(`${path}: ${height} × ${width}, largest |gradient| ${largest.toPrecision(4)}; picture in ${picture}`);
