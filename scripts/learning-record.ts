/**
 * The learning study on paper: tables, `docs/learning.json`, which method pages read, and `docs/learning.md`.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { methods } from '../src/pretext/index.ts';
import type { LearningRow, Verdict } from '../src/studies/learning.ts';
import type { LessonResult } from '../src/studies/lesson.ts';

const root = join(import.meta.dirname, '..');
const recordFile = join(root, 'docs/learning.json');

/** A row with the command that made it: methods need not have been trained equally long. */
type RecordedRow = LearningRow & { readonly command: string };

/** What was recorded last; nothing where nothing was. */
export function readRecord(): readonly RecordedRow[] {
  if (!existsSync(recordFile)) return [];
  return JSON.parse(readFileSync(recordFile, 'utf8')) as RecordedRow[];
}

/** Options that change nothing in a row: which methods are asked, and where trials are kept. */
const ownWords = ['--methods', '--directory'];

/** Keeps new rows beside those of other methods, in the order of the list. `given` are the options of the command. */
export function writeRecord(rows: readonly LearningRow[], given: readonly string[]): void {
  const kept = readRecord().filter(({ method }) => rows.every((row) => row.method !== method));
  const order = methods.map(({ card }) => card.id);
  const options = given.filter(
    (word, i) => !['--taps', '--json', ...ownWords].includes(word) && !ownWords.includes(given[i - 1]),
  );
  const recorded = rows.map((row): RecordedRow => {
    const command = ['npm run learn -- --methods', row.method, ...options].join(' ');
    return { ...row, command };
  });
  const all = [...kept, ...recorded]
    .filter(({ method }) => order.includes(method))
    .sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
  writeFileSync(recordFile, `${JSON.stringify(all, rounded, 1)}\n`);
  writeFileSync(join(root, 'docs/learning.md'), learningPage(all));
}

/** Four decimals say all that an interval can. */
export function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${' --- |'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}

const percent = (value: number) => (100 * value).toFixed(1);
const signed = (value: number) => `${value >= 0 ? '+' : '−'}${percent(Math.abs(value))}`;

export function intervalText({ value, low, high }: { value: number; low: number; high: number }): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}

function pretextText({ accuracy, chance, lossBefore, loss }: LearningRow['pretext']): string {
  if (accuracy === undefined) return `loss ${lossBefore.toPrecision(3)} → ${loss.toPrecision(3)}`;
  return chance === undefined ? `${percent(accuracy)} %` : `${percent(accuracy)} % (${percent(chance)} %)`;
}

const measureNames: Readonly<Record<string, string>> = { accuracy: 'accuracy', r2: 'R²' };

const verdicts: Readonly<Record<Verdict, string>> = { better: 'yes', worse: 'worse', undecided: 'not decided' };

/** Method × pretext accuracy × best tap against untrained. */
export function learningTable(rows: readonly LearningRow[]): string {
  return table(
    [
      'method',
      'pretext (guessing)',
      'asked for',
      'best layer',
      'trained',
      'untrained, its best layer',
      'difference',
      'beats untrained',
    ],
    rows.map(({ title, pretext, label, probe: { best, measure }, verdict }) => [
      title,
      pretextText(pretext),
      `${label}, ${measureNames[measure] ?? measure}`,
      best.tap,
      percent(best.a),
      `${percent(best.b)} (${best.otherTap})`,
      intervalText(best.difference),
      verdicts[verdict],
    ]),
  );
}

/** Every layer of one method. */
export function tapTable({ probe }: LearningRow): string {
  return table(
    ['layer', 'trained', 'untrained', 'difference', 'p (Holm)'],
    probe.taps.map(({ tap, a, b, difference, p }) => [
      tap,
      percent(a),
      percent(b),
      intervalText(difference),
      p.toPrecision(2),
    ]),
  );
}

/** What a method's page says of the study: plainly whether its probe beats random initialisation. */
export function learningText(method: string): string {
  const row = readRecord().find((candidate) => candidate.method === method);
  if (row === undefined) return `Not measured yet: \`npm run learn -- --methods ${method} --record\`.`;
  const { pretext, label, seeds, steps, batchSize, probe } = row;
  const { best, measure, patients } = probe;
  const score = (value: number) => (measure === 'r2' ? `R² ${value.toFixed(3)}` : `${percent(value)} %`);
  const answers = {
    better: '**Its probe beats random initialisation.**',
    worse: '**Its probe is worse than random initialisation.**',
    undecided: '**Its probe does not beat random initialisation here:** the interval holds 0.',
  };
  return [
    `${steps} steps of ${batchSize} on \`${row.data}\`, ${seeds.length} seeds; its own task: ${pretextText(pretext)}.`,
    `Asked for *${label}* on ${patients} unseen patients, a linear probe of \`${best.tap}\` reaches ${score(best.a)}, of the same`,
    `network untrained (at \`${best.otherTap}\`) ${score(best.b)}: difference ${intervalText(best.difference)} hundredths.`,
    answers[row.verdict],
    `Every layer, and how it was measured: [learning.md](../learning.md), \`${row.command}\`.`,
  ].join('\n');
}

