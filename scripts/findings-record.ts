/**
 * The hypotheses on paper: `docs/findings.json`, their figures in `docs/figures/findings/`, and `docs/findings.md`.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawFigure } from '../src/report/explanation/figures.ts';
import { formatNumber, formatP } from '../src/report/numbers.ts';
import type { HypothesisResult, JudgedPrediction } from '../src/studies/hypothesis.ts';
import { readLessons, rounded, table } from './learning-record.ts';

const root = join(import.meta.dirname, '..');
const recordFile = join(root, 'docs/findings.json');
const figureFolder = join(root, 'docs/figures/findings');

type RecordedFinding = HypothesisResult & { readonly command: string };

/** Points are shown in hundredths, everything else as it is. */
function differenceText({ unit, difference }: Pick<JudgedPrediction, 'unit' | 'difference'>): string {
  const [factor, decimals] = unit === 'points' ? [100, 1] : [1, 2];
  const number = (value: number) => {
    const shown = formatNumber(factor * value, decimals);
    return value > 0 ? `+${shown}` : shown;
  };
  const { value, low, high } = difference;
  return `${number(value)} [${number(low)}, ${number(high)}]`;
}

function predictionTable(predictions: readonly JudgedPrediction[]): string {
  return table(
    ['predicted to be above 0', 'seen', 'p (Holm)', 'outcome'],
    predictions.map((prediction) => [
      prediction.decides ? `**${prediction.name}**` : prediction.name,
      differenceText(prediction),
      formatP(prediction.p),
      prediction.outcome,
    ]),
  );
}

/** One hypothesis in Markdown. */
export function findingText(result: HypothesisResult): string {
  const {
    title,
    statement,
    source,
    test,
    verdict,
    meaning,
    predictions,
    material,
    summary = '',
    tables = [],
    remarks,
  } = result;
  return [
    `## ${title}`,
    `**${verdictText(verdict)}** ${meaning}${summary === '' ? '' : ` ${summary}`}`,
    `*The claim.* ${statement} (${source})`,
    `*The test.* ${test} ${material} ${result.seeds} seeds.`,
    predictionTable(predictions),
    ...figureLinks(result),
    ...tables.map(({ title: heading, columns, rows }) => `${heading}:\n\n${table(columns, rows)}`),
    ...(remarks.length === 0 ? [] : [remarks.map((remark) => `- ${remark}`).join('\n')]),
    `*What would change our mind.* ${result.decides}`,
  ].join('\n\n');
}

const verdictText = (verdict: HypothesisResult['verdict']) =>
  ({ holds: 'Holds here.', 'does not hold': 'Does not hold here.', 'not decided': 'Not decided.' })[verdict];

const figureName = ({ id }: HypothesisResult, name: string) => `${id}-${name}.svg`;

const figureLinks = (result: HypothesisResult) =>
  result.figures.map(
    ({ name, title, caption }) => `![${title}](figures/findings/${figureName(result, name)})\n\n*${title}.* ${caption}`,
  );

/** Puts a result in the place of an earlier one, draws its figures and writes the page anew. */
export function writeFinding(result: HypothesisResult, options: string): void {
  const earlier: RecordedFinding[] = existsSync(recordFile) ? JSON.parse(readFileSync(recordFile, 'utf8')) : [];
  const command = `node --import tsx examples/hypotheses/${result.id}.ts ${options} --record`;
  const all = [...earlier.filter(({ id }) => id !== result.id), { ...result, command }];
  all.sort((a, b) => (a.id < b.id ? -1 : 1));
  mkdirSync(figureFolder, { recursive: true });
  for (const file of readdirSync(figureFolder)) if (file.startsWith(`${result.id}-`)) rmSync(join(figureFolder, file));
  for (const figure of result.figures) {
    writeFileSync(join(figureFolder, figureName(result, figure.name)), drawFigure(figure));
  }
  writeFileSync(recordFile, `${JSON.stringify(all, rounded, 1)}\n`);
  writeFileSync(join(root, 'docs/findings.md'), findingsPage(all));
}

