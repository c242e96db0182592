/**
 * The displacement field, analytic in material coordinates: where a point that was here at end-diastole is now.
 *
 * With z along the long axis and ρ the distance from it at end-diastole, a volume ratio v gives λ = v^0.2 for length
 * and the rest to the cross-section: cavity r = kρ; wall r² = k²Ri² + (ρ² − Ri²)/λ, whose Jacobian is exactly 1:
 * muscle is incompressible and thickens as it must. Outside, displacement dies away; above the annulus the atria
 * stretch as the base descends. k is lessened where the wall is akinetic, and the rest of the wall makes up for it,
 * so that the volume ratio is v whatever the segment (closed form, `contractionFor`).
 * @module
 */
import { type Anatomy, akinesia, ramp, type Surfaces, surfaces, type Vector } from './anatomy.ts';
import type { View } from './views.ts';

/** The few numbers of an instant that the field depends on. */
export interface Contraction {
  /** Length over length at end-diastole. */
  readonly lengthening: number;
  /** 1 − k of a healthy place. */
  readonly narrowing: number;
  /** Gap of the right ventricle over that at end-diastole, minus 1. */
  readonly rightNarrowing: number;
  /** Twist of the apex against the middle in radians. */
  readonly torsion: number;
  /** Breathing: displacement of the whole heart in the picture, mm. */
  readonly shiftRight: number;
  readonly shiftDeep: number;
  readonly shiftThrough: number;
}

/** Where material points are in the picture: right, deep and through the plane, mm. */
export interface MovedPoints {
  readonly right: Float32Array;
  readonly deep: Float32Array;
  readonly through: Float32Array;
}

const lengthExponent = 0.2;
const stretchedAboveMm = 58;

const cavity = 0;
const wall = 1;
const outside = 2;
/** Torsion of the apex at the end of an ejection of 60 %, radians. */
const fullTorsion = 9 * (Math.PI / 180);

/** Material points, described once by all the field needs to move them. */
export class MaterialPoints {
  readonly count: number;
  readonly zone: Uint8Array;
  readonly radius: Float32Array;
  readonly cosine: Float32Array;
  readonly sine: Float32Array;
  readonly height: Float32Array;
  readonly endocardium: Float32Array;
  readonly epicardium: Float32Array;
  readonly akinesia: Float32Array;
  /** Weights of radial motion, of the epicardium's and of the right gap's (in mm), and of lengthening (in mm). */
  readonly radial: Float32Array;
  readonly outward: Float32Array;
  readonly gap: Float32Array;
  readonly axial: Float32Array;
  readonly twist: Float32Array;
  /** 0 where the chest wall holds, 1 where the heart is free. */
  readonly mobility: Float32Array;

  constructor(count: number) {
    const numbers = () => new Float32Array(count);
    this.count = count;
    this.zone = new Uint8Array(count);
    this.radius = numbers();
    this.cosine = numbers();
    this.sine = numbers();
    this.height = numbers();
    this.endocardium = numbers();
    this.epicardium = numbers();
    this.akinesia = numbers();
    this.radial = numbers();
    this.outward = numbers();
    this.gap = numbers();
    this.axial = numbers();
    this.twist = numbers();
    this.mobility = numbers();
  }
}

interface Moments {
  /** Mean and mean square of 1 − akinesia over the cavity. */
  readonly meanActivity: number;
  readonly squareActivity: number;
  readonly endDiastolicVolume: number;
}

/** All views of a heart share them. */
const knownMoments = new WeakMap<Anatomy, Moments>();

function momentsOf(anatomy: Anatomy): Moments {
  const known = knownMoments.get(anatomy);
  if (known !== undefined) return known;
  const scratch: Surfaces = { endocardium: 0, epicardium: 0, rightGap: 0, outside: 0 };
  const [levels, angles] = [64, 72];
  let [weight, mean, square] = [0, 0, 0];
  for (let level = 0; level < levels; level++) {
    const z = ((level + 0.5) / levels) * anatomy.baseMm;
    for (let k = 0; k < angles; k++) {
      const [cosine, sine] = [Math.cos((2 * Math.PI * k) / angles), Math.sin((2 * Math.PI * k) / angles)];
      const area = surfaces(anatomy, cosine, sine, z, scratch).endocardium ** 2;
      const activity = 1 - akinesia(anatomy.segment, cosine, sine, z);
      weight += area;
      mean += area * activity;
      square += area * activity * activity;
    }
  }
  const meanActivity = mean / weight;
  const squareActivity = square / weight;
  const endDiastolicVolume = ((weight / (levels * angles)) * Math.PI * anatomy.baseMm) / 1000;
  const moments = { meanActivity, squareActivity, endDiastolicVolume };
  knownMoments.set(anatomy, moments);
  return moments;
}

export class DisplacementField {
  readonly #anatomy: Anatomy;
  readonly #view: View;
  readonly #surfaces: Surfaces = { endocardium: 0, epicardium: 0, rightGap: 0, outside: 0 };
  readonly #meanActivity: number;
  readonly #squareActivity: number;
  /** Volume of the cavity at end-diastole in millilitres. */
  readonly endDiastolicVolume: number;

  constructor(anatomy: Anatomy, view: View) {
    this.#anatomy = anatomy;
    this.#view = view;
    const { meanActivity, squareActivity, endDiastolicVolume } = momentsOf(anatomy);
    this.#meanActivity = meanActivity;
    this.#squareActivity = squareActivity;
    this.endDiastolicVolume = endDiastolicVolume;
  }

