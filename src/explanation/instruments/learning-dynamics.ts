/**
 * What was learned when: from the snapshots a run kept on the way, each layer's likeness to the end and to every other
 * moment, what it holds of known factors, how the same questions were answered; from its metrics, how far steps moved the
 * weights (methods.md 7.10).
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { kendall, spearman } from '../../statistics/correlation.ts';
import { tQuantile } from '../../statistics/distributions.ts';
import {
  embeddingForming,
  epochGrids,
  extremeQuestions,
  factorCourse,
  filtersForming,
  overSteps,
  pretextAgainstProbe,
  stepChart,
  updateRatios,
} from '../dynamics/figures.ts';
import { type Course, measureCourse, momentsOf, settledAt } from '../dynamics/moments.ts';
import { difficultyOf, type QuestionCourse, questionCourse } from '../dynamics/questions.ts';
import type { FigureData, Finding } from '../finding.ts';
import { type Bank, firstFilters } from '../first-filters.ts';
import { defineInstrument } from '../instrument.ts';
import { factorNames, type ShownFactor, shownFactor } from '../known-factors.ts';
import type { ShownInputs } from '../laboratory.ts';
import type { Subject } from '../subject.ts';

const options = z.strictObject({
  inputs: z.int().min(24).default(160).describe('pictures looked at'),
  label: z
    .string()
    .optional()
    .describe('factor that is drawn layer by layer; default: view, else the first of classes'),
  factors: z.int().min(1).default(10).describe('known factors followed at the most'),
  questions: z.int().min(16).default(96).describe('held-out questions put to the network at every moment'),
});
type Options = z.infer<typeof options>;

export const learningDynamics = defineInstrument<Options>({
  id: 'learning-dynamics',
  title: 'Learning dynamics',
  question: 'Which layer settles when, what does it come to hold, and does the pretext task go with it?',
  source: 'CKA over training (Raghu 2017, Kornblith 2019); forgetting events (Toneva 2019); methods.md 7.10',
  usual: true,
  options,
  unfit: ({ run, snapshots }) => {
    if (run === undefined) return 'a model from elsewhere has no history';
    return snapshots.length === 0 ? 'the run kept no snapshots (train with --snapshots)' : undefined;
  },
  async look(subject, chosen, { random, onProgress }) {
    const { laboratory, trained } = subject;
    const inputs = await laboratory.inputs(trained, chosen.inputs);
    const course = momentsOf(subject);
    const { presentation } = await laboratory.encoder(trained);
    const known = factorNames(subject).flatMap((name) => {
      const factor = shownFactor(name, laboratory.labels(inputs, name, presentation));
      return factor === undefined ? [] : [factor];
    });
    const label = mainFactor(known, chosen.label);
    const followed = [...(label === undefined ? [] : [label]), ...known.filter((factor) => factor !== label)];
    const factors = followed.slice(0, chosen.factors);
    const measured = await measureCourse(subject, course, inputs, factors, (done) =>
      onProgress(done, 2 * course.length, 'moments'),
    );
    const steps = course.map(([step]) => step);
    const asked = await questionCourse(subject, steps, chosen.questions, random.split('questions'), (done) =>
      onProgress(course.length + done, 2 * course.length, 'moments'),
    );
    const banks: [number, Bank][] = [];
    for (const [step, encoder] of course) {
      const bank = await firstFilters(subject, encoder).catch(filterless);
      if (bank !== undefined) banks.push([step, bank]);
    }
    const forming = await embeddings(subject, course, inputs, label);
    return findingOf(subject, inputs, { measured, asked, factors, label: label?.name, banks, forming });
  },
});

/** Networks without a first convolution have no filters to show; any other mistake is one. */
function filterless(error: unknown): undefined {
  if (error instanceof SondeError && error.code === 'graph/unsupported') return undefined;
  throw error;
}

function mainFactor(factors: readonly ShownFactor[], asked: string | undefined): ShownFactor | undefined {
  if (asked !== undefined) return factors.find(({ name }) => name === asked);
  return factors.find(({ name }) => name === 'view') ?? factors.find(({ kind }) => kind === 'classes') ?? factors[0];
}

