/**
 * Versions that a result depends on.
 * @module
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return 'unknown';
  }
}

export function versions(): Record<string, string> {
  return {
    sonde: (require('../../package.json') as { version: string }).version,
    node: process.versions.node,
    'onnxruntime-node': versionOf('onnxruntime-node'),
  };
}
