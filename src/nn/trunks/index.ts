/**
 * The list of trunks. Adding one is adding its file and one line here.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import { alexnetBn } from './alexnet-bn.ts';
import { caffenet } from './caffenet.ts';
import { cfn } from './cfn.ts';
import { colourNetwork } from './colour-network.ts';
import { exemplarCnn } from './exemplar-cnn.ts';
import { lstmTrunk } from './lstm.ts';
import { nin } from './nin.ts';
import { resnet } from './resnet.ts';
import { resnet3d } from './resnet3d.ts';
import { sceneDiscriminator } from './scene-discriminator.ts';
import type { Trunk } from './trunk.ts';
import { unet3d } from './unet3d.ts';
import { vgg } from './vgg.ts';
import { vgg3d } from './vgg3d.ts';
import { vit } from './vit.ts';

export const trunks: readonly Trunk[] = [
  alexnetBn,
  caffenet,
  cfn,
  colourNetwork,
  exemplarCnn,
  nin,
  resnet,
  resnet3d,
  unet3d,
  vgg,
  vgg3d,
  vit,
  lstmTrunk,
  sceneDiscriminator,
];

export function trunkById(id: string): Trunk {
  const trunk = trunks.find((candidate) => candidate.id === id);
  if (trunk !== undefined) return trunk;
  throw usageError(`no trunk is called ${id}`, { hint: `choose one of ${trunks.map((known) => known.id).join(', ')}` });
}
