/**
 * DICOM files with names planted in every identifying attribute, for tests that nothing of them comes out.
 * @module
 */
import dcmjs from 'dcmjs';
import { Random } from '../src/base/random.ts';

/** Whatever must never be found in an output. */
export const plantedNames = ['Zwingli', 'Berta', 'Qvortrup', 'Xanthos', 'Wybert', '19430517', 'MRN778812', 'ACC55667'];

const text = (vr: string, ...values: string[]) => ({ vr, Value: values });

export interface PlantedOptions {
  readonly rows: number;
  readonly columns: number;
  readonly frames?: number;
  /** Every patient has an identity of its own, with the same planted words in it. */
  readonly patient?: number;
  readonly instance?: number;
}

/** One ultrasound picture or clip of 8 bits, native: blurred noise, other pixels for every patient and instance. */
export function plantedDicom({ rows, columns, frames = 1, patient = 0, instance = 0 }: PlantedOptions): Uint8Array {
  const random = new Random(`${patient}-${instance}`);
  const coarse = random.fillUniform(new Float32Array(64), 20, 230);
  const pixels = Uint8Array.from({ length: rows * columns * frames }, (_, i) => {
    const [x, y] = [i % columns, Math.floor(i / columns) % rows];
    const cell = Math.floor((8 * y) / rows) * 8 + Math.floor((8 * x) / columns);
    return coarse[cell] + random.uniform(-15, 15);
  });
  const dict = new dcmjs.data.DicomDict({
    '00020002': text('UI', '1.2.840.10008.5.1.4.1.1.6.1'),
    '00020003': text('UI', '1.2.3.4.3'),
    '00020010': text('UI', '1.2.840.10008.1.2.1'),
    '00020016': text('AE', 'ZWINGLI_AE'),
  });
  dict.dict = {
    '00080005': text('CS', 'ISO_IR 100'),
    '00080008': text('CS', 'ORIGINAL', 'PRIMARY'),
    '00080012': text('DA', '20240229'),
    '00080016': text('UI', '1.2.840.10008.5.1.4.1.1.6.1'),
    '00080018': text('UI', `1.2.3.4.3.${patient}.${instance}`),
    '00080020': text('DA', '20240229'),
    '00080030': text('TM', '101500'),
    '00080050': text('SH', 'ACC55667'),
    '00080060': text('CS', 'US'),
    '00080080': text('LO', 'Qvortrup Hospital'),
    '00080081': text('ST', 'Qvortrup street'),
    '00080090': text('PN', 'Qvortrup^Doctor'),
    '00081010': text('SH', 'QVORTRUP1'),
    '00081030': text('LO', 'Echo of Zwingli'),
    '0008103E': text('LO', 'Zwingli series'),
    '00081050': text('PN', 'Xanthos^Performer'),
    '00081070': text('PN', 'Wybert^Operator'),
    '00081110': {
      vr: 'SQ',
      Value: [{ '00081155': text('UI', '1.2.3.4.9'), '00081150': text('UI', '1.2.840.10008.3.1.2.3.1') }],
    },
    '00081120': { vr: 'SQ', Value: [{ '00100020': text('LO', 'MRN778812') }] },
    '00082111': text('ST', 'derived for Zwingli'),
    '00091001': text('LO', 'Zwingli private'),
    '00090010': text('LO', 'ZWINGLI MAKER'),
    '00100010': text('PN', `Zwingli^Berta^${patient}`),
    '00100020': text('LO', `MRN778812-${patient}`),
    '00100030': text('DA', '19430517'),
    '00100040': text('CS', 'F'),
    '00101000': text('LO', 'MRN778812B'),
    '00101001': text('PN', 'Zwingli^Bertli'),
    '00101005': text('PN', 'Xanthos^Berta'),
    '00101010': text('AS', '080Y'),
    '00101040': text('LO', 'Zwingli lane 5'),
    '00101060': text('PN', 'Xanthos^Mother'),
    '00102154': text('SH', 'MRN778812-555'),
    '00104000': text('LT', 'Berta is well'),
    '00181000': text('LO', 'QVORTRUP-77'),
    '00181030': text('LO', 'Zwingli protocol'),
    '0020000D': text('UI', '1.2.3.4.1'),
    '0020000E': text('UI', `1.2.3.4.2.${patient}.${instance}`),
    '00200010': text('SH', 'Zwingli1'),
    '00200011': { vr: 'IS', Value: ['1'] },
    '00200013': { vr: 'IS', Value: [String(instance + 1)] },
    '00204000': text('LT', 'seen by Qvortrup'),
    '00280002': { vr: 'US', Value: [1] },
    '00280004': text('CS', 'MONOCHROME2'),
    '00280008': { vr: 'IS', Value: [String(frames)] },
    '00280010': { vr: 'US', Value: [rows] },
    '00280011': { vr: 'US', Value: [columns] },
    '00280030': { vr: 'DS', Value: ['0.5', '0.5'] },
    '00280100': { vr: 'US', Value: [8] },
    '00280101': { vr: 'US', Value: [8] },
    '00280102': { vr: 'US', Value: [7] },
    '00280103': { vr: 'US', Value: [0] },
    ...(frames > 1 ? { '00181063': { vr: 'DS', Value: ['40'] } } : {}),
    '00321032': text('PN', 'Qvortrup^Requester'),
    '00400254': text('LO', 'echo for Zwingli'),
    '00400275': { vr: 'SQ', Value: [{ '00400007': text('LO', 'Berta step') }] },
    '7FE00010': { vr: 'OB', Value: [pixels.buffer] },
  };
  return new Uint8Array(dict.write({ allowInvalidVRLength: true }));
}
