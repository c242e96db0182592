/**
 * Network dissection: does a unit fire where a known structure lies? (Bau et al., CVPR 2017; methods.md 7.3.)
 * @module
 */

/** Share of places above which a unit counts as firing, and IoU from which it counts as a detector. */
export const firingShare = 0.005;
export const detectorIou = 0.04;

export interface Overlap {
  /** Class with the largest overlap, by number. */
  readonly structure: number;
  readonly iou: number;
}

/**
 * The structure that a unit's firing overlaps best, over all pictures together. `activation` and `mask` lie on one grid;
 * places with the class `ignored` are left out, 0 is background and no structure.
 */
export function bestOverlap(
  activation: Float32Array,
  mask: Uint8Array,
  classes: number,
  { share = firingShare, ignored = 255 } = {},
): Overlap {
  const known = activation.filter((_, i) => mask[i] !== ignored);
  if (known.length === 0) return { structure: 0, iou: 0 };
  const threshold = known.toSorted()[Math.min(known.length - 1, Math.ceil((1 - share) * known.length) - 1)];
  const inside = new Float64Array(classes);
  const sizes = new Float64Array(classes);
  let firing = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === ignored) continue;
    sizes[mask[i]]++;
    if (activation[i] <= threshold) continue;
    firing++;
    inside[mask[i]]++;
  }
  let best: Overlap = { structure: 0, iou: 0 };
  for (let structure = 1; structure < classes; structure++) {
    const union = firing + sizes[structure] - inside[structure];
    const iou = union > 0 ? inside[structure] / union : 0;
    if (iou > best.iou) best = { structure, iou };
  }
  return best;
}
