/**
 * Hypothesis H6: the shape of the features, seen without a label, tells how well a probe will do. Over runs, within each
 * trunk and over all of them.
 * @module
 */
import { covarianceSpectrum, spectralDecay } from '../explanation/measures/geometry.ts';
import { type BootstrapOptions, bootstrapP, clusterBootstrap, type PairedDifference } from '../statistics/bootstrap.ts';
import { spearman } from '../statistics/correlation.ts';
import { rank } from '../statistics/ranks.ts';
import { rankMe } from '../training/measurements.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import { type Need, type StudiedTrial, type StudyOptions, studiedTrials } from './studied-trials.ts';
import { testFeatures } from './trial-features.ts';

/** One run at its last layer. */
export interface RankedRun {
  /** The configuration: its seeds are no independent runs. */
  readonly name: string;
  /** Runs of one trunk with the same question are compared with each other. */
  readonly trunk: string;
  readonly label: string;
  readonly rankMe: number;
  /** α of the power law of the spectrum. */
  readonly decay: number;
  readonly score: number;
}

/**
 * Spearman's ρ over runs, its interval by drawing configurations. With `within`, ranks are taken inside each group and
 * centred there, so that only differences inside groups count. NaN where nothing varies.
 */
export function rankCorrelation(
  runs: readonly { readonly name: string; readonly x: number; readonly y: number; readonly within?: string }[],
  options: BootstrapOptions = {},
): PairedDifference {
  const { intervals, draws } = clusterBootstrap(
    runs.map(({ name }) => name),
    (weights) => [pooledRho(runs.flatMap((run, i) => new Array<typeof run>(weights[i]).fill(run)))],
    options,
  );
  return { difference: intervals[0], p: draws[0].length === 0 ? 1 : bootstrapP(draws[0]) };
}

function pooledRho(runs: readonly { readonly x: number; readonly y: number; readonly within?: string }[]): number {
  const groups = new Map<string, { x: number; y: number }[]>();
  for (const { x, y, within = '' } of runs) groups.set(within, [...(groups.get(within) ?? []), { x, y }]);
  let [xy, xx, yy] = [0, 0, 0];
  for (const group of groups.values()) {
    const [a, b] = [rank(group.map(({ x }) => x)).ranks, rank(group.map(({ y }) => y)).ranks];
    const centre = (group.length + 1) / 2;
    // Ranks of a large group must not count for more than those of a small one.
    const scale = 1 / group.length;
    for (let i = 0; i < group.length; i++) {
      const [x, y] = [scale * (a[i] - centre), scale * (b[i] - centre)];
      [xy, xx, yy] = [xy + x * y, xx + x * x, yy + y * y];
    }
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** What RankMe and α-ReQ say of the last layer of every run beside what its probe says. */
export async function rankEvidence(needs: readonly Need[], options: StudyOptions): Promise<Evidence | undefined> {
  const groups = await studiedTrials(needs, options);
  if (groups === undefined || groups.length === 0) return undefined;
  const trials = groups.flatMap((group) => group.trials);
  const runs: RankedRun[] = [];
  for (const [i, trial] of trials.entries()) {
    if (options.signal?.aborted) return undefined;
    runs.push(await rankedRun(trial, options));
    options.onProgress?.(`spectrum of ${trial.name}, seed ${trial.seed}`, i + 1, trials.length);
  }
  const hearts = runs.filter(({ label }) => label === 'view');
  const left = needs.flatMap(({ method, name = method }) => (groups.some((group) => group.name === name) ? [] : name));
  return {
    predictions: rankPredictions(runs),
    seeds: Math.min(...groups.map((group) => group.trials.length)),
    material: `${runs.length} runs of ${groups.length} configurations on ${new Set(runs.map(stratumOf)).size} combinations of trunk and question; the last layer of each, one number a channel, on test patients.`,
    figures: [
      {
        kind: 'scatter',
        name: 'runs',
        title: 'Effective rank of the last layer and what its probe reaches',
        caption: 'A point a run; the view of the heart, accuracy on test patients; RankMe without any label.',
        x: 'RankMe of the last layer',
        y: 'accuracy of its probe',
        points: hearts.map(({ rankMe: x, score, trunk }) => ({ x, y: score, group: trunk })),
      },
    ],
    tables: [perTrunkTable(runs)],
    remarks: [
      ...(left.length === 0 ? [] : [`Left out, since nothing of them was kept: ${left.join(', ')}.`]),
      'RankMe grows with the number of channels, so that a correlation over all trunks compares widths too; the one within trunks does not.',
      'Garrido et al. ask for 25,600 pictures; here there are 55 to 275, so that ranks beyond that number cannot be seen.',
    ],
  };
}

async function rankedRun(trial: StudiedTrial, { directory, threads }: StudyOptions): Promise<RankedRun> {
  const { name, trunk, task, result, paths } = trial;
  const last = result.pretrained.taps.at(-1)!;
  const shape = await keptAnswer(directory, 'spectrum', [paths.folder.split('/').at(-1), last.tap], async () => {
    const table = (await testFeatures(trial, 'trained', threads)).find(({ tap }) => tap === last.tap)!;
    const { rows, columns, features } = table;
    const eigenvalues = covarianceSpectrum({ rows, columns, data: features });
    return {
      rankMe: rankMe(features, rows, columns),
      decay: spectralDecay(eigenvalues, Math.min(11, 1 + (columns >> 2)), 50),
    };
  });
  return { name, trunk, label: task.label, ...shape!, score: last.score };
}

const stratumOf = ({ trunk, label }: RankedRun) => `${trunk}, ${label}`;

/** α-ReQ is best near 1 (Agrawal et al., NeurIPS 2022), so the distance from it should go against the score. */
const measures = {
  RankMe: (run: RankedRun) => run.rankMe,
  'α-ReQ (nearness of α to 1)': (run: RankedRun) => -Math.abs(run.decay - 1),
} as const;

export function rankPredictions(runs: readonly RankedRun[], options: BootstrapOptions = {}): Prediction[] {
  const hearts = runs.filter(({ label }) => label === 'view');
  return Object.entries(measures).flatMap(([title, of]) => {
    const points = (chosen: readonly RankedRun[], within: boolean) =>
      chosen
        .filter((run) => Number.isFinite(of(run)))
        .map((run) => ({ name: run.name, x: of(run), y: run.score, ...(within ? { within: stratumOf(run) } : {}) }));
    return [
      {
        name: `${title} with accuracy, within each trunk`,
        unit: 'correlation' as const,
        decides: true,
        ...rankCorrelation(points(runs, true), options),
      },
      {
        name: `${title} with accuracy, over all runs asked for the view`,
        unit: 'correlation' as const,
        decides: true,
        ...rankCorrelation(points(hearts, false), options),
      },
    ];
  });
}

function perTrunkTable(runs: readonly RankedRun[]) {
  const strata = [...new Set(runs.map(stratumOf))];
  return {
    title: 'Spearman’s ρ inside each trunk',
    columns: ['trunk, question', 'configurations', 'runs', ...Object.keys(measures)],
    rows: strata.map((stratum) => {
      const own = runs.filter((run) => stratumOf(run) === stratum);
      const scores = own.map(({ score }) => score);
      return [
        stratum,
        String(new Set(own.map(({ name }) => name)).size),
        String(own.length),
        ...Object.values(measures).map((of) =>
          own.length < 3 ? '' : spearman(own.map(of), scores).value.toFixed(2).replace('-', '−'),
        ),
      ];
    }),
  };
}
