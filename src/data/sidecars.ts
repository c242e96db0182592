/**
 * Masks and boxes beside pictures, found by the names of files: `labels/x.nii.gz` for `images/x.nii.gz`, `x_mask.png`
 * for `x.png`, `Annotations/x.xml` for `JPEGImages/x.jpg`.
 * @module
 */
import type { FileFacts, FolderKnowledge, FolderTree } from './folder-knowledge.ts';
import type { Annotation } from './media.ts';
import { isVocAnnotation, parseVocBoxes } from './voc-boxes.ts';

const maskFolder =
  /^(masks?|labels?(tr|ts)?|annots?|annotations?|segs?|segmentations?|gt|ground[ _-]?truth|segmentationclass)$/i;
const maskSuffix = /[ _-](mask|seg|segmentation|gt|label|labels|groundtruth)$/i;
const picture = /\.(png|jpe?g|bmp|tiff?|webp|gif|nii(\.gz)?|nrrd|nhdr|mha|mhd|npy)$/i;
/** Share of the files of a folder of masks that must belong to a picture. */
const wantedShare = 0.5;

/** `undefined` where there are none. */
export function sidecars(tree: FolderTree): FolderKnowledge | undefined {
  const annotations = new Map<string, Annotation[]>();
  const companions = new Set<string>();
  const add = (path: string, annotation: Annotation) => {
    annotations.set(path, [...(annotations.get(path) ?? []), annotation]);
  };
  for (const [mask, { path, name }] of pairedMasks(tree)) {
    add(path, { type: 'mask', name, file: mask });
    companions.add(mask);
  }
  for (const [path, xml] of pairedXml(tree)) {
    const text = tree.text(xml);
    if (isVocAnnotation(text)) add(path, { type: 'boxes', name: 'boxes', boxes: parseVocBoxes(text) });
  }
  if (annotations.size === 0) return undefined;
  const facts = new Map<string, FileFacts>([...annotations].map(([path, list]) => [path, { annotations: list }]));
  return {
    source: 'masks and boxes beside the pictures',
    of: (path) => facts.get(path),
    companions,
    // Masks are drawn on pictures, not on clips of them.
    ...([...facts.keys()].some((path) => !/\.(nii|nii\.gz|nrrd|nhdr|mha|mhd|npy)$/i.test(path))
      ? { framesAsClips: false }
      : {}),
  };
}

/** Mask files with the picture each belongs to. */
function pairedMasks(tree: FolderTree): Map<string, { path: string; name: string }> {
  const files = tree.paths.filter((path) => picture.test(path));
  const inMaskFolder = new Map<string, string[]>();
  const byName = new Map<string, string[]>();
  const pairs = new Map<string, { path: string; name: string }>();
  for (const path of files) {
    const parts = path.split('/');
    const level = parts.slice(0, -1).findIndex((part) => maskFolder.test(part));
    const stem = stemOf(path);
    if (level >= 0) {
      const folder = parts.slice(0, level + 1).join('/');
      inMaskFolder.set(folder, [...(inMaskFolder.get(folder) ?? []), path]);
    } else byName.set(stem, [...(byName.get(stem) ?? []), path]);
  }
  for (const [folder, masks] of inMaskFolder) {
    const found = masks.flatMap((mask) => {
      const below = mask
        .slice(folder.length + 1)
        .split('/')
        .slice(0, -1);
      const candidates = byName.get(stemOf(mask).replace(maskSuffix, '')) ?? [];
      const fitting = candidates.filter((path) => path.split('/').slice(0, -1).join('/').endsWith(below.join('/')));
      return fitting.length === 1 ? [[mask, fitting[0]] as const] : [];
    });
    if (found.length < wantedShare * masks.length) continue;
    for (const [mask, path] of found) pairs.set(mask, { path, name: 'mask' });
  }
  for (const path of files) {
    const stem = stemOf(path);
    if (pairs.has(path) || !maskSuffix.test(stem)) continue;
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const beside = (byName.get(stem.replace(maskSuffix, '')) ?? []).filter(
      (other) => other.slice(0, other.lastIndexOf('/') + 1) === folder,
    );
    if (beside.length === 1) pairs.set(path, { path: beside[0], name: 'mask' });
  }
  return pairs;
}

/** Pictures with an XML file of the same stem, in their own folder or in `Annotations` beside it. */
function pairedXml(tree: FolderTree): [picture: string, xml: string][] {
  if (!tree.paths.some((path) => path.toLowerCase().endsWith('.xml'))) return [];
  return tree.paths.flatMap((path) => {
    if (!/\.(png|jpe?g|bmp|tiff?)$/i.test(path)) return [];
    const stem = path.replace(/\.[^.]+$/, '');
    const [folder, name] = [stem.slice(0, Math.max(0, stem.lastIndexOf('/'))), stem.slice(stem.lastIndexOf('/') + 1)];
    const above = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    const places = [`${stem}.xml`, `${above === '' ? '' : `${above}/`}Annotations/${name}.xml`];
    const xml = places.find((place) => tree.has(place));
    return xml === undefined ? [] : [[path, xml] as [string, string]];
  });
}

function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/(\.nii)?\.[^.]+$/i, '');
}
