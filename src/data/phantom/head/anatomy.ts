/**
 * A head: nested ellipsoids in millimetres, x to the left, y to the back, z to the crown, the middle of the brain at 0.
 * Lengths are those of adults; each is drawn once for a patient.
 * @module
 */
import type { Random } from '../../../base/random.ts';
import { type DiagnosisName, diagnosisNames, type HeadOptions } from './options.ts';

export const headTissues = [
  'air',
  'scalp',
  'skull',
  'cerebrospinal fluid',
  'grey matter',
  'white matter',
  'ventricle',
  'deep grey matter',
  'cerebellum',
  'eye',
  'tumour rim',
  'tumour core',
  'oedema',
  'blood',
  'infarct',
] as const;
export type HeadTissue = (typeof headTissues)[number];

export const headTissue = Object.fromEntries(headTissues.map((name, code) => [name, code])) as Readonly<
  Record<HeadTissue, number>
>;

export type Triple = readonly [x: number, y: number, z: number];

export interface Lesion {
  readonly kind: Exclude<DiagnosisName, 'none' | 'hydrocephalus'>;
  readonly centre: Triple;
  readonly radii: Triple;
}

export interface HeadAnatomy {
  /** Half axes of the brain's outer surface. */
  readonly brain: Triple;
  /** Thickness of fluid, skull and scalp. */
  readonly fluidMm: number;
  readonly skullMm: number;
  readonly scalpMm: number;
  /** Thickness of the cortex, and the folds of its inner surface: how many, how deep, where. */
  readonly cortexMm: number;
  readonly folds: readonly { readonly direction: Triple; readonly phase: number; readonly depthMm: number }[];
  /** Scale of the lateral ventricles; 1 is that of a young adult. */
  readonly ventricles: number;
  readonly diagnosis: DiagnosisName;
  readonly lesion: Lesion | undefined;
  /** How the head lies in the scanner: turns about z, x and y in radians, and its shift. */
  readonly turns: Triple;
  readonly shift: Triple;
}

/** Draws a head. Every part has a stream of its own, so that factors are independent. */
export function drawHead(random: Random, { diagnoses }: Pick<HeadOptions, 'diagnoses'>): HeadAnatomy {
  const within = (name: string, low: number, high: number) => random.split(name).uniform(low, high);
  const brain: Triple = [within('width', 60, 71), within('length', 76, 90), within('height', 56, 67)];
  const ill = random.split('ill').bernoulli(diagnoses);
  const diagnosis = ill ? diagnosisNames[1 + random.split('diagnosis').integer(diagnosisNames.length - 1)] : 'none';
  const age = within('age', 0.8, 1.5);
  const lie = random.split('lie');
  const folding = random.split('folds');
  return {
    brain,
    fluidMm: within('fluid', 2, 5),
    skullMm: within('skull', 5, 8),
    scalpMm: within('scalp', 4, 8),
    cortexMm: within('cortex', 6, 8),
    folds: Array.from({ length: 7 }, () => {
      const [x, y, z] = [folding.normal(), folding.normal(), folding.normal()];
      const scale = folding.uniform(0.16, 0.3) / Math.hypot(x, y, z);
      return {
        direction: [x * scale, y * scale, z * scale] as const,
        phase: folding.uniform(0, 2 * Math.PI),
        depthMm: folding.uniform(1.2, 2.6),
      };
    }),
    ventricles: diagnosis === 'hydrocephalus' ? age * within('swelling', 1.6, 2.1) : age,
    diagnosis,
    lesion: diagnosis === 'none' || diagnosis === 'hydrocephalus' ? undefined : drawLesion(random, diagnosis, brain),
    turns: [lie.normal(0, 0.08), lie.normal(0, 0.1), lie.normal(0, 0.05)],
    shift: [lie.normal(0, 3), lie.normal(0, 3), lie.normal(0, 3)],
  };
}

/** In one half, away from the midline and inside the cortex. */
function drawLesion(random: Random, kind: Lesion['kind'], [width, length, height]: Triple): Lesion {
  const place = random.split('lesion');
  const side = place.bernoulli() ? 1 : -1;
  const radius = kind === 'infarct' ? place.uniform(16, 26) : place.uniform(9, 17);
  const stretch = () => radius * place.uniform(0.85, 1.2);
  const out = place.uniform(0.38, 0.58);
  const angle = place.uniform(-0.9, 0.9);
  return {
    kind,
    centre: [side * width * out * Math.cos(angle), length * 0.62 * Math.sin(angle), height * place.uniform(-0.1, 0.5)],
    radii: [stretch(), stretch(), stretch()],
  };
}

