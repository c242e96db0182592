/**
 * Which tissue lies where in the heart at end-diastole, and how it scatters.
 * @module
 */
import { type Anatomy, type Ellipsoid, type Surfaces, surfaces } from './anatomy.ts';

export const tissues = [
  'soft tissue',
  'chest wall',
  'myocardium',
  'left ventricle',
  'right ventricle',
  'left atrium',
  'right atrium',
  'aorta',
  'vessel wall',
  'pericardium',
  'effusion',
  'fat',
  'liver',
  'papillary muscle',
  'right wall',
  'descending aorta',
] as const;
export type TissueName = (typeof tissues)[number];

export const tissue = Object.fromEntries(tissues.map((name, code) => [name, code])) as Readonly<
  Record<TissueName, number>
>;

/** Backscattered amplitude relative to myocardium, by tissue code. */
export const scattering: readonly number[] = tissues.map(
  (name) =>
    ({
      'soft tissue': 0.16,
      'chest wall': 1.5,
      myocardium: 1,
      'left ventricle': 0.022,
      'right ventricle': 0.026,
      'left atrium': 0.02,
      'right atrium': 0.022,
      aorta: 0.022,
      'vessel wall': 1.1,
      pericardium: 2.2,
      effusion: 0.012,
      fat: 0.45,
      liver: 0.5,
      'papillary muscle': 1.15,
      'right wall': 1.1,
      'descending aorta': 0.035,
    })[name],
);

const fluids = new Set([3, 4, 5, 6, 7, 10, 15]);

/** True for blood and effusion. */
export const isFluid: readonly boolean[] = tissues.map((_, code) => fluids.has(code));

/** True for blood, whose scatterers keep no place. */
export const isBlood: readonly boolean[] = tissues.map((_, code) => fluids.has(code) && code !== tissue.effusion);

/** Less than 1 inside; the excess times the smallest half-axis is about the distance outside. */
function reach({ centre, semiAxes }: Ellipsoid, x: number, y: number, z: number, growth = 0): number {
  const a = (x - centre[0]) / (semiAxes[0] + growth);
  const b = (y - centre[1]) / (semiAxes[1] + growth);
  const c = (z - centre[2]) / (semiAxes[2] + growth);
  return a * a + b * b + c * c;
}

const scratch: Surfaces = { endocardium: 0, epicardium: 0, rightGap: 0, outside: 0 };
const pericardiumMm = 1.7;

/** The code of the tissue at a point of the heart frame at end-diastole (the chest wall belongs to the view). */
export function tissueAt(anatomy: Anatomy, x: number, y: number, z: number): number {
  const radius = Math.sqrt(x * x + y * y);
  const cosine = radius > 0 ? x / radius : 1;
  const sine = radius > 0 ? y / radius : 0;
  const { endocardium, epicardium, rightGap, outside } = surfaces(anatomy, cosine, sine, z, scratch);
  if (z > anatomy.baseMm) {
    const above = aboveBase(anatomy, x, y, z);
    if (above >= 0) return above;
    const groove = outside + 4 - 0.55 * (z - anatomy.baseMm);
    return radius < groove ? tissue.fat : beyond(anatomy, x, y, z);
  }
  if (radius < endocardium) return inCavity(anatomy, radius / endocardium, cosine, sine, z);
  if (radius < epicardium) return tissue.myocardium;
  if (rightGap > 0 && radius < epicardium + rightGap) {
    return tissue['right ventricle'];
  }
  if (radius < outside) return tissue['right wall'];
  const sac = z < -20 ? 0 : anatomy.effusionMm * effusionShape(anatomy, cosine, sine, z);
  // At the apex the sac closes round the tip: distances are taken along the ray, so the tip is handled by height.
  const tip = z < 0 ? -z : 0;
  const gap = radius - outside;
  const distance = tip > 0 ? Math.sqrt(radius * radius + tip * tip) : gap;
  if (distance < sac) return tissue.effusion;
  if (distance < sac + pericardiumMm) return tissue.pericardium;
  return beyond(anatomy, x, y, z);
}

