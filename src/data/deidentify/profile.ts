/**
 * What becomes of each DICOM attribute: the Basic Application Level Confidentiality Profile (PS3.15, annex E), made
 * stricter so that it needs no list of every attribute there is: text, names and dates go unless they are known to be
 * about the machine or the picture, and so do all groups that are about people, visits and requests.
 * @module
 */

export type Action = 'keep' | 'remove' | 'empty' | 'map-uid' | 'shift-date' | 'look-inside';

/** Text that describes the machine, the picture or a code, never the patient. */
const harmlessText = new Set([
  ...['00080070', '00081090', '00181020', '00080100', '00080102', '00080103', '00080104', '00080105', '00080106'],
  ...['00181210', '00180024', '00180085', '00181160', '00181250', '00181251', '00281055', '00281054', '00283003'],
  ...['00620005', '00620009', '00209421', '00201040', '00186031', '00180031', '00189005', '00540400'],
]);

/** Attributes that must be there, if without a value. */
const emptied = new Set(['00080020', '00080030', '00080050', '00080090', '00200010', '00100030', '00100040']);

/** Sequences that hold people, requests, annotations, or pictures of their own. */
const removedSequences = new Set([
  ...['00080051', '00080082', '00080096', '00081049', '00081052', '00081062', '00081072', '00081084', '00081111'],
  ...['00081120', '0018A001', '00700001', '00700060', '00880200', '04000402', '04000403', '04000500', '04000550'],
  ...['04000561', 'FFFAFFFA', '00189506', '00189507'],
]);

/** Groups that are about people, visits, requests, trials, curves and overlays. */
const removedGroups = new Set(['0010', '0012', '0032', '0038', '0040', '0042', '2200', '4000', '4008']);
/** What stays of them: real-world values and their units. */
const keptInGroups = new Set(['00409096', '004008EA', '00409211', '00409212', '00409216', '00409224', '00409225']);

const textual = new Set(['PN', 'LO', 'SH', 'LT', 'ST', 'UT', 'UC', 'UR', 'AE', 'AS']);
const dated = new Set(['DA', 'DT', 'TM']);

/** Group length and trailing padding, which are written anew. */
const structural = /^....0000$|^FFFCFFFC$/;

/**
 * @param tag eight hexadecimal digits, upper case
 * @param vr value representation
 */
export function actionFor(tag: string, vr: string, dates: 'remove' | 'shift'): Action {
  const group = tag.slice(0, 4);
  if (structural.test(tag) || Number.parseInt(group, 16) % 2 === 1 || /^(50|60)/.test(group)) return 'remove';
  if (dates === 'shift' && dated.has(vr) && group !== '0010') return 'shift-date';
  if (emptied.has(tag)) return 'empty';
  if (keptInGroups.has(tag)) return vr === 'SQ' ? 'look-inside' : 'keep';
  if (removedGroups.has(group) || removedSequences.has(tag)) return 'remove';
  if (vr === 'SQ') return 'look-inside';
  if (vr === 'UI') return 'map-uid';
  if (textual.has(vr)) return harmlessText.has(tag) ? 'keep' : 'remove';
  return dated.has(vr) || vr === 'UN' ? 'remove' : 'keep';
}
