/**
 * From what was measured of a shortcut to a verdict, and what to do about it.
 * @module
 */
import type { MethodCard } from '../../pretext/card.ts';
import type { Alone } from './alone.ts';
import type { Decoded, HeldAt } from './decode.ts';
import type { Mass } from './mass.ts';
import type { Retrained } from './retrain.ts';
import type { Shortcut } from './shortcut.ts';
import type { Swap } from './swap.ts';

export const verdicts = ['used', 'usable, not used', 'not usable', 'not here'] as const;
export type Verdict = (typeof verdicts)[number];

/** All that was measured of one shortcut. */
export interface Audited {
  readonly shortcut: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** Why it cannot be in these questions. */
  readonly absent?: string;
  /** Share of the questions it was found in, for shortcuts that lie in places. */
  readonly found?: number;
  readonly alone?: Alone;
  /** The same with the answers dealt anew among the questions: the control. */
  readonly dealt?: Alone;
  readonly swap?: Swap;
  readonly mass?: Mass;
  readonly decoded: readonly Decoded[];
  readonly retrained: readonly Retrained[];
  /** What to do next. */
  readonly next: string;
}

export type Evidence = Omit<Audited, 'verdict' | 'next' | 'shortcut' | 'title'>;

/**
 * `used`: the network answers its questions at all (`answers`) and the interval of the pull lies above `margin`, or, where nothing can be exchanged, training made features hold
 * it better. `usable, not used`: the interval of the shortcut alone lies above guessing by `margin`, or features hold it.
 */
export function verdictOf(
  { absent, alone, swap, decoded }: Evidence,
  { margin, answers }: { readonly margin: number; readonly answers: boolean },
): Verdict {
  if (absent !== undefined) return 'not here';
  if (answers && swap !== undefined && swap.pull.low > margin) return 'used';
  const asked = alone !== undefined || swap !== undefined;
  const held = decoded.flatMap(({ taps }) => taps);
  if (!asked && held.some(({ gain }) => gain !== undefined && gain.low > margin)) return 'used';
  if (alone !== undefined && alone.accuracy.low > alone.chance + margin) return 'usable, not used';
  if (!asked && held.some(({ share }) => share.low > margin)) return 'usable, not used';
  return 'not usable';
}

/** The tap that holds a fact best. */
export function bestOf({ taps }: Decoded): HeldAt | undefined {
  return taps.length === 0 ? undefined : taps.reduce((a, b) => (b.share.value > a.share.value ? b : a));
}

/** The options of the method that guard against a shortcut, as its card declares them. */
export function counterMeasures(card: MethodCard, { declared }: Shortcut) {
  return card.shortcuts.flatMap(({ id, counter }) => (declared.includes(id) && counter !== undefined ? [counter] : []));
}

/** What to do next, in a sentence. */
export function nextStep(
  verdict: Verdict,
  shortcut: Shortcut,
  card: MethodCard | undefined,
  options: Readonly<Record<string, unknown>>,
): string {
  if (verdict === 'not here' || verdict === 'not usable') return 'Nothing to do.';
  const counters = card === undefined ? [] : counterMeasures(card, shortcut);
  const open = counters.filter(({ option, guarded }) => JSON.stringify(options[option]) !== JSON.stringify(guarded));
  const settings = open.map(({ option, guarded }) => `--set ${option}=${String(guarded)}`);
  if (verdict === 'usable, not used') {
    return settings.length > 0
      ? `Guard against it before training longer: ${settings.join(' ')}.`
      : `Watch it in longer runs; if it comes to be used, ${shortcut.remedy}.`;
  }
  return settings.length > 0
    ? `Train again with ${settings.join(' ')} and audit again.`
    : `The method's own guards are set and do not suffice: ${shortcut.remedy}.`;
}
