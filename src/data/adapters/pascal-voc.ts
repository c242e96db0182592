/**
 * PASCAL VOC, and sets in its layout: boxes, segmentations, lists of training and test pictures.
 * @module
 */
import type { FileFacts, FolderTree } from '../folder-knowledge.ts';
import type { Annotation, Label, SplitPart } from '../media.ts';
import { parseVocBoxes } from '../voc-boxes.ts';
import type { DatasetAdapter } from './adapter.ts';
import { OfficialPlaces } from './official-places.ts';
import { linesOf } from './text-lists.ts';

const listed: readonly (readonly [string, SplitPart])[] = [
  ['train', 'train'],
  ['val', 'validation'],
  ['test', 'test'],
  ['trainval', 'train'],
];

const picture = /^(.*?)JPEGImages\/([^/]+)\.(jpe?g|png)$/i;

const names = [
  ...['aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog'],
  ...['horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor'],
];
const segmentationClasses = { ...Object.fromEntries(names.map((name, i) => [String(i + 1), name])), 255: 'border' };

export const pascalVoc: DatasetAdapter = {
  id: 'pascal-voc',
  title: 'PASCAL VOC',
  contents: 'pictures with boxes of 20 classes and some segmentations; also other sets in this layout',
  address: 'http://host.robots.ox.ac.uk/pascal/VOC/',
  terms: 'pictures from Flickr under its terms of use: for research',
  layout: 'JPEGImages/*.jpg, Annotations/*.xml, ImageSets/Main/train.txt, val.txt, test.txt, SegmentationClass/*.png',
  recognises: (tree) =>
    tree.paths.some((path) => picture.test(path)) &&
    tree.paths.some((path) => /(^|\/)Annotations\/[^/]+\.xml$/.test(path)),
  describe(tree) {
    const official = officialParts(tree);
    const facts = new Map<string, FileFacts>();
    const companions = new Set(tree.paths.filter((path) => /(^|\/)Segmentation(Class|Object)\//.test(path)));
    const found = tree.paths.flatMap((path) => {
      const match = picture.exec(path);
      if (match === null) return [];
      const [, root, stem] = match;
      const xml = `${root}Annotations/${stem}.xml`;
      return [{ path, root, stem, boxes: tree.has(xml) ? parseVocBoxes(tree.text(xml)) : undefined }];
    });
    const classes = [...new Set(found.flatMap(({ boxes = [] }) => boxes.map(({ label }) => label)))].sort();
    for (const { path, root, stem, boxes } of found) {
      const annotations: Annotation[] = boxes === undefined ? [] : [{ type: 'boxes', name: 'objects', boxes }];
      const mask = `${root}SegmentationClass/${stem}.png`;
      if (tree.has(mask)) annotations.push({ type: 'mask', name: 'classes', file: mask, classes: segmentationClasses });
      const present = new Set(boxes?.map(({ label }) => label));
      const labels: Record<string, Label> = {};
      if (boxes !== undefined) for (const name of classes) labels[name] = present.has(name) ? 1 : 0;
      facts.set(path, { patient: stem, labels, annotations, official: official.of(`${root}${stem}`) });
    }
    return { source: 'PASCAL VOC', of: (path) => facts.get(path), companions, complete: true, framesAsClips: false };
  },
};

/** `trainval` is the lists of training and of validation together: it places what neither of them names. */
function officialParts(tree: FolderTree): OfficialPlaces {
  const places = new OfficialPlaces();
  const lists = tree.paths.flatMap((path) => {
    const found = /^(.*?)ImageSets\/Main\/([a-z]+)\.txt$/.exec(path);
    return found === null ? [] : [{ path, root: found[1], name: found[2] }];
  });
  for (const [name, part] of listed) {
    for (const list of lists.filter((one) => one.name === name)) {
      for (const line of linesOf(tree.text(list.path))) {
        const picture = `${list.root}${line.split(/\s+/)[0]}`;
        if (name === 'trainval' && places.of(picture) !== undefined && places.of(picture) !== 'test') continue;
        places.put(picture, part, list.path);
      }
    }
  }
  return places;
}
