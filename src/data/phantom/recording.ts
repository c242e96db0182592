/**
 * One recording, ready to be drawn: the heart, the view, the scatterers and the scanner, made once; then any frame,
 * in any order, from its time alone.
 * @module
 */
import { Random } from '../../base/random.ts';
import type { RecordingFactors } from './cohort.ts';
import { type Contraction, DisplacementField, type MovedPoints } from './field.ts';
import { ImageFormation, polarGrid, type Shadow } from './image-formation.ts';
import { type Curve, leafletCurve, newCurve, type Valve, valvesIn } from './leaflets.ts';
import { type Instant, instantAt } from './motion.ts';
import type { PhantomOptions } from './options.ts';
import { drawOverlays, type OverlayScene } from './overlays.ts';
import { recompress } from './recompression.ts';
import { ScanConversion, sectorGeometry } from './scan-conversion.ts';
import { greyMap, type ProbeSetting, type Scanner, scannerOf } from './scanner.ts';
import { findInterfaces, type Interfaces, type Scatterers, scatter } from './scatterers.ts';
import { placeView, type View } from './views.ts';

/** Speckle of myocardium lies this far below white. */
const headroomDb = 21;
/** Echo of an interface met squarely, in amplitudes of a scatterer. */
const specularGain = 2.2;

function moved(count: number): MovedPoints {
  return { right: new Float32Array(count), deep: new Float32Array(count), through: new Float32Array(count) };
}

/** What is settled before anything is drawn: cheap, for lists of items. */
export interface Standing {
  readonly view: View;
  readonly field: DisplacementField;
  readonly scanner: Scanner;
  readonly setting: ProbeSetting;
  readonly scene: OverlayScene;
}

export function settingOf(factors: RecordingFactors, options: PhantomOptions): Standing {
  const { anatomy, random, rhythm, overlays: shown } = factors;
  const view = placeView(anatomy, factors.view, random.split('view'));
  const scanner = scannerOf(new Random(options.seed).split('phantom'), factors.site);
  const { depthMm } = view;
  const setting = {
    depthMm,
    frequencyMhz: factors.frequencyMhz,
    attenuation: anatomy.attenuation,
    gainDb: factors.gainDb,
    focusMm: Math.round((depthMm * random.split('focus').uniform(0.5, 0.7)) / 10) * 10,
  };
  const geometry = sectorGeometry(scanner, depthMm, options.size);
  return {
    view,
    field: new DisplacementField(anatomy, view),
    scanner,
    setting,
    scene: { shown, geometry, scanner, setting, rhythm },
  };
}

export class EchoRecording {
  readonly factors: RecordingFactors;
  readonly view: View;
  readonly field: DisplacementField;
  readonly valves: readonly Valve[];
  readonly scanner: Scanner;
  readonly setting: ProbeSetting;
  readonly scene: OverlayScene;
  readonly #options: PhantomOptions;
  /** Made when a frame is first drawn: most of the work, and the truth of a frame needs none of it. */
  #echoes: Echoes | undefined;

  constructor(factors: RecordingFactors, options: PhantomOptions) {
    const standing = settingOf(factors, options);
    this.factors = factors;
    this.#options = options;
    this.view = standing.view;
    this.field = standing.field;
    this.scanner = standing.scanner;
    this.setting = standing.setting;
    this.scene = standing.scene;
    this.valves = valvesIn(factors.anatomy, this.view);
  }

  /** The heart at a frame: the instant and the state of the field. */
  stateAt(frame: number): { readonly instant: Instant; readonly state: Contraction } {
    const instant = instantAt(this.factors.rhythm, this.factors.times[frame]!);
    return { instant, state: this.field.contractionFor(instant.volume, instant.respiration) };
  }

  /** Draws a frame into `out` at `offset`; `out` must be zero there. */
  render(frame: number, out: Uint8Array, offset: number): void {
    const { factors, scene } = this;
    this.#echoes ??= new Echoes(this, this.#options);
    this.#echoes.draw(frame, out, offset);
    drawOverlays(scene, factors.times[frame]!, out, offset);
    const { size } = scene.geometry;
    const coarseness = factors.coarseness[frame];
    const { blockCorner } = this.#options;
    if (coarseness !== undefined) recompress(out, offset, size, coarseness, [blockCorner, blockCorner]);
    if (factors.recompressed) recompress(out, offset, size, 1.6);
  }
}

/** Scatterers, interfaces and leaflets of a recording, and the picture their echoes make. */
class Echoes {
  readonly #recording: EchoRecording;
  readonly #scatterers: Scatterers;
  readonly #interfaces: Interfaces;
  readonly #formation: ImageFormation;
  readonly #conversion: ScanConversion;
  readonly #grey: Uint8Array;
  readonly #levels: Float32Array;
  readonly #places: MovedPoints;
  readonly #phase: Float32Array;
  readonly #edges: MovedPoints;
  readonly #edgeNeighbours: MovedPoints;
  readonly #edgeAmplitude: Float32Array;
  readonly #edgePhase: Float32Array;
  readonly #curve: Curve = newCurve();
  readonly #leafletAmplitude: Float32Array;
  readonly #leafletTexture: Float32Array;
  readonly #leafletPhase: Float32Array;

