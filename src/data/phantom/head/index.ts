/**
 * The phantom of heads: magnetic resonance volumes of random nested ellipsoids with soft texture, in two contrasts of
 * one anatomy, whose every factor is known.
 *
 * A voxel's signal is that of its tissue in the contrast, with texture fixed to the tissue, under a smooth coil field,
 * with Rician noise (Gudbjartsson and Patz, "The Rician distribution of noisy MRI data", MRM 1995).
 * @module
 */
import { usageError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import type { Frames, FrameWindow, MediaItem, MediaSource } from '../../media.ts';
import { resolveWindow } from '../../window.ts';
import { drawHead, type HeadAnatomy, type HeadTissue, headTissues, type Triple, tissueAt } from './anatomy.ts';
import { type ContrastName, completeHead, type HeadOptions } from './options.ts';

export { headTissues } from './anatomy.ts';
export { diagnosisNames, headName, parseHead } from './options.ts';

/** A source of volumes made on demand. */
export interface HeadPhantom extends MediaSource {
  readonly options: HeadOptions;
  /** Slices of an item, uint8 `[T, H, W, 1]`. Throws `usage` for an item or a window that does not exist. */
  render(item: number, window?: FrameWindow): Frames & { readonly data: Uint8Array };
  /** Tissue codes of a slice, `[H, W]`; names in `headTissues`. */
  tissues(item: number, slice: number): Uint8Array;
}

const fieldMm = 240;
const heightMm = 200;

/** Signal by contrast and tissue; white matter in T1 is 1. */
const signals: Readonly<Record<ContrastName, readonly number[]>> = {
  t1: signalsOf({
    air: 0,
    scalp: 1.15,
    skull: 0.12,
    'cerebrospinal fluid': 0.22,
    'grey matter': 0.68,
    'white matter': 1,
    ventricle: 0.2,
    'deep grey matter': 0.74,
    cerebellum: 0.78,
    eye: 0.3,
    'tumour rim': 1.3,
    'tumour core': 0.4,
    oedema: 0.6,
    blood: 1.25,
    infarct: 0.48,
  }),
  t2: signalsOf({
    air: 0,
    scalp: 0.75,
    skull: 0.1,
    'cerebrospinal fluid': 1.4,
    'grey matter': 0.72,
    'white matter': 0.5,
    ventricle: 1.45,
    'deep grey matter': 0.6,
    cerebellum: 0.66,
    eye: 1.35,
    'tumour rim': 0.95,
    'tumour core': 1.25,
    oedema: 1.1,
    blood: 0.3,
    infarct: 1.15,
  }),
};

/** Signal that is stored as white. */
const white = 1.5;

function signalsOf(known: Readonly<Record<HeadTissue, number>>): readonly number[] {
  return headTissues.map((name) => known[name]);
}

interface Patient {
  readonly random: Random;
  readonly head: HeadAnatomy;
}

/** Makes a phantom of heads. Options left out take their defaults. Throws `usage` for options that do not exist. */
export function createHeadPhantom(given: Partial<HeadOptions> = {}): HeadPhantom {
  const options = completeHead(given);
  const { size, slices, contrasts } = options;
  const root = new Random(options.seed).split('heads');
  const digits = Math.max(3, String(options.patients).length);
  const patients = Array.from({ length: options.patients }, (_, index): Patient => {
    const random = root.split('patient', index);
    return { random, head: drawHead(random.split('anatomy'), options) };
  });
  const items = patients.flatMap((patient, index) =>
    contrasts.map((contrast) =>
      describe(patient, `head-${String(index + 1).padStart(digits, '0')}`, contrast, options),
    ),
  );
  const numbers = new Map(items.map(({ id }, index) => [id, index]));

  function partsOf(item: number) {
    const patient = patients[Math.floor(item / contrasts.length)];
    if (patient === undefined || item < 0) {
      throw usageError(`the phantom of heads has no item ${item}`, { expected: `0 to ${items.length - 1}` });
    }
    return { ...patient, contrast: contrasts[item % contrasts.length] };
  }

  function tissuesOf({ head }: Pick<Patient, 'head'>, slice: number, out: Uint8Array, places?: Float32Array): void {
    const turned = turner(head);
    const place = [0, 0, 0];
    const z = (slice + 0.5) * (heightMm / slices) - 0.55 * heightMm;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const pixel = row * size + column;
        turned(((column + 0.5) / size - 0.5) * fieldMm, ((row + 0.5) / size - 0.5) * fieldMm, z, place);
        out[pixel] = tissueAt(head, place[0], place[1], place[2]);
        places?.set(place, 3 * pixel);
      }
    }
  }

  function render(item: number, window?: FrameWindow) {
    const { head, random, contrast } = partsOf(item);
    const { start, count, stride } = resolveWindow(window, slices);
    const texture = waves(random.split('texture'), 24, 0.15, 0.7);
    const coil = waves(random.split('coil', contrast), 3, 0.005, 0.012);
    const [codes, places] = [new Uint8Array(size * size), new Float32Array(3 * size * size)];
    const data = new Uint8Array(count * size * size);
    for (let i = 0; i < count; i++) {
      const slice = start + i * stride;
      tissuesOf({ head }, slice, codes, places);
      const noise = random.split('noise', contrast, slice);
      for (let pixel = 0; pixel < codes.length; pixel++) {
        const [x, y, z] = [places[3 * pixel], places[3 * pixel + 1], places[3 * pixel + 2]];
        const signal = signals[contrast][codes[pixel]];
        const real = signal === 0 ? 0 : signal * (1 + 0.05 * texture(x, y, z)) * (1 + 0.22 * coil(x, y, z));
        const [inPhase, inQuadrature] = [noise.normal(0, options.noise), noise.normal(0, options.noise)];
        const value = (255 / white) * Math.hypot(real + inPhase, inQuadrature);
        data[i * codes.length + pixel] = Math.min(255, Math.round(value));
      }
    }
    return { data, shape: [count, size, size, 1] as const };
  }

  return {
    name: 'head phantom',
    options,
    items,
    problems: [],
    render,
    tissues(item, slice) {
      resolveWindow({ start: slice, count: 1 }, slices);
      const out = new Uint8Array(size * size);
      tissuesOf(partsOf(item), slice, out);
      return out;
    },
    async read(item, window) {
      const index = numbers.get(item.id);
      if (index === undefined) throw usageError(`the phantom of heads has no item '${item.id}'`);
      return render(index, window);
    },
  };
}

