/**
 * The filters with which a network first looks at its input.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { DifferentiableEncoder } from './differentiable.ts';
import type { Filters } from './measures/filter-bank.ts';
import type { StudiedEncoder, Subject } from './subject.ts';

export interface Bank extends Filters {
  readonly layer: string;
  readonly data: Float32Array;
}

/** The first convolution over the picture's own channels. Throws `graph/unsupported` where there is none. */
export async function firstFilters({ laboratory }: Subject, studied: StudiedEncoder): Promise<Bank> {
  const { fixedBatch } = await laboratory.encoder(studied);
  const encoder: DifferentiableEncoder = await laboratory.differentiable(studied, fixedBatch ?? 1);
  const [, channels, ...spatial] = encoder.input.shape;
  for (const [layer, { value }] of Object.entries(encoder.parameters)) {
    const { shape } = value;
    if (shape.length === spatial.length + 2 && shape[1] === channels && shape.slice(2).some((side) => side > 1)) {
      return { layer, shape, data: value.data as Float32Array };
    }
  }
  throw new SondeError(
    'graph/unsupported',
    `${studied.name} has no convolution over the ${channels} channels of its input`,
  );
}
