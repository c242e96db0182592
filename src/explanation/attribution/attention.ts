/**
 * Maps of what transformers attend to (methods.md 7.4). Attention alone says where a network looks, not what moves its
 * answer: these maps are held to the same checks as any other.
 * @module
 */
import type { TokenLayout } from './attention-graph.ts';
import { stretched } from './maps.ts';
import type { AttributionTarget, InputLayout } from './target.ts';

/** Attention of one layer for each plane (input or view of one). */
export interface AttentionLayer {
  readonly heads: number;
  /** `[planes, heads, tokens, tokens]`; rows sum to 1. */
  readonly weights: Float32Array;
  /** Slopes of the numbers with respect to them. */
  readonly slopes: Float32Array;
}

export interface Attentions {
  readonly planes: number;
  readonly layout: TokenLayout;
  readonly layers: readonly AttentionLayer[];
}

/**
 * Raw attention of the last layer, its heads averaged: what the class token takes from each place, or, where there is
 * none, what all places together do. As Caron et al. (DINO), ICCV 2021 show it.
 */
export async function attentionMap(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const attentions = await target.attentions(data);
  const { planes, layers, layout } = attentions;
  const last = meanOverHeads(layers.at(-1)!, planes, layout.tokens);
  return overInput(
    Array.from({ length: planes }, (_, plane) => matrixOf(last, plane, layout.tokens)),
    attentions,
    target,
  );
}

/**
 * Attention rollout: each layer's attention, half of it the shortcut beside it, multiplied from the first layer to the
 * last. Abnar and Zuidema, "Quantifying attention flow in transformers", ACL 2020.
 */
export async function attentionRollout(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const attentions = await target.attentions(data);
  return overInput(rolledOut(attentions), attentions, target);
}

export function rolledOut({ planes, layers, layout: { tokens } }: Attentions): Float64Array[] {
  const means = layers.map((layer) => meanOverHeads(layer, planes, tokens));
  return Array.from({ length: planes }, (_, plane) =>
    means.reduce((flow, mean) => {
      const mixed = matrixOf(mean, plane, tokens).map((value, i) => 0.5 * value + (i % (tokens + 1) === 0 ? 0.5 : 0));
      return product(mixed, flow, tokens);
    }, identity(tokens)),
  );
}

/**
 * Attention weighed by the slope of the answer: R ← R + mean over heads of (slope ⊙ attention)⁺ R, from the first layer
 * to the last. Chefer, Gur and Wolf, "Generic attention-model explainability", ICCV 2021, equations 5 and 6.
 */
export async function attentionRelevance(target: AttributionTarget, data: Float32Array): Promise<Float32Array> {
  const attentions = await target.attentions(data);
  return overInput(relevance(attentions), attentions, target);
}

export function relevance({ planes, layers, layout: { tokens } }: Attentions): Float64Array[] {
  const felt = layers.map(({ heads, weights, slopes }) =>
    meanOverHeads(
      { heads, weights: weights.map((value, i) => Math.max(0, value * slopes[i])), slopes },
      planes,
      tokens,
    ),
  );
  return Array.from({ length: planes }, (_, plane) =>
    felt.reduce((flow, layer) => {
      const added = product(matrixOf(layer, plane, tokens), flow, tokens);
      return flow.map((value, i) => value + added[i]);
    }, identity(tokens)),
  );
}

/** One head of one layer, counted from 1. */
export interface Head {
  readonly layer: number;
  readonly head: number;
}

/** Raw attention of single heads over the input, read as that of the last layer is. */
export function headMap(attentions: Attentions, { layer, head }: Head, target: AttributionTarget): Float32Array {
  const { planes, layers, layout } = attentions;
  const matrices = Array.from({ length: planes }, (_, plane) =>
    headMatrix(layers[layer - 1], plane, head - 1, layout.tokens),
  );
  return overInput(matrices, attentions, target);
}

const headMatrix = ({ heads, weights }: AttentionLayer, plane: number, head: number, tokens: number) =>
  Float64Array.from(weights.subarray((plane * heads + head) * tokens ** 2, (plane * heads + head + 1) * tokens ** 2));

