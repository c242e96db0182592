/**
 * The headers of NIfTI-1 (348 bytes) and NIfTI-2 (540 bytes), in either byte order.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { DType } from '../../tensor/host-array.ts';
import type { Geometry } from '../media.ts';
import { fromRas, geometryOf, norm, type Vector } from '../patient-space.ts';

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly bigEndian: boolean;
  /** True when the pixels are in an `.img` beside it. */
  readonly pair: boolean;
  /** Lengths of the axes, x first, at least three. */
  readonly dimensions: readonly number[];
  readonly dtype: DType;
  readonly samples: 1 | 3 | 4;
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  /** The window the file recommends. */
  readonly window: readonly [number, number] | undefined;
  /** [slices, rows, columns] in millimetres. */
  readonly spacingMm: readonly [number, number, number] | undefined;
  readonly geometry: Geometry | undefined;
  /** Seconds from one volume to the next. */
  readonly secondsPerStep: number | undefined;
}

const dtypes: Readonly<Record<number, readonly [DType, 1 | 3 | 4]>> = {
  2: ['uint8', 1],
  4: ['int16', 1],
  8: ['int32', 1],
  16: ['float32', 1],
  64: ['float64', 1],
  128: ['uint8', 3],
  256: ['int8', 1],
  512: ['uint16', 1],
  768: ['uint32', 1],
  1024: ['int64', 1],
  1280: ['uint64', 1],
  2304: ['uint8', 4],
};

/** Which NIfTI the bytes begin like: version and byte order. */
export function niftiKind(head: Uint8Array): { version: 1 | 2; bigEndian: boolean; pair: boolean } | undefined {
  const text = (offset: number) => String.fromCharCode(...head.subarray(offset, offset + 4));
  for (const bigEndian of [false, true]) {
    const [a, b, c, d] = bigEndian ? [3, 2, 1, 0] : [0, 1, 2, 3];
    const size = head[a] + 256 * head[b] + 65_536 * head[c] + 2 ** 24 * head[d];
    if (size === 348 && (text(344) === 'n+1\0' || text(344) === 'ni1\0')) {
      return { version: 1, bigEndian, pair: head[345] === 0x69 };
    }
    if (size === 540 && (text(4) === 'n+2\0' || text(4) === 'ni2\0')) {
      return { version: 2, bigEndian, pair: head[5] === 0x69 };
    }
  }
  return undefined;
}