function describe({ head }: Patient, patient: string, contrast: ContrastName, options: HeadOptions): MediaItem {
  const { size, slices } = options;
  const { lesion, diagnosis, ventricles, brain, turns } = head;
  const rounded = (value: number) => Number(value.toFixed(3));
  const [width, length, height] = brain;
  return {
    id: `${patient}/${contrast}`,
    patient,
    kind: 'volume',
    frames: slices,
    height: size,
    width: size,
    channels: 1,
    spacingMm: [heightMm / slices, fieldMm / size, fieldMm / size],
    intensityRange: [0, 255],
    labels: {
      diagnosis,
      side: lesion === undefined ? 'none' : lesion.centre[0] > 0 ? 'left' : 'right',
      lesionMl: rounded(lesion === undefined ? 0 : millilitres(lesion.radii)),
      brainMl: rounded(millilitres([width, length, height])),
      ventricleSize: rounded(ventricles),
      contrast,
      yawDegrees: rounded((turns[0] * 180) / Math.PI),
    },
    format: 'phantom',
  };
}

const millilitres = ([a, b, c]: Triple) => ((4 / 3) * Math.PI * a * b * c) / 1000;

/** From the scanner's frame to the head's: shift, then turns about x, y and z undone. */
function turner({ turns: [yaw, pitch, roll], shift }: HeadAnatomy) {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  return (x: number, y: number, z: number, out: number[]) => {
    const [a, b, c] = [x - shift[0], y - shift[1], z - shift[2]];
    const [b1, c1] = [cp * b + sp * c, cp * c - sp * b];
    const [a2, c2] = [cr * a - sr * c1, cr * c1 + sr * a];
    out[0] = cy * a2 + sy * b1;
    out[1] = cy * b1 - sy * a2;
    out[2] = c2;
  };
}

/** A smooth random field of deviation about 1: waves of the given frequencies in radians a millimetre. */
function waves(random: Random, count: number, low: number, high: number) {
  const drawn = Array.from({ length: count }, () => {
    const [x, y, z] = [random.normal(), random.normal(), random.normal()];
    const scale = random.uniform(low, high) / Math.hypot(x, y, z);
    return { x: x * scale, y: y * scale, z: z * scale, phase: random.uniform(0, 2 * Math.PI) };
  });
  const gain = Math.sqrt(2 / count);
  return (x: number, y: number, z: number) => {
    let sum = 0;
    for (const wave of drawn) sum += Math.sin(wave.x * x + wave.y * y + wave.z * z + wave.phase);
    return gain * sum;
  };
}
