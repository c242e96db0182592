/**
 * MNIST and Fashion-MNIST: the same files, told apart by the name of their folder.
 * @module
 */
import type { FolderTree } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';
import { namedFiles, nameOf } from './text-lists.ts';

const file = /^(train|t10k)\w*-images[-.]idx3-ubyte(\.gz)?$/;
const clothes = [
  'T-shirt/top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

function isFashion(tree: FolderTree): boolean {
  return [tree.name, ...namedFiles(tree, file)].some((name) => /fashion/i.test(name));
}

export const fashionMnist: DatasetAdapter = {
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  contents: '70 000 grey pictures of 28 x 28, ten kinds of clothes',
  address: 'https://github.com/zalandoresearch/fashion-mnist (Debian: dataset-fashion-mnist)',
  terms: 'MIT',
  layout: 'fashion-mnist/train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-…',
  recognises: (tree) => namedFiles(tree, file).length > 0 && isFashion(tree),
  describe: () => ({
    source: 'Fashion-MNIST',
    of: (path) => (file.test(nameOf(path)) ? {} : undefined),
    companions: new Set(),
    complete: true,
    classNames: () => ({ label: clothes }),
  }),
};

export const mnist: DatasetAdapter = {
  id: 'mnist',
  title: 'MNIST',
  contents: '70 000 grey pictures of 28 x 28, handwritten digits',
  address: 'https://yann.lecun.com/exdb/mnist/',
  terms: 'CC BY-SA 3.0',
  layout: 'train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-…',
  recognises: (tree) => namedFiles(tree, file).length > 0 && !isFashion(tree),
  describe: () => ({
    source: 'MNIST',
    of: (path) => (file.test(nameOf(path)) ? {} : undefined),
    companions: new Set(),
    complete: true,
  }),
};
