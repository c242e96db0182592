/**
 * Four standard views: planes through the same solid, as a probe on the chest sees them.
 *
 * A view is a probe: its place, the direction to the right of the picture, the direction of depth, and the normal of
 * the plane, all in the heart frame. A point's picture coordinates are its components along the first two, in mm.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { type Anatomy, degrees, surfaces, type Vector } from './anatomy.ts';
import type { ViewName } from './options.ts';

export interface View {
  readonly name: ViewName;
  readonly probe: Vector;
  readonly right: Vector;
  readonly deep: Vector;
  readonly normal: Vector;
  readonly depthMm: number;
  /** How far breathing in moves the heart: right, deeper, through the plane. */
  readonly drift: Vector;
}

const direction = (angle: number): Vector => [Math.cos(angle * degrees), Math.sin(angle * degrees), 0];
const negative = ([x, y, z]: Vector): Vector => [-x, -y, -z];
const along: Vector = [0, 0, 1];

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function sum(...terms: readonly (readonly [number, Vector])[]): Vector {
  let [x, y, z] = [0, 0, 0];
  for (const [weight, vector] of terms) {
    x += weight * vector[0];
    y += weight * vector[1];
    z += weight * vector[2];
  }
  return [x, y, z];
}

/** Turns one axis towards another by an angle in radians. */
function turn(a: Vector, b: Vector, angle: number): [Vector, Vector] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [sum([c, a], [s, b]), sum([c, b], [-s, a])];
}

interface Stance {
  readonly right: Vector;
  readonly deep: Vector;
  /** The point the probe looks at, and how far behind it the probe stands. */
  readonly target: Vector;
  readonly standoff: number;
  readonly depthMm: number;
  /** Turn within the plane and tilt of the plane, degrees. */
  readonly roll: number;
  readonly tilt: number;
}

function stanceOf(anatomy: Anatomy, name: ViewName): Stance {
  const { baseMm, chestWallMm } = anatomy;
  const apical = { deep: along, target: [0, 0, 0] as Vector, standoff: chestWallMm + 7 };
  const reachTo = (angle: number, z: number) => {
    const [cosine, sine] = direction(angle);
    return surfaces(anatomy, cosine, sine, z, { endocardium: 0, epicardium: 0, rightGap: 0, outside: 0 }).outside;
  };
  const apicalDepth = chestWallMm + baseMm + 50;
  switch (name) {
    case 'apical-four-chamber':
      return { ...apical, right: direction(20), depthMm: apicalDepth, roll: 9, tilt: 6 };
    case 'apical-two-chamber':
      return { ...apical, right: direction(85), depthMm: apicalDepth, roll: -3, tilt: 5 };
    case 'parasternal-long-axis': {
      const standoff = reachTo(140, 0.75 * baseMm) + chestWallMm + 3;
      const target: Vector = [0, 0, 0.74 * baseMm];
      return {
        right: along,
        deep: negative(direction(140)),
        target,
        standoff,
        depthMm: standoff + 70,
        roll: 10,
        tilt: 0,
      };
    }
    case 'parasternal-short-axis': {
      const standoff = reachTo(122, 0.52 * baseMm) + chestWallMm + 9;
      const target = sum([0.52 * baseMm, along], [8, direction(185)]);
      const deep = negative(direction(115));
      return { right: direction(25), deep, target, standoff, depthMm: standoff + 50, roll: 0, tilt: 0 };
    }
  }
}

/** Places the probe for one recording: the standard stance, the patient's tilt, and a hand that is never quite there. */
export function placeView(anatomy: Anatomy, name: ViewName, random: Random): View {
  const stance = stanceOf(anatomy, name);
  const jitter = (label: string, spread: number) => spread * Math.max(-2, Math.min(2, random.split(label).normal()));
  const apical = name.startsWith('apical');
  const squareTo = cross(stance.right, stance.deep);
  const roll = (stance.roll + jitter('roll', 2.5)) * degrees + 0.6 * anatomy.tilt[0];
  const tilt = (stance.tilt + jitter('tilt', 1.5)) * degrees + 0.25 * anatomy.tilt[1];
  const twist = jitter('twist', 4) * degrees + 0.5 * anatomy.tilt[2];
  // A short axis turns about the direction of depth only a little, or it would no longer be a short axis.
  let [right, normal] = turn(stance.right, squareTo, apical ? twist : 0.3 * twist);
  let deep = stance.deep;
  [deep, normal] = turn(deep, normal, tilt);
  [deep, right] = turn(deep, right, -roll);
  const shift = sum([jitter('shift', 2.5), right], [jitter('slice', 1.2), normal]);
  const standoff = stance.standoff + jitter('standoff', 1.5);
  const probe = sum([1, stance.target], [-standoff, deep], [1, shift]);
  const depthMm = Math.round((stance.depthMm + random.split('depth').uniform(-4, 8)) / 5) * 5;
  const breath = random.split('breath');
  const drift: Vector = [breath.uniform(-2, 2), breath.uniform(0.8, 2.8), breath.uniform(-1.2, 1.2)];
  return { name, probe, right, deep, normal, depthMm, drift };
}

/** The point of the heart frame seen at picture coordinates (right, deep) in mm. */
export function pointOnPlane(view: View, right: number, deep: number): Vector {
  const { probe, right: r, deep: d } = view;
  return [
    probe[0] + right * r[0] + deep * d[0],
    probe[1] + right * r[1] + deep * d[1],
    probe[2] + right * r[2] + deep * d[2],
  ];
}