  constructor(recording: EchoRecording, options: PhantomOptions) {
    this.#recording = recording;
    const { factors, view, field, scanner, setting, scene } = recording;
    const { anatomy, random } = factors;
    const { geometry } = scene;
    const { depthMm } = view;
    const grid = polarGrid(scanner, depthMm, options.size);
    const { halfAngle } = geometry;
    const cells = (grid.depths - 3) * (grid.beams - 6);
    const region = { cells, halfAngle, depthMm, count: Math.round(1.6 * cells) };
    this.#scatterers = scatter(anatomy, view, field, region, random.split('scatterers'));
    this.#interfaces = findInterfaces(anatomy, view, field, region);
    this.#formation = new ImageFormation(grid, scanner, setting, {
      density: this.#scatterers.density,
      shadows: drawShadows(random.split('shadows'), halfAngle),
      reverberationMm: anatomy.chestWallMm,
      random: random.split('electronics'),
    });
    this.#conversion = new ScanConversion(geometry, grid);
    this.#grey = greyMap(scanner);
    this.#levels = new Float32Array(grid.depths * grid.beams);
    const count = this.#scatterers.points.count;
    this.#places = moved(count);
    this.#phase = new Float32Array(count);
    const edges = this.#interfaces.points.count;
    this.#edges = moved(edges);
    this.#edgeNeighbours = moved(edges);
    this.#edgeAmplitude = new Float32Array(edges);
    this.#edgePhase = new Float32Array(edges);
    const leaflets = this.#curve.right.length;
    this.#leafletAmplitude = new Float32Array(leaflets);
    this.#leafletPhase = random.split('leaflet phase').fillUniform(new Float32Array(leaflets));
    this.#leafletTexture = random.split('leaflet texture').fillUniform(new Float32Array(leaflets), 0.5, 1.3);
  }

  /** A frame as the scanner shows it, nothing burnt in yet. */
  draw(frame: number, out: Uint8Array, offset: number): void {
    const { factors, scanner, setting } = this.#recording;
    const decibels = this.#formed(frame);
    const levels = this.#levels;
    const { dynamicRangeDb } = scanner;
    const perDb = 255 / dynamicRangeDb;
    const lift = setting.gainDb + factors.gainDrift[frame]! + dynamicRangeDb - headroomDb;
    for (let cell = 0; cell < levels.length; cell++) {
      const level = (decibels[cell]! + lift) * perDb;
      levels[cell] = level < 0 ? 0 : Math.min(level, 255);
    }
    this.#conversion.convert(levels, this.#grey, out, offset);
  }

  /** Echoes of a frame in decibels on the polar grid; the array is used again by the next frame. */
  #formed(frame: number): Float32Array {
    const { instant, state } = this.#recording.stateAt(frame);
    const formation = this.#formation;
    formation.clear();
    this.#depositScatterers(instant, state);
    this.#depositInterfaces(state);
    this.#depositLeaflets(instant, state);
    return formation.form(this.#recording.factors.sourceFrames[frame]!);
  }

  #depositScatterers(instant: Instant, state: Contraction): void {
    const { points, amplitude, turns, turnsPerMm, turnsPerSecond } = this.#scatterers;
    const places = this.#places;
    const phase = this.#phase;
    this.#recording.field.move(points, state, places);
    const { through } = places;
    for (let i = 0; i < points.count; i++) {
      phase[i] = turns[i]! + turnsPerMm[i]! * through[i]! + turnsPerSecond[i]! * instant.seconds;
    }
    this.#formation.deposit(places.right, places.deep, amplitude, phase, points.count);
  }

  #depositInterfaces(state: Contraction): void {
    const { points, neighbours, strength } = this.#interfaces;
    const { right, deep } = this.#edges;
    const next = this.#edgeNeighbours;
    const amplitude = this.#edgeAmplitude;
    this.#recording.field.move(points, state, this.#edges);
    this.#recording.field.move(neighbours, state, next);
    for (let i = 0; i < points.count; i++) {
      const x = right[i]!;
      const y = deep[i]!;
      const tx = next.right[i]! - x;
      const ty = next.deep[i]! - y;
      const facing = ((tx * y - ty * x) * (tx * y - ty * x)) / ((tx * tx + ty * ty) * (x * x + y * y) + 1e-6);
      amplitude[i] = specularGain * strength[i]! * (0.08 + 1.1 * facing * facing);
    }
    this.#formation.deposit(right, deep, amplitude, this.#edgePhase, points.count);
  }

  #depositLeaflets(instant: Instant, state: Contraction): void {
    const amplitude = this.#leafletAmplitude;
    const { field, view } = this.#recording;
    const { right, deep, facing } = this.#curve;
    for (const valve of this.#recording.valves) {
      leafletCurve(valve, field, state, instant, view, this.#curve);
      for (let i = 0; i < amplitude.length; i++) {
        amplitude[i] = valve.brightness * this.#leafletTexture[i]! * (0.55 + 0.9 * facing[i]! * facing[i]!);
      }
      this.#formation.deposit(right, deep, amplitude, this.#leafletPhase, amplitude.length);
    }
  }
}

/** Ribs and lung at the edges of the sector, and now and then a dull stripe of poor contact. */
function drawShadows(random: Random, halfAngle: number): Shadow[] {
  const shadows: Shadow[] = [];
  for (const side of [-1, 1]) {
    const stream = random.split('edge', side);
    const db = stream.bernoulli(0.6) ? stream.uniform(3, 16) : 0;
    if (db > 0) shadows.push({ angle: side * halfAngle, width: stream.uniform(0.04, 0.2), fromMm: 16, db });
  }
  const stripe = random.split('stripe');
  if (stripe.bernoulli(0.35)) {
    const angle = stripe.uniform(-0.8, 0.8) * halfAngle;
    shadows.push({
      angle,
      width: stripe.uniform(0.02, 0.06),
      fromMm: stripe.uniform(12, 30),
      db: stripe.uniform(3, 9),
    });
  }
  return shadows;
}
