/**
 * What the steps between two lines of metrics add up to.
 * @module
 */
import type { HostArray } from '../tensor/host-array.ts';
import type { MetricsRecord } from './run-record.ts';

export class MetricsWindow {
  readonly #batchSize: number;
  readonly #items: number;
  readonly #sums = new Map<string, number>();
  #steps = 0;
  #learningRate = 0;
  #waitedMs = 0;
  #spentMs = 0;

  constructor(batchSize: number, items: number) {
    this.#batchSize = batchSize;
    this.#items = items;
  }

  /** Adds the outputs of one step program. */
  add(outputs: Readonly<Record<string, HostArray>>): void {
    for (const [name, { data }] of Object.entries(outputs)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + Number(data[0]));
    }
  }

  /** Ends a step. */
  close(learningRate: number, waitedMs: number, spentMs: number): void {
    this.#steps++;
    this.#learningRate = learningRate;
    this.#waitedMs += waitedMs;
    this.#spentMs += spentMs;
  }

  get loss(): number {
    return this.#mean('loss') ?? Number.NaN;
  }

  get gradientNorm(): number {
    return this.#mean('gradientNorm') ?? Number.NaN;
  }

  record(step: number): MetricsRecord {
    const accuracy = this.#mean('measure:accuracy');
    const parts = this.#named('part:');
    const { accuracy: _, ...measures } = this.#named('measure:');
    return {
      step,
      epoch: (step * this.#batchSize) / this.#items,
      loss: this.loss,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(Object.keys(parts).length === 0 ? {} : { parts }),
      ...(Object.keys(measures).length === 0 ? {} : { measures }),
      learningRate: this.#learningRate,
      gradientNorm: this.gradientNorm,
      itemsPerSecond: (1000 * this.#steps * this.#batchSize) / this.#spentMs,
      waiting: this.#waitedMs / this.#spentMs,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }

  clear(): void {
    this.#sums.clear();
    this.#steps = 0;
    this.#waitedMs = 0;
    this.#spentMs = 0;
  }

  #named(prefix: string): Record<string, number> {
    const names = [...this.#sums.keys()].filter((name) => name.startsWith(prefix));
    return Object.fromEntries(names.map((name) => [name.slice(prefix.length), this.#mean(name)!]));
  }

  #mean(name: string): number | undefined {
    const sum = this.#sums.get(name);
    return sum === undefined ? undefined : sum / this.#steps;
  }
}
