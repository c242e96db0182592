/**
 * One look into a hollow organ: a tube of folded mucosa with vessels, lit from the tip of the endoscope, and what may be
 * found on its wall. A ray at distance r from the axis meets the wall at depth 1 / r.
 * @module
 */
import type { Random } from '../../../base/random.ts';
import type { FindingName } from './options.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** What a patient brings along. */
export interface Mucosa {
  readonly colour: Colour;
  /** Share of the wall that vessels cover, about. */
  readonly vessels: number;
  /** Folds over a unit of depth. */
  readonly folds: number;
}

export interface Scene {
  readonly mucosa: Mucosa;
  readonly finding: FindingName;
  /** Where the axis of the tube is seen, in half sides from the middle. */
  readonly lumen: readonly [x: number, y: number];
  readonly turn: number;
  /** Place and size of the finding, in half sides. */
  readonly place: readonly [x: number, y: number];
  readonly radius: number;
  readonly light: number;
  /** Gains of the camera's channels. */
  readonly balance: Colour;
  readonly random: Random;
}

export function drawMucosa(random: Random): Mucosa {
  const stream = random.split('mucosa');
  const red = stream.uniform(0.72, 0.92);
  return {
    colour: [red, red * stream.uniform(0.45, 0.66), red * stream.uniform(0.36, 0.52)],
    vessels: stream.uniform(0.05, 0.16),
    folds: stream.uniform(3, 5.5),
  };
}

export function drawScene(random: Random, mucosa: Mucosa, finding: FindingName, balance: Colour): Scene {
  const stream = random.split('scene');
  const lumen = [stream.uniform(-0.45, 0.45), stream.uniform(-0.45, 0.45)] as const;
  // On the wall, away from the dark of the lumen.
  const angle = stream.uniform(0, 2 * Math.PI);
  const away = stream.uniform(0.45, 0.7);
  const inside = (value: number) => Math.max(-0.72, Math.min(0.72, value));
  return {
    mucosa,
    finding,
    lumen,
    turn: stream.uniform(0, 2 * Math.PI),
    place: [inside(lumen[0] + away * Math.cos(angle)), inside(lumen[1] + away * Math.sin(angle))],
    radius: stream.uniform(0.14, 0.26),
    light: stream.uniform(0.85, 1.15),
    balance,
    random,
  };
}

const blood: Colour = [0.42, 0.05, 0.04];
const fibrin: Colour = [0.93, 0.86, 0.62];
const inflamed: Colour = [0.8, 0.22, 0.18];
const vessel: Colour = [0.6, 0.14, 0.15];

/** Draws a scene of `size` pixels a side into `out`, interleaved, 0 to 255. */
export function paint(scene: Scene, size: number, out: Uint8Array, offset: number): void {
  const { mucosa, lumen, turn, light, balance, random } = scene;
  const wobble = ripples(random.split('wobble'), 4, 1, 4);
  const branches = ripples(random.split('vessels'), 6, 3, 9);
  const mottle = ripples(random.split('mottle'), 8, 4, 16);
  const grain = random.split('grain');
  const colour = [0, 0, 0];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [(2 * column + 1) / size - 1, (2 * row + 1) / size - 1];
      const r = Math.hypot(x - lumen[0], y - lumen[1]) + 0.02;
      const depth = 1 / r;
      const around = Math.atan2(y - lumen[1], x - lumen[0]) + turn;
      // Places on the wall, so that what lies there follows its perspective.
      const [u, v] = [Math.cos(around) + 0.6 * Math.log(depth), Math.sin(around) - 0.4 * Math.log(depth)];
      const fold = Math.sin(mucosa.folds * Math.log(depth) * 2.2 + 1.3 * wobble(u, v));
      const ridge = 0.5 + 0.5 * fold;
      const covered = Math.abs(branches(u, v)) < 3.2 * mucosa.vessels * (0.35 + 0.65 * ridge) ? 0.55 : 0;
      for (let c = 0; c < 3; c++) {
        colour[c] = mucosa.colour[c] * (1 - covered) + vessel[c] * covered + 0.03 * mottle(u, v);
      }
      let brightness = light * Math.min(1, 0.12 + 1.25 * r) * (0.62 + 0.38 * ridge);
      brightness *= foundAt(scene, x, y, colour, wobble);
      const glint = ridge > 0.985 && mottle(v, u) > 1.3 ? 0.5 : 0;
      for (let c = 0; c < 3; c++) {
        const value = balance[c] * brightness * Math.max(0, colour[c]) + glint + grain.normal(0, 0.012);
        out[offset + 3 * (row * size + column) + c] = Math.round(255 * Math.max(0, Math.min(1, value)));
      }
    }
  }
}

/** Changes the colour where something is found and returns how much its shape dims or brightens it. */
function foundAt(scene: Scene, x: number, y: number, colour: number[], wobble: (u: number, v: number) => number) {
  const { finding, place, radius } = scene;
  if (finding === 'none') return 1;
  const [dx, dy] = [(x - place[0]) / radius, (y - place[1]) / radius];
  const angle = Math.atan2(dy, dx);
  const ragged = finding === 'polyp' ? 0 : 0.22 * wobble(2 * Math.cos(angle), 2 * Math.sin(angle));
  const at = Math.hypot(dx, dy) * (1 + ragged);
  const mix = (to: Colour, share: number) => {
    for (let c = 0; c < 3; c++) colour[c] += (to[c] - colour[c]) * share;
  };
  switch (finding) {
    case 'polyp': {
      if (at > 1.25) return 1;
      if (at > 1) return 0.6;
      mix(inflamed, 0.35);
      // A ball lit from the front and a little from above.
      const height = Math.sqrt(1 - at * at);
      return 0.55 + 0.75 * Math.max(0, 0.85 * height - 0.35 * dy);
    }
    case 'ulcer':
      if (at < 0.75) mix(fibrin, 0.9);
      else if (at < 1.15) mix(inflamed, 0.8);
      return at < 0.75 ? 1.05 : 1;
    case 'bleeding': {
      const running = Math.abs(dx + 0.3 * Math.sin(3 * dy)) < 0.45 && dy > 0 && dy < 2.6;
      if (at < 1.05 || running) mix(blood, 0.92);
      return 1;
    }
    case 'diverticulum':
      if (at < 0.8) return 0.16;
      return at < 1.1 ? 1.15 : 1;
  }
}

/** A smooth random field over the plane of deviation about 1. */
function ripples(random: Random, count: number, low: number, high: number) {
  const waves = Array.from({ length: count }, () => {
    const [angle, scale] = [random.uniform(0, 2 * Math.PI), random.uniform(low, high)];
    return { u: scale * Math.cos(angle), v: scale * Math.sin(angle), phase: random.uniform(0, 2 * Math.PI) };
  });
  const gain = Math.sqrt(2 / count);
  return (u: number, v: number) => {
    let sum = 0;
    for (const wave of waves) sum += Math.sin(wave.u * u + wave.v * v + wave.phase);
    return gain * sum;
  };
}
