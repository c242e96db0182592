/**
 * How encoders are drawn in every chart: pre-trained ones in the colour of their method, random initialisation grey and
 * dashed, supervision dotted in ink.
 * @module
 */
import { type Markup, markup } from '../markup.ts';
import { ink } from '../palette.ts';

export interface DrawnEncoder {
  readonly name: string;
  readonly role: 'pretrained' | 'random' | 'supervised' | 'pixels';
  /** The method's own colour; by order where it is absent. */
  readonly colour?: string;
}

export interface Style {
  readonly colour: string;
  readonly width: number;
  readonly dash?: string;
  readonly cap?: 'round';
}

/** `next` gives the colour of a pre-trained encoder that has none of its own. */
export function styleOf({ role, colour }: DrawnEncoder, next: () => string): Style {
  if (role === 'random') return { colour: ink('secondary'), width: 1.75, dash: '6 4' };
  if (role === 'supervised') return { colour: ink('ink'), width: 2, dash: '0.1 4.5', cap: 'round' };
  if (role === 'pixels') return { colour: ink('secondary'), width: 1.25, dash: '1 3' };
  return { colour: colour ?? next(), width: 2.25 };
}

export function stroke({ colour, width, dash, cap }: Style): Markup {
  return markup`stroke="${colour}" stroke-width="${width}"${dash !== undefined && markup` stroke-dasharray="${dash}"`}${cap !== undefined && markup` stroke-linecap="${cap}"`}`;
}

/** Pre-trained encoders lie on top. */
export function rank({ role }: DrawnEncoder): number {
  return ['pixels', 'random', 'supervised', 'pretrained'].indexOf(role);
}
