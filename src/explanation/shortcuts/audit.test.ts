// The audit on worlds where the only answer is a planted shortcut, and on worlds where there is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cornerText,
  fan,
  middleCross,
  plantedWorld,
  risingGain,
  slope,
  trainedSubject,
  type WorldOptions,
} from '../../../test/planted-shortcuts.ts';
import { Random } from '../../base/random.ts';
import type { RunRequest } from '../../training/configuration.ts';
import { auditShortcuts } from './audit.ts';
import { auditFinding } from './audit-finding.ts';
import { shortcutById, shortcuts } from './index.ts';

const turns: RunRequest = {
  method: 'rotation',
  steps: 30,
  batchSize: 6,
  methodOptions: { size: 16, mask: 'none', mirror: false },
};

async function audited(world: Partial<WorldOptions>, request: RunRequest, ids: readonly string[]) {
  const subject = await trainedSubject(
    plantedWorld({ patients: 20, itemsEach: 1, frames: 3, side: 24, ...world }),
    request,
  );
  try {
    return await auditShortcuts(
      subject,
      ids.map((id) => shortcutById(id)),
      { questions: 96, alone: 160, margin: 0.02, steps: 0 },
      { random: new Random('audit'), onProgress: () => undefined },
    );
  } finally {
    await subject.laboratory.release();
  }
}

const verdictsOf = ({ shortcuts: list }: Awaited<ReturnType<typeof audited>>) =>
  Object.fromEntries(list.map(({ shortcut, verdict }) => [shortcut, verdict]));

test('text that alone shows the turn is found in use, and nothing else is', async () => {
  const result = await audited({ plant: cornerText }, turns, ['margin', 'text', 'ecg-strip', 'drift']);
  assert.deepEqual(verdictsOf(result), {
    margin: 'not here',
    text: 'used',
    'ecg-strip': 'not here',
    drift: 'not here',
  });
  const [, text] = result.shortcuts;
  assert.ok((text.mass?.ratio.value ?? 0) > 2, 'attribution lies on the text');
  const { content, shortcut, neither } = text.swap!.conflict;
  assert.ok(Math.abs(content.value + shortcut.value + neither.value - 1) < 1e-9);
  assert.match(text.next, /--set mask=circle/);
  const finding = auditFinding(result);
  assert.match(finding.title, /in use: Burnt-in text/);
  assert.deepEqual(
    finding.figures.map(({ name }) => name),
    ['pull', 'alone'],
  );
});

test('marks that look the same any way round are cleared', async () => {
  const result = await audited({ plant: middleCross }, { ...turns, steps: 10 }, ['text']);
  assert.equal(result.shortcuts[0].found, 1);
  assert.deepEqual(verdictsOf(result), { text: 'not usable' });
});

test('the outline of the field of view is found in use', async () => {
  const result = await audited({ plant: fan }, turns, ['margin', 'text']);
  assert.deepEqual(verdictsOf(result), { margin: 'used', text: 'not here' });
});

test('brightness of parts is usable where the picture is normalised as a whole and not where each part is', async () => {
  const puzzle = (normalise: string): RunRequest => ({
    method: 'jigsaw',
    steps: 1,
    batchSize: 8,
    methodOptions: { permutations: 4, tile: 8, gap: 2, jitter: 2, normalise },
  });
  const ids = ['intensity', 'aberration', 'drift', 'air'];
  const open = await audited({ plant: slope }, puzzle('picture'), ids);
  assert.deepEqual(verdictsOf(open), {
    intensity: 'usable, not used',
    aberration: 'not here',
    drift: 'not here',
    air: 'not here',
  });
  const guarded = await audited({ plant: slope }, puzzle('tile'), ['intensity']);
  assert.deepEqual(verdictsOf(guarded), { intensity: 'not usable' });
});

test('a gain that is turned orders frames unless each is normalised by itself', async () => {
  const order = (normalise: string): RunRequest => ({
    method: 'shuffle-and-learn',
    steps: 1,
    batchSize: 8,
    methodOptions: {
      size: 16,
      tauMax: 6,
      tauMin: 2,
      hidden: 16,
      negatives: 1,
      weighting: 'uniform',
      leastDifference: 0,
      normalise,
    },
  });
  const world = { frames: 14, plant: risingGain };
  const [drift, intensity] = (await audited(world, order('tuple'), ['drift', 'intensity'])).shortcuts;
  // Usable whatever the network does: frames joined by their differences may follow a gain after one step.
  assert.ok(drift.alone!.accuracy.low > drift.alone!.chance + 0.02, `${drift.alone!.accuracy.value}`);
  assert.match(drift.verdict, /^(used|usable, not used)$/);
  assert.equal(intensity.verdict, 'not here');
  assert.deepEqual(verdictsOf(await audited(world, order('frame'), ['drift'])), { drift: 'not usable' });
});

test('an unknown shortcut is refused with the list of those there are', () => {
  assert.throws(() => shortcutById('magic'), /margin, text/);
  assert.equal(new Set(shortcuts.map(({ id }) => id)).size, shortcuts.length);
});
