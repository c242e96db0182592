/**
 * Throughput of the readers and of the cache, beside ffmpeg, pydicom, nibabel and Pillow doing the same work on the same files,
 * one after another on one thread each. Prints rows of a table: seconds of processor time, so that other programs on the
 * machine count for little; the least of `--repeats`.
 *
 *   node --import tsx bench/data.ts --data ../shared/data [--repeats 5]
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { parseTable } from '../src/data/label-table.ts';
import { openMedia } from '../src/data/storage/folder-source.ts';
import { buildFrameStore } from '../src/data/storage/frame-store-builder.ts';
import { indexFolder } from '../src/data/storage/index-folder.ts';

const { values } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data' }, repeats: { type: 'string', default: '5' } },
});
const root = values.data;
const repeats = Number(values.repeats);
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

function filesIn(folder: string, pattern: RegExp): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(path, name));
}

const over = (files: readonly string[]) => Array.from({ length: passes }, () => files).flat();

/** Seconds of processor time of this process and its threads. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Decodes all frames of all files; the number of values. */
async function readAll(files: readonly string[]): Promise<number> {
  let decoded = 0;
  for (const file of files) {
    const media = await openMedia(file);
    const { frames } = media.description;
    for (let start = 0; start < frames; start += 64) {
      decoded += (await media.read({ start, count: Math.min(64, frames - start) })).data.length;
    }
    await media.close?.();
  }
  return decoded;
}

/** Small files are read so many times over, so that what is measured is not the compiler's warming up. */
const passes = 20;

async function timed(run: () => unknown): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    const started = processorSeconds();
    await run();
    // The first run loads libraries and fills the system's cache.
    if (i > 0) seconds.push(processorSeconds() - started);
  }
  return Math.min(...seconds);
}

