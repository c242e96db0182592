/**
 * Runs of every method on real recordings, on paper: `docs/real-sets.json` and the page made of it.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaKind } from '../src/data/media.ts';
import { methods } from '../src/pretext/index.ts';
import type { PretextMethod } from '../src/pretext/method.ts';
import { rounded, table } from './learning-record.ts';

const root = join(import.meta.dirname, '..');
const recordFile = join(root, 'docs/real-sets.json');

export const pageFile = join(root, 'docs/real-sets.md');

/** A public set, where it lies beside the repository, and how it is read. */
export interface RealSet {
  readonly title: string;
  readonly folder: string;
  readonly kind: MediaKind;
  /** Words of the command line that its peculiarities ask for. */
  readonly options: readonly string[];
  /** Why these. */
  readonly because?: string;
}

export const realSets: readonly RealSet[] = [
  {
    title: 'blood smears',
    folder: 'bccd',
    kind: 'image',
    options: ['--duplicates', 'exclude'],
    because: 'two pictures of different parts of the official split are the same',
  },
  {
    title: 'endoscopy',
    folder: 'vocalfolds-endoscopy',
    kind: 'image',
    options: ['--separate', '--within-patients', 'sequence'],
    because: 'its frames lie as four numbered sequences of nobody named: sequences stand in for patients',
  },
  { title: 'lung ultrasound', folder: 'pocus-lus-ccby', kind: 'clip', options: [] },
  { title: 'hippocampus', folder: 'hippocampus-msd', kind: 'volume', options: [] },
];

/** The sets that a method is run on: those of the kind that its card names first. */
export function fittingSets({ card }: PretextMethod): readonly RealSet[] {
  return realSets.filter(({ kind }) => kind === card.inputs[0]);
}

/** What one run of the command line gave. */
export interface RealRun {
  readonly method: string;
  /** The set's folder. */
  readonly set: string;
  readonly command: string;
  /** Whose pictures were used, and how many items there were and were left out. */
  readonly items: number;
  readonly leftOut: number;
  readonly patients: number;
  readonly steps: number;
  /** Samples seen in training. */
  readonly samples: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** On patients held out, after the last step. */
  readonly heldOut: { readonly loss?: number; readonly accuracy?: number };
  readonly chance: { readonly loss?: number; readonly accuracy?: number };
  /** Of the whole command, decoded frames being there. */
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  readonly machine: { readonly processor: string; readonly threads: number; readonly load: number };
}

/** What was recorded last; nothing where nothing was. */
export function readRealRuns(): readonly RealRun[] {
  return existsSync(recordFile) ? (JSON.parse(readFileSync(recordFile, 'utf8')) as RealRun[]) : [];
}

/** Puts runs in the place of earlier ones of the same method and set, in the order of the lists, and writes the page. */
export function writeRealRuns(runs: readonly RealRun[]): void {
  const known = [...readRealRuns(), ...runs];
  const all = methods.flatMap((method) =>
    fittingSets(method).flatMap(({ folder }) =>
      known.filter((run) => run.method === method.card.id && run.set === folder).slice(-1),
    ),
  );
  const text = `${JSON.stringify(all, rounded, 1)}\n`;
  writeFileSync(recordFile, text);
  writeFileSync(pageFile, realSetsPage(JSON.parse(text) as RealRun[]));
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** A number held out beside what guessing gives, where that is known. */
function besideChance(value: number | undefined, chance: number | undefined, text: (value: number) => string): string {
  if (value === undefined) return '';
  return chance === undefined ? text(value) : `${text(value)} (${text(chance)})`;
}

/** A row a run. */
export function realRunsTable(runs: readonly RealRun[]): string {
  return table(
    ['method', 'set', 'samples', 'loss, first → last', 'held-out loss (guessing)', 'accuracy (guessing)', 's', 'MB'],
    runs.map(({ method, set, samples, firstLoss, lastLoss, heldOut, chance, seconds, peakMemoryBytes }) => [
      method,
      realSets.find(({ folder }) => folder === set)?.title ?? set,
      String(samples),
      `${firstLoss.toPrecision(3)} → ${lastLoss.toPrecision(3)}`,
      besideChance(heldOut.loss, chance.loss, (value) => value.toPrecision(3)),
      besideChance(heldOut.accuracy, chance.accuracy, percent),
      seconds.toFixed(0),
      (peakMemoryBytes / 1e6).toFixed(0),
    ]),
  );
}

/** The page, from the record alone. */
export function realSetsPage(runs: readonly RealRun[]): string {
  const loads = runs.map(({ machine }) => machine.load);
  const machines = [...new Set(runs.map(({ machine }) => `${machine.processor}, ${machine.threads} threads`))];
  return `# Every method on real recordings

Made by \`npm run real-sets -- --record\`: each method, as \`sonde pretrain\` comes, on the public sets of the kind that it
takes, for some tens of steps. It shows that every method runs on real files, what it leaves out of them, and what a
step costs; whether methods learn is measured in [learning.md](learning.md), with hundreds of steps and six seeds. An
accuracy near guessing is what to expect here of a hard question.

Held-out values are of patients that were not trained on, after the last step; in parentheses what guessing reaches.
Seconds are of the whole command on ${machines.join('; ')}, decoded frames being there already, while the machine's load
average was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}: other work makes them longer. MB is the largest memory the process held.

${realRunsTable(runs)}

## The sets

${realSets.map(setText(runs)).join('\n')}

## Every command

\`\`\`sh
${runs.map(({ command }) => command).join('\n')}
\`\`\`
`;
}

function setText(runs: readonly RealRun[]): (set: RealSet) => string {
  return ({ title, folder, options, because }) => {
    const own = runs.filter(({ set }) => set === folder);
    const [first] = own;
    const size = first === undefined ? 'no run' : `${first.items} items of ${first.patients} patients`;
    const missing = own.filter(({ leftOut }) => leftOut > 0).map(({ method, leftOut }) => `${leftOut} by ${method}`);
    const left = missing.length === 0 ? 'none refused' : `refused: ${missing.join(', ')}`;
    const read = because === undefined ? '' : `; \`${options.join(' ')}\`, as ${because}`;
    return `- **${title}** (\`${folder}\`): ${size}; ${left}${read}.`;
  };
}
