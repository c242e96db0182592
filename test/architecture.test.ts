/** The import law, the habits that can be read off a file, and the check that finds offences against them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { cycles, importOffences, shapeOffences, textOffences } from './architecture/check.ts';
import { floors } from './architecture/law.ts';
import { readModule, readModules } from './architecture/modules.ts';

const root = join(import.meta.dirname, '..');
const modules = readModules(root, ['src', 'lab/src']);

/** Prints the first offences, one a line. */
function none(offences: readonly string[]): void {
  assert.equal(offences.length, 0, `${offences.length} offences\n${offences.slice(0, 20).join('\n')}`);
}

const fake = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => readModule(path, text));

test('imports point down', () => {
  assert.ok(modules.length > 150, 'the sources were found');
  none(importOffences(modules));
});

test('no two files need each other to load', () => none(cycles(modules)));

test('no file rolls dice, asks for the date, hides a type, or asks which method it is holding', () =>
  none(
    textOffences([
      ...modules,
      ...readModules(
        root,
        ['test', 'scripts', 'bench', 'examples'].filter((name) => existsSync(join(root, name))),
      ),
    ]),
  ));

test('files hold one idea and are named for it', () => none(shapeOffences(modules)));

test('the floors themselves have no cycle', () => {
  for (const [room, below] of Object.entries(floors)) {
    for (const other of below) assert.ok(!floors[other].includes(room), `${room} and ${other} stand on each other`);
  }
});

test('the check finds an import that points up', () => {
  assert.deepEqual(importOffences(fake({ 'src/nn/linear.ts': "import { train } from '../training/trainer.ts';" })), [
    'src/nn/linear.ts -> src/training/trainer.ts (nn must not import training)',
  ]);
});

test('the check reads every form of import', () => {
  const { imports } = readModule(
    'src/a/b.ts',
    [
      "import one from './one.ts';",
      "import type { Two } from '../c/two.ts';",
      "import { type Three } from './three.ts';",
      'import {\n  four,\n  type Five,\n} from "./four.ts";',
      "import * as five from 'five';",
      "import './six.ts';",
      "export * from './seven.ts';",
      "export type { Eight } from './eight.ts';",
      "export { nine } from './nine.ts';",
      "const ten = await import('./ten.ts');",
      "const eleven = require('node:fs');",
      "type Twelve = typeof import('./twelve.ts');",
      "// import no from './comment.ts';",
      "/* import no from './block.ts'; */",
      "const text = `import no from './template.ts'; import('./called.ts')`;",
      "export const from = 'not-an-import';",
      "const url = 'https://example.org'; import('./thirteen.ts');",
      "const quote = /['\"`]/; import('./fourteen.ts');",
    ].join('\n'),
  );
  assert.deepEqual(imports, [
    { target: 'src/a/one.ts', typeOnly: false },
    { target: 'src/c/two.ts', typeOnly: true },
    { target: 'src/a/three.ts', typeOnly: false },
    { target: 'src/a/four.ts', typeOnly: false },
    { target: 'five', typeOnly: false },
    { target: 'src/a/six.ts', typeOnly: false },
    { target: 'src/a/seven.ts', typeOnly: false },
    { target: 'src/a/eight.ts', typeOnly: true },
    { target: 'src/a/nine.ts', typeOnly: false },
    { target: 'src/a/ten.ts', typeOnly: false },
    { target: 'node:fs', typeOnly: false },
    { target: 'src/a/twelve.ts', typeOnly: true },
    { target: 'src/a/thirteen.ts', typeOnly: false },
    { target: 'src/a/fourteen.ts', typeOnly: false },
  ]);
});

