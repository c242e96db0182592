/**
 * The point-spread function: how wide the pulse is in depth, and the beam across it.
 * @module
 */
import { type ProbeSetting, type Scanner, soundSpeed } from './scanner.ts';

/** Standard deviation of the pulse's envelope along depth, mm: half the length of the pulse travels each way. */
export function pulseSigmaMm({ cycles }: Scanner, { frequencyMhz }: ProbeSetting): number {
  return (0.5 * cycles * (soundSpeed / frequencyMhz)) / 2 / 0.85;
}

/** Standard deviation of the two-way beam in radians: diffraction at the focus, defocus away from it. */
export function beamSigma({ apertureMm }: Scanner, { frequencyMhz, focusMm }: ProbeSetting, depthMm: number): number {
  const diffraction = (0.43 * (soundSpeed / frequencyMhz)) / apertureMm;
  const defocus = 0.07 * (apertureMm / Math.max(depthMm, 8)) * Math.abs(1 - depthMm / focusMm);
  return Math.hypot(diffraction, defocus);
}

/** Samples of a Gaussian, 1 at the middle. */
export function gaussian(sigma: number, reach: number): Float32Array {
  return Float32Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
}

/** Scales a kernel so that scatterers deposited bilinearly, `density` of them a cell, give a mean power of 1. */
export function unitEnergy(kernel: Float32Array, density: number): Float32Array {
  const offsets = 16;
  let energy = 0;
  for (let k = 0; k < offsets; k++) {
    const share = (k + 0.5) / offsets;
    for (let i = 0; i <= kernel.length; i++) {
      energy += ((1 - share) * (kernel[i] ?? 0) + share * (kernel[i - 1] ?? 0)) ** 2 / offsets;
    }
  }
  const scale = 1 / Math.sqrt(energy * density);
  return kernel.map((value) => value * scale);
}
