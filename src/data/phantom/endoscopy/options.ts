/**
 * What can be chosen about the phantom of endoscopy: `endoscopy-phantom:patients=60,pictures=4`.
 * @module
 */
import { z } from 'zod';
import { completed, optionsInText } from '../option-text.ts';

export const findingNames = ['none', 'polyp', 'ulcer', 'bleeding', 'diverticulum'] as const;
export type FindingName = (typeof findingNames)[number];

const wholeNumber = () => z.coerce.number().int();

export const endoscopyOptions = z.strictObject({
  patients: wholeNumber().min(1).max(100000).default(24).describe('how many patients, each with a mucosa of their own'),
  seed: wholeNumber().min(0).default(0).describe('the same seed gives the same bytes'),
  size: wholeNumber().min(24).max(512).default(64).describe('side of the square pictures in pixels'),
  pictures: wholeNumber().min(1).max(100).default(5).describe('pictures of a patient, each at another place'),
  scopes: wholeNumber()
    .min(1)
    .max(26)
    .default(2)
    .describe('number of endoscopes, each with a white balance of its own'),
});

export type EndoscopyOptions = z.infer<typeof endoscopyOptions>;

export const endoscopyName = 'endoscopy-phantom';

/** Throws `usage`, naming the option and its legal values. */
export function completeEndoscopy(given: Readonly<Record<string, unknown>>): EndoscopyOptions {
  return completed(endoscopyOptions, given, 'phantom of endoscopy');
}

/** Reads `endoscopy-phantom` or `endoscopy-phantom:patients=60,pictures=4`. Throws `usage`. */
export function parseEndoscopy(text: string): EndoscopyOptions {
  return completeEndoscopy(optionsInText(text, endoscopyName));
}