/** Runs `body` for every path in `files`, as many times over as here, inside one Python that has imported everything before the clock starts. */
function pythonSeconds(imports: string, body: string, files: readonly string[]): number | undefined {
  const script = `
import sys, time, json
${imports}
files = json.load(sys.stdin)
times = []
for i in range(${repeats + 1}):
    started = time.process_time()
    for path in files * ${passes}:
        ${body}
    times.append(time.process_time() - started)
print(min(times[1:]) / ${passes})`;
  const { status, stdout } = spawnSync(python, ['-c', script], { input: JSON.stringify(files), encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/** User and system time that ffmpeg reports for decoding a clip to grey. */
function ffmpegSeconds(clip: string): number {
  const output = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-y', '/dev/null'];
  const args = ['-hide_banner', '-benchmark', '-threads', '1', '-i', clip, '-map', '0:v:0', ...output];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  return Number(user) + Number(system);
}

function row(what: string, amount: string, ours: number, other: string, theirs: number | undefined): void {
  const compared = theirs === undefined ? 'not here' : `${(theirs / ours).toFixed(2)}`;
  console.log(`| ${what} | ${amount} | ${ours.toFixed(3)} | ${other} ${theirs?.toFixed(3) ?? ''} | ${compared} |`);
}

console.log('| work | amount | Sonde, CPU s | other, CPU s | times as fast |');
console.log('|---|---|---:|---|---:|');

const clips = filesIn('pocus-lus-ccby/videos', /Reg_Image.*\.mp4$|pat1.*\.mpeg$/);
if (clips.length > 0) {
  let decoded = 0;
  const ours = await timed(async () => {
    decoded = await readAll(clips);
  });
  // What it says of its own processor time, without that of starting it and of the pipe.
  const rounds = Array.from({ length: repeats }, () => clips.reduce((sum, clip) => sum + ffmpegSeconds(clip), 0));
  const theirs = Math.min(...rounds);
  row(
    'ultrasound clips to grey',
    `${clips.length} files, ${(decoded / 1e6).toFixed(0)} M values`,
    ours,
    'ffmpeg',
    theirs,
  );
}

/** Palettes are looked up, as they are here. */
const pydicom = {
  imports: 'import pydicom; from pydicom.pixel_data_handlers.util import apply_color_lut',
  body: "d = pydicom.dcmread(path); a = d.pixel_array; a = apply_color_lut(a, d) if d.PhotometricInterpretation == 'PALETTE COLOR' else a",
};

const nibabel = { imports: 'import nibabel, numpy', body: 'numpy.asanyarray(nibabel.load(path).dataobj)' };
const pillow = { imports: 'import PIL.Image', body: 'PIL.Image.open(path).load()' };

/** DICOM files of the shared set whose transfer syntax has such a name and which pydicom reads too. */
function dicomFiles(syntax: RegExp): string[] {
  const manifest = join(root, 'dicom-vectors/manifest.csv');
  if (!existsSync(manifest)) return [];
  const { columns, rows } = parseTable(readFileSync(manifest, 'utf8'));
  const [name, compression, status] = ['file', 'transfer_syntax', 'pixel_status'].map((column) =>
    columns.indexOf(column),
  );
  return rows
    .filter((row) => syntax.test(row[compression]) && row[status] === 'decoded')
    .map((row) => join(root, 'dicom-vectors', row[name]))
    .filter((file) => existsSync(file));
}

const native = filesIn(
  'dicom-vectors',
  /(CT_small|MR_small|MR_small_implicit|rtdose|693_UNCI|SC_rgb|OBXXXX1A|color-pl|RG3_UNCI|US1_UNCI)\.dcm$/,
);
// This pydicom decodes no RLE of one bit.
const rle = filesIn('dicom-vectors', /rle.*\.dcm$/i).filter((file) => !/liver/.test(file));
const decoders = [
  { what: 'DICOM, native', unit: 'files', files: native, peer: 'pydicom', ...pydicom },
  { what: 'DICOM, RLE', unit: 'files', files: rle, peer: 'pydicom', ...pydicom },
  ...[
    ['DICOM, JPEG', /^JPEG (Baseline|Extended)/],
    ['DICOM, lossless JPEG', /^JPEG Lossless/],
    ['DICOM, JPEG-LS', /^JPEG-LS/],
    ['DICOM, JPEG 2000', /^JPEG 2000/],
  ].map(([what, syntax]) => ({
    what: what as string,
    unit: 'files',
    files: dicomFiles(syntax as RegExp),
    peer: 'pydicom',
    ...pydicom,
  })),
  {
    what: 'NIfTI, gzipped',
    unit: 'volumes',
    files: filesIn('hippocampus-msd/images', /\.nii(\.gz)?$/).slice(0, 60),
    peer: 'nibabel',
    ...nibabel,
  },
  { what: 'JPEG pictures', unit: 'files', files: filesIn('bccd', /\.jpe?g$/).slice(0, 30), peer: 'Pillow', ...pillow },
  {
    what: 'PNG pictures',
    unit: 'files',
    files: filesIn('vocalfolds-endoscopy', /\.png$/).slice(0, 30),
    peer: 'Pillow',
    ...pillow,
  },
];
for (const { what, unit, files, peer, imports, body } of decoders) {
  if (files.length === 0) continue;
  const ours = (await timed(() => readAll(over(files)))) / passes;
  row(what, `${files.length} ${unit}`, ours, peer, pythonSeconds(imports, body, files));
}

const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'));
try {
  const { index, source } = await indexFolder(join(root, 'pocus-lus-ccby/videos'), { salt: 'bench' });
  const store = await buildFrameStore(source, index, { directory: folder });
  const random = new Random(0);
  const windows = 2000;
  let frames = 0;
  const seconds = await timed(() => {
    frames = 0;
    for (let i = 0; i < windows; i++) {
      const position = random.integer(index.items.length);
      const [length] = store.sizeOf(position);
      store.read(position, { start: random.integer(length - 16), count: 16 });
      frames += 16;
    }
  });
  console.log(
    `| cache, windows of 16 frames of 128 x 128 | ${windows} windows | ${seconds.toFixed(3)} | ${Math.round(frames / seconds)} frames a second | |`,
  );
  store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
