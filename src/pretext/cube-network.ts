/**
 * One column of shared weights for each cube of a puzzle, joined only when each has been described.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import { relu, reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { TrunkOutput } from '../nn/trunks/trunk.ts';
import type { BuildContext } from './method.ts';

export interface CubeWidths {
  /** Numbers that describe one cube. */
  readonly cubeFeatures: number;
  /** Numbers that describe all of them. */
  readonly hidden: number;
}

/**
 * @param cubes `[B, n, C, D, H, W]`
 * @returns the trunk's output on B·n cubes, and `[B, hidden]`
 */
export function describeCubes(
  { scope, trunk }: Pick<BuildContext<unknown>, 'scope' | 'trunk'>,
  cubes: Tensor,
  { cubeFeatures, hidden }: CubeWidths,
): { readonly trunkOutput: TrunkOutput; readonly all: Tensor } {
  const [batch, count, ...cube] = cubes.shape;
  const trunkOutput = trunk(reshape(cubes, [batch * count, ...cube]));
  const { map } = trunkOutput;
  const flat = reshape(map, [batch * count, sizeOf(map.shape.slice(1))]);
  const described = relu(linearLayer(scope, 'cube', flat, { features: cubeFeatures }));
  const joined = reshape(described, [batch, count * cubeFeatures]);
  return { trunkOutput, all: relu(linearLayer(scope, 'joined', joined, { features: hidden })) };
}
