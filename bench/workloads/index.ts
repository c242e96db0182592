/** The nine workloads of the peer, by name. */
import { c3dRubik } from './c3d-rubik.ts';
import { cfnJigsaw } from './cfn-jigsaw.ts';
import { lstmComposite } from './lstm-composite.ts';
import { maeStep } from './mae-step.ts';
import { ninRotation } from './nin-rotation.ts';
import { r3d18Features, r3d18Rotation } from './r3d18.ts';
import { resnet18Simclr } from './resnet18-simclr.ts';
import { vganStep } from './vgan-step.ts';
import type { Workload } from './workload.ts';

export const workloads: Readonly<Record<string, () => Workload>> = {
  nin_rotation: ninRotation,
  cfn_jigsaw: cfnJigsaw,
  r3d18_rotation: r3d18Rotation,
  resnet18_simclr: resnet18Simclr,
  c3d_rubik: c3dRubik,
  lstm_composite: lstmComposite,
  vgan_step: vganStep,
  mae_step: maeStep,
  r3d18_features: r3d18Features,
};
