import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

const root = join(import.meta.dirname, '..');

test('the tutorial works when typed', () => {
  const page = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8');
  const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));
  assert.ok(commands.length >= 8 && commands.every((command) => command.startsWith('npx sonde ')));
  const folder = mkdtempSync(join(tmpdir(), 'sonde-tutorial-'));
  const loader = import.meta.resolve('tsx');
  try {
    for (const command of commands) {
      const args = command.slice('npx sonde '.length).split(' ');
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', loader, join(root, 'src', 'cli', 'main.ts'), ...args],
        {
          cwd: folder,
          encoding: 'utf8',
          env: { ...process.env, SONDE_CACHE: join(folder, 'cache'), SONDE_SALT: 'test' },
        },
      );
      assert.equal(status, 0, `${command}\n${stderr}`);
    }
    for (const made of ['run/encoder.onnx', 'run/results/linear-view.json', 'features/block1.parquet']) {
      assert.ok(existsSync(join(folder, 'tutorial', made)), `${made} is there`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
