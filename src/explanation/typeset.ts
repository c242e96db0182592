/**
 * Findings as they are printed: a real minus sign before numbers.
 * @module
 */
import type { FigureData, Finding } from './finding.ts';

/** A hyphen that stands before a number and after none, nor after a word: a minus. */
const minus = /(?<![\w.)\]=-])-(?=\d)/g;

const withMinus = (text: string) => text.replace(minus, '\u2212');

/** Numbers in `data` stay numbers. */
export function typeset(finding: Finding): Finding {
  const { title, sentences, checks, figures, tables } = finding;
  return {
    ...finding,
    title: withMinus(title),
    sentences: sentences.map(withMinus),
    checks: checks.map((check) => ({
      ...check,
      statement: withMinus(check.statement),
      detail: withMinus(check.detail),
    })),
    figures: figures.map(
      (figure): FigureData => ({
        ...figure,
        title: withMinus(figure.title),
        caption: withMinus(figure.caption),
      }),
    ),
    ...(tables === undefined
      ? {}
      : {
          tables: tables.map(({ title: of, columns, rows }) => ({
            title: withMinus(of),
            columns,
            rows: rows.map((row) => row.map(withMinus)),
          })),
        }),
  };
}
