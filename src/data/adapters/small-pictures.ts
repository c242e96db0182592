/**
 * Sets of small pictures in binary batches: CIFAR-10, CIFAR-100, STL-10. Their readers know labels and parts.
 * @module
 */
import type { FolderTree } from '../folder-knowledge.ts';
import type { DatasetAdapter } from './adapter.ts';
import { namedFiles, nameOf } from './text-lists.ts';

function batches(about: Omit<DatasetAdapter, 'recognises' | 'describe'>, file: RegExp, beside: RegExp): DatasetAdapter {
  return {
    ...about,
    recognises: (tree: FolderTree) => namedFiles(tree, file).length > 0 && namedFiles(tree, beside).length > 0,
    describe: () => ({
      source: about.title,
      of: (path) => (file.test(nameOf(path)) ? {} : undefined),
      companions: new Set(),
      complete: true,
    }),
  };
}

export const cifar10 = batches(
  {
    id: 'cifar-10',
    title: 'CIFAR-10',
    contents: '60 000 pictures of 32 x 32 in 10 classes',
    address: 'https://www.cs.toronto.edu/~kriz/cifar.html (binary version)',
    terms: 'no licence stated; widely used for research',
    layout: 'data_batch_1.bin … data_batch_5.bin, test_batch.bin, batches.meta.txt',
  },
  /^(data_batch_\d+|test_batch)\.bin$/,
  /^(data_batch_\d+|test_batch)\.bin$/,
);

export const cifar100 = batches(
  {
    id: 'cifar-100',
    title: 'CIFAR-100',
    contents: '60 000 pictures of 32 x 32 in 100 classes of 20 groups',
    address: 'https://www.cs.toronto.edu/~kriz/cifar.html (binary version)',
    terms: 'no licence stated; widely used for research',
    layout: 'train.bin, test.bin, fine_label_names.txt, coarse_label_names.txt',
  },
  /^(train|test)\.bin$/,
  /^fine_label_names\.txt$/,
);

export const stl10 = batches(
  {
    id: 'stl-10',
    title: 'STL-10',
    contents: '13 000 pictures of 96 x 96 in 10 classes, 100 000 without labels',
    address: 'https://cs.stanford.edu/~acoates/stl10/',
    terms: 'from ImageNet: for research',
    layout: 'train_X.bin, train_y.bin, test_X.bin, test_y.bin, unlabeled_X.bin, class_names.txt',
  },
  /^(train|test|unlabeled)_X\.bin$/,
  /^(train|test|unlabeled)_X\.bin$/,
);
