/**
 * `npm run fuzz -- [rounds] [seed]`: many damaged files of every format; fails with the first lines of what went wrong.
 * @module
 */
import { fuzz } from './watch.ts';

const rounds = Number(process.argv[2] ?? 400);
const seed = Number(process.argv[3] ?? 1);
for (const what of ['bombs', 'damage'] as const) {
  const { files, faults, slowestSeconds, mostMegabytes } = await fuzz(what, seed, rounds);
  console.log(
    `${what}: ${files} files, slowest ${slowestSeconds.toFixed(2)} s, at most ${mostMegabytes} MB, ${faults.length} faults`,
  );
  for (const fault of faults.slice(0, 40)) console.log(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}
