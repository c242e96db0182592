/**
 * What can be chosen about the phantom of heads: `head-phantom:patients=60,contrasts=t1`.
 * @module
 */
import { z } from 'zod';
import { completed, optionsInText } from '../option-text.ts';

export const diagnosisNames = ['none', 'tumour', 'haemorrhage', 'infarct', 'hydrocephalus'] as const;
export type DiagnosisName = (typeof diagnosisNames)[number];

export const contrastNames = ['t1', 't2'] as const;
export type ContrastName = (typeof contrastNames)[number];

const wholeNumber = () => z.coerce.number().int();

export const headOptions = z.strictObject({
  patients: wholeNumber().min(1).max(100000).default(24).describe('how many patients, each with a head of their own'),
  seed: wholeNumber().min(0).default(0).describe('the same seed gives the same bytes'),
  size: wholeNumber()
    .min(24)
    .max(256)
    .default(48)
    .describe('side of a square slice in pixels; the field is 240 mm wide'),
  slices: wholeNumber().min(16).max(256).default(40).describe('slices from below to above, over 200 mm'),
  contrasts: z
    .preprocess(
      (given) => (typeof given === 'string' ? given.split(/[\s,+|;]+/).filter(Boolean) : given),
      z.array(z.enum(contrastNames)).min(1),
    )
    .default(['t1'])
    .describe('one volume of every patient in each: t1, t2 or t1+t2, of the same anatomy'),
  diagnoses: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('probability that something is wrong: tumour, haemorrhage, infarct or hydrocephalus'),
  noise: z.coerce.number().min(0).max(0.5).default(0.04).describe('deviation of the receiver noise, white matter is 1'),
});

export type HeadOptions = z.infer<typeof headOptions>;

export const headName = 'head-phantom';

/** Throws `usage`, naming the option and its legal values. */
export function completeHead(given: Readonly<Record<string, unknown>>): HeadOptions {
  return completed(headOptions, given, 'phantom of heads');
}

/** Reads `head-phantom` or `head-phantom:patients=60,contrasts=t1+t2`. Throws `usage`. */
export function parseHead(text: string): HeadOptions {
  return completeHead(optionsInText(text, headName, ['contrasts']));
}
