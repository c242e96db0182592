/**
 * The scatterers of one recording, fixed to the tissue of its plane, and the interfaces between tissues.
 *
 * Diffuse scatterers are spread evenly over the polar grid (about as many in every resolution cell, as speckle needs)
 * and keep their place in the material. Each has a phase of its own that turns with motion through the plane, with a
 * rate drawn from a normal distribution: summed over many, this is speckle whose correlation falls off as a Gaussian of
 * the beam's thickness. Blood turns with time in the same way, and so decorrelates within a few frames.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Anatomy } from './anatomy.ts';
import { type DisplacementField, MaterialPoints } from './field.ts';
import { isBlood, isFluid, scattering, tissue, tissueAt } from './tissue.ts';
import { pointOnPlane, type View } from './views.ts';

export interface Scatterers {
  readonly points: MaterialPoints;
  readonly amplitude: Float32Array;
  /** Phase in cycles, and how it changes: cycles per mm through the plane, cycles per second. */
  readonly turns: Float32Array;
  readonly turnsPerMm: Float32Array;
  readonly turnsPerSecond: Float32Array;
  /** Scatterers per cell of the polar grid, on average. */
  readonly density: number;
}

/** Interfaces: points on them, and a second point a little further along, which tells their slope at any time. */
export interface Interfaces {
  readonly points: MaterialPoints;
  readonly neighbours: MaterialPoints;
  readonly strength: Float32Array;
}

/** The tissue of the plane at picture coordinates at end-diastole. */
export function tissueInView(anatomy: Anatomy, view: View, right: number, deep: number): number {
  if (Math.hypot(right, deep) < anatomy.chestWallMm) return tissue['chest wall'];
  const [x, y, z] = pointOnPlane(view, right, deep);
  return tissueAt(anatomy, x, y, z);
}

/** Thickness of the beam across the plane (standard deviation, mm) and rate at which blood loses its phase (1/s). */
const sliceSigmaMm = 2.6;
const bloodRate = 3;

export function scatter(
  anatomy: Anatomy,
  view: View,
  field: DisplacementField,
  grid: { readonly cells: number; readonly halfAngle: number; readonly depthMm: number; readonly count: number },
  random: Random,
): Scatterers {
  const marginMm = 14;
  const marginAngle = 0.14;
  const farMm = grid.depthMm + marginMm;
  const half = grid.halfAngle + marginAngle;
  const places = grid.count;
  const points = new MaterialPoints(places);
  const amplitude = new Float32Array(places);
  const turns = random.split('phase').fillUniform(new Float32Array(places));
  const turnsPerMm = random
    .split('thickness')
    .fillNormal(new Float32Array(places), 0, 1 / (2 * Math.PI * sliceSigmaMm));
  const turnsPerSecond = random.split('flow').fillNormal(new Float32Array(places), 0, bloodRate);
  const texture = drawTexture(random.split('texture'));
  const spot = random.split('place');
  const bands = Math.round(Math.sqrt((places * farMm) / (2 * half * 110)));
  const muscle = 10 ** (anatomy.muscleDb / 20);
  for (let i = 0; i < places; i++) {
    // Stratified in depth: no band is empty by chance.
    const deepness = ((i % bands) + spot.uniform()) / bands;
    const range = farMm * deepness;
    const angle = spot.uniform(-half, half);
    const right = range * Math.sin(angle);
    const deep = range * Math.cos(angle);
    const kind = tissueInView(anatomy, view, right, deep);
    const [x, y, z] = pointOnPlane(view, right, deep);
    field.describe(points, i, x, y, z);
    let strength = scattering[kind]! * 10 ** (texture(x, y, z, kind === tissue['soft tissue'] ? 5 : 2) / 20);
    if (kind === tissue.myocardium || kind === tissue['right wall'] || kind === tissue.pericardium) {
      strength *= muscle * anisotropy(x, y, z, view);
    }
    if (kind === tissue['chest wall']) strength *= layer(range, anatomy.chestWallMm);
    amplitude[i] = strength;
    if (!isBlood[kind]) turnsPerSecond[i] = 0;
  }
  const share = (2 * grid.halfAngle * grid.depthMm) / (2 * half * farMm);
  return { points, amplitude, turns, turnsPerMm, turnsPerSecond, density: (places * share) / grid.cells };
}

/** Skin, fat and muscle of the chest: bright and dark bands. */
function layer(range: number, thickness: number): number {
  const band = range / thickness;
  return range < 3 ? 2.2 : band < 0.5 ? 0.55 : band < 0.58 ? 1.6 : band < 0.9 ? 0.8 : 1.7;
}

