import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { akinesia, drawAnatomy, surfaces, type Vector } from './anatomy.ts';
import { DisplacementField } from './field.ts';
import { viewNames } from './options.ts';
import { dot, placeView } from './views.ts';

const none = () => ({ endocardium: 0, epicardium: 0, rightGap: 0, outside: 0 });

test('muscle is incompressible: the Jacobian of the field is 1 in the wall, akinetic or not', () => {
  for (const anomaly of ['none', 'akinetic-segment'] as const) {
    const anatomy = drawAnatomy(new Random(4), anomaly);
    const field = new DisplacementField(anatomy, placeView(anatomy, 'apical-four-chamber', new Random(5)));
    const state = field.contractionFor(0.5, 0);
    fc.assert(
      fc.property(
        fc.double({ min: 0.35, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        (level, angle) => {
          const z = level * anatomy.baseMm;
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const { endocardium, epicardium } = surfaces(anatomy, c, s, z, none());
          const radius = 0.5 * (endocardium + epicardium);
          const at: Vector = [radius * c, radius * s, z];
          const step = 0.5;
          const columns = [0, 1, 2].map((axis) => {
            const [low, high] = [-step, step].map((move) =>
              field.moveOne(at.map((value, k) => value + (k === axis ? move : 0)) as unknown as Vector, state),
            );
            return high!.map((value, k) => (value - low![k]!) / (2 * step));
          });
          const [a, b, d] = columns as [number[], number[], number[]];
          const volume =
            a[0]! * (b[1]! * d[2]! - b[2]! * d[1]!) -
            b[0]! * (a[1]! * d[2]! - a[2]! * d[1]!) +
            d[0]! * (a[1]! * b[2]! - a[2]! * b[1]!);
          assert.ok(Math.abs(Math.abs(volume) - 1) < 0.02, `Jacobian ${volume} at level ${level}, angle ${angle}`);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  }
});

test('the cavity holds the volume that was asked for, with and without an akinetic segment', () => {
  for (const anomaly of ['none', 'akinetic-segment', 'dilated-ventricle'] as const) {
    for (const seed of [1, 2, 3]) {
      const anatomy = drawAnatomy(new Random(seed), anomaly);
      const field = new DisplacementField(anatomy, placeView(anatomy, 'apical-two-chamber', new Random(5)));
      const { lengthening, narrowing } = field.contractionFor(0.45, 0);
      let [before, after] = [0, 0];
      for (let z = 0.25; z < anatomy.baseMm; z += 0.5) {
        for (let angle = 0.01; angle < 2 * Math.PI; angle += 0.05) {
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const { endocardium } = surfaces(anatomy, c, s, z, none());
          const k = 1 - narrowing * (1 - akinesia(anatomy.segment, c, s, z));
          before += endocardium ** 2;
          after += (k * endocardium) ** 2 * lengthening;
        }
      }
      assert.ok(Math.abs(after / before - 0.45) < 0.004, `${anomaly}: ${after / before}`);
    }
  }
});

test('an akinetic segment stays where the healthy wall moves', () => {
  const anatomy = drawAnatomy(new Random(11), 'akinetic-segment');
  const segment = anatomy.segment!;
  const z = 0.5 * (Math.max(0, segment.from) + segment.to);
  const sides = [segment.angle, segment.angle + Math.PI].map((angle) =>
    akinesia(segment, Math.cos(angle), Math.sin(angle), z),
  );
  assert.ok(sides[0]! > 0.95);
  assert.ok(segment.halfArc >= Math.PI || sides[1]! < 0.05);
});

test('every view is a right-handed set of unit vectors', () => {
  const anatomy = drawAnatomy(new Random(2), 'none');
  for (const name of viewNames) {
    const { right, deep, normal } = placeView(anatomy, name, new Random(3));
    for (const vector of [right, deep, normal]) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-9);
    assert.ok(Math.abs(dot(right, deep)) + Math.abs(dot(deep, normal)) + Math.abs(dot(right, normal)) < 1e-9);
  }
});
