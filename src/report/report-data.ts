/**
 * Everything a report is made of: plain data, so that it can be stored, sent and drawn anywhere.
 * @module
 */
import type { Problem } from '../data/media.ts';
import type { Estimate, ProbeResult, TapDifference } from '../evaluation/probe-result.ts';
import type { MethodCard } from '../pretext/card.ts';
import type { PuzzleDrawing } from '../pretext/drawing.ts';
import type { MetricsRecord, RunManifest } from '../training/run-record.ts';
import type { DatasetCounts } from './figures/dataset-overview.ts';
import type { FilterBank } from './figures/filters.ts';
import type { CaptionedPicture, PictureRow } from './figures/picture-grid.ts';

export interface ReportData {
  /** The finding; derived from the probes where it is absent. */
  readonly title?: string;
  /** What was asked, in one or two sentences a clinician understands. */
  readonly question: string;
  /** The command that made the report, and makes it again. */
  readonly command: string;
  readonly data: DatasetReport;
  readonly runs: readonly RunReport[];
  /** Every protocol on every encoder; those of one protocol and label are drawn together. */
  readonly probes: readonly ProbeResult[];
  readonly differences: readonly ProbeDifference[];
  /** One real recording that went through the same path. */
  readonly recording?: RecordingReport;
  /** What a reader must not conclude; one sentence each. */
  readonly limits?: readonly string[];
  /** Commands that redraw single figures; `command` where absent. */
  readonly commands?: Partial<Readonly<Record<FigureName, string>>>;
}

export type FigureName = 'data' | 'puzzles' | 'learning' | 'filters' | 'confusion' | 'layers' | 'recording';

export interface DatasetReport {
  readonly name: string;
  /** One sentence on where the pictures come from. */
  readonly description?: string;
  readonly hash: string;
  readonly counts: DatasetCounts;
  readonly problems: readonly Problem[];
  readonly thumbnails: readonly CaptionedPicture[];
}

export interface RunReport {
  readonly manifest: RunManifest;
  readonly metrics: readonly MetricsRecord[];
  /** What the method says of itself. */
  readonly card: Pick<MethodCard, 'idea' | 'paper' | 'colour'>;
  /** Drawn by the method's own sampler. */
  readonly puzzles: readonly PuzzleDrawing[];
  readonly filters?: FilterBank;
  /** Names of the pretext classes, in the order of `validationConfusion`. */
  readonly classes?: readonly string[];
  /** How many patients the held-out measurements rest on. */
  readonly heldOutPatients?: number;
}

/** The paired comparison of two encoders under one protocol, tap by tap. */
export interface ProbeDifference {
  readonly protocol: string;
  readonly label: string;
  /** `encoder.name` of both; the difference is encoder − against. */
  readonly encoder: string;
  readonly against: string;
  /** How the p-value is made and corrected, e.g. `paired bootstrap over patients, Holm over taps`. */
  readonly test: string;
  readonly taps: readonly TapDifference[];
}

export interface RecordingReport {
  readonly title: string;
  /** What it is and where it comes from. */
  readonly description: string;
  /** Facts read from the file, name and value; nothing that identifies a person. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly puzzles: readonly PuzzleDrawing[];
  /** One row a tap. */
  readonly featureMaps?: readonly PictureRow[];
  /** A number measured on it, where there is one. */
  readonly pretextAccuracy?: Estimate;
}