/** The last layer at the untrained moment, the end, and two between. */
async function embeddings(
  { laboratory, trained }: Subject,
  course: ReturnType<typeof momentsOf>,
  inputs: ShownInputs,
  label: ShownFactor | undefined,
): Promise<FigureData> {
  const places = [...new Set([0, 1, 2, 3].map((k) => Math.round((k * (course.length - 1)) / 3)))];
  const tables = [];
  for (const place of places) {
    const [step, encoder] = course[place];
    tables.push([step, (await laboratory.features(encoder, inputs, 1)).at(-1)!] as const);
  }
  const { presentation } = await laboratory.encoder(trained);
  const classes = label?.kind === 'classes' ? laboratory.labels(inputs, label.name, presentation) : [];
  const groups = inputs.items.map((_, i) => (classes[i] === undefined ? undefined : String(classes[i])));
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients, channels averaged over space`;
  return embeddingForming(tables, groups, label?.kind === 'classes' ? label.name : undefined, shown);
}

interface Learned {
  readonly measured: Course;
  readonly asked: QuestionCourse | undefined;
  readonly factors: readonly ShownFactor[];
  /** The factor drawn layer by layer: the first of `factors`. */
  readonly label: string | undefined;
  readonly banks: readonly (readonly [number, Bank])[];
  readonly forming: FigureData;
}

function findingOf(subject: Subject, inputs: ShownInputs, learned: Learned): Finding {
  const { measured, asked, factors, label } = learned;
  const { moments } = measured;
  const taps = moments[0].taps.map(({ tap }) => tap);
  const settled = taps.map((tap, t) => ({
    tap,
    step: settledAt(moments.map(({ step, taps: own }) => [step, own[t].cka])),
  }));
  const order = settled.toSorted((a, b) => a.step - b.step);
  const varied = order[0].step !== order.at(-1)!.step;
  const title = varied
    ? `${order[0].tap} settles first, after ${order[0].step} steps; ${order.at(-1)!.tap} last, after ${order.at(-1)!.step}`
    : `All layers settle together, after about ${order[0].step} steps`;
  const sentences = [
    `A layer has settled when nine tenths of the way to its final likeness (unbiased CKA) are behind it: ${settled.map(({ tap, step }) => `${tap} ${step}`).join(', ')} steps.`,
    ...direction(settled),
    ...againstPretext(measured, asked, label),
    ...difficulty(asked),
  ];
  return {
    instrument: 'learning-dynamics',
    title,
    sentences,
    checks: [
      {
        statement: 'The finished network is itself',
        passed: moments.at(-1)!.taps.every(({ cka }) => Math.abs(cka - 1) < 1e-6),
        detail: moments
          .at(-1)!
          .taps.map(({ tap, cka }) => `${tap} ${cka.toFixed(3)}`)
          .join(', '),
      },
      ...(asked === undefined
        ? []
        : [
            {
              statement: 'Untrained, the questions are answered by guessing',
              passed: asked.accuracy[0].low <= asked.chance && asked.chance <= asked.accuracy[0].high + 0.05,
              detail: `${share(asked.accuracy[0])} at step ${asked.steps[0]}, guessing ${(asked.chance * 100).toFixed(0)} %`,
            },
          ]),
    ],
    figures: figuresOf(subject, inputs, learned, title),
    data: {
      inputs: inputs.count,
      label,
      factors: factors.map(({ name }) => name),
      settled,
      moments,
      epochs: measured.epochs,
      ...(asked === undefined
        ? {}
        : {
            questions: {
              steps: asked.steps,
              accuracy: asked.accuracy,
              chance: asked.chance,
              asked: asked.asked.map(({ losses, right, question }) => ({ patient: question.patient, losses, right })),
            },
          }),
    },
  };
}

function figuresOf(subject: Subject, inputs: ShownInputs, learned: Learned, title: string): FigureData[] {
  const { measured, asked, factors, label, banks, forming } = learned;
  const shown = `${inputs.count} pictures of ${new Set(inputs.patients).size} patients`;
  const taps = measured.moments[0].taps;
  const last = taps.length - 1;
  const both = asked === undefined ? [] : shared(measured, asked, last);
  const updates = updateRatios(subject.run!.metrics);
  return [
    stepChart(
      'settling',
      title,
      'unbiased CKA to the end',
      `Each layer against itself at the end of training, ${shown}.`,
      overSteps(measured, ({ cka }) => ({ value: cka })),
    ),
    ...epochGrids(measured, shown),
    ...(label === undefined
      ? []
      : [
          stepChart(
            'probe',
            `How well each layer holds ${label} on the way`,
            `${label}, 0 guessing to 1 perfect`,
            `Ridge probe, every patient answered by a fit on others, ${shown}; bands: 95 % by bootstrap over patients.`,
            overSteps(measured, ({ factors: own }) => own[0]),
          ),
          factorCourse(
            measured,
            factors.map(({ name }) => name),
            last,
            shown,
          ),
        ]),
    ...(label === undefined || both.length < 3
      ? []
      : [
          pretextAgainstProbe(
            both.map(({ step }) => step),
            both.map(({ pretext }) => pretext),
            both.map(({ probe }) => probe),
            { label, tap: taps[last].tap, questions: asked!.asked.length },
          ),
        ]),
    ...(asked === undefined ? [] : [extremeQuestions(asked)]),
    ...(updates === undefined ? [] : [updates]),
    stepChart(
      'rank',
      'How many directions each layer uses on the way',
      'effective rank (RankMe)',
      `Maps averaged over space, ${shown}.`,
      overSteps(measured, (tap) => ({ value: tap.rankMe })),
    ),
    ...(banks.length < 2 ? [] : [filtersForming(banks)]),
    forming,
  ];
}

function direction(settled: readonly { readonly step: number }[]): string[] {
  const ranks = settled.map(({ step }) => step);
  if (settled.length < 3 || new Set(ranks).size < 2) return [];
  const { value } = kendall(
    ranks,
    ranks.map((_, i) => i),
  );
  const said = value > 0.3 ? 'from the bottom up' : value < -0.3 ? 'from the top down' : 'in no order of depth';
  return [`Layers settle ${said} (Kendall τ ${value.toFixed(2)} over ${settled.length} layers).`];
}

/** Moments at which both the questions were put and the layer was probed for the first factor. */
function shared({ moments }: Course, { steps, accuracy }: QuestionCourse, tap: number) {
  return moments.flatMap(({ step, taps }) => {
    const at = steps.indexOf(step);
    const [probe] = taps[tap].factors;
    return at < 0 || probe === undefined ? [] : [{ step, pretext: accuracy[at], probe }];
  });
}

/** Does what is learned rise with the pretext task? Spearman over the moments, layer by layer. */
function againstPretext(course: Course, asked: QuestionCourse | undefined, label: string | undefined): string[] {
  if (asked === undefined || label === undefined) return [];
  const rows = course.moments[0].taps.map(({ tap }, t) => {
    const both = shared(course, asked, t);
    const { value } = spearman(
      both.map(({ pretext }) => pretext.value),
      both.map(({ probe }) => probe.value),
    );
    return { tap, value, count: both.length };
  });
  if (rows[0].count < 4) return [];
  const text = rows.map(
    ({ tap, value }) => `${tap} ${Number.isFinite(value) ? value.toFixed(2) : 'none, one does not vary'}`,
  );
  return [
    `Held-out questions answered right: ${share(asked.accuracy[0])} at step ${asked.steps[0]}, ${share(asked.accuracy.at(-1)!)} at the end. Over ${rows[0].count} moments pretext accuracy and ${label} correlate (Spearman’s ρ): ${text.join(', ')}; so few moments do not tell a ρ within ±${telling(rows[0].count).toFixed(2)} from none.`,
  ];
}

/** Size of Spearman’s ρ that chance reaches in one of twenty draws of so few; by the t approximation. */
function telling(count: number): number {
  const t = tQuantile(0.975, count - 2);
  return t / Math.sqrt(count - 2 + t * t);
}

function difficulty(asked: QuestionCourse | undefined): string[] {
  if (asked === undefined) {
    return [
      'Questions could not be put again: the task has no one right answer each, or the snapshots lack their heads.',
    ];
  }
  const { everRight, forgotten, neverRight, alwaysFromFirst } = difficultyOf(asked.asked);
  return [
    `Of ${asked.asked.length} questions ${neverRight} were never answered right and ${alwaysFromFirst} at every moment; of the ${everRight} ever right, ${forgotten} were forgotten at least once.`,
  ];
}

const share = ({ value, low, high }: Estimate) =>
  `${(value * 100).toFixed(0)} % [${(low * 100).toFixed(0)}, ${(high * 100).toFixed(0)}]`;
