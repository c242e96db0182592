/**
 * The question each method asks of the network, drawn by its own sampler.
 * @module
 */
import { puzzle } from '../figures/puzzle.ts';
import { markup } from '../markup.ts';
import { formatPercent } from '../numbers.ts';
import type { ReportData, RunReport } from '../report-data.ts';
import { figureBlock, type Section } from './figure-block.ts';

export function puzzlesSection(
  run: RunReport,
  index: number,
  { commands, command, data }: ReportData,
): Section | undefined {
  if (run.puzzles.length === 0) return undefined;
  const { manifest, card } = run;
  const { paper } = card;
  const { title } = manifest.method;
  const { accuracy } = manifest.chance;
  const drawings = run.puzzles.map((drawing, i) =>
    figureBlock(puzzle(drawing), {
      text: markup`Puzzle ${i + 1} of ${run.puzzles.length}, drawn from ${data.name} by the sampler that feeds the network, with the seed of the run (${manifest.training.seed}).${accuracy !== undefined && i === 0 && ` Guessing is right in ${formatPercent(accuracy, accuracy < 0.1 ? 1 : 0)} of puzzles.`}`,
      command: i === run.puzzles.length - 1 ? (commands?.puzzles ?? command) : undefined,
    }),
  );
  const body = markup`<p>${card.idea} The answer costs no label: the computer knows it because it made the puzzle.</p>
<p class="note">After ${paper.authors}, “${paper.title}”, ${paper.venue} ${paper.year}, ${paper.url}.</p>
${drawings}`;
  return {
    id: index === 0 ? 'puzzles' : `puzzles-${index + 1}`,
    heading: `What ${title} asks of the network`,
    short: `Puzzles: ${title}`,
    body,
  };
}
