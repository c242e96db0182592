/**
 * Every public set whose layout is known. Adding one is adding its file and a line here.
 * @module
 */
import type { FolderTree } from '../folder-knowledge.ts';
import { acdc } from './acdc.ts';
import type { DatasetAdapter } from './adapter.ts';
import { brats } from './brats.ts';
import { camus } from './camus.ts';
import { decathlon } from './decathlon.ts';
import { echonetDynamic } from './echonet-dynamic.ts';
import { hmdb51 } from './hmdb51.ts';
import { fashionMnist, mnist } from './idx-sets.ts';
import { kinetics } from './kinetics.ts';
import { luna16 } from './luna16.ts';
import { medmnist } from './medmnist.ts';
import { pascalVoc } from './pascal-voc.ts';
import { pocus } from './pocus.ts';
import { cifar10, cifar100, stl10 } from './small-pictures.ts';
import { ucf101 } from './ucf101.ts';
import { vocalfolds } from './vocalfolds.ts';

/** In the order they are asked. */
export const adapters: readonly DatasetAdapter[] = [
  echonetDynamic,
  camus,
  acdc,
  pocus,
  brats,
  decathlon,
  luna16,
  medmnist,
  vocalfolds,
  ucf101,
  hmdb51,
  kinetics,
  pascalVoc,
  stl10,
  cifar10,
  cifar100,
  fashionMnist,
  mnist,
];

/** The set that a folder is laid out like; `undefined` where it is like none. */
export function recogniseSet(tree: FolderTree): DatasetAdapter | undefined {
  return adapters.find((adapter) => adapter.recognises(tree));
}
