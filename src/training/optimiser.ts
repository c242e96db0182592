/**
 * The optimiser that a recipe names, with what it does to gradients before.
 * @module
 */
import { withAccumulation } from '../nn/optimisers/accumulation.ts';
import { adam } from '../nn/optimisers/adam.ts';
import { withClipping } from '../nn/optimisers/clipping.ts';
import { lars } from '../nn/optimisers/lars.ts';
import type { Optimiser } from '../nn/optimisers/optimiser.ts';
import { rmsProp } from '../nn/optimisers/rmsprop.ts';
import { sgd } from '../nn/optimisers/sgd.ts';
import type { OptimiserRecipe } from '../pretext/method.ts';

function plain(recipe: OptimiserRecipe): Optimiser {
  switch (recipe.kind) {
    case 'sgd':
      return sgd(recipe);
    case 'adam':
      return adam(recipe);
    case 'lars':
      return lars(recipe);
    case 'rmsprop':
      return rmsProp(recipe);
  }
}

/** Gradients are averaged over the steps of an update first, then clipped. */
export function optimiserOf(recipe: OptimiserRecipe): Optimiser {
  const { clipNorm, clipValue, accumulate = 1 } = recipe;
  const limits = {
    ...(clipNorm === undefined ? {} : { norm: clipNorm }),
    ...(clipValue === undefined ? {} : { value: clipValue }),
  };
  const optimiser = plain(recipe);
  return withAccumulation(Object.keys(limits).length === 0 ? optimiser : withClipping(optimiser, limits), accumulate);
}
