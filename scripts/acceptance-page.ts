/**
 * `docs/acceptance.md`: which test holds which method to what.
 * @module
 */
import { methods } from '../src/pretext/index.ts';
import { type Demand, demands, type Proof } from './acceptance.ts';

const proofText = ({ file, test }: Proof) => `[${test}](../${file})`;

/** The tests of one method, or why it has none. */
function ownText(own: NonNullable<Demand['own']>[string]): string {
  if (typeof own === 'string') return `none: it ${own}`;
  return 'file' in own ? proofText(own) : own.map(proofText).join('; ');
}

function demandText({ number, title, what, ofAll = [], own = {}, remark }: Demand): string {
  const parts = [
    `## ${number}. ${title}\n\n${what}`,
    ...(ofAll.length === 0 ? [] : [`Every method: ${ofAll.map(proofText).join('; ')}.`]),
  ];
  const rows = methods.flatMap(({ card: { id } }) =>
    own[id] === undefined ? [] : [`| [${id}](methods/${id}.md) | ${ownText(own[id])} |`],
  );
  if (rows.length > 0) parts.push(`| method | test of its own |\n| --- | --- |\n${rows.join('\n')}`);
  if (remark !== undefined) parts.push(remark);
  return parts.join('\n\n');
}

export function acceptancePage(): string {
  return `# What every method is held to

Written by \`npm run docs\` from \`scripts/acceptance.ts\`; a test looks each of these tests up in its file, so that none
is named here that is not there. Numbers are those of the specification; what is missing between them concerns methods with
a second network, pairs of modalities and instruments of explanation, and is no question to these methods. Tests that go
through the list of methods hold a new one to the same without a word here.

${demands.map(demandText).join('\n\n')}
`;
}
