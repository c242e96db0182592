/**
 * The same amount of arithmetic for every method, so that none is better for having been trained longer.
 * @module
 */
import { itemsByPart } from '../data/split.ts';
import { multiplyAdds } from '../graph/multiply-adds.ts';
import type { Program } from '../runtime/program.ts';
import { configureRun, type RunRequest } from '../training/configuration.ts';
import { methodContext } from '../training/manifest.ts';
import { buildModel } from '../training/model.ts';
import type { OpenTask } from './task.ts';

/** Fewer steps than this teach nothing, whatever they cost, unless the recipe says that it takes more. */
const usualFewest = 50;

/** Items that stand for all when shapes are wanted only. */
const someItems = 8;

/** Steps of the method's own recipe that `compute` multiply-adds pay for: never more than the recipe has, nor fewer than it needs. */
export function stepsWithin(compute: number, request: RunRequest, { dataset }: OpenTask): number {
  const configuration = configureRun(request);
  const { train } = itemsByPart(dataset.index.split, dataset.index.items);
  const context = methodContext(configuration, dataset.store, train.slice(0, someItems));
  const { steps } = buildModel({ ...configuration, context });
  const needed = ({ outputs, state }: Program) => [
    ...Object.values(outputs),
    ...state.flatMap(({ next }) => next ?? []),
  ];
  const cost = steps.reduce((sum, program) => sum + multiplyAdds(needed(program)), 0);
  const { fewestSteps = usualFewest } = configuration.method.presets[request.preset ?? 'tiny'].recipe;
  return Math.min(configuration.steps, Math.max(fewestSteps, Math.round(compute / cost)));
}
