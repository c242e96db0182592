/**
 * Clean copies of all DICOM files of a folder, under names that tell nothing.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { SondeError, usageError } from '../../base/errors.ts';
import type { Problem } from '../media.ts';
import { scanItem } from '../quality/scan.ts';
import { dicomReader } from '../readers/dicom.ts';
import type { Box } from '../transform/crop.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { concealment } from './concealment.ts';
import { cleanCopy } from './deidentify-dicom.ts';
import { asUnreadable, recogniseFile } from './folder-source.ts';
import { installationSalt } from './pseudonym.ts';
import { walkFolder } from './walk.ts';

export interface DeidentifyOptions {
  readonly out: string;
  readonly salt?: string;
  readonly shiftDates?: boolean;
  /** Boxes to blacken in every picture, beside the text that is found. */
  readonly boxes?: readonly Box[];
  /** False leaves text that is found as it is. */
  readonly findText?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DeidentifySummary {
  readonly written: number;
  readonly patients: number;
  /** Files in which something was blackened. */
  readonly masked: number;
  /** Files that are no DICOM: not copied. */
  readonly others: number;
  readonly problems: readonly Problem[];
}

/** Throws `usage` for a missing path or an output folder inside the input, `data/empty` where there is no DICOM. */
export async function deidentifyFolder(path: string, options: DeidentifyOptions): Promise<DeidentifySummary> {
  if (!existsSync(path)) throw usageError(`there is no file or folder at ${path}`);
  const real = realpathSync(path);
  const out = resolve(options.out);
  if (out === real || out.startsWith(real + sep)) {
    throw usageError('clean copies go outside the folder they are made from', { hint: 'name another --out' });
  }
  const single = statSync(real).isFile();
  const { files } = walkFolder(single ? dirname(real) : real);
  const chosen = single ? files.filter(({ absolute }) => absolute === real) : files;
  const salt = options.salt ?? installationSalt();
  const conceal = concealment({ salt, everything: true });
  const problems: Problem[] = [];
  const patients = new Set<string>();
  let [written, masked, others] = [0, 0, 0];
  for (const [number, file] of chosen.entries()) {
    try {
      const recognition = recogniseFile(file.absolute);
      if (recognition === undefined || !('reader' in recognition) || recognition.reader.format !== 'dicom') others++;
      else {
        const boxes = [...(options.boxes ?? []), ...(options.findText === false ? [] : await textIn(file.absolute))];
        const copy = await cleanCopy(readFileSync(file.absolute), { ...options, salt, boxes });
        const name = createHash('sha256').update(copy.instance).digest('hex').slice(0, 16);
        const target = join(out, copy.pseudonym, `${name}.dcm`);
        mkdirSync(dirname(target), { recursive: true });
        writeFileAtomically(target, copy.bytes);
        patients.add(copy.pseudonym);
        written++;
        if (boxes.length > 0) masked++;
      }
    } catch (error) {
      const { problem } = asUnreadable(error, 'DICOM file');
      problems.push({ path: conceal(file.path), reason: problem, severity: 'skipped' });
    }
    options.onProgress?.(number + 1, chosen.length);
  }
  if (written === 0 && problems.length === 0) {
    throw new SondeError('data/empty', 'there are no DICOM files to clean', {
      hint: 'only DICOM files are copied: other files have no profile that says what identifies in them',
    });
  }
  return { written, patients: patients.size, masked, others, problems };
}

/** Lines of text in the pixels of a file; none where they cannot be decoded, which the copy will say. */
async function textIn(path: string): Promise<readonly Box[]> {
  const media = await dicomReader.open(path);
  try {
    const item = { ...media.description, id: '', patient: '', labels: media.description.labels ?? {} };
    return (await scanItem(item, (window) => media.read(window))).text;
  } finally {
    await media.close?.();
  }
}
