/**
 * The parts of a method's page that come from its card (facts, options, shortcuts, recipes) and from the learning study.
 * @module
 */
import { z } from 'zod';
import type { PretextMethod, Recipe } from '../src/pretext/method.ts';
import { learningText } from './learning-record.ts';

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What stands between `<!-- name -->` and `<!-- /name -->` on the page. */
export function partsOf(method: PretextMethod): Readonly<Record<string, string>> {
  return {
    card: facts(method),
    options: options(method),
    shortcuts: shortcuts(method),
    recipes: recipes(method),
    learning: learningText(method.card.id),
  };
}

/** The page with its parts as they should be. Throws when it has no place for one. */
export function renewed(page: string, method: PretextMethod): string {
  let text = page;
  for (const [name, part] of Object.entries(partsOf(method))) {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
    if (!place.test(text)) throw new Error(`the page of ${method.card.id} has no <!-- ${name} --> … <!-- /${name} -->`);
    text = text.replace(place, (_, open: string, close: string) => `${open}\n${part}\n\n${close}`);
  }
  return text;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), `|${' --- |'.repeat(heads.length)}`, ...rows.map(line)].join('\n');
}

function facts(method: PretextMethod): string {
  const { card } = method;
  const { authors, title, venue, year, url } = card.paper;
  const { accuracy, loss } = method.chance(method.options.parse({}));
  const guessing = [
    ...(accuracy === undefined ? [] : [`${Number((100 * accuracy).toFixed(1))} % right`]),
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
  ].join(', ');
  return table(
    ['', ''],
    [
      ['asks', card.question],
      ['takes', `${card.inputs.join(', ')}${card.needs === undefined ? '' : `; in ${card.needs} only`}`],
      ['guessing reaches', guessing === '' ? 'nothing that can be named' : guessing],
      ['paper', `${authors}. [${title}](${url}). ${venue} ${year}.`],
    ],
  );
}

function options({ options: schema }: PretextMethod): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Property> };
  const rows = Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    `\`${property.default}\``,
    valuesOf(property),
    property.description ?? '',
  ]);
  return table(['option', 'default', 'values', 'meaning'], rows);
}

function valuesOf({ type, enum: values, minimum, maximum }: Property): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'boolean') return '`true`, `false`';
  const kind = type === 'integer' ? 'whole number' : (type ?? 'value');
  // zod gives whole numbers the limits of safe integers, which say nothing.
  const above = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? ` from ${minimum}` : '';
  const below = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : '';
  return `${kind}${above}${below}`;
}

function shortcuts({ card }: PretextMethod): string {
  const rows = card.shortcuts.map(({ title, why, counter }) => [
    title,
    why,
    counter === undefined ? 'none known' : `\`${counter.option}=${counter.guarded}\``,
    counter === undefined ? '' : `\`${counter.option}=${counter.open}\``,
  ]);
  return table(['shortcut', 'why it answers the question', 'guard', 'let it in'], rows);
}

function recipes({ presets }: PretextMethod): string {
  const rows = Object.entries(presets).map(([name, { options: set, trunk, recipe }]) => [
    `\`${name}\``,
    trunk.preset === name ? `\`${trunk.id}\`` : `\`${trunk.id}\`, ${trunk.preset}`,
    Object.entries(set)
      .map(([option, value]) => `\`${option}=${value}\``)
      .join(', ') || 'defaults',
    `${recipe.steps.toLocaleString('en-GB').replaceAll(',', ' ')} × ${recipe.batchSize}`,
    optimiserOf(recipe),
  ]);
  return table(['preset', 'trunk', 'options', 'steps × batch', 'optimiser'], rows);
}

function optimiserOf({ optimiser, schedule }: Recipe): string {
  const { kind, learningRate, ...rest } = optimiser;
  const settings = Object.entries(rest).map(([name, value]) => (value === true ? name : `${name} ${value}`));
  const course =
    schedule.kind === 'steps'
      ? `× ${schedule.factor} at ${schedule.at.map((at) => `${Math.round(100 * at)} %`).join(', ')}${schedule.warmup === undefined ? '' : `, after ${warmedUp(schedule.warmup)}`}`
      : schedule.kind === 'cosine'
        ? `cosine after ${warmedUp(schedule.warmup)}`
        : 'constant';
  return [`${kind.toUpperCase()} ${learningRate}`, ...settings.map(words), course].join('; ');
}

const warmedUp = (share: number): string => `${Math.round(100 * share)} % of warm-up`;

/** `weightDecay 0.0005` as `weight decay 0.0005`. */
function words(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
