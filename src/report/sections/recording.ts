/**
 * One real recording that went the whole way: reading, puzzles, and what each layer makes of it.
 * @module
 */
import { pictureGrid } from '../figures/picture-grid.ts';
import { puzzle } from '../figures/puzzle.ts';
import { markup } from '../markup.ts';
import { formatEstimate } from '../numbers.ts';
import type { ReportData } from '../report-data.ts';
import { figureBlock, type Section } from './figure-block.ts';

export function recordingSection({ recording, commands, command }: ReportData): Section | undefined {
  if (recording === undefined) return undefined;
  const { title, description, facts, puzzles, featureMaps = [], pretextAccuracy } = recording;
  const redraw = commands?.recording ?? command;
  const drawings = puzzles.map((drawing) =>
    figureBlock(puzzle(drawing), {
      text: 'The same puzzle on this recording: one patient, no statistics.',
      command: redraw,
    }),
  );
  const maps =
    featureMaps.length > 0 &&
    figureBlock(
      pictureGrid({
        title: `What ${featureMaps.length} taps make of the recording`,
        description: `From the first layer to the last: ${featureMaps
          .map((row) => row.label)
          .filter(Boolean)
          .join(', ')}. Each picture is one channel, black to white over its own range.`,
        rows: featureMaps,
      }),
      {
        text: 'Feature maps of the trained trunk, first layer to last, one picture a channel, black to white over its own range. Where a map lights up, the layer found what it looks for; maps say nothing about why. One patient, one seed.',
        command: redraw,
      },
    );
  const body = markup`<p>${description}</p>
${facts.length > 0 && markup`<dl>${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>\n`}${pretextAccuracy !== undefined && markup`<p>Of its puzzles, ${formatEstimate(pretextAccuracy, 'accuracy')} % are answered right.</p>\n`}${drawings}${maps}`;
  return { id: 'recording', heading: title, short: 'Real recording', body };
}
