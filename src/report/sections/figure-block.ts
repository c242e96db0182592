/**
 * A figure on a page: the drawing, and a caption that says what is drawn, on how many patients and seeds, with which
 * interval, and how to draw it again.
 * @module
 */
import { type Content, type Markup, markup, trusted } from '../markup.ts';

export interface Caption {
  readonly text: Content;
  readonly command?: string;
}

/** The SVG goes into the page itself; its theme is the page's, so its own copy is left out. */
export function figureBlock(svg: string, { text, command }: Caption): Markup {
  const drawing = trusted(svg.replace(/<style>.*?<\/style>/s, ''));
  return markup`<figure>
${drawing}<figcaption>${text}${command !== undefined && markup`<span class="command">Redraw: <code>${command}</code></span>`}</figcaption>
</figure>
`;
}

export interface Section {
  readonly id: string;
  /** A finding where it can be. */
  readonly heading: string;
  /** Its name in the list of contents. */
  readonly short: string;
  readonly body: Content;
}

export function sectionBlock({ id, heading, body }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${body}</section>
`;
}
