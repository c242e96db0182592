/** The nine workloads of the peer, by name. */
import { c3dRubik } from './c3d-rubik.ts';
import { ninRotation } from './nin-rotation.ts';
import { r3d18Features, r3d18Rotation } from './r3d18.ts';
import type { Workload } from './workload.ts';

export const workloads: Readonly<Record<string, () => Workload>> = {
  nin_rotation: ninRotation,
  r3d18_rotation: r3d18Rotation,
  c3d_rubik: c3dRubik,
  r3d18_features: r3d18Features,
};
