/**
 * What `sonde data sets` does.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { adapters } from '../data/adapters/index.ts';
import { facts } from '../report/terminal.ts';

/** Lists the public sets that are known, or one of them. Throws `usage` for one that is not. */
export function listSets(id: string | undefined, { json = false }: { json?: boolean }): void {
  const chosen = adapters.filter((adapter) => id === undefined || adapter.id === id);
  if (chosen.length === 0) {
    throw usageError(`there is no set '${id}'`, { expected: adapters.map((adapter) => adapter.id).join(', ') });
  }
  if (json) {
    const plain = chosen.map(({ id: name, title, contents, address, terms, layout }) => {
      return { id: name, title, contents, address, terms, layout };
    });
    console.log(JSON.stringify(plain, null, 2));
    return;
  }
  const blocks = chosen.map(({ id: name, title, contents, address, terms, layout }) =>
    [
      `${name}: ${title}`,
      facts([
        ['holds', contents],
        ['from', address],
        ['terms', terms],
        ...(id === undefined ? [] : [['layout', layout] as [string, string]]),
      ]),
    ].join('\n'),
  );
  console.log(blocks.join('\n\n'));
}