/** How far and how widely a head looks from each place, averaged over places and inputs. */
export interface HeadReach {
  /** Mean distance to what is attended to, in pixels of the picture; Dosovitskiy et al., ICLR 2021, figure 7. */
  readonly pixels: number;
  /** The same along frames or slices. */
  readonly frames: number;
  /** exp of the entropy: how many places share the attention. */
  readonly places: number;
  /** Share of the attention that goes to tokens of no place. */
  readonly placeless: number;
}

export function headReach(
  { planes, layers, layout: { tokens, placeless, grid } }: Attentions,
  { layer, head }: Head,
  { frames, height, width }: InputLayout,
): HeadReach {
  const [gridFrames, rows, columns] = grid.length === 3 ? grid : [1, grid[0], grid[1]];
  const [perFrame, perRow, perColumn] = [frames / gridFrames, height / rows, width / columns];
  const count = tokens - placeless;
  const place = (i: number) => [
    Math.floor(i / (rows * columns)) * perFrame,
    (Math.floor(i / columns) % rows) * perRow,
    (i % columns) * perColumn,
  ];
  const places = Array.from({ length: count }, (_, i) => place(i));
  const sums = { pixels: 0, frames: 0, places: 0, placeless: 0 };
  for (let plane = 0; plane < planes; plane++) {
    const matrix = headMatrix(layers[layer - 1], plane, head - 1, tokens);
    for (let query = 0; query < count; query++) {
      const row = matrix.subarray((placeless + query) * tokens, (placeless + query + 1) * tokens);
      const own = row.subarray(placeless);
      const total = own.reduce((sum, value) => sum + value, 0) || 1;
      const [t, y, x] = places[query];
      let entropy = 0;
      for (let key = 0; key < count; key++) {
        const share = own[key] / total;
        if (share <= 0) continue;
        entropy -= share * Math.log(share);
        sums.pixels += share * Math.hypot(places[key][1] - y, places[key][2] - x);
        sums.frames += share * Math.abs(places[key][0] - t);
      }
      sums.places += Math.exp(entropy);
      for (let key = 0; key < placeless; key++) sums.placeless += row[key];
    }
  }
  const each = planes * count;
  return {
    pixels: sums.pixels / each,
    frames: sums.frames / each,
    places: sums.places / each,
    placeless: sums.placeless / each,
  };
}

/** `[planes, tokens, tokens]`. */
function meanOverHeads({ heads, weights }: AttentionLayer, planes: number, tokens: number): Float64Array {
  const size = tokens * tokens;
  const out = new Float64Array(planes * size);
  for (let plane = 0; plane < planes; plane++) {
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < size; i++) out[plane * size + i] += weights[(plane * heads + head) * size + i] / heads;
    }
  }
  return out;
}

const matrixOf = (matrices: Float64Array, plane: number, tokens: number) =>
  matrices.subarray(plane * tokens * tokens, (plane + 1) * tokens * tokens);

function identity(tokens: number): Float64Array {
  const out = new Float64Array(tokens * tokens);
  for (let i = 0; i < tokens; i++) out[i * (tokens + 1)] = 1;
  return out;
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const scale = a[i * n + k];
      if (scale === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] += scale * b[k * n + j];
    }
  }
  return out;
}

/**
 * From what each token takes from each to a map of each input: the row of the class token where the answer is read from it,
 * else the mean of the rows of all places.
 */
function overInput(
  matrices: readonly Float64Array[],
  attentions: Attentions,
  { layout }: AttributionTarget,
): Float32Array {
  const { planes, layout: tokenLayout } = attentions;
  const { tokens, placeless, grid } = tokenLayout;
  const places = tokens - placeless;
  const rows = readsClass(attentions) ? [0] : Array.from({ length: places }, (_, place) => placeless + place);
  const maps = new Float32Array(planes * places);
  matrices.forEach((matrix, plane) => {
    for (const row of rows) {
      for (let place = 0; place < places; place++) {
        maps[plane * places + place] += matrix[row * tokens + placeless + place] / rows.length;
      }
    }
  });
  return stretched(maps, planes, grid, layout);
}

/** Whether the answer feels what the first token of no place takes in the last layer. */
function readsClass({ planes, layers, layout: { tokens, placeless } }: Attentions): boolean {
  const { heads, slopes } = layers.at(-1)!;
  if (placeless === 0) return false;
  for (let matrix = 0; matrix < planes * heads; matrix++) {
    for (let key = 0; key < tokens; key++) if (slopes[matrix * tokens * tokens + key] !== 0) return true;
  }
  return false;
}
