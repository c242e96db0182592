/**
 * From scatterers to compressed echoes on a polar grid [depths, beams].
 *
 * Every scatterer deposits its amplitude with the round-trip phase of the carrier; a separable point-spread function
 * (axial: the pulse; lateral: the beam, narrowest at the focus) is convolved in; then attenuation and shadows,
 * reverberation in the chest wall, electronic noise, envelope, gain curve and log compression.
 * Fully developed speckle of amplitude 1 (myocardium) comes out at 0 dB at every depth before attenuation.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { beamSigma, gaussian, pulseSigmaMm, unitEnergy } from './point-spread.ts';
import { type ProbeSetting, type Scanner, soundSpeed } from './scanner.ts';

export interface PolarGrid {
  readonly depths: number;
  readonly beams: number;
  readonly stepMm: number;
  readonly firstAngle: number;
  readonly stepAngle: number;
}

/** A shadow: what a rib, lung or poor contact takes away, from a depth on, within an angle. */
export interface Shadow {
  readonly angle: number;
  readonly width: number;
  readonly fromMm: number;
  readonly db: number;
}

const guard = 3;
const tableBits = 12;
const tableSize = 1 << tableBits;
const cosines = Float32Array.from({ length: tableSize }, (_, i) => Math.cos((2 * Math.PI * i) / tableSize));
const sines = Float32Array.from({ length: tableSize }, (_, i) => Math.sin((2 * Math.PI * i) / tableSize));
const noiseSize = 1 << 15;

export function polarGrid(scanner: Scanner, depthMm: number, size: number): PolarGrid {
  const depths = Math.max(144, Math.round(1.5 * size)) + guard;
  const stepMm = depthMm / (depths - guard);
  const opening = (scanner.sectorDegrees * Math.PI) / 180;
  const beams = 88 + 2 * guard;
  const stepAngle = opening / (beams - 2 * guard - 1);
  return { depths, beams, stepMm, stepAngle, firstAngle: -opening / 2 - guard * stepAngle };
}

export class ImageFormation {
  readonly grid: PolarGrid;
  /** Echoes in decibels above myocardium, [depths, beams]; written by `form`. */
  readonly decibels: Float32Array;
  readonly #real: Float32Array;
  readonly #imaginary: Float32Array;
  readonly #real2: Float32Array;
  readonly #imaginary2: Float32Array;
  readonly #axial: Float32Array;
  readonly #lateral: Float32Array[];
  readonly #lateralOf: Uint8Array;
  readonly #transmission: Float32Array;
  readonly #depthGainDb: Float32Array;
  readonly #noise: Float32Array;
  readonly #noiseAmplitude: number;
  readonly #turnsPerMm: number;
  readonly #reverberationRows: number;

