/**
 * The audit: every shortcut of the catalogue held against the questions of a run (methods.md 7.9).
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { Subject } from '../subject.ts';
import { type AloneRow, answerAlone } from './alone.ts';
import { balancedShare } from './balanced-share.ts';
import { decodeFact } from './decode.ts';
import { massOn } from './mass.ts';
import { type Bench, benchOf, openQuestions, placed } from './question-bench.ts';
import { type CounterMeasure, type Retrained, retrain } from './retrain.ts';
import type { Shortcut } from './shortcut.ts';
import { type AnsweredBatch, swapShortcut } from './swap.ts';
import { type Audited, counterMeasures, type Evidence, nextStep, verdictOf } from './verdict.ts';

export interface AuditSettings {
  /** Questions put to the network. */
  readonly questions: number;
  /** Questions from which the shortcut alone is read. */
  readonly alone: number;
  /** What an interval must exceed to count. */
  readonly margin: number;
  /** Steps of each training with a counter-measure on and off; 0: none. */
  readonly steps: number;
  /** Label of the probes of those trainings. */
  readonly label?: string;
}

export interface AuditContext {
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** What taking an option away did, by option. */
interface Trained {
  readonly trained: Map<string, Retrained>;
}

export interface AuditResult {
  readonly shortcuts: readonly Audited[];
  /** Balanced accuracy of the questions put to the network, and what guessing reaches. */
  readonly accuracy?: Estimate;
  readonly chance?: number;
  readonly questions: number;
  readonly patients: number;
  /** Whether the patients are ones the network was not trained on. */
  readonly unseen: boolean;
  /** Level of each interval: 95 % for all of them together. */
  readonly level: number;
  /** Why no questions could be put. */
  readonly unasked?: string;
}

export async function auditShortcuts(
  subject: Subject,
  chosen: readonly Shortcut[],
  settings: AuditSettings,
  context: AuditContext,
): Promise<AuditResult> {
  const asked = openQuestions(subject);
  const level = 1 - 0.05 / (2 * chosen.length);
  const audited: Audited[] = [];
  const trained = new Map<string, Retrained>();
  const questioner = typeof asked === 'string' ? undefined : asked;
  try {
    const bench = questioner === undefined ? undefined : await benchOf(subject, questioner, settings, context.random);
    const answered = bench === undefined ? undefined : accuracyOf(bench.put, bench.questioner.classes);
    // A network that guesses follows nothing, however its guesses move.
    const answers = answered !== undefined && answered.accuracy.low > answered.chance;
    for (const [i, shortcut] of chosen.entries()) {
      if (context.signal?.aborted) break;
      const evidence = await examine(subject, shortcut, bench, settings, level, { ...context, trained });
      const { run } = subject;
      const verdict = verdictOf(evidence, { margin: settings.margin, answers });
      const next = nextStep(verdict, shortcut, run?.configuration.method.card, run?.configuration.methodOptions ?? {});
      audited.push({ shortcut: shortcut.id, title: shortcut.title, verdict, ...evidence, next });
      context.onProgress(i + 1, chosen.length);
    }
    return {
      shortcuts: audited,
      ...answered,
      questions: bench?.put.reduce((sum, { questions }) => sum + questions.length, 0) ?? 0,
      patients: new Set(bench?.put.flatMap(({ questions }) => questions.map(({ patient }) => patient))).size,
      unseen: bench?.unseen ?? true,
      level,
      ...(typeof asked === 'string' ? { unasked: asked } : {}),
    };
  } finally {
    await questioner?.release();
  }
}

function accuracyOf(batches: readonly AnsweredBatch[], classes: number) {
  const rows = batches.flatMap(({ questions, given }) =>
    questions.map(({ answer, patient }, row) => ({ patient, answer, hit: answer === given[row] ? 1 : 0 })),
  );
  const [hits, truth] = [rows.map(({ hit }) => hit), rows.map(({ answer }) => answer)];
  const { intervals } = clusterBootstrap(
    rows.map(({ patient }) => patient),
    (weights) => [balancedShare(hits, truth, classes, weights)],
  );
  return { accuracy: intervals[0], chance: 1 / new Set(truth).size };
}

async function examine(
  subject: Subject,
  shortcut: Shortcut,
  bench: Bench | undefined,
  settings: AuditSettings,
  level: number,
  context: AuditContext & Trained,
): Promise<Evidence> {
  const { store, items } = subject;
  const scene = bench?.scene;
  const asksNothing = shortcut.alone === undefined && shortcut.transplant === undefined;
  if (scene === undefined && !asksNothing && shortcut.holds === undefined) {
    return { absent: 'there are no questions it could answer', decoded: [], retrained: [] };
  }
  const layout = scene?.layout ?? { views: 1, channels: 1, frames: 1, height: 1, width: 1 };
  const absent = shortcut.unfit(scene ?? { layout, temporal: false, store, items });
  if (absent !== undefined) return { absent, decoded: [], retrained: [] };
  const decoded = [];
  for (const fact of shortcut.holds ?? []) decoded.push(await decodeFact(subject, fact, level));
  if (bench === undefined || asksNothing) return { decoded, retrained: [] };
  const put = placed(shortcut, bench, bench.put, bench.putItems, settings.questions, 'put');
  const read = placed(shortcut, bench, bench.read, bench.readItems, settings.alone, 'read');
  const all = read.flatMap(({ questions }) => questions);
  const lies = shortcut.find !== undefined || shortcut.region !== undefined;
  const found = all.filter(({ region }) => region !== undefined).length / all.length;
  if (lies && found === 0) {
    return { absent: 'it was found in none of the questions', found, decoded, retrained: [] };
  }
  const retrained = await retrainings(subject, shortcut, settings, level, context);
  const stream = context.random.split('shortcut', shortcut.id);
  const rows = all.map(
    (question): AloneRow => ({
      features: shortcut.alone?.(question, bench.scene) ?? [],
      answer: question.answer,
      patient: question.patient,
    }),
  );
  const alone = answerAlone(rows, bench.questioner.classes, level, stream);
  const order = stream.split('dealt').permutation(rows.length);
  const dealtRows = rows.map((row, i) => ({ ...row, answer: rows[order[i]].answer }));
  const dealt = answerAlone(dealtRows, bench.questioner.classes, level, stream);
  const swap = await swapShortcut(shortcut, bench.questioner, put, bench.scene, level, stream);
  const mass = lies ? massOn(bench.questioner, put, await bench.maps(), level) : undefined;
  return {
    ...(lies ? { found } : {}),
    ...(alone === undefined ? {} : { alone }),
    ...(dealt === undefined ? {} : { dealt }),
    ...(swap === undefined ? {} : { swap }),
    ...(mass === undefined ? {} : { mass }),
    decoded,
    retrained,
  };
}

async function retrainings(
  subject: Subject,
  shortcut: Shortcut,
  { steps, questions, label }: AuditSettings,
  level: number,
  { random, signal, onProgress, trained }: AuditContext & Trained,
): Promise<Retrained[]> {
  const { run } = subject;
  if (run === undefined || steps === 0) return [];
  const results: Retrained[] = [];
  const { closed, id } = shortcut;
  const measures: readonly (CounterMeasure & { readonly key: string })[] = [
    ...counterMeasures(run.configuration.method.card, shortcut).map((counter) => ({ ...counter, key: counter.option })),
    ...(closed === undefined
      ? []
      : [{ option: 'data', guarded: closed.by, open: 'as stored', closed: closed.store, key: `data without ${id}` }]),
  ];
  for (const { key, ...counter } of measures) {
    // One option guards against several shortcuts: it is taken away once.
    const known = trained.get(key);
    const result =
      known ??
      (await retrain(subject, run, counter, {
        steps,
        questions,
        ...(label === undefined ? {} : { label }),
        level,
        random: random.split('retrain', key),
        ...(signal === undefined ? {} : { signal }),
        onStep: onProgress,
      }));
    trained.set(key, result);
    results.push(result);
  }
  return results;
}
