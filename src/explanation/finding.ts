/**
 * What an instrument says: sentences with their uncertainty, the checks it was held to, figures as plain data. The
 * report draws the figures; nothing here knows how.
 * @module
 */
import type { Picture } from '../pretext/drawing.ts';

/** A sanity check of the instrument on this very subject. */
export interface Check {
  /** What was checked, as a statement that holds or does not: `the map changes when the weights are random`. */
  readonly statement: string;
  readonly passed: boolean;
  /** The numbers behind it. */
  readonly detail: string;
}

/** A value with its interval, where there is one. */
export interface Measured {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

interface FigureBase {
  /** Short and unique within the instrument: the file's name. */
  readonly name: string;
  /** The finding, in one sentence. */
  readonly title: string;
  /** What is drawn: on how many items, patients and seeds, with which interval. */
  readonly caption: string;
}

/** Rows × columns in colour, with the numbers in the cells. */
export interface HeatMapFigure extends FigureBase {
  readonly kind: 'heat-map';
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[rows][columns]`; `undefined` where nothing was measured. */
  readonly values: readonly (readonly (number | undefined)[])[];
  /** Cells with a mark: those that a test tells from the baseline. */
  readonly marked?: readonly (readonly boolean[])[];
  /** What the numbers are, with their unit. */
  readonly quantity: string;
  /** Ends of the colour scale; by default those of the values. */
  readonly domain?: readonly [number, number];
  /** `diverging` has white at zero. */
  readonly scale: 'sequential' | 'diverging';
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  readonly decimals?: number;
}

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly role: 'trained' | 'random' | 'supervised' | 'other';
  readonly points: readonly ({ readonly x: number } & Measured)[];
  /** A colour of its own, for ever; by order where it is absent. */
  readonly colour?: string;
}

/** Lines with bands over a quantity or over named places. */
export interface LinesFigure extends FigureBase {
  readonly kind: 'lines';
  readonly x: string;
  readonly y: string;
  /** Names of x = 0, 1, 2 …, where they are layers or the like. */
  readonly places?: readonly string[];
  readonly series: readonly Series[];
  /** Horizontal lines with a name: chance, the noise floor. */
  readonly levels?: readonly { readonly name: string; readonly value: number }[];
  readonly logarithmicX?: boolean;
}

/** Named values with intervals, one below the other. */
export interface IntervalsFigure extends FigureBase {
  readonly kind: 'intervals';
  readonly quantity: string;
  readonly entries: readonly ({ readonly name: string; readonly group?: string } & Measured)[];
  readonly levels?: readonly { readonly name: string; readonly value: number }[];
}

/** A map over a picture: signed maps in blue and red with white at zero, others in cividis. */
export interface Overlay {
  /** `[T, H, W]`, as many frames as the picture, on its grid. */
  readonly data: Float32Array;
  readonly shape: readonly [frames: number, height: number, width: number];
  readonly scale: 'sequential' | 'diverging';
}

export interface ShownPicture {
  readonly picture: Picture;
  readonly caption?: string;
  /** Which frame of a clip is shown; the middle one where absent. */
  readonly frame?: number;
  readonly overlay?: Overlay;
  /** Closed lines over it, `[x, y]` in its pixels. */
  readonly outlines?: readonly (readonly (readonly [x: number, y: number])[])[];
}

/** Rows of pictures, each with a label. */
export interface PicturesFigure extends FigureBase {
  readonly kind: 'pictures';
  readonly rows: readonly { readonly label?: string; readonly pictures: readonly ShownPicture[] }[];
  /** Pictures side by side at the most, default 8. */
  readonly columns?: number;
}

/** Points in a plane, coloured by a class or a quantity. */
export interface ScatterFigure extends FigureBase {
  readonly kind: 'scatter';
  readonly x: string;
  readonly y: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly group?: string;
    readonly value?: number;
  }[];
  /** What `value` is. */
  readonly quantity?: string;
  /** Equal units along both axes, as maps of embeddings want. */
  readonly square?: boolean;
}

/** Maps of one thing beside each other, as it changes: every panel on a scale of its own. */
export interface ScatterPanelsFigure extends FigureBase {
  readonly kind: 'scatter-panels';
  readonly panels: readonly {
    readonly title: string;
    readonly points: readonly { readonly x: number; readonly y: number; readonly group?: string }[];
  }[];
}

/** First-layer filters, `[O, C, H, W]` or `[O, C, T, H, W]`. */
export interface FiltersFigure extends FigureBase {
  readonly kind: 'filters';
  readonly bank: { readonly layer: string; readonly shape: readonly number[]; readonly data: ArrayLike<number> };
}

export type FigureData =
  | FiltersFigure
  | HeatMapFigure
  | LinesFigure
  | IntervalsFigure
  | PicturesFigure
  | ScatterFigure
  | ScatterPanelsFigure;

/** A table whose numbers stand on the decimal. */
export interface FindingTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Finding {
  /** Id of the instrument. */
  readonly instrument: string;
  /** The finding as a heading. */
  readonly title: string;
  /** What was found, how sure, and what to do next. */
  readonly sentences: readonly string[];
  readonly checks: readonly Check[];
  readonly figures: readonly FigureData[];
  readonly tables?: readonly FindingTable[];
  /** All numbers, as plain JSON. */
  readonly data: unknown;
}