  constructor(
    grid: PolarGrid,
    scanner: Scanner,
    setting: ProbeSetting,
    options: {
      /** Scatterers in a cell of the grid, on average. */
      readonly density: number;
      readonly shadows: readonly Shadow[];
      /** Thickness of the chest wall, which rings. */
      readonly reverberationMm: number;
      readonly random: Random;
    },
  ) {
    const { depths, beams, stepMm } = grid;
    this.grid = grid;
    const cells = depths * beams;
    this.decibels = new Float32Array(cells);
    this.#real = new Float32Array(cells);
    this.#imaginary = new Float32Array(cells);
    this.#real2 = new Float32Array(cells);
    this.#imaginary2 = new Float32Array(cells);
    const wavelength = soundSpeed / setting.frequencyMhz;
    this.#turnsPerMm = 2 / wavelength;
    const axialSigma = Math.max(0.6, pulseSigmaMm(scanner, setting) / stepMm);
    this.#axial = unitEnergy(gaussian(axialSigma, Math.max(1, Math.ceil(2.6 * axialSigma))), 1);
    const widths = Array.from({ length: 16 }, (_, index) => 0.45 + 0.17 * index);
    this.#lateral = widths.map((sigma) => unitEnergy(gaussian(sigma, Math.ceil(2.4 * sigma)), options.density));
    this.#lateralOf = Uint8Array.from({ length: depths }, (_, row) => {
      const sigma = beamSigma(scanner, setting, (row + 0.5) * stepMm) / grid.stepAngle;
      return Math.max(0, Math.min(widths.length - 1, Math.round((sigma - 0.45) / 0.17)));
    });
    this.#transmission = new Float32Array(cells);
    this.#depthGainDb = new Float32Array(depths);
    for (let row = 0; row < depths; row++) {
      const centimetres = (row * stepMm) / 10;
      const lost = 2 * setting.attenuation * setting.frequencyMhz * centimetres;
      // The gain curve expects a body of 0.5 dB/cm/MHz, and the sliders are never quite right.
      const place = (row / depths) * (scanner.gainCurveDb.length - 1);
      const low = Math.floor(place);
      const error = scanner.gainCurveDb[low]! * (1 - place + low) + scanner.gainCurveDb[low + 1]! * (place - low);
      this.#depthGainDb[row] = 2 * 0.48 * setting.frequencyMhz * centimetres + error;
      for (let beam = 0; beam < beams; beam++) {
        let db = -lost;
        const angle = grid.firstAngle + beam * grid.stepAngle;
        for (const shadow of options.shadows) {
          const inside = 1 / (1 + Math.exp((Math.abs(angle - shadow.angle) - shadow.width) / 0.025));
          db -= shadow.db * inside * Math.max(0, Math.min(1, (row * stepMm - shadow.fromMm) / 8));
        }
        this.#transmission[row * beams + beam] = 10 ** (db / 20);
      }
    }
    // The noise is thermal: it does not know of attenuation, and the gain curve lifts it with depth.
    this.#noiseAmplitude = 10 ** ((scanner.noiseDb - 0.5 * setting.frequencyMhz * 10) / 20) / Math.SQRT2;
    this.#noise = options.random.split('noise').fillNormal(new Float32Array(noiseSize));
    this.#reverberationRows = Math.max(4, Math.round(options.reverberationMm / stepMm));
  }

  clear(): void {
    this.#real.fill(0);
    this.#imaginary.fill(0);
  }

  /**
   * Adds echoes. `right` and `deep` are picture coordinates in mm with the probe at the origin, `turns` a phase of the
   * scatterer's own in cycles.
   */
  deposit(right: Float32Array, deep: Float32Array, amplitude: Float32Array, turns: Float32Array, count: number): void {
    const { depths, beams, stepMm, firstAngle, stepAngle } = this.grid;
    const real = this.#real;
    const imaginary = this.#imaginary;
    const perMm = this.#turnsPerMm;
    const perStep = 1 / stepMm;
    const perAngle = 1 / stepAngle;
    for (let i = 0; i < count; i++) {
      const x = right[i]!;
      const y = deep[i]!;
      const range = Math.sqrt(x * x + y * y);
      const row = range * perStep;
      const low = row | 0;
      if (low >= depths - 1) continue;
      const slope = x / y;
      if (!(y > 0 && slope < 1.1 && slope > -1.1)) continue;
      const column = (arctangent(slope) - firstAngle) * perAngle;
      if (column < 0) continue;
      const left = column | 0;
      if (left >= beams - 1) continue;
      const index = ((range * perMm + turns[i]! + 64) * tableSize) & (tableSize - 1);
      const strength = amplitude[i]!;
      const re = strength * cosines[index]!;
      const im = strength * sines[index]!;
      const down = row - low;
      const across = column - left;
      const w11 = down * across;
      const w10 = down - w11;
      const w01 = across - w11;
      const w00 = 1 - down - w01;
      const cell = low * beams + left;
      real[cell]! += w00 * re;
      real[cell + 1]! += w01 * re;
      real[cell + beams]! += w10 * re;
      real[cell + beams + 1]! += w11 * re;
      imaginary[cell]! += w00 * im;
      imaginary[cell + 1]! += w01 * im;
      imaginary[cell + beams]! += w10 * im;
      imaginary[cell + beams + 1]! += w11 * im;
    }
  }

  /** Point-spread function, losses, noise, envelope, gain curve: fills `decibels`. `frame` picks the noise. */
  form(frame: number): Float32Array {
    this.#blur(this.#real, this.#real2);
    this.#blur(this.#imaginary, this.#imaginary2);
    this.#reverberate(this.#real, this.#imaginary);
    const { depths, beams } = this.grid;
    const real = this.#real;
    const imaginary = this.#imaginary;
    const noise = this.#noise;
    const loud = this.#noiseAmplitude;
    const decibels = this.decibels;
    for (let row = 0; row < depths; row++) {
      let at = hash(frame, row);
      const gain = this.#depthGainDb[row]!;
      for (let cell = row * beams; cell < (row + 1) * beams; cell++) {
        const re = real[cell]! + loud * noise[at++ & (noiseSize - 1)]!;
        const im = imaginary[cell]! + loud * noise[at++ & (noiseSize - 1)]!;
        decibels[cell] = powerDecibels(re * re + im * im + 1e-12) + gain;
      }
    }
    return decibels;
  }

  /** Convolves along depth into `spare`, then along beams back, with the losses. */
  #blur(plane: Float32Array, spare: Float32Array): void {
    const { depths, beams } = this.grid;
    const axial = this.#axial;
    const reach = (axial.length - 1) / 2;
    spare.fill(0);
    for (let row = 0; row < depths; row++) {
      const into = row * beams;
      for (let tap = -reach; tap <= reach; tap++) {
        const from = row + tap;
        if (from < 0 || from >= depths) continue;
        const weight = axial[tap + reach]!;
        const start = from * beams;
        for (let beam = 0; beam < beams; beam++) spare[into + beam]! += weight * plane[start + beam]!;
      }
    }
    const transmission = this.#transmission;
    for (let row = 0; row < depths; row++) {
      const lateral = this.#lateral[this.#lateralOf[row]!]!;
      const wide = (lateral.length - 1) / 2;
      const start = row * beams;
      for (let beam = 0; beam < beams; beam++) {
        const low = beam < wide ? -beam : -wide;
        const high = beam + wide >= beams ? beams - 1 - beam : wide;
        let sum = 0;
        for (let tap = low; tap <= high; tap++) sum += lateral[tap + wide]! * spare[start + beam + tap]!;
        plane[start + beam] = sum * transmission[start + beam]!;
      }
    }
  }

  /** Echoes that bounce once more between probe and chest wall come again, later and weaker. */
  #reverberate(real: Float32Array, imaginary: Float32Array): void {
    const { depths, beams } = this.grid;
    const delay = this.#reverberationRows;
    const weak = 0.03;
    for (let cell = depths * beams - 1; cell >= delay * beams; cell--) {
      real[cell]! += weak * real[cell - delay * beams]!;
      imaginary[cell]! += weak * imaginary[cell - delay * beams]!;
    }
  }
}

/** Abramowitz and Stegun 4.4.49, to 1e-5 within 45 degrees: no sector opens further to a side. */
function arctangent(t: number): number {
  const s = t * t;
  return t * (0.999866 + s * (-0.3302995 + s * (0.180141 + s * (-0.085133 + s * 0.0208351))));
}

const one = new Float32Array(1);
const bits = new Uint32Array(one.buffer);
const mantissaBits = 11;
const mantissaDecibels = Float32Array.from(
  { length: 1 << mantissaBits },
  (_, index) => 10 * Math.log10(1 + (index + 0.5) / (1 << mantissaBits)),
);

/** Ten times the decimal logarithm, to 0.001 dB, from the bits of the number: a third of the time of `Math.log`. */
function powerDecibels(power: number): number {
  one[0] = power;
  const word = bits[0]!;
  return ((word >>> 23) - 127) * 3.010299957 + mantissaDecibels[(word >>> (23 - mantissaBits)) & 2047]!;
}

function hash(frame: number, row: number): number {
  let h = Math.imul(frame + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 1;
}
