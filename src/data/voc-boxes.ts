/**
 * Boxes in the XML of PASCAL VOC.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Box } from './media.ts';

/** True where a text looks like an annotation of PASCAL VOC. */
export function isVocAnnotation(text: string): boolean {
  return /<annotation[\s>]/.test(text) && /<(object|size|filename|folder)[\s/>]/.test(text);
}

/**
 * The boxes of one picture. VOC counts pixels from 1 and includes the last one; here boxes are counted from 0, and width
 * and height are the number of pixels covered. Boxes without an area are left out. Throws `data/unreadable`.
 */
export function parseVocBoxes(xml: string): Box[] {
  if (!isVocAnnotation(xml)) throw new SondeError('data/unreadable', 'this XML is no annotation of PASCAL VOC');
  return [...xml.matchAll(/<object>([\s\S]*?)<\/object>/g)].flatMap(([, object]) => {
    // Parts of a person have boxes of their own inside.
    const own = object.replace(/<part>[\s\S]*?<\/part>/g, '');
    const box = /<bndbox>([\s\S]*?)<\/bndbox>/.exec(own)?.[1] ?? '';
    const number = (name: string) => Number.parseFloat(contentOf(box, name) ?? 'NaN');
    const [left, top, right, bottom] = [number('xmin'), number('ymin'), number('xmax'), number('ymax')];
    const label = contentOf(own, 'name');
    if (label === undefined || !(right >= left && bottom >= top)) return [];
    const [x, y] = [Math.max(0, left - 1), Math.max(0, top - 1)];
    return right - x < 1 || bottom - y < 1 ? [] : [{ label, x, y, width: right - x, height: bottom - y }];
  });
}

function contentOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found
    ?.trim()
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
