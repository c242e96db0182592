/**
 * Valves in the plane of a view: two leaflets between hinges on the annulus, opened by flow.
 * @module
 */
import type { Anatomy, Vector } from './anatomy.ts';
import type { Contraction, DisplacementField } from './field.ts';
import type { Instant } from './motion.ts';
import { tissue, tissueAt } from './tissue.ts';
import { pointOnPlane, type View } from './views.ts';

export type ValveName = 'mitral' | 'tricuspid' | 'aortic';

export interface Valve {
  readonly name: ValveName;
  /** Hinges in the heart frame at end-diastole: towards the left (or top) of the picture, and the other. */
  readonly hinges: readonly [Vector, Vector];
  /** Lengths over the width of the annulus. */
  readonly lengths: readonly [number, number];
  /** Where the leaflets meet, as a fraction of the way from the first hinge, and how far they bulge downstream or up. */
  readonly meeting: number;
  readonly tent: number;
  /** Greatest opening: 1, or little where the valve is stenotic. */
  readonly mobility: number;
  readonly brightness: number;
  /** +1 where flow goes towards larger z (aortic), -1 where it comes from the atria. */
  readonly downstream: 1 | -1;
}

const chambers: readonly { name: ValveName; code: number; above: number }[] = [
  { name: 'mitral', code: tissue['left atrium'], above: 1.5 },
  { name: 'tricuspid', code: tissue['right atrium'], above: 1.5 },
  { name: 'aortic', code: tissue.aorta, above: 3 },
];

/** The valves that a view cuts, found where the plane meets the openings just above the base. */
export function valvesIn(anatomy: Anatomy, view: View): Valve[] {
  if (view.name === 'parasternal-short-axis') return [];
  const found: Valve[] = [];
  for (const { name, code, above } of chambers) {
    const span = opening(anatomy, view, code, anatomy.baseMm + above);
    if (span === undefined) continue;
    const stiff = anatomy.valve === name;
    const along = view.name === 'parasternal-long-axis';
    found.push({
      name,
      hinges: span,
      // The anterior leaflet of the mitral valve is the long one; it hangs next to the septum or the aortic root.
      lengths: name === 'aortic' ? [0.56, 0.56] : name === 'mitral' && !along ? [0.7, 0.5] : [0.68, 0.52],
      meeting: name === 'aortic' ? 0.5 : 0.58,
      tent: name === 'aortic' ? 0.1 : 0.16,
      mobility: stiff ? 0.22 : 1,
      brightness: stiff ? 3.2 : 1.7,
      downstream: name === 'aortic' ? 1 : -1,
    });
  }
  return found;
}

function opening(anatomy: Anatomy, view: View, code: number, height: number): [Vector, Vector] | undefined {
  const steep = Math.abs(view.deep[2]) > Math.abs(view.right[2]);
  let first: Vector | undefined;
  let last: Vector | undefined;
  for (let step = -140; step <= 280; step++) {
    const free = step * 0.6;
    const held = steep
      ? (height - view.probe[2] - free * view.right[2]) / view.deep[2]
      : (height - view.probe[2] - free * view.deep[2]) / view.right[2];
    const point = steep ? pointOnPlane(view, free, held) : pointOnPlane(view, held, free);
    if (tissueAt(anatomy, point[0], point[1], point[2]) !== code) continue;
    first ??= point;
    last = point;
  }
  if (first === undefined || last === undefined) return undefined;
  return Math.hypot(last[0] - first[0], last[1] - first[1], last[2] - first[2]) < 10 ? undefined : [first, last];
}

export const pointsPerLeaflet = 60;
const layers = 3;

export interface Curve {
  readonly right: Float32Array;
  readonly deep: Float32Array;
  /** Incidence: 1 where the beam meets the leaflet squarely. */
  readonly facing: Float32Array;
}

export function newCurve(): Curve {
  const numbers = () => new Float32Array(2 * pointsPerLeaflet);
  return { right: numbers(), deep: numbers(), facing: numbers() };
}

/** Where the leaflets of a valve are at an instant, as points in the picture (mm): both leaflets, from hinge to tip. */
export function leafletCurve(
  valve: Valve,
  field: DisplacementField,
  state: Contraction,
  instant: Instant,
  view: View,
  out: Curve,
): Curve {
  const a = field.moveOne(valve.hinges[0], state);
  const b = field.moveOne(valve.hinges[1], state);
  const open = valve.mobility * (valve.name === 'aortic' ? instant.aortic : instant.mitral);
  const width = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const [ux, uy] = [(b[0] - a[0]) / width, (b[1] - a[1]) / width];
  // Downstream: square to the annulus, on the side of the ventricle (or of the aorta).
  const [zx, zy] = [view.right[2] * valve.downstream, view.deep[2] * valve.downstream];
  const side = -uy * zx + ux * zy >= 0 ? 1 : -1;
  const [vx, vy] = [-uy * side, ux * side];
  for (const leaflet of [0, 1] as const) {
    const hinge = leaflet === 0 ? a : b;
    const inward = leaflet === 0 ? 1 : -1;
    const gap = (leaflet === 0 ? valve.meeting : 1 - valve.meeting) * width;
    const length = valve.lengths[leaflet] * width;
    const shut = Math.atan2(valve.tent * width, gap);
    const wide = (valve.downstream === 1 ? 84 : 76) * (Math.PI / 180);
    const angle = shut + (wide - shut) * open;
    const reach = Math.max(length, gap * (1 - open));
    const [tipAlong, tipDown] = [Math.cos(angle) * reach, Math.sin(angle) * reach];
    // A shut leaflet bellies upstream; an open one curves with the flow.
    const belly = (0.16 * open - 0.1 * (1 - open)) * reach;
    for (let i = 0; i < pointsPerLeaflet; i++) {
      const t = Math.floor(i / layers) / (pointsPerLeaflet / layers - 1);
      const thickness = (i % layers) * 0.5 - 0.5;
      const bow = 4 * belly * t * (1 - t);
      const along = inward * (tipAlong * t - Math.sin(angle) * (bow + thickness));
      const down = tipDown * t + Math.cos(angle) * (bow + thickness);
      const x = hinge[0] + ux * along + vx * down;
      const y = hinge[1] + uy * along + vy * down;
      const turn = (belly * 4 * (1 - 2 * t)) / reach;
      const tangentAlong = inward * (Math.cos(angle) - Math.sin(angle) * turn);
      const tangentDown = Math.sin(angle) + Math.cos(angle) * turn;
      const tx = ux * tangentAlong + vx * tangentDown;
      const ty = uy * tangentAlong + vy * tangentDown;
      const index = leaflet * pointsPerLeaflet + i;
      out.right[index] = x;
      out.deep[index] = y;
      out.facing[index] = Math.abs(tx * y - ty * x) / (Math.hypot(tx, ty) * Math.hypot(x, y) + 1e-6);
    }
  }
  return out;
}
