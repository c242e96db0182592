/**
 * How much single numbers say of a factor, and whether one says it alone: mutual information of channels with factors, and
 * the gap between the best channel and the next (MIG). Chen et al., "Isolating sources of disentanglement in variational
 * autoencoders", NeurIPS 2018, equation 6. Plug-in estimates in nats.
 * @module
 */

/** Numbers as codes of `bins` parts of about equal size; equal numbers share a code. */
export function equalParts(values: ArrayLike<number>, bins: number): Uint16Array {
  const sorted = Float64Array.from(values).sort();
  const edges: number[] = [];
  for (let part = 1; part < bins; part++) {
    const last = edges.at(-1) ?? sorted[0];
    // Where many are equal the part begins with the next larger number.
    const edge = sorted.subarray(Math.floor((part * sorted.length) / bins)).find((value) => value > last);
    if (edge !== undefined) edges.push(edge);
  }
  return Uint16Array.from(values, (value) => {
    let code = 0;
    while (code < edges.length && value >= edges[code]) code++;
    return code;
  });
}

/** Shannon entropy of codes, in nats. */
export function entropyOf(codes: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) counts.set(codes[i], (counts.get(codes[i]) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / codes.length) * Math.log(count / codes.length);
  return entropy;
}

/** I(a; b) = H(a) + H(b) − H(a, b) of two rows of codes, in nats. */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const width = 1 + maximum(b);
  const joint = Float64Array.from({ length: a.length }, (_, i) => a[i] * width + b[i]);
  return Math.max(0, entropyOf(a) + entropyOf(b) - entropyOf(joint));
}

export interface InformationGap {
  /** (I(best; factor) − I(next; factor)) / H(factor): 1 where one channel says all and no other anything. */
  readonly gap: number;
  /** I(best; factor) / H(factor). */
  readonly best: number;
  readonly channel: number;
}

/** The gap of one factor over channels, both as codes. Zero where the factor does not vary. */
export function informationGap(channels: readonly ArrayLike<number>[], factor: ArrayLike<number>): InformationGap {
  const entropy = entropyOf(factor);
  if (!(entropy > 0)) return { gap: 0, best: 0, channel: 0 };
  const shares = channels.map((channel) => mutualInformation(channel, factor) / entropy);
  const order = shares.map((_, i) => i).sort((i, j) => shares[j] - shares[i] || i - j);
  const [first, second] = order;
  const best = shares[first] ?? 0;
  return { gap: best - (shares[second] ?? 0), best, channel: first ?? 0 };
}

function maximum(codes: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < codes.length; i++) most = Math.max(most, codes[i]);
  return most;
}