/** How far out a place is in an ellipsoid: below 1 inside, and about how many millimetres that is from its surface. */
function depthIn(
  x: number,
  y: number,
  z: number,
  [a, b, c]: Triple,
): { readonly at: number; readonly outside: number } {
  const at = Math.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2);
  return { at, outside: at < 1e-6 ? -Math.min(a, b, c) : (Math.hypot(x, y, z) * (at - 1)) / at };
}

const thirdVentricle: Triple = [2.2, 12, 9];
const thalamus: Triple = [8, 14, 9];
const eyeball: Triple = [12, 12, 12];

/** The tissue at a place of the head's own frame, as a code. */
export function tissueAt(head: HeadAnatomy, x: number, y: number, z: number): number {
  const { brain, fluidMm, skullMm, scalpMm, cortexMm, ventricles } = head;
  const { outside } = depthIn(x, y, z, brain);
  const below = z < -0.35 * brain[2];
  if (isEye(brain, x, y, z)) return headTissue.eye;
  const shell = fluidMm + skullMm;
  if (outside > shell + scalpMm) return neckAt(brain, x, y, z);
  if (outside > shell) return headTissue.scalp;
  if (outside > fluidMm) return headTissue.skull;
  if (outside > 0) return headTissue['cerebrospinal fluid'];
  if (isVentricle(x, y, z, ventricles)) return headTissue.ventricle;
  const damaged = lesionAt(head.lesion, x, y, z);
  if (damaged !== undefined) return damaged;
  // The halves are parted from above, the cerebellum lies below at the back.
  if (Math.abs(x) < 1.6 && z > 0.25 * brain[2] && outside > -26) return headTissue['cerebrospinal fluid'];
  if (below && y > 0.12 * brain[1]) {
    return depthIn(Math.abs(x) - 20, y - 45, z + 38, [26, 24, 20]).at < 1
      ? headTissue.cerebellum
      : headTissue['cerebrospinal fluid'];
  }
  if (depthIn(Math.abs(x) - 13, y - 4, z - 2, thalamus).at < 1) return headTissue['deep grey matter'];
  if (depthIn(Math.abs(x) - 25, y + 6, z - 3, [7, 20, 12]).at < 1) return headTissue['deep grey matter'];
  return outside > -cortexMm - foldAt(head, x, y, z) ? headTissue['grey matter'] : headTissue['white matter'];
}

function foldAt({ folds }: HeadAnatomy, x: number, y: number, z: number): number {
  let sum = 0;
  for (const { direction, phase, depthMm } of folds) {
    sum += depthMm * Math.sin(direction[0] * x + direction[1] * y + direction[2] * z + phase);
  }
  return sum;
}

/** Two horns that bend outwards to the front and the back, and the third ventricle between the thalami. */
function isVentricle(x: number, y: number, z: number, size: number): boolean {
  const bend = 5 + 0.004 * y * y;
  if (depthIn(Math.abs(x) - bend, y - 2, z - 12 - 0.003 * y * y, [5.5 * size, 33 * Math.sqrt(size), 8 * size]).at < 1) {
    return true;
  }
  return depthIn(x, y, z + 2, [thirdVentricle[0] * size, thirdVentricle[1], thirdVentricle[2]]).at < 1;
}

function isEye([, length]: Triple, x: number, y: number, z: number): boolean {
  return depthIn(Math.abs(x) - 32, y + length - 4, z + 32, eyeball).at < 1;
}

/** The neck below, air around. */
function neckAt([, length]: Triple, x: number, y: number, z: number): number {
  if (z > -50) return headTissue.air;
  return (x / 52) ** 2 + ((y - 0.2 * length) / 62) ** 2 < 1 ? headTissue.scalp : headTissue.air;
}

function lesionAt(lesion: Lesion | undefined, x: number, y: number, z: number): number | undefined {
  if (lesion === undefined) return undefined;
  const { kind, centre, radii } = lesion;
  const { at } = depthIn(x - centre[0], y - centre[1], z - centre[2], radii);
  switch (kind) {
    case 'tumour':
      if (at < 0.6) return headTissue['tumour core'];
      if (at < 1) return headTissue['tumour rim'];
      return at < 1.45 ? headTissue.oedema : undefined;
    case 'haemorrhage':
      if (at < 1) return headTissue.blood;
      return at < 1.25 ? headTissue.oedema : undefined;
    case 'infarct':
      return at < 1 ? headTissue.infarct : undefined;
  }
}
