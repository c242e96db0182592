/**
 * One heart: a truncated prolate spheroid with a wall, a crescent on its septum, two atria, great vessels.
 *
 * Heart frame, millimetres, at end-diastole: z runs along the long axis from the epicardial apex (0) to the mitral
 * annulus (`baseMm`) and on to the atria; angles about it are 0 lateral, 90 anterior, 180 septal, 270 inferior.
 * Sizes are those of adults (long axis 70-95 mm, short axis 40-55 mm, wall 8-12 mm).
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { AnomalyName } from './options.ts';

export type Direction = readonly [cosine: number, sine: number];
export type Vector = readonly [x: number, y: number, z: number];

export interface Ellipsoid {
  readonly centre: Vector;
  readonly semiAxes: Vector;
}

export interface AkineticSegment {
  readonly name: string;
  readonly angle: number;
  /** Half the arc in radians; π for the apex, which has no sides. */
  readonly halfArc: number;
  readonly from: number;
  readonly to: number;
}

export interface Anatomy {
  readonly anomaly: AnomalyName;
  readonly segment: AkineticSegment | undefined;
  /** Which valve hardly opens, under `stenotic-valve`. */
  readonly valve: 'mitral' | 'aortic' | undefined;
  /** Half the short axis of the cavity and half the long axis of the whole spheroid. */
  readonly cavityRadiusMm: number;
  readonly cavityHalfLengthMm: number;
  readonly centreMm: number;
  readonly baseMm: number;
  readonly wallMm: number;
  readonly apexWallMm: number;
  /** Extra thickness of the septum, as a fraction of the wall. */
  readonly septalBulge: number;
  readonly rightGapMm: number;
  /** Direction of the middle of the right ventricle. */
  readonly rightwards: Direction;
  readonly rightWallMm: number;
  readonly effusionMm: number;
  readonly leftAtrium: Ellipsoid;
  readonly rightAtrium: Ellipsoid;
  readonly atrialWallMm: number;
  readonly rootCentre: readonly [x: number, y: number];
  readonly rootRadiusMm: number;
  /** Direction of the aortic root from the long axis. */
  readonly rootwards: Direction;
  readonly descendingCentre: Vector;
  readonly descendingRadiusMm: number;
  readonly papillary: readonly [Direction, Direction];
  readonly liverDistanceMm: number;
  readonly chestWallMm: number;
  /** dB per centimetre and megahertz, one way. */
  readonly attenuation: number;
  /** Extra reflectivity of the muscle in decibels. */
  readonly muscleDb: number;
  /** Tilt of the heart in the chest, radians, about the three axes of the view. */
  readonly tilt: Vector;
}

export const degrees = Math.PI / 180;

const directionOf = (angle: number): Direction => [Math.cos(angle), Math.sin(angle)];

/** The seventeen segments of the left ventricle (American Heart Association, 2002). */
export const segmentNames: readonly string[] = [
  ...['basal', 'mid'].flatMap((level) =>
    ['anterior', 'anteroseptal', 'inferoseptal', 'inferior', 'inferolateral', 'anterolateral'].map(
      (wall) => `${level}-${wall}`,
    ),
  ),
  ...['anterior', 'septal', 'inferior', 'lateral'].map((wall) => `apical-${wall}`),
  'apex',
];

function segmentAt(index: number, base: number): AkineticSegment {
  const name = segmentNames[index]!;
  if (index === 16) return { name, angle: 0, halfArc: Math.PI, from: -1, to: 0.2 * base };
  if (index >= 12) {
    const angle = (90 + 90 * (index - 12)) * degrees;
    return { name, angle, halfArc: 45 * degrees, from: 0.12 * base, to: 0.4 * base };
  }
  const angle = (90 + 60 * (index % 6)) * degrees;
  const [from, to] = index < 6 ? [0.7, 1.05] : [0.38, 0.72];
  return { name, angle, halfArc: 30 * degrees, from: from * base, to: to * base };
}

