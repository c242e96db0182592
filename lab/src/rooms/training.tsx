/**
 * The training room: one run while it learns.
 * @module
 */
import { fileAddress } from '../api.ts';
import { Curve, type CurveLine } from '../panels/curve.tsx';
import { Progress } from '../panels/progress.tsx';
import { Puzzles } from '../panels/puzzles.tsx';
import { RunFacts } from '../panels/run-facts.tsx';
import type { LiveRun } from '../run-stream.ts';
import {
  categories,
  formatCount,
  formatLoss,
  formatNumber,
  formatPercent,
  type MethodSummary,
  type MetricsRecord,
  type RunManifest,
} from '../sonde.ts';

export interface TrainingProps {
  readonly run: LiveRun;
  readonly methods: readonly MethodSummary[];
}

export function Training({ run, methods }: TrainingProps) {
  const { manifest, metrics, puzzles, report, connected } = run;
  if (manifest === undefined)
    return <p class="note">{connected ? 'Waiting for the run to write its first lines.' : unreachable}</p>;
  const method = methods.find(({ id }) => id === manifest.method.id);
  const colour = method?.colour ?? categories[0];
  const last = metrics.at(-1);
  const alarm = metrics.findLast((record) => record.alarm !== undefined);
  const { steps } = manifest.training;
  const accuracy = lines(
    metrics,
    colour,
    (r) => r.accuracy,
    (r) => r.validationAccuracy,
  );
  return (
    <>
      <p class="note">
        Training · {manifest.data.name} ·{' '}
        <span class={manifest.state === 'failed' ? 'bad' : undefined}>{manifest.state}</span>
      </p>
      <h1>{heading(manifest, metrics)}</h1>
      {method !== undefined && <p>{method.idea}</p>}
      {manifest.error !== undefined && <p class="bad">It stopped: {manifest.error}</p>}
      {!connected && <p class="warning">{unreachable}</p>}
      {alarm !== undefined && (
        <p class="warning">
          Alarm at step {formatCount(alarm.step)}: {alarm.alarm}
        </p>
      )}
      <Progress manifest={manifest} last={last} />
      {report !== undefined && (
        <p>
          <a class="action" href={fileAddress(report)} target="_blank" rel="noreferrer">
            Read the report
          </a>
        </p>
      )}
      <div class="curves">
        <Curve
          title="Loss"
          lines={lines(
            metrics,
            colour,
            (r) => r.loss,
            (r) => r.validationLoss,
          )}
          chance={manifest.chance.loss}
          steps={steps}
          format={formatLoss}
          axisFormat={(value) => formatNumber(value, 1)}
        />
        {(manifest.chance.accuracy !== undefined || accuracy.some(({ points }) => points.length > 0)) && (
          <Curve
            title="Pretext accuracy, %"
            lines={accuracy}
            chance={manifest.chance.accuracy}
            steps={steps}
            top={1}
            format={(value) => formatPercent(value)}
            axisFormat={(value) => formatNumber(value * 100, 0)}
          />
        )}
      </div>
      <Puzzles puzzles={puzzles} />
      <RunFacts manifest={manifest} />
    </>
  );
}

const unreachable = 'The lab’s server does not answer; the run goes on without it. Start the lab again to see it.';

/** The finding so far, measured on patients the network does not learn from. */
function heading({ method, data, chance }: RunManifest, metrics: readonly MetricsRecord[]): string {
  const accuracy = metrics.findLast((record) => record.validationAccuracy !== undefined)?.validationAccuracy;
  if (accuracy === undefined) return `${method.title} is learning from ${data.name}`;
  const guessing = chance.accuracy === undefined ? '' : `; guessing solves ${formatPercent(chance.accuracy)}`;
  return `${method.title} solves ${formatPercent(accuracy)} of held‑out puzzles${guessing}`;
}

type Reading = (record: MetricsRecord) => number | undefined;

function lines(metrics: readonly MetricsRecord[], colour: string, training: Reading, heldOut: Reading): CurveLine[] {
  const points = (read: Reading) =>
    metrics.flatMap((record) => {
      const value = read(record);
      return value === undefined || !Number.isFinite(value) ? [] : [[record.step, value] as const];
    });
  return [
    { name: 'training', colour, width: 1.25, points: smoothed(points(training)) },
    { name: 'held-out', colour, width: 2.75, points: points(heldOut) },
  ];
}

/** Means of neighbouring steps, so that a long run stays readable: at most 200 points. */
function smoothed(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const size = Math.ceil(points.length / 200);
  const means: (readonly [number, number])[] = [];
  for (let start = 0; start < points.length; start += size) {
    const stretch = points.slice(start, start + size);
    means.push([stretch.at(-1)![0], stretch.reduce((sum, [, value]) => sum + value, 0) / stretch.length]);
  }
  return means;
}
