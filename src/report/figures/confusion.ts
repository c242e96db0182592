/**
 * Which answers are taken for which: rows are the truth, columns the network's answers, shares of each row.
 * @module
 */
import { markup } from '../markup.ts';
import { countOf, formatCount, formatNumber, formatPercent } from '../numbers.ts';
import { cividis, ink, rgb, textOn } from '../palette.ts';
import { figure, label, round, shortened, textWidth } from './figure.ts';

export interface Confusion {
  /** What is answered, e.g. `rotation`. */
  readonly question: string;
  readonly classes: readonly string[];
  /** Row = truth, column = answer. */
  readonly counts: readonly (readonly number[])[];
}

/** Draws the matrix with the share of each row in percent; counts appear when a cell is pointed at. */
export function confusion(data: Confusion, { width = 420 } = {}): string {
  const { classes, counts } = data;
  const count = classes.length;
  const left = Math.min(140, Math.max(56, ...classes.map((name) => textWidth(name) + 14)));
  const cell = Math.min(64, Math.max(12, (width - left - 70) / count));
  const slanted = classes.some((name) => textWidth(name) > cell - 4);
  const top = 28 + (slanted ? 12 + 0.64 * Math.min(110, Math.max(...classes.map((name) => textWidth(name)))) : 22);
  const height = top + count * cell + 8;
  const totals = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const cells = counts.flatMap((row, truth) =>
    row.map((value, answer) => {
      const share = totals[truth] === 0 ? 0 : value / totals[truth];
      const colour = cividis(share);
      const [x, y] = [left + answer * cell, top + truth * cell];
      return markup`<g><title>${classes[truth]} answered as ${classes[answer]}: ${formatCount(value)} of ${formatCount(totals[truth])}</title><rect x="${round(x)}" y="${round(y)}" width="${round(cell - 1)}" height="${round(cell - 1)}" fill="${rgb(colour)}"/>${cell >= 30 && label(x + cell / 2 - 0.5, y + cell / 2 + 4, formatNumber(share * 100, 0), { anchor: 'middle', fill: textOn(colour) })}</g>\n`;
    }),
  );
  const names = classes.flatMap((name, i) => [
    label(left - 8, top + (i + 0.5) * cell + 4, shortened(name, 126), { anchor: 'end' }),
    slanted
      ? label(left + (i + 0.5) * cell + 2, top - 8, shortened(name, 110), { rotate: -40 })
      : label(left + (i + 0.5) * cell, top - 8, name, { anchor: 'middle' }),
  ]);
  const rows = totals.map((total, i) =>
    label(left + count * cell + 8, top + (i + 0.5) * cell + 4, formatCount(total), { fill: ink('secondary') }),
  );
  const body = markup`${label(left, 14, 'answered as, % of each row', { fill: ink('secondary') })}${label(left - 8, 14, 'truth ↓', { anchor: 'end', fill: ink('secondary') })}${label(left + count * cell + 8, top - 8, 'n', { fill: ink('secondary') })}
${cells}${names}${rows}`;
  return figure({ width: left + count * cell + 70, height, title: finding(data), description: describe(data), body });
}

function finding({ question, classes, counts }: Confusion): string {
  const total = counts.flat().reduce((sum, value) => sum + value, 0);
  const right = counts.reduce((sum, row, i) => sum + row[i], 0);
  if (total === 0) return `No ${question} was answered.`;
  let worst: { truth: number; answer: number; share: number } | undefined;
  counts.forEach((row, truth) => {
    const rowTotal = row.reduce((sum, value) => sum + value, 0);
    row.forEach((value, answer) => {
      const share = rowTotal === 0 ? 0 : value / rowTotal;
      if (truth !== answer && share > 0 && share > (worst?.share ?? 0)) worst = { truth, answer, share };
    });
  });
  const mistake =
    worst === undefined
      ? 'none is mistaken'
      : `the most frequent mistake is ${classes[worst.truth]} taken for ${classes[worst.answer]} (${formatPercent(worst.share)})`;
  return `${formatPercent(right / total, 1)} of ${countOf(total, 'question')} about ${question} are answered right; ${mistake}.`;
}

function describe({ classes, counts }: Confusion): string {
  return counts
    .map((row, truth) => {
      const total = row.reduce((sum, value) => sum + value, 0) || 1;
      return `${classes[truth]}: ${row.map((value, answer) => `${formatPercent(value / total)} as ${classes[answer]}`).join(', ')}.`;
    })
    .join(' ');
}