/** Reads a header. Throws `data/unreadable`. */
export function readNiftiHeader(bytes: Uint8Array): NiftiHeader {
  const kind = niftiKind(bytes);
  if (kind === undefined) throw unreadable('it does not begin like one');
  const { version, bigEndian } = kind;
  if (bytes.length < (version === 1 ? 348 : 540)) throw unreadable('its header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = (offset: number) => view.getInt16(offset, !bigEndian);
  const word = (offset: number) => view.getInt32(offset, !bigEndian);
  const long = (offset: number) => Number(view.getBigInt64(offset, !bigEndian));
  const real = (one: number, two: number) =>
    version === 1 ? view.getFloat32(one, !bigEndian) : view.getFloat64(two, !bigEndian);
  const reals = (one: number, two: number, count: number) =>
    Array.from({ length: count }, (_, i) => real(one + 4 * i, two + 8 * i));
  const rank = version === 1 ? short(40) : long(16);
  if (!(rank >= 1 && rank <= 7)) throw unreadable(`it has ${rank} axes instead of 1 to 7`);
  const dimensions = Array.from({ length: Math.max(3, rank) }, (_, i) => {
    if (i >= rank) return 1;
    return version === 1 ? short(42 + 2 * i) : long(24 + 8 * i);
  });
  if (!dimensions.every((length) => length >= 1 && Number.isSafeInteger(length))) {
    throw unreadable(`its axes are ${dimensions.join(' x ')} long`);
  }
  const intent = version === 1 ? short(68) : word(504);
  if (intent >= 3000 && intent < 3100) throw unreadable('it is a CIFTI matrix, which holds no pictures');
  const code = version === 1 ? short(70) : short(12);
  const type = dtypes[code];
  if (type === undefined) {
    const name = { 1: 'single bits', 32: 'complex numbers', 1536: '128-bit numbers', 1792: 'complex numbers' }[code];
    throw unreadable(`its values are ${name ?? `of type ${code}`}, which are not supported`);
  }
  const units = version === 1 ? bytes[123] : word(500);
  const millimetres = { 1: 1000, 3: 0.001 }[units & 7] ?? 1;
  const pixdim = reals(76, 104, 8);
  const affine = affineOf({
    form: version === 1 ? [short(252), short(254)] : [word(344), word(348)],
    rows: reals(280, 400, 12),
    quaternion: reals(256, 352, 6),
    pixdim,
    scale: millimetres,
  });
  const seconds = pixdim[4] * ({ 8: 1, 16: 1e-3, 24: 1e-6 }[units & 56] ?? Number.NaN);
  const [slope, intercept] = reals(112, 176, 2);
  const scaled = slope !== 0 && Number.isFinite(slope) && Number.isFinite(intercept) && type[1] === 1;
  const [white, black] = version === 1 ? reals(124, 0, 2) : reals(0, 192, 2);
  return {
    ...kind,
    dimensions,
    dtype: type[0],
    samples: type[1],
    offset: Math.max(0, version === 1 ? view.getFloat32(108, !bigEndian) : long(168)),
    slope: scaled ? slope : 1,
    intercept: scaled ? intercept : 0,
    window: white > black && Number.isFinite(white - black) ? [black, white] : undefined,
    ...spaceOf(affine, pixdim, millimetres),
    secondsPerStep: seconds > 0 ? seconds : undefined,
  };
}

interface AffineFacts {
  readonly form: readonly number[];
  readonly rows: readonly number[];
  readonly quaternion: readonly number[];
  readonly pixdim: readonly number[];
  readonly scale: number;
}

/** Steps along x, y, z and the origin, LPS in millimetres; `undefined` where the file gives no orientation. */
function affineOf({
  form,
  rows,
  quaternion,
  pixdim,
  scale,
}: AffineFacts): [Vector, Vector, Vector, Vector] | undefined {
  const [qform, sform] = form;
  const lps = (vector: Vector) => fromRas(vector.map((value) => value * scale) as unknown as Vector);
  if (sform > 0) {
    const column = (i: number) => lps([rows[i], rows[4 + i], rows[8 + i]]);
    return [column(0), column(1), column(2), column(3)];
  }
  if (qform <= 0) return undefined;
  const [b, c, d, x, y, z] = quaternion;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const handed = pixdim[0] < 0 ? -1 : 1;
  const along = (vector: Vector, size: number) => lps(vector.map((value) => value * size) as unknown as Vector);
  return [
    along([a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)], pixdim[1]),
    along([2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)], pixdim[2]),
    along([2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c], pixdim[3] * handed),
    lps([x, y, z]),
  ];
}

function spaceOf(
  affine: ReturnType<typeof affineOf>,
  pixdim: readonly number[],
  scale: number,
): Pick<NiftiHeader, 'spacingMm' | 'geometry'> {
  const sizes = pixdim.slice(1, 4).map((size) => Math.abs(size) * scale);
  const steps = affine?.slice(0, 3).map(norm) ?? sizes;
  const [x, y, z] = steps.map((step, i) => (step > 0 && Number.isFinite(step) ? step : sizes[i]));
  const geometry = affine === undefined ? undefined : geometryOf(affine[3], [affine[2], affine[1], affine[0]]);
  return { spacingMm: [x, y, z].every((step) => step > 0) ? [z, y, x] : undefined, geometry };
}

export function unreadable(what: string): SondeError {
  return new SondeError('data/unreadable', `this NIfTI file cannot be read: ${what}`);
}
