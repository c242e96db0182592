/**
 * How far a run is, how fast it goes and how long it will take.
 * @module
 */
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  type MetricsRecord,
  type RunManifest,
} from '../sonde.ts';

export function Progress({
  manifest,
  last,
}: {
  readonly manifest: RunManifest;
  readonly last: MetricsRecord | undefined;
}) {
  const { steps, batchSize } = manifest.training;
  const done = last?.step ?? 0;
  const share = Math.min(1, done / Math.max(1, steps));
  return (
    <div class="progress">
      <progress max={steps} value={done} aria-label="Progress of training" />
      <p>
        {[
          formatPercent(Math.floor(share * 100) / 100),
          `${formatCount(done)}/${formatCount(steps)} steps`,
          ...pace(manifest, last, (steps - done) * batchSize),
        ].join(' · ')}
      </p>
    </div>
  );
}

/** Rate and time left are said only of what still runs. */
function pace({ state }: RunManifest, last: MetricsRecord | undefined, puzzlesLeft: number): string[] {
  const rate = last?.itemsPerSecond;
  const memory = last?.peakMemoryBytes === undefined ? [] : [`${formatBytes(last.peakMemoryBytes)} at most`];
  if (state !== 'running') return [state, ...memory];
  if (rate === undefined || !(rate > 0)) return memory;
  return [`${formatRate(rate)} puzzles/s`, ...memory, `${formatDuration(puzzlesLeft / rate)} left`];
}
