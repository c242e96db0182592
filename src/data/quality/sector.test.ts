import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { createPhantom } from '../phantom/index.ts';
import { parsePhantom } from '../phantom/options.ts';
import { openMedia } from '../storage/folder-source.ts';
import { insidePolygon } from './convex-hull.ts';
import { type Observation, Observer } from './observation.ts';
import { type FieldOfView, findFieldOfView, insideSector } from './sector.ts';
import { type SectorFit, sectorOutline, widened } from './sector-fit.ts';

const clips = join(import.meta.dirname, '../../../../shared/data/pocus-lus-ccby');
const absent = existsSync(clips) ? false : '../shared/data is absent';

/** Whether each watched pixel lies inside the outline; all do where none was found. */
function insideOf(found: FieldOfView | undefined, { height, width, factor }: Observation): Uint8Array {
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [((i % width) + 0.5) * factor, (Math.floor(i / width) + 0.5) * factor];
    return found === undefined || insidePolygon(found.outline, x, y) ? 1 : 0;
  });
}

function agreement(truth: Uint8Array, found: Uint8Array): { overlap: number; lost: number } {
  let [both, either, all] = [0, 0, 0];
  truth.forEach((value, i) => {
    both += value & found[i];
    either += value | found[i];
    all += value;
  });
  return { overlap: both / either, lost: 1 - both / all };
}

/** What is found, and the share of the pixels that move by more than three grey levels which the outline would mask. */
function movingLost(observation: Observation): { found: FieldOfView | undefined; lost: number } {
  const found = findFieldOfView(observation);
  const moving = Uint8Array.from(observation.deviation, (value) => (value > 3 ? 1 : 0));
  return { found, lost: agreement(moving, insideOf(found, observation)).lost };
}

test('the sector of a phantom is found, overlays or not, without losing tissue', async () => {
  for (const [size, overlays] of [
    [96, 'none'],
    [128, 'all'],
  ] as const) {
    const source = createPhantom(parsePhantom(`phantom:patients=1,frames=8,size=${size},overlays=${overlays}`));
    for (const [number, item] of source.items.entries()) {
      const observer = new Observer(item);
      observer.add(await source.read(item));
      const observation = observer.finish();
      const truth = Uint8Array.from(source.truth(number, 0).tissue, (tissue) => (tissue === 255 ? 0 : 1));
      const { overlap, lost } = agreement(truth, insideOf(findFieldOfView(observation), observation));
      assert.ok(lost < 0.002, `${item.id} at ${size}: ${lost} of the tissue lost`);
      assert.ok(overlap > 0.9, `${item.id} at ${size}: ${overlap}`);
    }
  }
});

/** Speckle that changes from frame to frame inside a sector, in front of an even ground. */
function drawnSector(sector: SectorFit, side: number, ground: number): { observation: Observation; truth: Uint8Array } {
  const truth = Uint8Array.from({ length: side * side }, (_, i) =>
    insideSector(sector, (i % side) + 0.5, Math.floor(i / side) + 0.5) ? 1 : 0,
  );
  const random = new Random(5);
  const observer = new Observer({ frames: 8, height: side, width: side, intensityRange: [0, 255] });
  for (let frame = 0; frame < 8; frame++) {
    const data = Uint8Array.from(truth, (inside) => (inside === 1 ? random.uniform(ground, 160) : ground));
    observer.add({ data, shape: [1, side, side, 1] });
  }
  return { observation: observer.finish(), truth };
}

test('a sector that is wider than its frame is outlined up to the edges of the frame', () => {
  for (const [sector, ground] of [
    [{ apex: [80, -40], angles: [-0.55, 0.55], radii: [45, 190] }, 0],
    [{ apex: [70, -20], angles: [-0.7, 0.6], radii: [25, 170] }, 12],
    [{ apex: [90, 4], angles: [-0.8, 0.8], radii: [0, 140] }, 3],
  ] as const) {
    const { observation, truth } = drawnSector(sector, 160, ground);
    const found = findFieldOfView(observation);
    assert.equal(found?.shape, 'sector');
    const { overlap, lost } = agreement(truth, insideOf(found, observation));
    assert.ok(lost < 0.001, `${lost} lost`);
    assert.ok(overlap > 0.93, `${overlap}`);
    for (const [x, y] of found.outline) assert.ok(x >= 0 && x <= 160 && y >= 0 && y <= 160);
  }
});