function learningPage(rows: readonly RecordedRow[]): string {
  const sets = [...new Set(rows.map(({ data }) => data))];
  return `# Does it learn? Every method against itself untrained

Made by \`npm run learn -- --record\`, a method at a time; the command of each stands with its layers below, and the numbers
are in [learning.json](learning.json).

Each method trains its tiny preset on a phantom, whose every factor is known, with the same amount of arithmetic
(\`--compute\`, never more steps than the preset has, never fewer than fifty or than the preset says its task takes). Then
every layer is frozen and asked for a factor by a linear probe: the labels of a few training patients are known, drawn
anew several times; the layer is chosen on validation patients; the score is the accuracy on test patients, in percent.
Beside it stands the same network with the weights it began with, at its own best layer. Intervals are 95 %, from
resampling seeds and, within them, patients. Methods are compared with their untrained selves here, not with each other:
trunks and inputs differ. Why they teach what they teach is asked in [findings.md](findings.md), of the same networks.

${learningTable(rows)}

${sets
  .map((data) =>
    setText(
      data,
      rows.filter((row) => row.data === data),
    ),
  )
  .join('\n')}

## Every layer

${rows.map((row) => `### ${row.title}\n\n\`${row.command}\`\n\n${tapTable(row)}\n`).join('\n')}`;
}

function setText(data: string, rows: readonly LearningRow[]): string {
  const [{ label, labelledPatients, probe, seeds }] = rows;
  return `- \`${data}\`: ${label}, ${labelledPatients} labelled patients, ${probe.patients} test patients (${probe.items} items), guessing ${percent(probe.chance)} %; ${seeds.length} seeds.`;
}

const lessonsFile = join(root, 'docs/lessons.json');

type RecordedLesson = LessonResult & { readonly command: string };

/** One lesson in Markdown: its variants, and what became of the paper's claims. */
export function lessonText({ title, rows, claims }: LessonResult): string {
  const [{ label, probe }] = rows;
  const variants = table(
    [
      'variant',
      'pretext (guessing)',
      'best layer',
      `${label}, ${measureNames[probe.measure] ?? probe.measure}`,
      'against itself untrained',
    ],
    rows.map(({ variant, pretext, probe: { best } }) => [
      variant,
      pretextText(pretext),
      best.tap,
      percent(best.a),
      intervalText(best.difference),
    ]),
  );
  const judged = table(
    ['the paper', 'here', 'difference', 'outcome'],
    claims.map(({ of, better, worse, paper, difference, verdict }) => [
      paper,
      `${of}: ${better} less ${worse}`,
      intervalText(difference),
      verdict,
    ]),
  );
  return `## ${title}\n\n${variants}\n\n${judged}\n`;
}

/** The lessons that were recorded. */
export function readLessons(): readonly RecordedLesson[] {
  return existsSync(lessonsFile) ? (JSON.parse(readFileSync(lessonsFile, 'utf8')) as RecordedLesson[]) : [];
}

/** Puts a lesson's result in the place of an earlier one and writes the page of lessons anew. */
export function writeLesson(result: LessonResult, options: string): void {
  const known = readLessons();
  const command = `node --import tsx examples/lessons/${result.id}.ts ${options} --record`;
  const all = [...known.filter(({ id }) => id !== result.id), { ...result, command }];
  all.sort((a, b) => (a.id < b.id ? -1 : 1));
  writeFileSync(lessonsFile, `${JSON.stringify(all, rounded, 1)}\n`);
  writeFileSync(join(root, 'docs/lessons.md'), lessonsPage(all));
}

function lessonsPage(lessons: readonly RecordedLesson[]): string {
  const parts = lessons.map((lesson) => `${lessonText(lesson)}\n    ${lesson.command}\n`);
  return `# The papers' own lessons, at laboratory scale

Each lesson is one file in \`examples/lessons/\`: variants of a method, trained under the same seeds with the same amount
of arithmetic, each layer probed as in [learning.md](learning.md). Claims are put as the papers put them and judged by
the 95 % interval of the paired difference between variants, each at the layer chosen on validation patients: *as in the
paper* where it lies above 0, *against the paper* where below, *not decided* where it holds 0. Differences of pretext
accuracy are resampled over seeds, those of probes over seeds and patients. Tiny networks, a phantom and a minute of
training are not ImageNet: an outcome against the paper says that its lesson does not reach this far down.

${parts.join('\n')}`;
}