test('the check knows neighbours, types for reports, rooms of Node and of packages, and the door of the lab', () => {
  const offences = importOffences(
    fake({
      'src/graph/operators/pooling.ts': "import { convolution } from './convolution.ts';",
      'src/graph/operators/index.ts': "import './convolution.ts';",
      'src/pretext/image/rotation.ts': "import { tiles } from './jigsaw.ts';",
      'src/pretext/video/rotation-3d.ts': "import { rotation } from '../image/rotation.ts';",
      'src/pretext/video/scene-dynamics/index.ts': "import { generator } from './generator.ts';",
      'src/report/report.ts':
        "import type { RunManifest } from '../training/run-record.ts';\nimport { train } from '../training/train.ts';",
      'src/pretext/method.ts': "import { readFileSync } from 'node:fs';",
      'src/data/readers/dicom.ts': "import { readFileSync } from 'node:fs';",
      'src/data/window.ts':
        "import { readers } from './readers/index.ts';\nimport type { Reader } from './readers/index.ts';",
      'src/nn/adam.ts': "import koffi from 'koffi';\nimport { chunk } from 'lodash';",
      'src/attic/thing.ts': "import { Random } from '../base/random.ts';",
      'lab/src/room.tsx': "import { puzzle } from '../../src/report/figures/puzzle.ts';",
      'lab/src/sonde.ts':
        "export { puzzle } from '../../src/report/figures/puzzle.ts';\nexport { train } from '../../src/training/train.ts';",
      'src/nn/linear.test.ts': "import { compile } from '../training/train.ts';",
    }),
  );
  assert.deepEqual(offences, [
    'src/graph/operators/pooling.ts -> src/graph/operators/convolution.ts (neighbours must not know each other; what they share moves down a floor)',
    'src/pretext/image/rotation.ts -> src/pretext/image/jigsaw.ts (neighbours must not know each other; what they share moves down a floor)',
    'src/pretext/video/rotation-3d.ts -> src/pretext/image/rotation.ts (neighbours must not know each other; what they share moves down a floor)',
    'src/report/report.ts -> src/training/train.ts (report may import only types of training)',
    'src/pretext/method.ts -> node:fs (only rooms that are never in a browser may use Node)',
    'src/data/window.ts -> src/data/readers/index.ts (src/data/readers/index.ts needs Node, and src/data/window.ts must work in a browser)',
    'src/nn/adam.ts -> koffi (koffi belongs to src/runtime/backends/)',
    'src/nn/adam.ts -> lodash (the package lodash has no room; give it one in test/architecture/law.ts)',
    'src/attic/thing.ts -> src/base/random.ts (attic has no floor; give it one in test/architecture/law.ts)',
    'lab/src/room.tsx -> src/report/figures/puzzle.ts (the lab reaches the sources through lab/src/sonde.ts alone)',
    'lab/src/sonde.ts -> src/training/train.ts (the lab may import only types of training)',
  ]);
});

test('the check finds cycles of values, and lets types refer to each other', () => {
  const files = (type: string) => ({
    'src/nn/a.ts': "import { b } from './b.ts';",
    'src/nn/b.ts': "import { c } from './c.ts';",
    'src/nn/c.ts': `import ${type}{ a } from './a.ts';`,
  });
  assert.deepEqual(cycles(fake(files(''))), ['src/nn/a.ts -> src/nn/b.ts -> src/nn/c.ts -> src/nn/a.ts']);
  assert.deepEqual(cycles(fake(files('type '))), []);
});

test('the check reads code, not what is said in comments and strings', () => {
  const said = fake({
    'src/training/a.ts': "// Math.random, new Date() and : any\nconst text = 'Date.now() as any process.exit';",
    'src/cli/b.ts': 'const now = new Date();',
    'src/pretext/index.ts': 'const found = methods.find(({ card }) => card.id === id);',
  });
  assert.deepEqual(textOffences(said), []);
  const done = fake({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source holds a template
    'src/training/a.ts': 'const x = Math.random();\nconst y: any = 1;\nconst z = `${Date.now()}`;',
    'src/evaluation/b.ts': "if (method.card.id === 'rotation') turn();\nprocess.exit();",
    'src/nn/c.ts': 'const w = x as any;',
  });
  assert.deepEqual(textOffences(done), [
    'src/training/a.ts:1 (randomness comes from a seeded Random)',
    'src/training/a.ts:2 (any hides what a value is)',
    'src/training/a.ts:3 (results must not know the date)',
    'src/evaluation/b.ts:1 (no code above pretext asks which method it is holding)',
    'src/evaluation/b.ts:2 (only rooms that are never in a browser may use Node)',
    'src/nn/c.ts:1 (any hides what a value is)',
  ]);
});

test('the check finds long files and vague names', () => {
  const offences = shapeOffences(
    fake({
      'src/nn/long.ts': 'x;\n'.repeat(351),
      'src/nn/utils.ts': '',
      'src/data/shared/thing.ts': '',
      'src/nn/BatchNorm.ts': '',
    }),
  );
  assert.deepEqual(offences, [
    'src/nn/long.ts has 351 lines, more than 350: it holds more than one idea',
    'src/nn/utils.ts is called utils, which says nothing of what it holds',
    'src/data/shared/thing.ts is called shared, which says nothing of what it holds',
    'src/nn/BatchNorm.ts is not in kebab-case',
  ]);
});
