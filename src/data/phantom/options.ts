/**
 * What can be chosen about a phantom, and how it is written in one line: `phantom:patients=24,frames=16`.
 * @module
 */
import { z } from 'zod';
import { completed, optionsInText } from './option-text.ts';

export const viewNames = [
  'apical-four-chamber',
  'apical-two-chamber',
  'parasternal-long-axis',
  'parasternal-short-axis',
] as const;
export type ViewName = (typeof viewNames)[number];

export const anomalyNames = [
  'none',
  'akinetic-segment',
  'dilated-ventricle',
  'hypertrophy',
  'pericardial-effusion',
  'stenotic-valve',
] as const;
export type AnomalyName = (typeof anomalyNames)[number];

export const overlayNames = ['text', 'ticks', 'bar', 'ecg', 'focus'] as const;
export type OverlayName = (typeof overlayNames)[number];

export const faultNames = ['freeze', 'gain-drift', 'recompression', 'duplicate', 'cut'] as const;
export type FaultName = (typeof faultNames)[number];

/** What a shortcut may be planted in, and what it may give away. */
export const shortcutCues = [...overlayNames, 'site', 'gain'] as const;
export const shortcutLabels = ['view', 'anomaly', 'ejectionFraction', 'heartRate'] as const;
export type ShortcutCue = (typeof shortcutCues)[number];
export type ShortcutLabel = (typeof shortcutLabels)[number];

/** A list of names as an array, or as text with commas, spaces, `+` or `|` between; `all` and `none` are understood. */
function namesOf<const T extends readonly string[]>(names: T) {
  return z.preprocess(
    (given) => {
      if (typeof given !== 'string') return given;
      const text = given.trim();
      if (text === 'all') return [...names];
      if (text === 'none' || text === '') return [];
      return text.split(/[\s,+|;]+/).filter(Boolean);
    },
    z.array(z.enum(names as unknown as [T[number], ...T[number][]])),
  );
}

const wholeNumber = () => z.coerce.number().int();
const probability = () =>
  z.preprocess(
    (given) => (given === true || given === 'true' ? 0.5 : given === false || given === 'false' ? 0 : given),
    z.coerce.number().min(0).max(1),
  );

const shortcutPattern = new RegExp(`^(?:none|(?:${shortcutCues.join('|')}):(?:${shortcutLabels.join('|')}))$`);

export const phantomOptions = z.strictObject({
  patients: wholeNumber().min(1).max(100000).default(24).describe('how many patients, each with a heart of their own'),
  seed: wholeNumber().min(0).default(0).describe('the same seed gives the same bytes'),
  frames: wholeNumber().min(1).max(4096).default(24).describe('frames of a clip'),
  frameRateHz: z.coerce.number().min(5).max(120).default(25).describe('frames a second (scanners: 20 to 60)'),
  size: wholeNumber().min(32).max(512).default(96).describe('side of the square frames in pixels'),
  recordings: wholeNumber().min(1).max(100).default(1).describe('clips of a patient in every view'),
  views: namesOf(viewNames)
    .refine((views) => views.length > 0, { message: `at least one of ${viewNames.join(', ')}` })
    .default([...viewNames])
    .describe(`which views: ${viewNames.join(', ')}, or all`),
  anomalies: probability().default(0.5).describe('probability that a heart has an anomaly; true 0.5, false 0'),
  overlays: namesOf(overlayNames)
    .default([])
    .describe(`what is burnt into the frames: ${overlayNames.join(', ')}, all or none`),
  faults: namesOf(faultNames)
    .default([])
    .describe(`what goes wrong in one clip out of four: ${faultNames.join(', ')}, all or none`),
  compression: z.coerce
    .number()
    .min(0)
    .max(20)
    .default(0)
    .describe('how coarsely all frames were compressed, in multiples of the standard table of JPEG; 0: not at all'),
  keyFrames: wholeNumber()
    .min(1)
    .max(64)
    .default(1)
    .describe('with compression, every so many frames one is finer, as key frames of videos are; 1: all alike'),
  blockCorner: wholeNumber()
    .min(0)
    .max(7)
    .default(0)
    .describe('with compression, row and column at which blocks of 8 begin: other than 0 after cropping'),
  sites: wholeNumber().min(1).max(26).default(2).describe('number of scanners, each with a look of its own'),
  shortcut: z
    .string()
    .regex(shortcutPattern, {
      message: `none, or CUE:LABEL with a cue of ${shortcutCues.join(', ')} and a label of ${shortcutLabels.join(', ')}`,
    })
    .default('none')
    .describe('plants a shortcut CUE:LABEL, e.g. site:anomaly or ecg:view: the cue follows the label'),
  shortcutStrength: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('fraction of clips in which the cue is set by the label; in the others it is drawn independently'),
});

export type PhantomOptions = z.infer<typeof phantomOptions>;

/** The two halves of a shortcut, or undefined where none is planted. */
export function shortcutOf(options: PhantomOptions): { cue: ShortcutCue; label: ShortcutLabel } | undefined {
  if (options.shortcut === 'none') return undefined;
  const [cue, label] = options.shortcut.split(':');
  return { cue: cue as ShortcutCue, label: label as ShortcutLabel };
}

/** Options with their defaults filled in. Throws `usage`, naming the option and its legal values. */
export function completeOptions(given: Readonly<Record<string, unknown>>): PhantomOptions {
  return completed(phantomOptions, given, 'phantom');
}

/**
 * Reads `phantom` or `phantom:patients=24,frames=16,views=apical-four-chamber+apical-two-chamber`.
 * A part without `=` continues the list before it, so `views=a,b` works too. Throws `usage`.
 */
export function parsePhantom(text: string): PhantomOptions {
  return completeOptions(optionsInText(text, 'phantom', ['views', 'overlays', 'faults']));
}