/** Draws a heart. Every factor has a stream of its own, so that an anomaly changes nothing else. */
export function drawAnatomy(random: Random, anomaly: AnomalyName): Anatomy {
  const draw = (name: string, low: number, high: number) => random.split(name).uniform(low, high);
  const dilated = anomaly === 'dilated-ventricle';
  const thick = anomaly === 'hypertrophy';
  const length = draw('long axis', 70, 95) * (dilated ? 1.06 : 1);
  const cavityRadiusMm = (draw('short axis', 40, 55) / 2) * (dilated ? 1.32 : thick ? 0.88 : 1);
  const wallMm = draw('wall', 8, 11) * (thick ? 1.75 : dilated ? 0.85 : 1);
  const cavityHalfLengthMm = length / 1.45;
  const apexWallMm = 0.75 * wallMm;
  const centreMm = apexWallMm + cavityHalfLengthMm;
  const baseMm = apexWallMm + length;
  const leftSize = draw('left atrium', 21, 26);
  const rightSize = draw('right atrium', 20, 24);
  const rightGapMm = draw('right ventricle', 27, 36);
  const rightAngle = draw('right angle', 180, 192) * degrees;
  const rightCentre = 0.9 * cavityRadiusMm + wallMm + 0.5 * rightGapMm + 1;
  const rootAngle = 140 * degrees;
  const rootRadiusMm = draw('root', 11.5, 14.5);
  const rootReach = 0.9 * cavityRadiusMm - rootRadiusMm + 6;
  const leftReach = 0.9 * cavityRadiusMm - 0.73 * leftSize - 1;
  const segmentStream = random.split('segment');
  return {
    anomaly,
    segment: anomaly === 'akinetic-segment' ? segmentAt(segmentStream.integer(17), baseMm) : undefined,
    valve: anomaly === 'stenotic-valve' ? random.split('valve').choice(['mitral', 'aortic'] as const) : undefined,
    cavityRadiusMm,
    cavityHalfLengthMm,
    centreMm,
    baseMm,
    wallMm,
    apexWallMm,
    septalBulge: thick ? draw('septal bulge', 0.1, 0.5) : 0.05,
    rightGapMm,
    rightwards: directionOf(rightAngle),
    rightWallMm: draw('right wall', 3, 4.5),
    effusionMm: anomaly === 'pericardial-effusion' ? draw('effusion', 9, 18) : 0,
    leftAtrium: {
      centre: [Math.cos(320 * degrees) * leftReach, Math.sin(320 * degrees) * leftReach, baseMm + 0.68 * leftSize],
      semiAxes: [leftSize, leftSize * 0.95, leftSize * 1.08],
    },
    rightAtrium: {
      centre: [Math.cos(205 * degrees) * rightCentre, Math.sin(205 * degrees) * rightCentre, baseMm + 0.6 * rightSize],
      semiAxes: [rightSize, rightSize, rightSize * 1.05],
    },
    atrialWallMm: draw('atrial wall', 2, 3),
    rootCentre: [Math.cos(rootAngle) * rootReach, Math.sin(rootAngle) * rootReach],
    rootRadiusMm,
    rootwards: directionOf(rootAngle),
    descendingCentre: [Math.cos(320 * degrees) * 46, Math.sin(320 * degrees) * 46, baseMm + draw('descending', 8, 18)],
    descendingRadiusMm: draw('descending radius', 9, 12),
    papillary: [
      directionOf(draw('papillary a', 325, 345) * degrees),
      directionOf(draw('papillary b', 235, 255) * degrees),
    ],
    liverDistanceMm: draw('liver', 44, 60),
    chestWallMm: draw('chest wall', 12, 20),
    attenuation: draw('attenuation', 0.4, 0.65),
    muscleDb: draw('muscle', -2, 2),
    tilt: [draw('tilt x', -5, 5) * degrees, draw('tilt y', -5, 5) * degrees, draw('tilt z', -8, 8) * degrees],
  };
}

/** Radii of the left ventricle and the gap of the right one along a ray from the long axis; filled by `surfaces`. */
export interface Surfaces {
  endocardium: number;
  epicardium: number;
  rightGap: number;
  /** How far the ventricles reach: the outside of the right wall, or the left epicardium where there is no gap. */
  outside: number;
}

/** The surfaces in direction (cosine, sine) at height z. Above the base those of the base go on. */
export function surfaces(anatomy: Anatomy, cosine: number, sine: number, z: number, out: Surfaces): Surfaces {
  const { cavityRadiusMm, cavityHalfLengthMm, centreMm, wallMm, apexWallMm, baseMm } = anatomy;
  const height = Math.min(z, baseMm) - centreMm;
  const inner = height / cavityHalfLengthMm;
  out.endocardium = inner <= -1 ? 0 : cavityRadiusMm * Math.sqrt(1 - inner * inner);
  const towardsRight = cosine * anatomy.rightwards[0] + sine * anatomy.rightwards[1];
  const bulge = 1 + anatomy.septalBulge * Math.max(0, towardsRight);
  const outer = height / (cavityHalfLengthMm + apexWallMm);
  out.epicardium = outer <= -1 ? 0 : (cavityRadiusMm + wallMm * bulge) * Math.sqrt(1 - outer * outer);
  const side = (towardsRight - 0.2) / 0.8;
  const level = (Math.min(z, baseMm) - 0.15 * baseMm) / (0.8 * baseMm);
  out.rightGap = side <= 0 || level <= 0 ? 0 : anatomy.rightGapMm * side ** 0.7 * Math.min(1, level) ** 0.75;
  out.outside = out.epicardium + (out.rightGap > 0 ? out.rightGap + anatomy.rightWallMm : 0);
  return out;
}

/** How little a place of the wall contracts: 0 as it should, 1 not at all. */
export function akinesia(segment: AkineticSegment | undefined, cosine: number, sine: number, z: number): number {
  if (segment === undefined) return 0;
  const alongHeight = ramp(z, segment.from - 4, segment.from + 4) * (1 - ramp(z, segment.to - 4, segment.to + 4));
  if (segment.halfArc >= Math.PI) return alongHeight;
  const apart = Math.acos(Math.max(-1, Math.min(1, cosine * Math.cos(segment.angle) + sine * Math.sin(segment.angle))));
  return alongHeight * (1 - ramp(apart, segment.halfArc - 0.12, segment.halfArc + 0.25));
}

/** A smooth step from 0 at `low` to 1 at `high`. */
export function ramp(value: number, low: number, high: number): number {
  const x = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return x * x * (3 - 2 * x);
}
