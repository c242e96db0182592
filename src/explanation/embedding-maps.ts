/**
 * Embeddings as points of a plane: PCA with its variance, UMAP and t-SNE with several seeds, each with the numbers that
 * say how far to believe it (methods.md 7.11). Never evidence by themselves.
 * @module
 */
import { TSNE, UMAP } from '@saehrimnir/druidjs';
import { symmetricEigen } from '../statistics/symmetric-eigen.ts';
import { type Cloud, centredColumns } from './measures/geometry.ts';
import { gramMatrix } from './measures/similarity.ts';
import { type MapQuality, mapQuality } from './measures/trustworthiness.ts';

export const mapKinds = ['pca', 'umap', 'tsne'] as const;
export type MapKind = (typeof mapKinds)[number];

export interface EmbeddingMap extends MapQuality {
  readonly kind: MapKind;
  readonly seed: number;
  /** `[n]` points. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Of PCA, the share of variance along both axes. */
  readonly variance?: number;
}

export function embeddingMap(cloud: Cloud, kind: MapKind, seed: number, neighbours: number): EmbeddingMap {
  const drawn = kind === 'pca' ? principalPlane(cloud) : { points: stochastic(cloud, kind, seed, neighbours) };
  const flat = Float64Array.from(drawn.points.flat());
  return { kind, seed, ...drawn, ...mapQuality(cloud, { rows: cloud.rows, columns: 2, data: flat }, neighbours) };
}

/** The two directions of largest variance. */
function principalPlane(cloud: Cloud) {
  const n = cloud.rows;
  const { values, vectors } = symmetricEigen(gramMatrix(centredColumns(cloud)), n);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0) || 1;
  const axis = (k: number, row: number) => vectors[k * n + row] * Math.sqrt(Math.max(0, values[k]));
  return {
    points: Array.from({ length: n }, (_, row) => [axis(0, row), axis(1, row)] as const),
    variance: (values[0] + values[1]) / total,
  };
}

function stochastic({ rows, columns, data }: Cloud, kind: 'umap' | 'tsne', seed: number, neighbours: number) {
  const matrix = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => data[row * columns + column]),
  );
  const perplexity = Math.min(30, Math.floor((rows - 1) / 3));
  const placed =
    kind === 'tsne'
      ? TSNE.transform(matrix, { perplexity, seed })
      : UMAP.transform(matrix, { n_neighbors: Math.min(15, rows - 1, Math.max(2, neighbours)), min_dist: 0.1, seed });
  return placed.map(([x, y]) => [x, y] as const);
}
