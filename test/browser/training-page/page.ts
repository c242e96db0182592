/** What the browser runs: training on demand, losses handed back to the test. */
import { webBackend } from '../../../src/runtime/backends/web.ts';
import { trainTiny } from '../../tiny-training.ts';

Object.assign(globalThis, { trainTiny: (rank: 2 | 3, steps: number) => trainTiny(rank, webBackend(), steps) });
