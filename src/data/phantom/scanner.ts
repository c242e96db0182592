/**
 * Scanners: what a site's machine adds of its own, and how a probe is set for one recording.
 * @module
 */
import type { Random } from '../../base/random.ts';

/** A site: constant over all its recordings. */
export interface Scanner {
  readonly name: string;
  /** Full opening of the sector in degrees. */
  readonly sectorDegrees: number;
  /** Cycles of the transmitted pulse: with the frequency, the axial resolution. */
  readonly cycles: number;
  readonly apertureMm: number;
  readonly dynamicRangeDb: number;
  /** Exponent and steepness of the grey map. */
  readonly greyExponent: number;
  readonly greyContrast: number;
  /** Black margin round the sector as a fraction of the picture. */
  readonly margin: number;
  readonly overlaySide: 'left' | 'right';
  readonly overlayGrey: number;
  /** Errors of the gain curve in decibels at eight depths. */
  readonly gainCurveDb: readonly number[];
  readonly noiseDb: number;
}

/** Settings of one recording. */
export interface ProbeSetting {
  readonly depthMm: number;
  readonly frequencyMhz: number;
  /** Attenuation of the body, dB per centimetre and megahertz, one way. */
  readonly attenuation: number;
  readonly gainDb: number;
  readonly focusMm: number;
}

/** The scanner of a site, 0 for the first. The first two are fixed and plainly unlike; the others are drawn. */
export function scannerOf(random: Random, site: number): Scanner {
  const stream = random.split('scanner', site);
  const draw = (name: string, low: number, high: number) => stream.split(name).uniform(low, high);
  const curve = stream.split('gain curve');
  const common = {
    name: `site-${site + 1}`,
    gainCurveDb: Array.from({ length: 8 }, () => curve.uniform(-1.8, 1.8)),
    noiseDb: draw('noise', -53, -47),
  };
  if (site === 0) {
    return {
      ...common,
      sectorDegrees: 74,
      cycles: 2.6,
      apertureMm: 20,
      dynamicRangeDb: 52,
      greyExponent: 1.15,
      greyContrast: 0.5,
      margin: 0.02,
      overlaySide: 'right',
      overlayGrey: 235,
    };
  }
  if (site === 1) {
    return {
      ...common,
      sectorDegrees: 82,
      cycles: 3.6,
      apertureMm: 17,
      dynamicRangeDb: 58,
      greyExponent: 1.1,
      greyContrast: 0.35,
      margin: 0.05,
      overlaySide: 'left',
      overlayGrey: 190,
    };
  }
  return {
    ...common,
    sectorDegrees: draw('sector', 70, 86),
    cycles: draw('cycles', 2.4, 4),
    apertureMm: draw('aperture', 16, 22),
    dynamicRangeDb: draw('dynamic range', 48, 64),
    greyExponent: draw('grey exponent', 0.85, 1.25),
    greyContrast: draw('grey contrast', 0.1, 0.6),
    margin: draw('margin', 0.01, 0.07),
    overlaySide: stream.split('side').choice(['left', 'right'] as const),
    overlayGrey: draw('overlay grey', 170, 245),
  };
}

/** Grey levels for 256 equal steps of compressed intensity. */
export function greyMap({ greyExponent, greyContrast }: Scanner): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, index) => {
    const x = index / 255;
    const curved = x ** greyExponent;
    const steep = curved * curved * (3 - 2 * curved);
    return Math.round(255 * ((1 - greyContrast) * curved + greyContrast * steep));
  });
}

/** Speed of sound in soft tissue, mm per microsecond. */
export const soundSpeed = 1.54;
