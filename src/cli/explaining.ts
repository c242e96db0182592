/**
 * What `sonde explain` and `sonde audit` do: opens the subject, runs instruments, writes figures and a page.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { usageError } from '../base/errors.ts';
import { type Explanation, explain } from '../explanation/explain.ts';
import type { Finding } from '../explanation/finding.ts';
import { instrumentById, instruments } from '../explanation/index.ts';
import type { Instrument } from '../explanation/instrument.ts';
import type { Subject } from '../explanation/subject.ts';
import { drawFigure } from '../report/explanation/figures.ts';
import { explanationPage } from '../report/explanation/page.ts';
import { countOf, formatDuration } from '../report/numbers.ts';
import { writeAtomically } from '../training/storage/run-folder.ts';
import { progressReporter } from './progress.ts';
import { openSubject, type SubjectRequest } from './subject.ts';

export interface LookOptions extends SubjectRequest {
  readonly out?: string;
}

export interface ExplainOptions extends LookOptions {
  readonly with?: string;
  readonly set?: Readonly<Record<string, unknown>>;
}

/** The instruments of `--with`, or the usual ones. */
export function chosenInstruments(list: string | undefined) {
  if (list === undefined) return instruments.filter(({ usual }) => usual);
  if (list === 'all') return instruments;
  return list.split(',').map((id) => instrumentById(id.trim()));
}

/** `instrument.option=value` settings as a table by instrument. */
export function settingsByInstrument(settings: Readonly<Record<string, unknown>> = {}) {
  const byInstrument: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(settings)) {
    const [id, option, ...rest] = key.split('.');
    if (option === undefined || rest.length > 0) {
      throw usageError('a setting is written instrument.option=value', {
        found: key,
        hint: 'for example geometry.inputs=500',
      });
    }
    instrumentById(id);
    byInstrument[id] = { ...byInstrument[id], [option]: value };
  }
  return byInstrument;
}

export async function explainEncoder(path: string, options: ExplainOptions): Promise<void> {
  await lookWith(path, options, {
    instruments: chosenInstruments(options.with),
    settings: settingsByInstrument(options.set),
    folder: 'explanation',
    command: `sonde explain ${path}${options.data === undefined ? '' : ` --data ${options.data}`}`,
    print: printTitles,
  });
}

/** Which instruments look, where their page goes and how it is made again. */
export interface Looking {
  readonly instruments: readonly Instrument[];
  /** Options by instrument. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Folder of the results within the run, or beside the model. */
  readonly folder: string;
  readonly command: string;
  /** How the figures of one instrument are made again, where not by `command` with `--with` it. */
  readonly redraw?: string;
  /** Says on the terminal what was found. */
  readonly print: (explanation: Explanation) => void;
}

/** Opens the subject, has it looked at, and writes findings, figures and the page. */
export async function lookWith(path: string, options: LookOptions, looking: Looking): Promise<void> {
  const { instruments: chosen, settings, command, redraw } = looking;
  const { subject, home, data } = await openSubject(path, options);
  const folder = resolve(options.out ?? join(home, looking.folder));
  const silent = options.json === true;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  let current: string | undefined;
  let reporter = progressReporter({ silent });
  const timed = new Map<string, number>();
  let since = performance.now();
  if (!silent && chosen.length > 1)
    console.log(`${countOf(chosen.length, 'instrument')}: ${chosen.map(({ id }) => id).join(', ')}`);
  try {
    const explanation = await explain({
      subject,
      instruments: chosen,
      options: settings,
      seed: options.seed,
      signal: stop.signal,
      onProgress: ({ id }, done, total, unit) => {
        if (id !== current) {
          if (current !== undefined) reporter.end();
          reporter = progressReporter({ silent });
          current = id;
        }
        reporter.update({ name: id, done, total, unit });
      },
      // What is found is kept at once: a later instrument that is stopped takes nothing with it.
      onFinding: (finding) => {
        writeFinding(folder, finding);
        timed.set(finding.instrument, (performance.now() - since) / 1000);
        since = performance.now();
      },
    });
    reporter.end();
    const page = join(folder, 'index.html');
    mkdirSync(folder, { recursive: true });
    writeAtomically(
      page,
      explanationPage({ explanation, about: aboutOf(subject), data: shownOf(subject, data), command, redraw }),
    );
    if (silent) {
      console.log(
        JSON.stringify(
          { ...explanation, findings: explanation.findings.map((finding) => listed(folder, finding)), page },
          null,
          2,
        ),
      );
      return;
    }
    looking.print(explanation);
    console.log(`\n${timesOf(timed)}\n${page}`);
  } finally {
    process.off('SIGINT', interrupt);
    await subject.laboratory.release();
  }
}

/** How long it took in all, and each instrument, longest first. */
function timesOf(timed: ReadonlyMap<string, number>): string {
  const total = [...timed.values()].reduce((sum, seconds) => sum + seconds, 0);
  const each = [...timed].sort(([, a], [, b]) => b - a).map(([id, seconds]) => `${id} ${formatDuration(seconds)}`);
  return `took ${formatDuration(total)}${each.length > 1 ? `: ${each.join(', ')}` : ''}`;
}

function printTitles({ findings, omissions }: Explanation): void {
  for (const { title, checks } of findings) {
    const failed = checks.filter(({ passed }) => !passed);
    console.log(failed.length === 0 ? title : `${title} (${countOf(failed.length, 'check')} failed)`);
  }
  for (const { title, reason } of omissions) console.log(`${title}: not looked at, ${reason}`);
}

/** For machines: figures by the file they were drawn to, without their pixels. */
function listed(folder: string, { figures, ...rest }: Finding) {
  const files = figures.map(({ kind, name, title, caption }) => ({
    kind,
    name,
    title,
    caption,
    file: join(folder, `${rest.instrument}-${name}.svg`),
  }));
  return { ...rest, figures: files };
}

/** The finding as JSON and each of its figures as SVG. */
function writeFinding(folder: string, finding: Finding): void {
  const { figures, ...rest } = finding;
  mkdirSync(folder, { recursive: true });
  for (const data of figures) {
    writeAtomically(join(folder, `${finding.instrument}-${data.name}.svg`), drawFigure(data));
  }
  writeAtomically(join(folder, `${finding.instrument}.json`), `${JSON.stringify(rest, null, 2)}\n`);
}

function aboutOf({ run, trained }: Subject): string {
  if (run === undefined) return `${trained.name} is a model from elsewhere; nothing is known of how it was trained.`;
  const { method, trunk, training, data } = run.manifest;
  return `${method.title} trained ${trunk.id} for ${countOf(training.steps, 'step')} on ${data.name} (${countOf(data.patients, 'patient')}), seed ${training.seed}.`;
}

function shownOf({ store, items, run }: Subject, data: string): string {
  const patients = new Set(items.map((item) => store.index.items[item].patient)).size;
  return `It is looked at with ${countOf(items.length, 'item')} of ${countOf(patients, 'patient')} of ${data}${run === undefined ? '' : ' that it was not trained on'}.`;
}
