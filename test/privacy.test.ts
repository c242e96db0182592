/**
 * Names planted in every identifying tag, in the names of folders and files and in the table of labels: through the
 * whole command line, none of them comes out.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import { plantedDicom, plantedNames } from './planted-dicom.ts';
import { picture } from './sample-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-privacy-'));
after(() => rmSync(root, { recursive: true, force: true }));
const repository = new URL('..', import.meta.url).pathname;
const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
const scans = join(root, 'given', 'Xanthos clinic');

for (let patient = 0; patient < 6; patient++) {
  const folder = join(scans, `Zwingli_Berta_${patient}`);
  mkdirSync(folder, { recursive: true });
  for (let instance = 0; instance < 2; instance++) {
    const file = `BertaZwingli-${instance}-MRN778812.dcm`;
    writeFileSync(join(folder, file), plantedDicom({ rows: 32, columns: 32, patient, instance }));
  }
}
writeFileSync(
  join(scans, 'Zwingli_Berta_0', 'Zwingli cut.dcm'),
  plantedDicom({ rows: 32, columns: 32 }).subarray(0, 700),
);
writeFileSync(join(scans, 'Zwingli_Berta_0', 'Zwingli note.png'), 'Dear Doctor Qvortrup, Berta Zwingli …');
await picture(join(scans, 'Zwingli_Berta_1', 'photo of Wybert.png'), 32, 32, 5);
const rows = Array.from({ length: 12 }, (_, i) => {
  const file = `Zwingli_Berta_${i >> 1}/BertaZwingli-${i & 1}-MRN778812.dcm`;
  return `${file},Berta Zwingli ${i >> 1},Qvortrup,${i & 1 ? 'long' : 'short'}`;
});
writeFileSync(join(scans, 'labels.csv'), `file,patient,physician name,view\n${rows.join('\n')}\n`);

const work = join(root, 'work');
mkdirSync(work);
const environment = {
  ...process.env,
  SONDE_CACHE: join(root, 'cache'),
  SONDE_SALT: 'pepper',
  XDG_CONFIG_HOME: join(root, 'configuration'),
  SONDE_DEBUG: '1',
};

const spoken: string[] = [];

function run(...args: string[]) {
  const outcome = spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: repository,
    env: environment,
    encoding: 'utf8',
  });
  spoken.push(`${args[0]} ${args[1]}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

function sonde(...args: string[]): string {
  const { status, stdout, stderr } = run(...args);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** Errors name items too. */
function refused(...args: string[]): void {
  assert.notEqual(run(...args).status, 0);
}

/** Every file below a folder, also what is compressed in it. */
function contentsOf(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      let plain = bytes.toString('latin1');
      for (const unpack of [gunzipSync, inflateSync]) {
        try {
          plain += unpack(bytes).toString('latin1');
        } catch {
          // Not compressed like this.
        }
      }
      return [name, `${name}\n${plain}\n${bytes.toString('utf16le')}`];
    });
}

function assertNothingPlanted(where: string, content: string): void {
  for (const name of plantedNames) {
    const at = content.toLowerCase().indexOf(name.toLowerCase());
    assert.ok(at < 0, `${where} holds '${name}': …${content.slice(Math.max(0, at - 60), at + 40)}…`);
  }
}

test('nothing planted comes out of the commands on private data', () => {
  sonde('data', 'index', scans, '--private', '--out', join(work, 'dataset.json'));
  sonde('data', 'inspect', scans, '--private', '--out', join(work, 'inspection.html'));
  sonde('data', 'split', scans, '--private', '--stratify', 'view', '--out', join(work, 'split.json'));
  sonde('data', 'split', scans, '--private', '--folds', '3', '--json', '--quick');
  const home = join(work, 'run');
  const form = ['--augment', 'ultrasound', '--field-of-view', 'crop', '--intensity', 'percentile:1,99'];
  const training = ['--method', 'rotation', '--data', scans, '--private', ...form, '--steps', '2', '--batch', '4'];
  sonde('pretrain', ...training, '--workers', '1', '--threads', '1', '--out', home);
  sonde('features', home, '--windows', '1');
  sonde('probe', home, '--label', 'view', '--windows', '1');
  sonde('explain', home, '--with', 'geometry,similarity');
  refused('probe', home, '--label', 'view', '--folds', '3', '--fold', '1', '--split-seed', '4');
  refused('data', 'split', scans, '--private', '--split', 'official');
  sonde('data', 'deidentify', scans, '--out', join(work, 'clean'));
  for (const text of spoken) assertNothingPlanted('what was printed', text);
  const files = [...contentsOf(work), ...contentsOf(join(root, 'cache'))];
  assert.ok(files.length > 15);
  for (const [name, content] of files) assertNothingPlanted(name, content);
});

test('without being asked, what tags and tables say of a patient is taken out of names too', () => {
  spoken.length = 0;
  // The folder's own name is the user's; a physician's name in a photo's file name is nowhere in the data.
  const named = plantedNames.filter((name) => !['Xanthos', 'Wybert'].includes(name));
  const text = sonde('data', 'index', scans, '--json') + sonde('data', 'inspect', scans);
  for (const name of named) assert.ok(!text.toLowerCase().includes(name.toLowerCase()), name);
  assert.match(text, /p-[0-9a-f]{12}\//);
});
