/**
 * `npm start`: the demo, on a machine that has only Node. Arguments after `--` reach the demo.
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady } from './ready.mjs';
import { root } from './root.mjs';

ensureReady();
const command = join(root, 'dist', 'cli', 'main.js');
// In this very process, so that signals and exit codes are the demo's own.
process.argv = [process.execPath, command, 'demo', ...process.argv.slice(2)];
await import(pathToFileURL(command).href);
