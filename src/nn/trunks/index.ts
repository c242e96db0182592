/**
 * The list of trunks. Adding one is adding its file and one line here.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { alexnetBn } from './alexnet-bn.ts';
import { c3d } from './c3d.ts';
import { caffenet } from './caffenet.ts';
import { cfn } from './cfn.ts';
import { colourNetwork } from './colour-network.ts';
import { convlstm } from './convlstm.ts';
import { exemplarCnn } from './exemplar-cnn.ts';
import { lstmTrunk } from './lstm.ts';
import { nin } from './nin.ts';
import { r2plus1d } from './r2plus1d.ts';
import { resnet } from './resnet.ts';
import { resnet2d3d } from './resnet2d3d.ts';
import { resnet3d } from './resnet3d.ts';
import { sceneDiscriminator } from './scene-discriminator.ts';
import { splitBrainTrunk } from './split-brain.ts';
import type { Trunk } from './trunk.ts';
import { unet3d } from './unet3d.ts';
import { vgg } from './vgg.ts';
import { vgg3d } from './vgg3d.ts';
import { vit } from './vit.ts';
import { vit3d } from './vit3d.ts';

export const trunks: readonly Trunk[] = [
  alexnetBn,
  caffenet,
  cfn,
  colourNetwork,
  exemplarCnn,
  nin,
  resnet,
  resnet3d,
  resnet2d3d,
  r2plus1d,
  c3d,
  unet3d,
  vgg,
  vgg3d,
  vit,
  vit3d,
  lstmTrunk,
  convlstm,
  sceneDiscriminator,
  splitBrainTrunk,
];

export function trunkById(id: string): Trunk {
  const trunk = trunks.find((candidate) => candidate.id === id);
  if (trunk !== undefined) return trunk;
  throw usageError(`no trunk is called ${id}`, { hint: `choose one of ${trunks.map((known) => known.id).join(', ')}` });
}
