/**
 * Where every number comes from: the runs' manifests, what must not be concluded, and the commands that make it again.
 * @module
 */
import type { RunManifest } from '../../training/run-record.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatCount } from '../numbers.ts';
import type { FigureName, ReportData } from '../report-data.ts';
import type { Section } from './figure-block.ts';

export function limitsSection({ limits = [] }: ReportData): Section | undefined {
  if (limits.length === 0) return undefined;
  const body = markup`<ul class="findings">${limits.map((limit) => markup`<li>${limit}</li>`)}</ul>\n`;
  return { id: 'limits', heading: 'What this does not show', short: 'Limits', body };
}

export function provenanceSection({ runs, command, commands = {} }: ReportData): Section {
  const names: Readonly<Record<FigureName, string>> = {
    data: 'data',
    puzzles: 'puzzles',
    learning: 'learning curves',
    filters: 'filters',
    confusion: 'confusions',
    layers: 'per-layer curve and table',
    recording: 'real recording',
  };
  const figures = (Object.keys(names) as FigureName[]).filter((name) => commands[name] !== undefined);
  const body = markup`<p>This report is one file and asks nothing of any other machine. The command below makes all of it again; the same seed gives the same numbers on the same machine.</p>
<pre>${command}</pre>
${figures.length > 0 && markup`<dl>${figures.map((name) => markup`<dt>${names[name]}</dt><dd><code>${commands[name]}</code></dd>`)}</dl>\n`}${runs.map(({ manifest }) => manifestBlock(manifest))}`;
  return { id: 'provenance', heading: 'Where these numbers come from', short: 'Provenance', body };
}

function manifestBlock(manifest: RunManifest): Markup {
  const { id, state, method, trunk, data, training, machine, versions } = manifest;
  const facts: readonly (readonly [string, string])[] = [
    ['state', state],
    ['method', `${method.title} (${method.id})${settings(method.options)}`],
    [
      'trunk',
      `${trunk.id}, ${countOf(trunk.parameters, 'parameter')}, taps ${trunk.taps.join(', ')}${settings(trunk.options)}`,
    ],
    ['data', `${data.name}, ${countOf(data.items, 'item')} of ${countOf(data.patients, 'patient')}, hash ${data.hash}`],
    ['training', `${formatCount(training.steps)} steps of ${formatCount(training.batchSize)}, seed ${training.seed}`],
    ['optimiser', plain(training.optimiser)],
    ['schedule', plain(training.schedule)],
    ['machine', `${machine.processor}, ${countOf(machine.threads, 'thread')}, ${machine.platform}, ${machine.device}`],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
  return markup`<h3>Run ${id}</h3>
<dl>${facts.map(([name, value]) => value !== '' && markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
`;
}

function settings(options: Readonly<Record<string, unknown>>): string {
  const text = plain(options);
  return text === '' ? '' : `; ${text}`;
}

function plain(options: Readonly<Record<string, unknown>>): string {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