function findingsPage(findings: readonly RecordedFinding[]): string {
  const waiting = known.filter(({ id }) => findings.every((finding) => finding.id !== id));
  const summary = findings.map(({ title, verdict, meaning, summary = '', predictions }) => {
    const [number, question] = splitTitle(title);
    return `- **${question}** ${verdictText(verdict)} ${meaning}${summary === '' ? '' : ` ${summary}`} ${seenText(predictions)} ([${number}](#${anchorOf(title)}))`;
  });
  const parts = findings.map((finding) => `${findingText(finding)}\n\n    ${finding.command}\n`);
  return `# What we found: why do pretext tasks work?

Eight hypotheses about why networks learn anything useful from tasks that nobody needs solved, put to the test on phantoms,
whose every factor is known. Each is one file in \`examples/hypotheses/\`, which trains what it needs and writes its part
of this page; all numbers are in [findings.json](findings.json).

**What this can carry.** Tiny networks, a phantom, about a minute of training: what holds here need not hold on your
data, and what does not show here may show there. What the page can do is tell which explanations have numbers behind
them at all.

${summary.join('\n')}
${waiting.map(({ title, why }) => `- **${splitTitle(title)[1]}** Not run yet: ${why}\n`).join('')}- **Does correlated speech help?** Not testable yet: hypothesis H5 (the benefit of choosing examples by how well they
  correlate grows with the share of unrelated speech) needs speech beside video, which is not built.

How to read it: a hypothesis predicts differences above 0; those in bold decide. Brackets are 95 % intervals; p values are
corrected by Holm over the predictions that decide, and apart from them over the others. *As predicted* and *against* are
said where the corrected p is below 0.05, and a hypothesis holds where every deciding prediction came as predicted; one
that is against suffices for *does not hold*. Differences of accuracies are in hundredths. Contrastive methods are not
built: what the hypotheses say of them is left out. Every section ends with its command; with \`--kept\` it used the trials
of the [learning study](learning.md) that were there, without it it trains them.

${parts.join('\n')}
${waiting.map(waitingText).join('\n')}
## H5. Does correlated speech help?

**Not testable yet.** It needs two modalities, video and the speech that goes with it, of which a known share is unrelated
(Jiao et al., MICCAI 2020). Speech is not built, no phantom speaks, and no other data set here has both; nothing is
claimed in the meantime.
`;
}

/** Hypotheses whose trials are long in coming. */
const known: readonly {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly lessons: readonly string[];
}[] = [
  {
    id: 'h2-inverted-u',
    title: 'H2. Is a harder task a better teacher, as long as it can be solved?',
    why: 'its variants have not been trained as a whole.',
    lessons: ['jigsaw-permutations', 'jigsaw-shortcuts', 'rotations'],
  },
  {
    id: 'h8-light-decoder',
    title: 'H8. With few labels, is a light decoder better?',
    why: 'its fits have not been made yet.',
    lessons: [],
  },
];

/** A hypothesis that has not been run, and what the lessons say that bear on it. */
function waitingText({ id, title, why, lessons }: (typeof known)[number]): string {
  const rows = readLessons()
    .filter((lesson) => lessons.includes(lesson.id))
    .flatMap((lesson) =>
      [...lesson.rows]
        .sort((a, b) => (a.pretext.accuracy ?? 0) - (b.pretext.accuracy ?? 0))
        .map(({ variant, pretext, probe }) => [
          lesson.title,
          variant,
          formatNumber(100 * (pretext.accuracy ?? Number.NaN), 1),
          formatNumber(100 * probe.best.a, 1),
        ]),
    );
  const lessonsText =
    rows.length === 0
      ? ''
      : `\n\nNo verdict is drawn in the meantime. The [lessons](lessons.md) that bear on it, hardest variant first:\n\n${table(['lesson', 'variant', 'pretext accuracy, %', 'best layer, %'], rows)}`;
  return `## ${title}\n\n**Not run yet:** ${why} \`node --import tsx examples/hypotheses/${id}.ts --record\` runs it.${lessonsText}\n`;
}

/** What the deciding predictions came to, the same outcomes together. */
function seenText(predictions: readonly JudgedPrediction[]): string {
  const outcomes = ['as predicted', 'against', 'not decided'] as const;
  const parts = outcomes.flatMap((outcome) => {
    const own = predictions.filter((prediction) => prediction.decides && prediction.outcome === outcome);
    if (own.length === 0) return [];
    return [`${outcome}: ${own.map((prediction) => `${prediction.name} ${differenceText(prediction)}`).join('; ')}`];
  });
  return `*Seen ${parts.join('. Seen ')}.*`;
}

/** \`H1. Do the last layers specialise?\` in its two parts. */
function splitTitle(title: string): [string, string] {
  const at = title.indexOf('. ');
  return [title.slice(0, at), title.slice(at + 2)];
}

/** The anchor that readers of Markdown give a heading. */
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
