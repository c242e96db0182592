/**
 * Findings as they are printed: a real minus sign before numbers.
 * @module
 */
import type { FigureData, Finding } from './finding.ts';

/** A hyphen that stands before a number and after none, nor after a word: a minus. */
const minus = /(?<![\w.)\]=-])-(?=\d)/g;

/** Between a number and its unit no line ends. */
const beforePercent = /(?<=\d) (?=%)/g;

const printed = (text: string) => text.replace(minus, '\u2212').replace(beforePercent, '\u00a0');

/** Numbers in `data` stay numbers. */
export function typeset(finding: Finding): Finding {
  const { title, sentences, checks, figures, tables } = finding;
  return {
    ...finding,
    title: printed(title),
    sentences: sentences.map(printed),
    checks: checks.map((check) => ({
      ...check,
      statement: printed(check.statement),
      detail: printed(check.detail),
    })),
    figures: figures.map(
      (figure): FigureData => ({
        ...figure,
        title: printed(figure.title),
        caption: printed(figure.caption),
      }),
    ),
    ...(tables === undefined
      ? {}
      : {
          tables: tables.map(({ title: of, columns, rows }) => ({
            title: printed(of),
            columns,
            rows: rows.map((row) => row.map(printed)),
          })),
        }),
  };
}
