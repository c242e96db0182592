/**
 * DICOM transfer syntaxes: how a file is written, and how its pixels are packed (PS3.5, annex A).
 * @module
 */

export type PixelPacking =
  | 'native'
  | 'deflated'
  | 'rle'
  | 'jpeg'
  | 'jpeg-extended'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'video';

export interface TransferSyntax {
  readonly name: string;
  /** Absent for those whose pixels cannot be decoded here. */
  readonly packing?: PixelPacking;
  readonly bigEndian?: boolean;
}

const prefix = '1.2.840.10008.1.2';

const syntaxes: Readonly<Record<string, TransferSyntax>> = {
  [prefix]: { name: 'implicit little endian', packing: 'native' },
  [`${prefix}.1`]: { name: 'explicit little endian', packing: 'native' },
  [`${prefix}.1.99`]: { name: 'deflated explicit little endian', packing: 'native' },
  [`${prefix}.2`]: { name: 'explicit big endian', packing: 'native', bigEndian: true },
  [`${prefix}.5`]: { name: 'RLE lossless', packing: 'rle' },
  [`${prefix}.8.1`]: { name: 'deflated image frames', packing: 'deflated' },
  [`${prefix}.4.50`]: { name: 'JPEG baseline', packing: 'jpeg' },
  [`${prefix}.4.51`]: { name: 'JPEG extended (12 bits)', packing: 'jpeg-extended' },
  [`${prefix}.4.57`]: { name: 'JPEG lossless', packing: 'jpeg-lossless' },
  [`${prefix}.4.70`]: { name: 'JPEG lossless, selection value 1', packing: 'jpeg-lossless' },
  [`${prefix}.4.80`]: { name: 'JPEG-LS lossless', packing: 'jpeg-ls' },
  [`${prefix}.4.81`]: { name: 'JPEG-LS near-lossless', packing: 'jpeg-ls' },
  [`${prefix}.4.90`]: { name: 'JPEG 2000 lossless', packing: 'jpeg-2000' },
  [`${prefix}.4.91`]: { name: 'JPEG 2000', packing: 'jpeg-2000' },
  [`${prefix}.4.100`]: { name: 'MPEG-2 main profile, main level', packing: 'video' },
  [`${prefix}.4.101`]: { name: 'MPEG-2 main profile, high level', packing: 'video' },
  [`${prefix}.4.102`]: { name: 'MPEG-4 AVC high profile', packing: 'video' },
  [`${prefix}.4.103`]: { name: 'MPEG-4 AVC BD-compatible high profile', packing: 'video' },
  [`${prefix}.4.104`]: { name: 'MPEG-4 AVC high profile 4.2 for 2D', packing: 'video' },
  [`${prefix}.4.105`]: { name: 'MPEG-4 AVC high profile 4.2 for 3D', packing: 'video' },
  [`${prefix}.4.106`]: { name: 'MPEG-4 AVC stereo high profile', packing: 'video' },
  [`${prefix}.4.107`]: { name: 'HEVC main profile', packing: 'video' },
  [`${prefix}.4.108`]: { name: 'HEVC main 10 profile', packing: 'video' },
  [`${prefix}.4.94`]: { name: 'JPIP (pixels on a server)' },
  [`${prefix}.4.95`]: { name: 'JPIP, deflated (pixels on a server)' },
  [`${prefix}.4.201`]: { name: 'high-throughput JPEG 2000 lossless', packing: 'jpeg-2000' },
  [`${prefix}.4.202`]: { name: 'high-throughput JPEG 2000 lossless RPCL', packing: 'jpeg-2000' },
  [`${prefix}.4.203`]: { name: 'high-throughput JPEG 2000', packing: 'jpeg-2000' },
};

/** What a unique identifier stands for; unknown ones have no packing. */
export function transferSyntax(uid: string): TransferSyntax {
  const known = Object.hasOwn(syntaxes, uid) ? syntaxes[uid] : undefined;
  // Only digits and dots are repeated: a damaged file could hold anything here.
  return known ?? { name: /^[\d.]{1,64}$/.test(uid) ? uid : 'unknown' };
}
