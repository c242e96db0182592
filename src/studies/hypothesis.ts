/**
 * A hypothesis about why pretext tasks work: what it predicts, put as differences that should be above 0, and what became
 * of it. Plain data, kept in `docs/findings.json`.
 * @module
 */
import type { FigureData, FindingTable } from '../explanation/finding.ts';
import type { PairedDifference } from '../statistics/bootstrap.ts';
import { adjustHolm } from '../statistics/multiple-comparisons.ts';
import type { StudyOptions } from './studied-trials.ts';

/** One thing that the hypothesis predicts: that `difference` is above 0. */
export interface Prediction extends PairedDifference {
  /** What is subtracted from what, or what is correlated with what. */
  readonly name: string;
  readonly unit: 'points' | 'correlation' | 'similarity';
  /** Whether the verdict hangs on it; the others are there to understand it. */
  readonly decides: boolean;
  /** Where it rests on fewer or more seeds than the evidence as a whole. */
  readonly seeds?: number;
}

export type Outcome = 'as predicted' | 'against' | 'not decided';

export interface JudgedPrediction extends Prediction {
  readonly outcome: Outcome;
}

export type HypothesisVerdict = 'holds' | 'does not hold' | 'not decided';

/** What was seen. */
export interface Evidence {
  readonly predictions: readonly Prediction[];
  /** Seeds of each network that decides, as many as all of them have. */
  readonly seeds: number;
  /** What was trained and what was shown, in one sentence. */
  readonly material: string;
  /** What the numbers add to the verdict, for a reader who knows no statistics. */
  readonly summary?: string;
  readonly figures: readonly FigureData[];
  readonly tables?: readonly FindingTable[];
  /** What else a reader has to know: what was left out, what could mislead. */
  readonly remarks: readonly string[];
}

export interface HypothesisCard {
  readonly id: string;
  readonly title: string;
  /** The claim. */
  readonly statement: string;
  /** Who made it, where. */
  readonly source: string;
  /** How it is tested, in plain words. */
  readonly test: string;
  /** What would decide it, or change our mind. */
  readonly decides: string;
  /** What each verdict says about why pretext tasks work, for a reader who knows no statistics. */
  readonly meaning: Readonly<Record<HypothesisVerdict, string>>;
}

export interface Hypothesis extends HypothesisCard {
  /** Trains what was not trained before and looks. `undefined` when it was stopped. */
  look(options: StudyOptions): Promise<Evidence | undefined>;
}

/** Plain data; of the meanings, the one of the verdict. */
export interface HypothesisResult extends Omit<HypothesisCard, 'meaning'>, Omit<Evidence, 'predictions'> {
  readonly meaning: string;
  readonly predictions: readonly JudgedPrediction[];
  readonly verdict: HypothesisVerdict;
}

/** Of fewer seeds nothing follows, whatever the interval says. */
export const fewestSeeds = 4;

/**
 * A prediction is decided where its p value, corrected by Holm over all predictions that decide (or over all that do not),
 * is below 0.05. The hypothesis holds where every one that decides came as predicted, and does not where one is against.
 */
export function judge(
  { id, title, statement, source, test, decides, meaning }: HypothesisCard,
  { predictions, ...evidence }: Evidence,
): HypothesisResult {
  const judged = [true, false].flatMap((decides) => {
    const family = predictions.filter((prediction) => prediction.decides === decides);
    const adjusted = adjustHolm(family.map(({ p }) => p));
    return family.map((prediction, i): JudgedPrediction => {
      const { seeds = evidence.seeds } = prediction;
      const outcome =
        seeds < fewestSeeds || !(adjusted[i] < 0.05)
          ? 'not decided'
          : prediction.difference.value > 0
            ? 'as predicted'
            : 'against';
      return { ...prediction, p: adjusted[i], outcome };
    });
  });
  const deciding = judged.filter(({ decides }) => decides).map(({ outcome }) => outcome);
  const verdict = verdictOf(deciding);
  const card = { id, title, statement, source, test, decides, meaning: meaning[verdict] };
  return { ...card, ...evidence, predictions: judged, verdict };
}

/** The fewest seeds behind a prediction that decides; behind any where none decides. */
export function seedsBehind(predictions: readonly Prediction[]): number {
  const deciding = predictions.filter(({ decides }) => decides);
  return Math.min(
    ...(deciding.length > 0 ? deciding : predictions).map(({ seeds = Number.POSITIVE_INFINITY }) => seeds),
  );
}

function verdictOf(outcomes: readonly Outcome[]): HypothesisVerdict {
  if (outcomes.includes('against')) return 'does not hold';
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'as predicted') ? 'holds' : 'not decided';
}
