/**
 * What the hypotheses share on the command line.
 * @module
 */
import { findingText, writeFinding } from '../../scripts/findings-record.ts';
import { type Hypothesis, judge } from '../../src/studies/hypothesis.ts';
import { studyCommand } from '../study-command.ts';

const help = ({ id, statement }: Hypothesis) => `${statement}

node --import tsx examples/hypotheses/${id}.ts [options]

  --seeds N         seeds of each network (default 6; of fewer than 4 nothing follows)
  --quick           two seeds and a third of the arithmetic, to see it run
  --compute G       billions of multiply-adds a training may take (default 60)
  --kept            train nothing: use the trials that are kept, leave out the others
  --threads N       of the training step (default 1)
  --directory DIR   where trials are kept (default: in the cache folder); those done are not done again
  --record          write the result into docs/findings.json, its figures, and docs/findings.md
  --json            the result as JSON

Stopped and started again, it goes on.
`;

/** Tests a hypothesis as the command line asks, and prints what came of it. */
export async function ask(hypothesis: Hypothesis): Promise<void> {
  const command = studyCommand(help(hypothesis), 6, true);
  if (command === undefined) return;
  const { options, kept, json, record, given } = command;
  const evidence = await hypothesis.look({ ...options, keptOnly: kept });
  command.end();
  if (evidence === undefined) {
    if (!options.signal.aborted) console.error('There are no kept trials to look at: leave out --kept to train them.');
    process.exitCode = options.signal.aborted ? 130 : 1;
    return;
  }
  const result = judge(hypothesis, evidence);
  console.log(json ? JSON.stringify(result, null, 2) : findingText(result));
  if (record) writeFinding(result, given);
}
