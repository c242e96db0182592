/**
 * One protocol on one encoder and on the same network untrained, side by side.
 * @module
 */
import type { FrameStore } from '../data/media.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { adjustHolm } from '../statistics/multiple-comparisons.ts';
import { compareTaps, testOf } from './compare-taps.ts';
import { type EncoderOptions, openEncoder } from './encoder.ts';
import { labelValues } from './examples.ts';
import { type ExtractionOptions, extractFeatures } from './extraction.ts';
import type { FitCheckpoints } from './network/fit-checkpoints.ts';
import type { ProbeResult, TapDifference } from './probe-result.ts';
import { defaultProtocol, findProtocol } from './protocols/index.ts';
import { runtimeMatrixProduct } from './runtime-matrix-product.ts';

export interface Contender {
  readonly model: OnnxModel;
  readonly encoder: ProbeResult['encoder'];
}

export interface MeasureOptions extends ExtractionOptions, EncoderOptions {
  readonly label: string;
  readonly protocol?: string;
  readonly protocolOptions?: Readonly<Record<string, unknown>>;
  /** Where fits are kept while they last, by encoder and fit. */
  readonly checkpoints?: (encoder: string, fit: string) => FitCheckpoints;
  readonly onStage?: (stage: string, encoder: string, done: number, total: number) => void;
}

/** Extracts features once and reads them, or hands the network itself to a protocol that needs it. */
export async function measure(contender: Contender, store: FrameStore, options: MeasureOptions): Promise<ProbeResult> {
  const { model, encoder: named } = contender;
  const asked = options.protocol === undefined ? undefined : findProtocol(options.protocol);
  if (asked?.needs === 'network') {
    const { label, device, threads, checkpoints } = options;
    return asked.run(
      {
        model,
        encoder: named,
        store,
        label,
        ...(device === undefined ? {} : { device }),
        ...(threads === undefined ? {} : { threads }),
        ...(checkpoints === undefined ? {} : { checkpoints: (name) => checkpoints(named.name, name) }),
        onProgress: (stage, done, total) => options.onStage?.(stage, named.name, done, total),
      },
      options.protocolOptions ?? {},
    );
  }
  const encoder = await openEncoder(model, options);
  try {
    const tables = await extractFeatures(encoder, store, {
      ...options,
      onProgress: (done, total) => options.onStage?.('extract', named.name, done, total),
    });
    const protocol = asked ?? defaultProtocol(labelValues({ labels: tables[0].labels ?? {} }, options.label));
    let done = 0;
    return await protocol.run(
      {
        tables,
        label: options.label,
        encoder: named,
        product: runtimeMatrixProduct,
        onTap: () => options.onStage?.('probe', named.name, ++done, tables.length),
      },
      options.protocolOptions ?? {},
    );
  } finally {
    await encoder.release();
  }
}

/** A paired comparison of two encoders, with the test it rests on. */
export interface Comparison {
  readonly protocol: string;
  readonly label: string;
  readonly encoder: string;
  readonly against: string;
  readonly test: string;
  readonly taps: readonly TapDifference[];
}

/** The paired comparison of an encoder with the one it is measured against; p values corrected over taps by Holm. */
export function againstBaseline(result: ProbeResult, baseline: ProbeResult): Comparison {
  const taps = compareTaps(result, baseline);
  const adjusted = adjustHolm(taps.map(({ p }) => p));
  return {
    protocol: result.protocol,
    label: result.label,
    encoder: result.encoder.name,
    against: baseline.encoder.name,
    test: `${testOf(result)}, Holm over taps`,
    taps: taps.map((tap, i) => ({ ...tap, p: adjusted[i] })),
  };
}
