/**
 * The import law: which room stands on which, and which rooms may know Node and which packages.
 * @module
 */

/** Each room and the rooms below it that it may import. */
export const floors: Readonly<Record<string, readonly string[]>> = (() => {
  const foundations = ['base', 'tensor'];
  const network = [...foundations, 'graph', 'runtime'];
  const pretext = [...network, 'nn', 'data', 'statistics'];
  const training = [...pretext, 'pretext'];
  const evaluation = [...training, 'training'];
  const explanation = [...evaluation, 'evaluation'];
  const studies = [...explanation, 'explanation'];
  const server = [...studies, 'studies', 'report'];
  return {
    base: [],
    statistics: ['base'],
    tensor: ['base'],
    graph: foundations,
    runtime: [...foundations, 'graph'],
    nn: network,
    data: foundations,
    pretext,
    training,
    evaluation,
    explanation,
    studies,
    report: ['base'],
    server,
    cli: [...server, 'server'],
  };
})();

/** Rooms that may import types, and nothing but types, from anywhere: they receive plain objects. */
export const typesFromAnywhere: readonly string[] = ['report'];

/** Where Node's own modules, `process` and `Buffer` may be used; everything else runs in a browser too. */
export const nodeRooms: readonly string[] = [
  'src/base/node/',
  'src/data/readers/',
  'src/data/storage/',
  'src/data/deidentify/mask-samples.ts',
  'src/runtime/storage/',
  'src/runtime/backends/onnxruntime/',
  'src/runtime/backends/native-library.ts',
  'src/runtime/backends/index.ts',
  'src/training/storage/',
  'src/training/sampling/',
  'src/training/artefacts.ts',
  'src/training/manifest.ts',
  'src/training/metrics-window.ts',
  'src/training/train.ts',
  'src/training/versions.ts',
  'src/evaluation/storage/',
  'src/studies/',
  'src/server/',
  'src/cli/',
];

/** Where each package may be imported. One that is not named here may be imported nowhere. */
export const packageRooms: Readonly<Record<string, readonly string[]>> = {
  zod: ['src/'],
  '@saehrimnir/druidjs': ['src/explanation/'],
  fflate: ['src/data/', 'src/tensor/', 'src/evaluation/storage/', 'src/report/'],
  '@bufbuild/protobuf': ['src/graph/onnx/'],
  koffi: ['src/runtime/backends/'],
  'onnxruntime-node': ['src/runtime/backends/'],
  'onnxruntime-web': ['src/runtime/backends/'],
  sharp: ['src/data/readers/'],
  'node-av': ['src/data/readers/', 'src/cli/doctor.ts'],
  'dicom-parser': ['src/data/readers/'],
  hyparquet: ['src/evaluation/storage/', 'src/data/readers/', 'src/data/storage/'],
  h5wasm: ['src/data/readers/'],
  'mat-for-js': ['src/data/readers/'],
  dcmjs: ['src/data/storage/'],
  'hyparquet-writer': ['src/evaluation/storage/'],
  hono: ['src/server/'],
  '@hono/node-server': ['src/server/'],
  commander: ['src/cli/'],
  preact: ['lab/src/'],
  uplot: ['lab/src/'],
};

/** The lab's one door to the sources. */
export const labDoor = 'lab/src/sonde.ts';
/** What of the sources the lab may run, not only name in types: all of it works in a browser. */
export const labRuns: readonly string[] = ['src/base/', 'src/report/', 'src/pretext/drawing'];

/** Rooms that work in a browser, but for what `nodeRooms` names in them. */
export const browserRooms: ReadonlySet<string> = new Set([
  'base',
  'statistics',
  'tensor',
  'graph',
  'runtime',
  'nn',
  'data',
  'pretext',
  'report',
]);

/** Where the date may be asked for: in talk with people, in a manifest, and to clear away old leftovers. */
export const clockRooms: readonly string[] = [
  'src/cli/',
  'src/server/',
  'src/training/manifest.ts',
  'src/data/storage/frame-store-builder.ts',
  'src/data/storage/cache-size.ts',
  // Arithmetic of the dates in a file; it asks for no clock.
  'src/data/deidentify/clean-attributes.ts',
];

/** Folders whose files never import each other, so that each can be deleted by itself; `index.ts` lists them. */
export const islands: readonly (readonly string[])[] = [
  ['src/graph/operators/'],
  ['src/pretext/image/', 'src/pretext/video/', 'src/pretext/volume/', 'src/pretext/paired/', 'src/pretext/joint/'],
];

export const vagueNames: ReadonlySet<string> = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'misc',
  'shared',
  'manager',
]);

export const longestFile = 350;
