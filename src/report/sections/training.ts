/**
 * How the training went: learning curves, confusions of the pretext answers, and the first layer's filters.
 * @module
 */
import type { MetricsRecord } from '../../training/run-record.ts';
import { confusion } from '../figures/confusion.ts';
import { filters } from '../figures/filters.ts';
import { learningCurves } from '../figures/learning-curves.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatCount, formatLoss, formatPercent } from '../numbers.ts';
import type { ReportData, RunReport } from '../report-data.ts';
import { figureBlock, type Section } from './figure-block.ts';

export function trainingSection(run: RunReport, index: number, data: ReportData): Section | undefined {
  const { manifest, metrics, card } = run;
  if (metrics.length === 0) return undefined;
  const { method, chance, training } = manifest;
  const heldOut =
    run.heldOutPatients === undefined ? 'held-out patients' : countOf(run.heldOutPatients, 'held-out patient');
  const alarms = [...new Set(metrics.flatMap((record) => record.alarm ?? []))];
  const curves = figureBlock(learningCurves({ method: method.title, colour: card.colour, chance, metrics }), {
    text: markup`Loss and pretext accuracy on training patients (thin line: mean over neighbouring steps; band: least and greatest) and on ${heldOut} (thick), against guessing. One seed (${training.seed}), so no interval: a single run shows whether training worked, not how well it works in general.`,
    command: data.commands?.learning ?? data.command,
  });
  const body = markup`${manifest.state !== 'finished' && markup`<p class="bad">This run is ${manifest.state}${manifest.error !== undefined && `: ${manifest.error}`}.</p>\n`}<p>${countOf(training.steps, 'step')} of ${countOf(training.batchSize, 'puzzle')} on a trunk (${manifest.trunk.id}) of ${countOf(manifest.trunk.parameters, 'parameter')}.</p>
${alarms.map((alarm) => markup`<p class="bad">Alarm: ${alarm}</p>\n`)}${curves}${confusionBlock(run, heldOut, data)}${filtersBlock(run, data)}`;
  return {
    id: index === 0 ? 'training' : `training-${index + 1}`,
    heading: heading(run),
    short: `Training: ${method.title}`,
    body,
  };
}

function heading({ manifest, metrics }: RunReport): string {
  const { chance, method } = manifest;
  const accuracy = metrics.findLast((record) => record.validationAccuracy !== undefined)?.validationAccuracy;
  const steps = formatCount(metrics.at(-1)?.step ?? 0);
  if (accuracy !== undefined) {
    return `After ${steps} steps ${method.title} solves ${formatPercent(accuracy)} of held‑out puzzles${chance.accuracy === undefined ? '' : `; guessing solves ${formatPercent(chance.accuracy)}`}`;
  }
  const loss = metrics.at(-1)?.loss ?? Number.NaN;
  return `After ${steps} steps the loss of ${method.title} is ${formatLoss(loss)}${chance.loss === undefined ? '' : `; at chance it is ${formatLoss(chance.loss)}`}`;
}

/** The confusions at the last measurement on held-out patients, where the method answers with classes. */
export function confusionFigure(run: RunReport): string | undefined {
  const counts = lastConfusion(run);
  if (counts === undefined || counts.length < 2) return undefined;
  const classes = run.classes ?? counts.map((_, i) => String(i + 1));
  return confusion({ question: run.manifest.method.title.toLowerCase(), classes, counts });
}

function lastConfusion({ metrics }: RunReport): MetricsRecord['validationConfusion'] {
  return metrics.findLast((record) => record.validationConfusion !== undefined)?.validationConfusion;
}

function confusionBlock(run: RunReport, heldOut: string, data: ReportData): Markup | undefined {
  const svg = confusionFigure(run);
  if (svg === undefined) return undefined;
  const answered = (lastConfusion(run) ?? []).flat().reduce((sum, value) => sum + value, 0);
  return figureBlock(svg, {
    text: markup`Which answers are taken for which: ${countOf(answered, 'puzzle')} of ${heldOut} at the last measurement, one seed. Rows add up to 100 %; n: puzzles of that truth. The colour runs from dark blue (0 %) to yellow (100 %).`,
    command: data.commands?.confusion ?? data.command,
  });
}

function filtersBlock({ filters: bank, manifest }: RunReport, data: ReportData): Markup | undefined {
  if (bank === undefined) return undefined;
  const clip = bank.shape.length === 5;
  return figureBlock(filters(bank), {
    text: markup`All ${formatCount(bank.shape[0])} filters of ${bank.layer}, the first convolution, after training (seed ${manifest.training.seed}).${clip && ' Each strip is one filter over time, left to right: a strip that changes looks for motion, one that does not looks for shape.'} Each filter is scaled by its own greatest weight; mid-grey is zero. Filters that still look like noise have learned nothing.`,
    command: data.commands?.filters ?? data.command,
  });
}
