/**
 * The page of an inspection: what is in a data set and what is wrong with it, with a picture of every item, its scanned
 * part and its burnt-in text outlined.
 * @module
 */
import { type CaptionedPicture, pictureGrid } from './figures/picture-grid.ts';
import { markup } from './markup.ts';
import { countOf } from './numbers.ts';
import { htmlPage } from './page.ts';
import { figureBlock, type Section, sectionBlock } from './sections/figure-block.ts';

export interface InspectionPage {
  readonly name: string;
  /** The finding, as a sentence. */
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Labels with their classes or the range of their numbers. */
  readonly labels: readonly PageLabel[];
  /** A heading, what it means and its rows, worst first. */
  readonly blocks: readonly {
    readonly title: string;
    readonly note?: string;
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly thumbnails: readonly CaptionedPicture[];
  /** How many items there are, when not all are shown. */
  readonly items: number;
  readonly command: string;
}

/** A label on the page. */
export interface PageLabel {
  readonly name: string;
  /** Of how many items it is known, where that is not all of them. */
  readonly known?: string;
  readonly values: readonly { readonly value: string; readonly items: number; readonly patients: number }[];
  /** In place of values, for measurements. */
  readonly range?: string;
}

const rowsShown = 60;
/** Classes of one label in the table. */
const valuesShown = 12;

/** One self-contained HTML file. */
export function renderInspection(page: InspectionPage): string {
  const { name, title, facts, labels, blocks, thumbnails, items, command } = page;
  const all = thumbnails.length === items;
  const heading =
    thumbnails.length === 0
      ? 'Nothing to show'
      : items === 1
        ? 'The item'
        : all
          ? `All ${countOf(items, 'item')}`
          : `${thumbnails.length} of the ${countOf(items, 'item')}`;
  const text = `The middle frame of each item${all ? '' : '; those with findings come first'}. Lines go around the scanned part and around burnt-in text. Point at a picture to read a name that is cut.`;
  const grid = pictureGrid({ title: heading, description: text, rows: [{ pictures: thumbnails }] }, { columns: 5 });
  const body = thumbnails.length === 0 ? markup`<p>No item is a picture.</p>` : figureBlock(grid, { text, command });
  const sections: Section[] = [
    { id: 'pictures', short: 'Pictures', heading, body },
    ...(labels.length === 0 ? [] : [{ id: 'labels', short: 'Labels', heading: 'Labels', body: labelTable(labels) }]),
    ...blocks.map(({ title: found, note, rows }, position) => {
      const listed = rows.slice(0, rowsShown).map(listEntry);
      const more = rows.length > rowsShown && markup`<li>and ${rows.length - rowsShown} more</li>`;
      const list = markup`${note !== undefined && markup`<p class="note">${note}</p>\n`}<ul class="problems">
${listed}${more}</ul>
`;
      return { id: `finding-${position}`, short: found.replace(/ \(.*/s, ''), heading: found, body: list };
    }),
  ];
  const facing = markup`<header>
<p class="kicker">Sonde inspection · ${name}</p>
<h1>${title}</h1>
<dl>${facts.map(([term, value]) => markup`<dt>${term}</dt><dd>${value}</dd>\n`)}</dl>
<nav aria-label="Contents">${sections.map(({ id, short }) => markup`<a href="#${id}">${short}</a>\n`)}</nav>
</header>`;
  return htmlPage(`${name}: inspection`, markup`${facing}\n<main>\n${sections.map(sectionBlock)}</main>`);
}

function labelTable(labels: readonly PageLabel[]) {
  const rows = labels.flatMap(({ name, known, values, range }) => {
    const first = markup`<th scope="row">${name}${known !== undefined && markup` <span class="quiet">${known}</span>`}</th>`;
    if (range !== undefined) return [markup`<tr>${first}<td>${range}</td><td></td><td></td></tr>\n`];
    const shown = values.slice(0, valuesShown).map(({ value, items, patients }, i) => {
      return markup`<tr>${i === 0 ? first : markup`<td></td>`}<td>${value}</td><td>${items}</td><td>${patients}</td></tr>\n`;
    });
    const left = values.length - shown.length;
    return left > 0 ? [...shown, markup`<tr><td></td><td>and ${left} more</td><td></td><td></td></tr>\n`] : shown;
  });
  return markup`<div class="scroll"><table class="labels">
<thead><tr><th scope="col">label</th><th scope="col">value</th><th scope="col">items</th><th scope="col">patients</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>
`;
}

/** `severity, item, sentence`, or a name and a sentence. */
function listEntry(row: readonly string[]) {
  if (row.length < 3) return markup`<li>${row.join(': ')}</li>\n`;
  const [severity, item, ...rest] = row;
  return markup`<li><code>${item}</code> ${severity !== 'note' && `${severity}: `}${rest.join(' ')}</li>\n`;
}
