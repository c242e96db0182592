/**
 * Who and what was measured: patients, splits, labels, files that could not be used, and what the pictures look like.
 * @module
 */
import { datasetOverview, total } from '../figures/dataset-overview.ts';
import { pictureGrid } from '../figures/picture-grid.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatCount } from '../numbers.ts';
import type { ReportData } from '../report-data.ts';
import { figureBlock, type Section } from './figure-block.ts';

const PROBLEMS_SHOWN = 20;

export function dataSection({ data, commands, command }: ReportData): Section {
  const { counts, description, hash, thumbnails } = data;
  const patients = countOf(total(counts.patients), 'patient');
  const items = countOf(total(counts.items), counts.itemName);
  const redraw = commands?.data ?? command;
  const body = markup`<p>${description ?? `${data.name}: ${items} of ${patients}.`} Patients, not ${counts.itemName}s, are divided into the three parts, so nobody is both learned from and judged on. Hyper-parameters are chosen on validation; test is looked at once.</p>
${
  thumbnails.length > 0 &&
  figureBlock(
    pictureGrid({
      title: `${countOf(thumbnails.length, 'picture')} of ${data.name}`,
      description: thumbnails
        .map(({ caption }) => caption)
        .filter(Boolean)
        .join('; '),
      rows: [{ pictures: thumbnails }],
    }),
    {
      text: markup`One frame each of ${countOf(thumbnails.length, counts.itemName)}, pixel for pixel as decoded.`,
      command: redraw,
    },
  )
}${figureBlock(datasetOverview(counts), { text: markup`Patients, ${counts.itemName}s and labels in each part, of ${patients} with ${items}. Bars within a group share one scale. Data hash <code>${hash}</code>.`, command: redraw })}${problems(data.problems)}`;
  return {
    id: 'data',
    heading: `${patients} with ${items}, split so that nobody is in two parts`,
    short: 'Data',
    body,
  };
}

function problems(found: ReportData['data']['problems']): Markup {
  if (found.length === 0) return markup`<p class="note">Every file could be read.</p>\n`;
  const skipped = found.filter(({ severity }) => severity === 'skipped').length;
  const warnings = found.length - skipped;
  const counts = [
    ...(skipped > 0 ? [`${countOf(skipped, 'file')} skipped`] : []),
    ...(warnings > 0 ? [`${countOf(warnings, 'file')} used with a warning`] : []),
  ].join(', ');
  const shown = found
    .slice(0, PROBLEMS_SHOWN)
    .map(
      ({ path, reason, severity }) =>
        markup`<li><code>${path}</code> ${severity === 'warning' && 'warning: '}${reason}</li>\n`,
    );
  return markup`<h3>${counts}</h3>
<ul class="problems">
${shown}${found.length > PROBLEMS_SHOWN && markup`<li>and ${formatCount(found.length - PROBLEMS_SHOWN)} more, listed in <code>dataset.json</code></li>\n`}</ul>
`;
}
