/**
 * Frames the phantom makes in a second of one core, steady and with the making of recordings: `npx tsx bench/phantom.ts [size]`.
 * @module
 */
import { createPhantom } from '../src/data/phantom/index.ts';

const size = Number(process.argv[2] ?? 96);
const frames = 24;
const phantom = createPhantom({ patients: 6, frames, size });

function drawAll(items: readonly number[]): number {
  // Processor time, so that what else runs on the machine does not count.
  const start = process.cpuUsage();
  for (const item of items) phantom.render(item);
  const { user, system } = process.cpuUsage(start);
  return (items.length * frames * 1e6) / (user + system);
}

drawAll([20, 21, 22, 23]);
const whole = drawAll([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const steady = drawAll([8, 9, 10, 11]);
console.log(
  `${size} × ${size}: ${whole.toFixed(0)} frames per core-second with set-up, ${steady.toFixed(0)} once set up`,
);
