/**
 * The report: one HTML file that explains itself, asks nothing of the network, and reads well on screen and on paper.
 * @module
 */
import { findingsOf, probeGroups, titleOf } from './findings.ts';
import { type Content, markup } from './markup.ts';
import { listOf } from './numbers.ts';
import { htmlPage } from './page.ts';
import type { ReportData } from './report-data.ts';
import { dataSection } from './sections/data.ts';
import { type Section, sectionBlock } from './sections/figure-block.ts';
import { layerFigure, layersSection } from './sections/layers.ts';
import { limitsSection, provenanceSection } from './sections/provenance.ts';
import { puzzlesSection } from './sections/puzzles.ts';
import { recordingSection } from './sections/recording.ts';
import { trainingSection } from './sections/training.ts';

/**
 * Renders a report.
 *
 * **Takes** `data`: everything to be shown, as plain data; parts that are absent leave no hole.
 *
 * **Gives** the text of one self-contained HTML file: no scripts, no fonts, no pictures from elsewhere; a
 * content-security policy in it forbids them.
 *
 * @example
 * await writeFile('report.html', renderReport(data));
 */
export function renderReport(data: ReportData): string {
  const groups = probeGroups(data);
  const title = titleOf(data);
  const sections: Section[] = [
    dataSection(data),
    ...data.runs.flatMap((run, index) => [puzzlesSection(run, index, data), trainingSection(run, index, data)]),
    ...groups.map((group, index) => layersSection(group, index, data)),
    recordingSection(data),
    limitsSection(data),
    provenanceSection(data),
  ].filter((section) => section !== undefined);
  const methods = listOf([...new Set(data.runs.map((run) => run.manifest.method.title))]);
  const body = markup`<header>
<p class="kicker">Sonde report${methods !== '' && ` · ${methods}`} · ${data.data.name}</p>
<h1>${title}</h1>
<p>${data.question}</p>
</header>
<main>
${groups.length > 0 && layerFigure(groups[0], data)}${findings(groups.flatMap(findingsOf))}<nav aria-label="Contents">${sections.map(({ id, short }) => markup`<a href="#${id}">${short}</a> `)}</nav>
${sections.map(sectionBlock)}</main>`;
  return htmlPage(title, body);
}

function findings(sentences: readonly string[]): Content {
  if (sentences.length === 0) return undefined;
  return markup`<ul class="findings">${sentences.map((sentence) => markup`<li>${sentence}</li>\n`)}</ul>\n`;
}
