/**
 * What is known about the files of a folder from beside them: a table, a set's own layout, names of folders.
 * @module
 */
import type { Annotation, Label, MediaDescription, Problem, SplitPart } from './media.ts';

/** What is known about one file, or one part of it. */
export interface FileFacts {
  /** Identifies a person: replaced by a salted hash. */
  readonly identity?: string;
  /** A set's own pseudonym, kept as it is. */
  readonly patient?: string;
  readonly labels?: Readonly<Record<string, Label>>;
  readonly frameLabels?: Readonly<Record<string, readonly number[]>>;
  readonly annotations?: readonly Annotation[];
  /** Part of the set's own split. */
  readonly official?: SplitPart;
  /** What the file itself says wrongly or not at all. */
  readonly description?: Partial<Pick<MediaDescription, 'kind' | 'frameRateHz' | 'spacingMm' | 'intensityRange'>>;
}

/** Which of a file's parts is meant. */
export interface PartPlace {
  readonly name: string;
  readonly number: number;
  /** Parts of the file. */
  readonly count: number;
}

/** Pictures that are frames of one clip, in order. */
export interface FrameSequence {
  readonly id: string;
  readonly files: readonly string[];
}

export interface FolderKnowledge {
  /** What to call the source in messages: a table's path or a set's name. */
  readonly source: string;
  /** Facts about a file by its path relative to the root, or about a part of it. */
  of(path: string, part?: PartPlace): FileFacts | undefined;
  /** Facts about everything of one patient, where a file has no name that is known; `is` tells whether an identity is its. */
  ofPatient?(is: (identity: string) => boolean): FileFacts | undefined;
  /** True where a file of so many parts repeats what other files hold. */
  repeats?(path: string, parts: number): boolean;
  /** Files that belong to others (masks, annotations, copies): no items themselves. */
  readonly companions: ReadonlySet<string>;
  /** True where files it knows nothing about are no items. */
  readonly complete?: boolean;
  /** Which pictures make clips, where this is known. */
  readonly sequences?: readonly FrameSequence[];
  /** False where numbered pictures are known to be separate. */
  readonly framesAsClips?: boolean;
  /** What the numbers of a label stand for, by label; numbers without a name stay. */
  classNames?(path: string): Readonly<Record<string, readonly string[]>>;
  /** What is to be said once it is known which items there are. */
  problems?(items: readonly { readonly path: string; readonly part?: PartPlace }[]): Problem[];
}

/** A folder as an adapter sees it: paths relative to the root, with `/` between folders. */
export interface FolderTree {
  readonly name: string;
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** A small text file below the root. Throws `data/unreadable`. */
  text(path: string): string;
}