test('a still picture of a sector is outlined by its grey levels', () => {
  const sector = { apex: [60, -20], angles: [-0.6, 0.6], radii: [30, 130] } as const;
  const random = new Random(2);
  const data = Uint8Array.from({ length: 120 * 120 }, (_, i) =>
    insideSector(sector, (i % 120) + 0.5, Math.floor(i / 120) + 0.5) ? random.uniform(20, 200) : 0,
  );
  const observer = new Observer({ frames: 1, height: 120, width: 120, intensityRange: [0, 255] });
  observer.add({ data, shape: [1, 120, 120, 1] });
  assert.equal(findFieldOfView(observer.finish())?.shape, 'sector');
});

test('tissue in shadow that reaches the edge of the frame is not taken for the ground', () => {
  const random = new Random(4);
  const observer = new Observer({ frames: 8, height: 96, width: 96, intensityRange: [0, 255] });
  for (let frame = 0; frame < 8; frame++) {
    const data = Uint8Array.from({ length: 96 * 96 }, (_, i) =>
      i % 96 > 64 && i > 96 * 48 ? random.uniform(2, 7) : random.uniform(20, 180),
    );
    observer.add({ data, shape: [1, 96, 96, 1] });
  }
  assert.equal(findFieldOfView(observer.finish()), undefined);
});

test('an outline holds every place of its sector in the frame, and a widened sector what it is widened to', () => {
  const sectors = fc.record({
    x: fc.integer({ min: -20, max: 120 }),
    y: fc.integer({ min: -80, max: 10 }),
    left: fc.double({ min: -0.9, max: -0.2, noNaN: true }),
    right: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
    near: fc.integer({ min: 0, max: 40 }),
    depth: fc.integer({ min: 60, max: 200 }),
  });
  fc.assert(
    fc.property(
      sectors,
      fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
      ({ x, y, left, right, near, depth }, at) => {
        const sector: SectorFit = { apex: [x, y], angles: [left, right], radii: [near, near + depth] };
        const places = Array.from({ length: 60 }, () => [at.next().value + 0.5, at.next().value + 0.5] as const);
        const outline = sectorOutline(sector, 100, 100);
        for (const [px, py] of places) {
          // The near arc is drawn by chords, which lie nearer to the probe than the arc: rather too wide.
          if (insideSector(sector, px, py)) assert.ok(insidePolygon(outline, px, py), JSON.stringify([px, py]));
        }
        const wide = widened(sector, places);
        for (const [px, py] of places) assert.ok(insideSector(wide, px, py));
      },
    ),
    { numRuns: 60 },
  );
});

test('no clip of real lung ultrasound loses what moves in it', { skip: absent }, async () => {
  const media = await openMedia(join(clips, 'clips_u8_44x32x96x96.npy.gz'));
  const { height, width } = media.description;
  assert.equal(media.parts?.length, 44);
  let sectors = 0;
  for (const { name } of media.parts) {
    const observer = new Observer({ frames: 32, height, width, intensityRange: [0, 255] });
    observer.add(await media.read({}, name));
    const { found, lost } = movingLost(observer.finish());
    assert.ok(lost < 0.005, `clip ${name}: ${lost}`);
    if (found?.shape === 'sector') sectors++;
  }
  assert.ok(sectors >= 30, `${sectors} sectors`);
});

test('the same at the size at which the clips were recorded', { skip: absent }, async () => {
  for (const name of ['convex_Reg_pat4Image_140606.mpeg', 'convex_Vir_whitelung_h1n1.mp4']) {
    const media = await openMedia(join(clips, 'videos', name));
    const { height, width } = media.description;
    const observer = new Observer({ frames: 12, height, width, intensityRange: [0, 255] });
    observer.add(await media.read({ start: 0, count: 12 }));
    await media.close?.();
    const { found, lost } = movingLost(observer.finish());
    assert.equal(found?.shape, 'sector', name);
    assert.ok(lost < 0.002, `${name}: ${lost}`);
  }
});
