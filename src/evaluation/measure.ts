/**
 * One protocol on one encoder and on the same network untrained, side by side.
 * @module
 */
import type { FrameStore } from '../data/media.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { adjustHolm } from '../statistics/multiple-comparisons.ts';
import { compareTaps } from './compare-taps.ts';
import { type EncoderOptions, openEncoder } from './encoder.ts';
import { labelValues } from './examples.ts';
import { type ExtractionOptions, extractFeatures } from './extraction.ts';
import type { FeatureTable } from './feature-table.ts';
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
  readonly onStage?: (stage: string, encoder: string, done: number, total: number) => void;
}

export interface Measured {
  readonly result: ProbeResult;
  readonly tables: readonly FeatureTable[];
}

/** Extracts once, then runs the protocol. */
export async function measure(
  { model, encoder: named }: Contender,
  store: FrameStore,
  options: MeasureOptions,
): Promise<Measured> {
  const encoder = await openEncoder(model, options);
  try {
    const tables = await extractFeatures(encoder, store, {
      ...options,
      onProgress: (done, total) => options.onStage?.('extract', named.name, done, total),
    });
    const values = labelValues({ labels: tables[0].labels ?? {} }, options.label);
    const protocol = options.protocol === undefined ? defaultProtocol(values) : findProtocol(options.protocol);
    let done = 0;
    const result = await protocol.run(
      {
        tables,
        label: options.label,
        encoder: named,
        product: runtimeMatrixProduct,
        onTap: () => options.onStage?.('probe', named.name, ++done, tables.length),
      },
      options.protocolOptions ?? {},
    );
    return { result, tables };
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
    test: 'paired bootstrap over patients, Holm over taps',
    taps: taps.map((tap, i) => ({ ...tap, p: adjusted[i] })),
  };
}
