/**
 * A method as data for machines and as text for people, from its card and option schema.
 * @module
 */
import { z } from 'zod';
import { imagingKinds } from '../data/augment/imaging.ts';
import { augmentationSchema } from '../data/augment/options.ts';
import type { PretextMethod } from '../pretext/method.ts';
import { facts, table } from '../report/terminal.ts';

interface OptionDescription {
  readonly name: string;
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

export function describeMethod(method: PretextMethod) {
  const { card, presets } = method;
  const defaults = method.options.parse({});
  return {
    id: card.id,
    title: card.title,
    idea: card.idea,
    question: card.question,
    inputs: card.inputs,
    ...(card.needs === undefined ? {} : { needs: card.needs }),
    paper: card.paper,
    chance: method.chance(defaults),
    options: optionsOf(method),
    augmentation: { imaging: [...imagingKinds], options: optionsOf({ options: augmentationSchema }) },
    presets,
    shortcuts: card.shortcuts,
    expectations: card.expectations,
  };
}

interface JsonProperty {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

/** The options of a schema, one by one. */
export function optionsOf({ options }: { readonly options: z.ZodType }): OptionDescription[] {
  const schema = z.toJSONSchema(options, { io: 'input' }) as { properties?: Record<string, JsonProperty> };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    type: property.enum === undefined ? (property.type ?? 'value') : property.enum.join(' | '),
    default: property.default,
    description: property.description ?? '',
  }));
}

export function methodTable(methods: readonly PretextMethod[]): string {
  const rows = methods.map((method) => {
    const { card } = method;
    const { accuracy } = method.chance(method.options.parse({}));
    const chance = accuracy === undefined ? '' : `${Number((100 * accuracy).toFixed(1))} %`;
    return [
      card.id,
      card.title,
      `${card.inputs.join(', ')}${card.needs === undefined ? '' : ` in ${card.needs}`}`,
      chance,
      `${card.paper.authors.split(/,| and /)[0]} ${card.paper.year}`,
    ];
  });
  const columns = [
    { title: 'method' },
    { title: 'title' },
    { title: 'input' },
    { title: 'chance', align: 'right' as const },
    { title: 'paper' },
  ];
  return `${table(columns, rows)}\n\nsonde methods NAME shows one with its options and shortcuts.`;
}

export function methodText(method: PretextMethod): string {
  const described = describeMethod(method);
  const { chance, presets, idea, question, paper, options, augmentation, shortcuts, expectations } = described;
  const { authors, title, venue, year, url } = paper;
  const settings = optionTable(options);
  const recipes = Object.entries(presets).map(([name, { trunk, recipe }]) => {
    const { batchSize, steps, optimiser } = recipe;
    return [name, `${trunk.id}, ${steps} steps of ${batchSize}, ${optimiser.kind} ${optimiser.learningRate}`] as const;
  });
  const guards = shortcuts.map(({ title: name, why, counter }) => {
    const guard = counter === undefined ? '' : ` Guard: ${counter.option}=${counter.guarded} (open: ${counter.open}).`;
    return `  ${name}. ${why}${guard}`;
  });
  return [
    `${described.title} (${described.id})`,
    `${idea} ${question}`,
    facts([
      ['paper', `${authors}. ${title}. ${venue} ${year}. ${url}`],
      [
        'chance',
        chance.accuracy === undefined
          ? '-'
          : `${(100 * chance.accuracy).toFixed(1)} %, loss ${chance.loss?.toFixed(3)}`,
      ],
      ...recipes,
    ]),
    `Options (--set option=value)\n${settings}`,
    `Augmentation (--augment ${augmentation.imaging.join(' | ')}, --set-augment option=value): drawn anew for every sample, the same for all its frames\n${optionTable(augmentation.options.filter(({ name }) => name !== 'imaging'))}`,
    `Shortcuts\n${guards.join('\n')}`,
    expectations,
  ].join('\n\n');
}

function optionTable(options: readonly OptionDescription[]): string {
  return table(
    [{ title: 'option' }, { title: 'default' }, { title: 'values' }, { title: 'meaning' }],
    options.map((option) => [option.name, String(option.default), option.type, option.description]),
    { indent: 2 },
  );
}