  /** The state of the heart at a volume ratio (1 at end-diastole) and a breath (-1 to 1). */
  contractionFor(volume: number, respiration: number): Contraction {
    const lengthening = volume ** lengthExponent;
    const [m, s] = [this.#meanActivity, this.#squareActivity];
    // Mean of k² over the cavity must be v/λ: 1 − 2cm + c²s = v/λ, solved for c.
    const narrowing = (m - Math.sqrt(Math.max(0, m * m - s * (1 - volume / lengthening)))) / s;
    const { drift } = this.#view;
    return {
      lengthening,
      narrowing,
      rightNarrowing: -0.5 * (1 - volume),
      torsion: (fullTorsion * (1 - volume)) / 0.6,
      shiftRight: respiration * drift[0],
      shiftDeep: respiration * drift[1],
      shiftThrough: respiration * drift[2],
    };
  }

  /** Describes the point (x, y, z) of the heart frame at end-diastole as point `index` of `points`. */
  describe(points: MaterialPoints, index: number, x: number, y: number, z: number): void {
    const anatomy = this.#anatomy;
    const radius = Math.sqrt(x * x + y * y);
    const cosine = radius > 0 ? x / radius : 1;
    const sine = radius > 0 ? y / radius : 0;
    const found = surfaces(anatomy, cosine, sine, z, this.#surfaces);
    const { baseMm } = anatomy;
    const beyond = radius - found.outside;
    const decay = beyond > 0 ? Math.exp(-beyond / 16) : 1;
    const above = z - baseMm;
    points.radius[index] = radius;
    points.cosine[index] = cosine;
    points.sine[index] = sine;
    points.height[index] = z;
    points.endocardium[index] = found.endocardium;
    points.epicardium[index] = found.epicardium;
    points.akinesia[index] = akinesia(anatomy.segment, cosine, sine, z);
    points.zone[index] = radius < found.endocardium ? cavity : radius < found.epicardium ? wall : outside;
    points.radial[index] = above > 0 ? 1 - ramp(above, 0, 26) : 1;
    points.outward[index] = decay;
    points.gap[index] = Math.max(0, Math.min(radius - found.epicardium, found.rightGap)) * decay;
    const reach = above <= 0 ? Math.max(0, z) : baseMm * Math.max(0, 1 - above / stretchedAboveMm);
    points.axial[index] = reach * decay;
    points.twist[index] =
      (above > 0 ? -0.35 * (1 - ramp(above, 0, 20)) : 0.9 - (1.25 * Math.max(0, z)) / baseMm) * decay;
    const { probe } = this.#view;
    const fromProbe = Math.hypot(x - probe[0], y - probe[1], z - probe[2]);
    points.mobility[index] = ramp(fromProbe, anatomy.chestWallMm - 2, anatomy.chestWallMm + 18);
  }

  /** Moves the first `count` points to an instant. Nothing is allocated. */
  move(points: MaterialPoints, state: Contraction, out: MovedPoints, count = points.count): void {
    const { zone, radius, cosine, sine, height, endocardium, epicardium, mobility } = points;
    const { radial, outward, gap, axial, twist, akinesia: still } = points;
    const { lengthening, narrowing, rightNarrowing, torsion, shiftRight, shiftDeep, shiftThrough } = state;
    const { probe, right, deep, normal } = this.#view;
    const [rx, ry, rz] = right;
    const [dx, dy, dz] = deep;
    const [nx, ny, nz] = normal;
    const [px, py, pz] = probe;
    const shortening = lengthening - 1;
    const widening = 1 / lengthening;
    for (let i = 0; i < count; i++) {
      const before = radius[i]!;
      const inner = endocardium[i]!;
      const k = 1 - narrowing * (1 - still[i]!);
      let change: number;
      if (zone[i] === cavity) {
        change = (k - 1) * before;
      } else {
        const squared = k * k * inner * inner;
        if (zone[i] === wall) {
          change = Math.sqrt(squared + (before * before - inner * inner) * widening) - before;
        } else {
          const outer = epicardium[i]!;
          const moved = Math.sqrt(squared + (outer * outer - inner * inner) * widening);
          change = (moved - outer) * outward[i]! + rightNarrowing * gap[i]!;
        }
      }
      const free = mobility[i]!;
      const after = before + change * radial[i]! * free;
      const angle = torsion * twist[i]! * free;
      const straight = 1 - 0.5 * angle * angle;
      const c = cosine[i]!;
      const s = sine[i]!;
      const x = after * (c * straight - s * angle) - px;
      const y = after * (s * straight + c * angle) - py;
      const z = height[i]! + shortening * axial[i]! * free - pz;
      out.right[i] = x * rx + y * ry + z * rz + shiftRight * free;
      out.deep[i] = x * dx + y * dy + z * dz + shiftDeep * free;
      out.through[i] = x * nx + y * ny + z * nz + shiftThrough * free;
    }
  }

  /** One point, for truth and tests: picture coordinates (right, deep, through) in mm at an instant. */
  moveOne(point: Vector, state: Contraction): [right: number, deep: number, through: number] {
    this.describe(single, 0, point[0], point[1], point[2]);
    this.move(single, state, singleMoved, 1);
    return [singleMoved.right[0]!, singleMoved.deep[0]!, singleMoved.through[0]!];
  }
}

const single = new MaterialPoints(1);
const singleMoved: MovedPoints = {
  right: new Float32Array(1),
  deep: new Float32Array(1),
  through: new Float32Array(1),
};
