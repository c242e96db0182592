/**
 * Numbers as people read them: grouped digits, percentages, estimates with their intervals, durations.
 * The terminal, the report and the lab all write numbers through this file, so they agree.
 * @module
 */
import type { Estimate, ProbeResult } from '../evaluation/probe-result.ts';

/** A thin space that does not break: between groups of three digits. */
const THIN_SPACE = '\u202f';
/** Between a number and its unit. */
export const FIXED_SPACE = '\u00a0';
const MINUS = '\u2212';

export type Measure = ProbeResult['measure'];

/** `1 240 000`, digits grouped by thin spaces from four digits on. */
export function formatCount(value: number): string {
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return (value < 0 ? MINUS : '') + digits;
}

/** A fixed number of decimals and a real minus sign; never `−0.0`. */
export function formatNumber(value: number, decimals = 2): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : `${MINUS}∞`;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** `43 %` for 0.43. */
export function formatPercent(fraction: number, decimals = 0): string {
  return `${formatNumber(fraction * 100, decimals)}${FIXED_SPACE}%`;
}

/** Loss values and the like: as many decimals as tell them apart. */
export function formatLoss(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) return formatSmall(value);
  return formatNumber(value, size < 0.1 ? 3 : 2);
}

/** `3.0 × 10⁻⁴`, for learning rates and gradient norms far from 1. */
export function formatSmall(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 10000)) return formatNumber(value, size >= 10 ? 1 : 3);
  const exponent = Math.floor(Math.log10(size));
  const superscript = String(exponent).replace(/[-0-9]/g, (sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)]));
  return `${formatNumber(value / 10 ** exponent, 1)}${FIXED_SPACE}×${FIXED_SPACE}10${superscript}`;
}

/** How a measure is written: accuracies in percent with one decimal, the others as they are with two. */
export function measureStyle(measure: Measure): { name: string; unit: string; factor: number; decimals: number } {
  switch (measure) {
    case 'accuracy':
      return { name: 'accuracy', unit: '%', factor: 100, decimals: 1 };
    case 'balancedAccuracy':
      return { name: 'balanced accuracy', unit: '%', factor: 100, decimals: 1 };
    case 'macroF1':
      return { name: 'macro F1', unit: '%', factor: 100, decimals: 1 };
    case 'averagePrecision':
      return { name: 'mean average precision', unit: '%', factor: 100, decimals: 1 };
    case 'selectivity':
      return { name: 'selectivity', unit: '%', factor: 100, decimals: 1 };
    case 'compression':
      return { name: 'compression', unit: '', factor: 1, decimals: 2 };
    case 'dice':
      return { name: 'Dice', unit: '%', factor: 100, decimals: 1 };
    case 'retrieval':
      return { name: 'retrieval', unit: '%', factor: 100, decimals: 1 };
    case 'ap50':
      return { name: 'mean average precision at overlap 0.5', unit: '%', factor: 100, decimals: 1 };
    case 'pck':
      return { name: 'correct key points', unit: '%', factor: 100, decimals: 1 };
    case 'r2':
      return { name: 'R²', unit: '', factor: 1, decimals: 2 };
    case 'auroc':
      return { name: 'area under the ROC curve', unit: '', factor: 1, decimals: 2 };
  }
}

/** The number alone, in the measure's unit: `71.4`. */
export function formatValue(value: number, measure: Measure): string {
  const { factor, decimals } = measureStyle(measure);
  return formatNumber(value * factor, decimals);
}

/** The number with its unit, for sentences: `71.4 %`. */
export function formatMeasured(value: number, measure: Measure): string {
  const { unit } = measureStyle(measure);
  return formatValue(value, measure) + (unit === '' ? '' : FIXED_SPACE + unit);
}

/** `71.4 [68.9, 73.8]` */
export function formatEstimate(estimate: Estimate, measure: Measure): string {
  return `${formatValue(estimate.value, measure)} ${formatInterval(estimate, measure)}`;
}

/** `[68.9, 73.8]` */
export function formatInterval({ low, high }: Estimate, measure: Measure): string {
  return `[${formatValue(low, measure)}, ${formatValue(high, measure)}]`;
}

/** `+13.2 [9.1, 17.0]`, the sign always written. */
export function formatDifference(estimate: Estimate, measure: Measure): string {
  return `${formatSigned(estimate.value, measure)} ${formatInterval(estimate, measure)}`;
}

/** A column of estimates, padded so that all decimals stand below each other; `''` where there is none. */
export function alignEstimates(
  estimates: readonly (Estimate | undefined)[],
  measure: Measure,
  { signed = false, padding = '\u2007' } = {},
): { value: string; interval: string }[] {
  const value = (e: Estimate) => (signed ? formatSigned(e.value, measure) : formatValue(e.value, measure));
  const texts = estimates.map((e) => e && [value(e), formatValue(e.low, measure), formatValue(e.high, measure)]);
  const widths = [0, 1, 2].map((part) => Math.max(0, ...texts.map((text) => text?.[part].length ?? 0)));
  return texts.map((text) => {
    if (text === undefined) return { value: '', interval: '' };
    const [middle, low, high] = text.map((part, i) => part.padStart(widths[i], padding));
    return { value: middle, interval: `[${low}, ${high}]` };
  });
}

export function formatSigned(value: number, measure: Measure): string {
  const text = formatValue(value, measure);
  return Number(text.replace(MINUS, '-')) > 0 ? `+${text}` : text;
}

/** `0.03`, `0.004`, `< 0.001`. */
export function formatP(p: number): string {
  if (p < 0.001) return `<${FIXED_SPACE}0.001`;
  return p < 0.01 ? formatNumber(p, 3) : formatNumber(p, 2);
}

/** `0.4 s`, `40 s`, `1 min 40 s`, `2 h 05 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 9.95) return `${formatNumber(Math.max(0, seconds), seconds < 0.95 ? 1 : 0)}${FIXED_SPACE}s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const join = (first: number, firstUnit: string, second: number, secondUnit: string, width = 1) =>
    `${first}${FIXED_SPACE}${firstUnit} ${String(second).padStart(width, '0')}${FIXED_SPACE}${secondUnit}`;
  if (days > 0) return join(days, 'd', hours, 'h');
  if (hours > 0) return join(hours, 'h', minutes, 'min', 2);
  if (minutes > 0) return join(minutes, 'min', whole % 60, 's');
  return `${whole}${FIXED_SPACE}s`;
}

/** `61`, `8.4`, `0.52`: two or three significant digits. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1000) return formatCount(perSecond);
  return formatNumber(perSecond, perSecond >= 10 ? 0 : perSecond >= 1 ? 1 : 2);
}

/** `512 MB`, decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${formatNumber(size, unit === 0 || size >= 10 ? 0 : 1)}${FIXED_SPACE}${units[unit]}`;
}

/** `1 patient`, `24 patients`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)}${FIXED_SPACE}${count === 1 ? singular : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
