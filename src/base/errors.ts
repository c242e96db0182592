/**
 * Every error a user can meet: a sentence that names the thing, what was found, what was expected and how to mend it.
 * Data is kept apart from its rendering, so that `--json` and the lab can show the same error in their own way.
 * @module
 */

export type ErrorCode =
  | 'usage' // a mistake of the user: exit code 2
  | 'shape/mismatch'
  | 'graph/no-gradient'
  | 'graph/unsupported'
  | 'onnx/malformed'
  | 'runtime/session'
  | 'runtime/unavailable'
  | 'data/unreadable'
  | 'data/empty'
  | 'data/leakage'
  | 'data/unsuitable'
  | 'file/malformed'
  | 'run/corrupt'
  | 'training/diverged'
  | 'evaluation/labels'
  | 'internal';

export interface ErrorDetails {
  /** The layer, node, file or option concerned. */
  where?: string;
  found?: string;
  expected?: string;
  /** What to do about it, in one sentence. */
  hint?: string;
  cause?: unknown;
}

/** The one error class; `code` says which kind, the fields say what, `message` is the whole sentence. */
export class SondeError extends Error {
  readonly code: ErrorCode;
  /** The sentence without its details. */
  readonly problem: string;
  readonly where: string | undefined;
  readonly found: string | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    super(render(problem, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SondeError';
    this.code = code;
    this.problem = problem;
    this.where = details.where;
    this.found = details.found;
    this.expected = details.expected;
    this.hint = details.hint;
  }

  toJSON() {
    const { code, message, where, found, expected, hint } = this;
    return { code, message, where, found, expected, hint };
  }
}

function render(problem: string, { where, found, expected, hint }: ErrorDetails): string {
  let text = where === undefined ? problem : `${where}: ${problem}`;
  if (expected !== undefined && found !== undefined) text += ` (expected ${expected}, found ${found})`;
  else if (expected !== undefined) text += ` (expected ${expected})`;
  else if (found !== undefined) text += ` (found ${found})`;
  return hint === undefined ? text : `${text}\n  hint: ${hint}`;
}

/** A mistake in what the user asked for; the command line exits with 2. */
export function usageError(problem: string, details: ErrorDetails = {}): SondeError {
  return new SondeError('usage', problem, details);
}

/** The message of anything thrown, for wrapping foreign errors. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
