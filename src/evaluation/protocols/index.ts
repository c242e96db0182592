/**
 * The protocols there are, by id.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Label } from '../../data/media.ts';
import { labelKind } from '../examples.ts';
import { detection } from './detection.ts';
import { finetune } from './finetune.ts';
import { keyPoints } from './key-points.ts';
import { knn } from './knn.ts';
import { labelEfficiency } from './label-efficiency.ts';
import { linear } from './linear.ts';
import { lowShot } from './low-shot.ts';
import { mdl } from './mdl.ts';
import type { FeatureProtocol, Protocol } from './protocol.ts';
import { rcnn } from './rcnn.ts';
import { retrieval } from './retrieval.ts';
import { ridge } from './ridge.ts';
import { segmentation } from './segmentation.ts';
import { selectivity } from './selectivity.ts';
import { semiSupervised } from './semi-supervised.ts';
import { svm } from './svm.ts';
import { video } from './video.ts';

export const protocols: readonly Protocol[] = [
  linear,
  svm,
  knn,
  lowShot,
  labelEfficiency,
  mdl,
  selectivity,
  ridge,
  retrieval,
  finetune,
  semiSupervised,
  video,
  segmentation,
  detection,
  rcnn,
  keyPoints,
];

/** Throws `usage`, listing what there is. */
export function findProtocol(id: string): Protocol {
  const found = protocols.find((protocol) => protocol.id === id);
  if (found) return found;
  throw usageError(`there is no protocol '${id}'`, { expected: protocols.map((protocol) => protocol.id).join(', ') });
}

/** The protocol that fits a label when none is asked for: classes or measurements. */
export function defaultProtocol(values: readonly (Label | undefined)[]): FeatureProtocol {
  return labelKind(values) === 'numbers' ? ridge : linear;
}
