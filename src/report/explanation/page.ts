/**
 * The page of an explanation: every finding as its own section, its checks beside it; no map without them.
 * @module
 */
import type { Explanation } from '../../explanation/explain.ts';
import type { FigureData, Finding, FindingTable } from '../../explanation/finding.ts';
import { type Content, markup } from '../markup.ts';
import { htmlPage } from '../page.ts';
import { figureBlock, sectionBlock } from '../sections/figure-block.ts';
import { drawFigure } from './figures.ts';

export interface ExplanationPage {
  readonly explanation: Explanation;
  /** Which network, trained how, in a sentence. */
  readonly about: string;
  /** What it was shown, in a sentence. */
  readonly data: string;
  /** The command that makes the page again. */
  readonly command: string;
  /** The command that makes the figures of one instrument again. Default: `command` with `--with` it. */
  readonly redraw?: string;
}

export function explanationPage({ explanation, about, data, command, redraw }: ExplanationPage): string {
  const { subject, findings, omissions } = explanation;
  const title = `What ${subject} has learned, and how it is known`;
  const failed = findings.flatMap(({ instrument, checks, title: of }) => {
    const count = checks.filter(({ passed }) => !passed).length;
    return count === 0 ? [] : [{ instrument, of, count, all: checks.length }];
  });
  const body = markup`<header>
<p class="kicker">Sonde explanation · ${subject}</p>
<h1>${title}</h1>
<p>${about} ${data}</p>
</header>
<main>
<ul class="findings">${findings.map((finding) => markup`<li><a href="#${finding.instrument}">${finding.title}</a></li>\n`)}</ul>
${failed.length > 0 && markup`<p class="note">Not every check passed, and what rests on those that did not is not to be believed: ${failed.map(({ instrument, of, count, all }, i) => markup`${i > 0 && '; '}${count} of ${all} of <a href="#${instrument}">${of}</a>`)}.</p>`}
${findings.map((finding) => section(finding, redraw ?? `${command} --with ${finding.instrument}`))}
${omissions.length > 0 && sectionBlock({ id: 'not-looked-at', heading: 'What was not looked at', short: 'omissions', body: markup`<ul>${omissions.map(({ title: name, reason }) => markup`<li>${name}: ${reason}</li>\n`)}</ul>` })}
<p class="note">Made by <code>${command}</code></p>
</main>`;
  return htmlPage(title, body);
}

function section(finding: Finding, redraw: string): Content {
  const { instrument, title, sentences, figures, tables = [], checks } = finding;
  return sectionBlock({
    id: instrument,
    heading: title,
    short: instrument,
    body: markup`<p>${withCode(sentences.join(' '))}</p>
${figures.map((data) => figureBlock(drawFigure(data), { text: captionOf(data, title) }))}${tables.map(tableBlock)}${checks.length > 0 && markup`<ul class="checks">${checks.map(({ statement, passed, detail }) => markup`<li><span class="${passed ? 'good' : 'bad'}">${passed ? 'holds' : 'does not hold'}</span> ${statement}: <span class="note">${sentenceOf(detail)}</span></li>\n`)}</ul>`}<p class="note">Redraw: <code>${redraw}</code></p>`,
  });
}

/** A figure that draws the section's own finding need not say it again. */
function captionOf({ title, caption }: FigureData, heading: string): Content {
  return title === heading ? caption : markup`<strong>${title}.</strong> ${caption}`;
}

/** What stands between backticks is to be typed as it is. */
const withCode = (text: string): Content =>
  text.split('`').map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : part));

const sentenceOf = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** More columns than this are set closer, so that the table fits the page. */
const roomyColumns = 8;

/** Columns after the first that hold sentences, not numbers: these begin at the left and break into lines. */
function holdsWords(rows: FindingTable['rows'], column: number): boolean {
  const cells = rows.map((row) => row[column]);
  return cells.some((cell) => cell.length > 32) && cells.every((cell) => !/^[−+\d]/.test(cell));
}

function tableBlock({ title, columns, rows }: FindingTable): Content {
  const words = columns.map((_, c) => c > 0 && holdsWords(rows, c));
  return markup`<div class="scroll"><table${columns.length > roomyColumns && markup` class="dense"`}>
<caption>${title}</caption>
<thead><tr>${columns.map((column, c) => markup`<th scope="col"${words[c] && markup` class="words"`}>${column}</th>`)}</tr></thead>
<tbody>
${rows.map(([first, ...rest]) => markup`<tr><th scope="row">${first}</th>${rest.map((text, c) => markup`<td${words[c + 1] && markup` class="words"`}>${text}</td>`)}</tr>\n`)}</tbody></table></div>
`;
}
