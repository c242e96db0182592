/**
 * The process that reads damaged files: its end, its silence or its memory tell the parent what a file can do.
 * Arguments: folder, seed, rounds, what (`damage` or `bombs`).
 * @module
 */
import { join } from 'node:path';
import { Random } from '../../src/base/random.ts';
import { attempt } from './attempt.ts';
import { bombs } from './bombs.ts';
import { damaged } from './mutations.ts';
import { sampleFiles } from './samples.ts';

const [folder, seed, rounds, what] = process.argv.slice(2);

async function main(): Promise<void> {
  const samples = what === 'bombs' ? bombs() : await sampleFiles();
  for (const { name, bytes } of samples) {
    for (let round = 0; round < (what === 'bombs' ? 1 : Number(rounds)); round++) {
      const random = new Random(seed).split(name, round);
      const content = what === 'bombs' ? bytes : damaged(bytes, random);
      process.stdout.write(`${JSON.stringify({ start: `${name} round ${round}` })}\n`);
      const fault = await attempt(join(folder, `${round % 2}-${name}`), content);
      const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
      process.stdout.write(`${JSON.stringify({ done: `${name} round ${round}`, fault, megabytes })}\n`);
    }
  }
}

await main();
process.exit(0);