/** Muscle fibres run round the cavity: they scatter most where the beam crosses the wall squarely. */
function anisotropy(x: number, y: number, z: number, { probe }: View): number {
  const [bx, by, bz] = [x - probe[0], y - probe[1], z - probe[2]];
  const radius = Math.hypot(x, y);
  const facing = radius > 0 ? (x * bx + y * by) / (radius * Math.hypot(bx, by, bz)) : 1;
  return 0.66 + 0.6 * facing * facing;
}

/** Slow unevenness of tissue in decibels, fixed to the material: a few plane waves. */
function drawTexture(random: Random): (x: number, y: number, z: number, db: number) => number {
  const waves = Array.from({ length: 8 }, () => {
    const wave = (2 * Math.PI) / random.uniform(7, 34);
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    const norm = wave / Math.hypot(a, b, c);
    return [a * norm, b * norm, c * norm, random.uniform(0, 2 * Math.PI)] as const;
  });
  return (x, y, z, db) => {
    let sum = 0;
    for (const [a, b, c, phase] of waves) sum += Math.sin(a * x + b * y + c * z + phase);
    return 0.5 * db * sum;
  };
}

/** How strongly an interface mirrors the beam, relative to the speckle of myocardium. */
function mirroring(a: number, b: number): number {
  if (isFluid[a] && isFluid[b]) return 0;
  if (a === tissue.pericardium || b === tissue.pericardium) return 2.6;
  if (a === tissue['vessel wall'] || b === tissue['vessel wall']) return 1.6;
  if (a === tissue['chest wall'] || b === tissue['chest wall']) return 0.9;
  return isFluid[a] !== isFluid[b] ? 1.5 : 0.5;
}

const stepMm = 0.8;

/** Walks a fine raster of the plane and keeps every crossing from one tissue to another. */
export function findInterfaces(
  anatomy: Anatomy,
  view: View,
  field: DisplacementField,
  region: { readonly halfAngle: number; readonly depthMm: number },
): Interfaces {
  const reach = region.depthMm * Math.sin(region.halfAngle) + 10;
  const columns = Math.ceil((2 * reach) / stepMm);
  const rows = Math.ceil((region.depthMm + 10) / stepMm);
  const codes = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      codes[row * columns + column] = tissueInView(anatomy, view, column * stepMm - reach, (row + 0.5) * stepMm);
    }
  }
  const found: { right: number; deep: number; along: readonly [number, number]; strength: number }[] = [];
  for (let row = 3; row < rows - 4; row++) {
    for (let column = 3; column < columns - 4; column++) {
      const here = codes[row * columns + column]!;
      for (const [down, across] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const there = codes[(row + down) * columns + column + across]!;
        const strength = here === there ? 0 : mirroring(here, there);
        if (strength === 0) continue;
        const along = slope(codes, columns, row, column, here);
        // Each stretch of an interface is crossed by rows and by columns: count it in the steeper direction only.
        if (along === undefined || (down === 1) !== Math.abs(along[0]) >= Math.abs(along[1])) continue;
        found.push({
          right: (column + 0.5 * across) * stepMm - reach,
          deep: (row + 0.5 + 0.5 * down) * stepMm,
          along,
          strength: strength,
        });
      }
    }
  }
  const points = new MaterialPoints(found.length);
  const neighbours = new MaterialPoints(found.length);
  found.forEach(({ right, deep, along }, index) => {
    const here = pointOnPlane(view, right, deep);
    const next = pointOnPlane(view, right + along[0], deep + along[1]);
    field.describe(points, index, here[0], here[1], here[2]);
    field.describe(neighbours, index, next[0], next[1], next[2]);
  });
  return { points, neighbours, strength: Float32Array.from(found, ({ strength }) => strength) };
}

/** Direction along the border of the region of one tissue, 1 mm long: square to the gradient of its share nearby. */
function slope(
  codes: Uint8Array,
  columns: number,
  row: number,
  column: number,
  code: number,
): readonly [number, number] | undefined {
  let [across, down] = [0, 0];
  for (let i = -3; i <= 3; i++) {
    for (let j = -3; j <= 3; j++) {
      if (codes[(row + i) * columns + column + j] === code) {
        down += i;
        across += j;
      }
    }
  }
  const length = Math.hypot(across, down);
  return length < 4 ? undefined : [-down / length, across / length];
}
