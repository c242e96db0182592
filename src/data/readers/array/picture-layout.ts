/**
 * What the axes of an array are: items, frames, rows, columns, colours.
 * @module
 */
import type { MediaKind } from '../../media.ts';

/** How pictures lie in an array, one item after another. */
export interface PictureLayout {
  readonly kind: Exclude<MediaKind, 'signal'>;
  readonly items: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Stored values of a pixel: grey, grey and opacity, RGB, RGB and opacity. */
  readonly samples: 1 | 2 | 3 | 4;
  /** Colour by plane instead of by pixel. */
  readonly planar?: boolean;
  /** Columns lie one after another instead of rows. */
  readonly byColumn?: boolean;
  /** Elements before the first item, and from one item to the next; default: nothing in between. */
  readonly first?: number;
  readonly pitch?: number;
}

/** How an array may be read: as one item, as many, or as either. */
export interface Interpretation {
  readonly whole?: PictureLayout;
  readonly many?: PictureLayout;
}

/** Sides shorter than this are no sides of a picture. */
const smallestSide = 8;
/** Three axes with more pictures than this are many pictures, not one clip. */
const longestClip = 1024;

/**
 * The meaning of a shape, last axis fastest. `[H, W]` and `[H, W, C]` are one picture; `[T, H, W]` is one clip, or as many
 * pictures as the first axis is long; `[N, T, H, W]`, `[N, H, W, C]`, `[N, C, H, W]` and `[N, T, H, W, C]` are many items.
 * Four axes whose last three are equally long are volumes, not clips. `undefined` where the axes make no pictures.
 */
export function interpretShape(shape: readonly number[]): Interpretation | undefined {
  const axes = shape.length > 3 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const rank = axes.length;
  const last = axes[rank - 1] ?? 0;
  if (rank >= 3 && (last === 3 || last === 4) && axes[rank - 2] >= smallestSide) {
    return withSamples(axes.slice(0, -1), last, false);
  }
  if (rank >= 3 && axes[rank - 3] === 3 && last >= smallestSide && axes[rank - 2] >= smallestSide) {
    return withSamples([...axes.slice(0, -3), axes[rank - 2], last], 3, true);
  }
  return withSamples(axes, 1, false);
}

function withSamples(axes: readonly number[], samples: 1 | 3 | 4, planar: boolean): Interpretation | undefined {
  const [height, width] = axes.slice(-2);
  if (axes.length < 2 || !(height >= smallestSide && width >= smallestSide)) return undefined;
  if (axes.some((length) => length < 1)) return undefined;
  const picture = { height, width, samples, ...(planar ? { planar } : {}) };
  const [a, b] = axes;
  switch (axes.length) {
    case 2:
      return { whole: { kind: 'image', items: 1, frames: 1, ...picture } };
    case 3: {
      const many: PictureLayout = { kind: 'image', items: a, frames: 1, ...picture };
      // Pictures in colour come in stacks of items; grey ones as often in clips.
      if (samples > 1 || a > longestClip) return { many };
      const kind = a === 1 ? 'image' : a === height && a === width ? 'volume' : 'clip';
      return { whole: { kind, items: 1, frames: a, ...picture }, many };
    }
    case 4:
      return { many: { kind: b === height && b === width ? 'volume' : 'clip', items: a, frames: b, ...picture } };
    default:
      return undefined;
  }
}
