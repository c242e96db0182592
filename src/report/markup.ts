/**
 * The one way text gets into HTML and SVG: a template tag that escapes every value unless it is already markup.
 * @module
 */

/** Text that is already HTML or SVG. Only `markup` and `trusted` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Content = string | number | Markup | false | null | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for element content and for quoted attributes; drops characters that XML forbids. */
function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters XML 1.0 cannot hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[&<>"']/g, (character) => entities[character])
  );
}

/**
 * A template tag: literal parts are markup, values are escaped; lists are joined, `false`, `null` and `undefined`
 * leave nothing.
 *
 * @example markup`<p>${name}</p>`
 */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Markup {
  let text = parts[0];
  for (let i = 0; i < values.length; i++) text += render(values[i]) + parts[i + 1];
  return new Markup(text);
}

/** Vouches for markup made elsewhere, such as a figure. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(value: Content): string {
  if (value === false || value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}
