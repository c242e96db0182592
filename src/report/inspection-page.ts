/**
 * The page of an inspection: what is in a data set and what is wrong with it, with a picture of every item, its scanned
 * part and its burnt-in text outlined.
 * @module
 */
import { type CaptionedPicture, pictureGrid } from './figures/picture-grid.ts';
import { markup } from './markup.ts';
import { countOf } from './numbers.ts';
import { htmlPage } from './page.ts';
import { figureBlock, sectionBlock } from './sections/figure-block.ts';

export interface InspectionPage {
  readonly name: string;
  /** The finding, as a sentence. */
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** A heading and its rows, worst first. */
  readonly blocks: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
  readonly thumbnails: readonly CaptionedPicture[];
  /** How many items there are, when not all are shown. */
  readonly items: number;
  readonly command: string;
}

const rowsShown = 60;

/** One self-contained HTML file. */
export function renderInspection(page: InspectionPage): string {
  const { name, title, facts, blocks, thumbnails, items, command } = page;
  const facing = markup`<header>
<p class="kicker">Sonde inspection · ${name}</p>
<h1>${title}</h1>
<dl>${facts.map(([term, value]) => markup`<dt>${term}</dt><dd>${value}</dd>\n`)}</dl>
</header>`;
  const shown = thumbnails.length === items ? 'every item' : `${thumbnails.length} of ${countOf(items, 'item')}`;
  const grid = pictureGrid(
    {
      title: `One frame of ${shown}`,
      description: 'Lines go around the scanned part and around burnt-in text.',
      rows: [{ pictures: thumbnails }],
    },
    { columns: 5 },
  );
  const pictures = sectionBlock({
    id: 'pictures',
    short: 'Pictures',
    heading: `What ${shown} ${thumbnails.length === 1 && items > 1 ? 'shows' : 'looks like'}`,
    body: figureBlock(grid, {
      text: 'The middle frame of each item. Lines go around the scanned part and around burnt-in text.',
      command,
    }),
  });
  const found = blocks.map(({ title: heading, rows }, position) => {
    const listed = rows.slice(0, rowsShown).map(listEntry);
    const more = rows.length > rowsShown && markup`<li>and ${rows.length - rowsShown} more</li>`;
    const body = markup`<ul class="problems">
${listed}${more}</ul>
`;
    return sectionBlock({ id: `finding-${position}`, short: heading, heading, body });
  });
  return htmlPage(`${name}: inspection`, markup`${facing}\n<main>\n${pictures}${found}</main>`);
}

/** `severity, item, sentence`, or a sentence alone. */
function listEntry(row: readonly string[]) {
  if (row.length < 3) return markup`<li>${row.join(' ')}</li>\n`;
  const [severity, item, ...rest] = row;
  return markup`<li><code>${item}</code> ${severity !== 'note' && `${severity}: `}${rest.join(' ')}</li>\n`;
}
