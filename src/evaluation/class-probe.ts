/**
 * The frame of every protocol that tells classes apart: the task once, then tap after tap, then the result.
 * @module
 */

import type { ClassMeasure } from './class-measures.ts';
import { type ClassTask, classTask } from './class-task.ts';
import { chanceOf, scoreClassification } from './classification-score.ts';
import type { Classifier } from './classifier.ts';
import { countExamples } from './examples.ts';
import type { FeatureTable } from './feature-table.ts';
import type { MatrixProduct } from './matrix-product.ts';
import type { ProbeResult, TapScore } from './probe-result.ts';
import { type IntervalOptions, measureTaps, type ProbeInput } from './protocols/protocol.ts';

export interface ClassProbeSettings extends IntervalOptions {
  readonly measure: ProbeResult['measure'];
  readonly bins?: number;
  readonly without: readonly string[];
}

/** How the taps of one task are measured, what guessing reaches, and what a reader must know. */
export interface ClassProbe {
  readonly measureTap: (table: FeatureTable, product: MatrixProduct) => Promise<TapScore>;
  readonly chance: number;
  readonly notes?: readonly string[];
  readonly judged?: 'train';
}

/** Runs a protocol on classes; `arrange` sees the task before the first tap. */
export async function probeClasses(
  protocol: string,
  input: ProbeInput,
  settings: ClassProbeSettings,
  arrange: (task: ClassTask) => ClassProbe,
): Promise<ProbeResult> {
  const { measure, level, resamples, seed } = settings;
  let task: ClassTask | undefined;
  let probe: ClassProbe | undefined;
  const taps = await measureTaps(input, (facts) => {
    task = classTask(facts, input.label, settings);
    probe = arrange(task);
    return probe.measureTap;
  });
  const { chance, judged } = probe!;
  const notes = [...(probe!.notes ?? []), ...oneClassNote(task!)];
  return {
    version: 1,
    protocol,
    label: input.label,
    measure,
    classes: task!.classes,
    chance,
    encoder: input.encoder,
    counts: countExamples(task!.examples),
    ...(judged === undefined ? {} : { judged }),
    interval: { method: 'bootstrap over patients', level, resamples, seed },
    ...(notes.length === 0 ? {} : { notes }),
    taps,
  };
}

/** Accuracy on one class can be had by never answering another. */
function oneClassNote({ classes, examples }: ClassTask): string[] {
  const shown = new Set(examples.test.units.map((unit) => unit.target));
  if (shown.size > 1) return [];
  return [`The test patients show one class only, '${classes[[...shown][0]]}': the numbers say little.`];
}

/** Learns all training rows of the task, chooses on validation units and answers the test units once. */
export function probeWith(
  classifier: Classifier,
  task: ClassTask,
  settings: IntervalOptions & { readonly measure: ClassMeasure },
): ClassProbe {
  const { measure } = settings;
  const lesson = { names: task.classes, ...task.examples };
  return {
    chance: chanceOf(task, measure),
    measureTap: async (table, product) => {
      const { scores, validation, hyperparameters } = await classifier.learn(table, lesson, product);
      return {
        tap: table.tap,
        dimensions: table.columns,
        ...scoreClassification(task, scores, { measure, probabilities: classifier.probabilities }, settings),
        validation,
        hyperparameters,
      };
    },
  };
}
