/** A new head on somebody else's model, both trained: fine-tune-any-model.ts [OUT.onnx [MODEL.onnx, 3 × 20 × 20 pictures]] */
import { Random } from '../src/base/random.ts';
import { placeholder } from '../src/graph/index.ts';
import { fromOnnx } from '../src/graph/onnx/import.ts';
import { adoptModel } from '../src/nn/imported.ts';
import { linearLayer } from '../src/nn/layers/linear.ts';
import { crossEntropy } from '../src/nn/losses/cross-entropy.ts';
import { sgd } from '../src/nn/optimisers/sgd.ts';
import { trainingProgram } from '../src/nn/optimisers/training-program.ts';
import { ParameterStore } from '../src/nn/parameters.ts';
import { processor } from '../src/runtime/backends/onnxruntime/backend.ts';
import { compile } from '../src/runtime/compile.ts';
import { exportModel } from '../src/runtime/export.ts';
import { State } from '../src/runtime/state.ts';
import { loadModel, saveModel } from '../src/runtime/storage/onnx-file.ts';
import { float32, int64 } from '../src/tensor/host-array.ts';

const [out = 'tuned.onnx', file = 'test/golden/architectures/ResNet-13.onnx'] = process.argv.slice(2);
const [model, random, store, shape] = [await loadModel(file), new Random('tune'), new ParameterStore(), [8, 3, 20, 20]];
const read = fromOnnx(model, { shapes: { [model.graph.inputs[0].name]: shape } });
console.log(`taps: ${model.graph.nodes.map(({ outputs }) => outputs[0]).join(' ')}`);
adoptModel(store, read, { learningRateScale: 0.1 });
const [[name, x], classes] = [Object.entries(read.inputs)[0], placeholder('classes', 'int64', [8])];
const features = read.values[model.graph.nodes[model.graph.nodes.length - 1].inputs[0]];
const answer = linearLayer(store.root(true), 'new-head', features, { features: 2 });
const [inputs, loss] = [{ [name]: x, classes }, crossEntropy(answer, classes)];
const { program, moments } = trainingProgram('tune', store, inputs, loss, sgd());
const state = new State([...store.initialValues(random), ...moments]);
const step = await compile(program, state, processor);
// Striped along or across: the model was never asked that.
const pixel = (i: number) => (i < 4800 ? i % 2 : Math.floor(i / 20) % 2) + 0.3 * random.normal();
const [pictures, answers] = [Array.from({ length: 9600 }, (_, i) => pixel(i)), [0, 0, 0, 0, 1, 1, 1, 1]];
const fed = { [name]: float32(shape, pictures), classes: int64([8], answers), learningRate: float32([], 0.3) };
for (let i = 1; i <= 60; i++) {
  const [value] = (await step.run({ ...fed, step: float32([], i) })).loss.data;
  if (i % 59 === 1) console.log(`step ${i}: loss ${Number(value).toFixed(4)}`);
}
const initialisers = new Map(store.entries().map((entry) => [entry.tensor, state.get(entry.name)]));
await saveModel(out, exportModel([x], { answer }, { initialisers }));