/** Fluid gathers below and behind, little of it round the apex. */
function effusionShape({ baseMm }: Anatomy, cosine: number, sine: number, z: number): number {
  const behind = 0.62 - 0.38 * (sine * 0.8 - cosine * 0.6);
  return behind * Math.max(0.25, Math.min(1, (z + 10) / (0.45 * baseMm))) * Math.min(1, (baseMm + 6 - z) / 12);
}

function inCavity(anatomy: Anatomy, fraction: number, cosine: number, sine: number, z: number): number {
  const level = (z / anatomy.baseMm - 0.5) / 0.17;
  if (level > -1 && level < 1 && fraction > 0.5) {
    for (const direction of anatomy.papillary) {
      const along = cosine * direction[0] + sine * direction[1];
      const across = (fraction * Math.sqrt(Math.max(0, 1 - along * along))) / 0.2;
      const outward = (fraction * along - 0.8) / 0.25;
      if (across * across + outward * outward + level * level < 1) return tissue['papillary muscle'];
    }
  }
  return tissue['left ventricle'];
}

function aboveBase(anatomy: Anatomy, x: number, y: number, z: number): number {
  const above = z - anatomy.baseMm;
  const lean = 0.22 * above;
  const dx = x - anatomy.rootCentre[0] - anatomy.rootwards[0] * lean;
  const dy = y - anatomy.rootCentre[1] - anatomy.rootwards[1] * lean;
  const fromRoot = Math.sqrt(dx * dx + dy * dy);
  // Sinuses of Valsalva: the root bulges above the annulus and narrows to the tube.
  const root = anatomy.rootRadiusMm * (1 + 0.16 * Math.exp(-(((above - 11) / 7) ** 2)));
  if (above < 60 && fromRoot < root) return tissue.aorta;
  if (above < 60 && fromRoot < root + 2.2) return tissue['vessel wall'];
  const outflow = outflowAt(anatomy, x, y, above);
  if (outflow >= 0) return outflow;
  if (reach(anatomy.leftAtrium, x, y, z) < 1) return tissue['left atrium'];
  if (reach(anatomy.rightAtrium, x, y, z) < 1) return tissue['right atrium'];
  if (reach(anatomy.leftAtrium, x, y, z, anatomy.atrialWallMm) < 1) return tissue['vessel wall'];
  if (reach(anatomy.rightAtrium, x, y, z, anatomy.atrialWallMm) < 1) return tissue['vessel wall'];
  return -1;
}

/** The outflow tract of the right ventricle crosses in front of the aortic root. */
function outflowAt(anatomy: Anatomy, x: number, y: number, above: number): number {
  const radius = Math.sqrt(x * x + y * y);
  const towards = (x * anatomy.rootwards[0] + y * anatomy.rootwards[1]) / Math.max(radius, 1e-6);
  if (towards < 0.78 || above > 40) return -1;
  const { epicardium, rightGap } = scratch;
  const shrink = 1 - (above / 42) ** 2;
  if (radius < epicardium - 4 || rightGap === 0) return -1;
  if (radius < epicardium + rightGap * shrink) return tissue['right ventricle'];
  return radius < epicardium + rightGap * shrink + anatomy.rightWallMm ? tissue['right wall'] : -1;
}

function beyond(anatomy: Anatomy, x: number, y: number, z: number): number {
  // The descending aorta crosses behind the left atrium, square to the parasternal long axis.
  const { descendingCentre: centre, descendingRadiusMm: width, rootwards } = anatomy;
  const along = (x - centre[0]) * rootwards[0] + (y - centre[1]) * rootwards[1];
  const high = z - centre[2];
  const across = (y - centre[1]) * rootwards[0] - (x - centre[0]) * rootwards[1];
  const distance = Math.abs(across) < 24 ? Math.sqrt(along * along + high * high) : Infinity;
  if (distance < width) return tissue['descending aorta'];
  if (distance < width + 1.8) return tissue['vessel wall'];
  if (-0.9 * y - 0.44 * (z - 0.3 * anatomy.baseMm) > anatomy.liverDistanceMm) return tissue.liver;
  return tissue['soft tissue'];
}
