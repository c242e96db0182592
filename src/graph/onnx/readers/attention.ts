/**
 * Attention and rotary positions, operators since version 23.
 * @module
 */
import { float32 } from '../../../tensor/host-array.ts';
import * as graph from '../../primitives.ts';
import { constant, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { type NodeReader, type Reading, required, unsupported } from './reading.ts';

/** Far below every score, and still finite where all of a row are masked. */
const hidden = -3e38;

/** `[B, N, H·D]` to `[B, H, N, D]`; what has four axes already lies so. */
function headsOf(x: Tensor, heads: number): Tensor {
  if (x.shape.length === 4) return x;
  const [batch, count, width] = x.shape;
  return graph.transpose(graph.reshape(x, [batch, count, heads, width / heads]), [0, 2, 1, 3]);
}

const joined = (x: Tensor): Tensor => {
  const [batch, heads, count, width] = x.shape;
  return graph.reshape(graph.transpose(x, [0, 2, 1, 3]), [batch, count, heads * width]);
};

/** Every head of keys or values for the several heads of queries that share it. */
function shared(x: Tensor, heads: number): Tensor {
  const [batch, own, count, width] = x.shape;
  if (own === heads) return x;
  const wide = graph.expand(graph.reshape(x, [batch, own, 1, count, width]), [batch, own, heads / own, count, width]);
  return graph.reshape(wide, [batch, heads, count, width]);
}

/** 0 where query i may see key j and a large negative number elsewhere. */
function causal(queries: number, keys: number, past: number): Tensor {
  const mask = float32([queries, keys], 0);
  for (let i = 0; i < queries; i++) for (let j = i + past + 1; j < keys; j++) mask.data[i * keys + j] = hidden;
  return constant(mask);
}

const attention: NodeReader = (reading) => {
  const { node } = reading;
  const [q, k, v] = [0, 1, 2].map((position) => required(reading, position));
  const heads = q.shape.length === 4 ? q.shape[1] : readInt(node, 'q_num_heads', 0);
  const own = k.shape.length === 4 ? k.shape[1] : readInt(node, 'kv_num_heads', heads);
  if (heads === 0) throw unsupported(node, 'it does not say how many heads there are');
  const [pastKey, pastValue] = [reading.inputs[4], reading.inputs[5]];
  const after = (past: Tensor | undefined, x: Tensor) => (past === undefined ? x : graph.concat([past, x], 2));
  const query = headsOf(q, heads);
  const presentKey = after(pastKey, headsOf(k, own));
  const presentValue = after(pastValue, headsOf(v, own));
  const scale = readAttribute(node, 'scale', 'float') ?? 1 / Math.sqrt(query.shape[3]);
  let scores = graph.matmul(graph.multiply(query, scale), shared(presentKey, heads), { transposeB: true });
  const [queries, keys] = scores.shape.slice(2);
  if (readInt(node, 'is_causal', 0) === 1) {
    scores = graph.add(scores, causal(queries, keys, pastKey === undefined ? 0 : pastKey.shape[2]));
  }
  const mask = reading.inputs[3];
  if (mask?.dtype === 'bool') scores = graph.where(mask, scores, graph.scalar(hidden));
  else if (mask !== undefined) scores = graph.add(scores, mask);
  if ((readAttribute(node, 'softcap', 'float') ?? 0) !== 0) throw unsupported(node, 'capped scores are not known');
  const y = graph.matmul(graph.softmax(scores, -1), shared(presentValue, heads));
  return [q.shape.length === 4 ? y : joined(y), presentKey, presentValue];
};

/** Pairs of features turned by angles that grow with the position (Su et al., "RoFormer", 2021). */
const rotaryEmbedding: NodeReader = (reading) => {
  const { node } = reading;
  const input = required(reading, 0);
  const heads = readInt(node, 'num_heads', 0);
  const x = headsOf(input, heads);
  const [batch, , count, width] = x.shape;
  const turned = readInt(node, 'rotary_embedding_dim', 0) || width;
  const half = turned / 2;
  const table = (position: number) => {
    const cache = required(reading, position);
    const rows = reading.inputs[3] === undefined ? cache : graph.gather(cache, ids(reading), 0);
    return graph.reshape(rows, [batch, 1, count, half]);
  };
  const [cosine, sine] = [table(1), table(2)];
  const interleaved = readInt(node, 'interleaved', 0) === 1;
  const part = graph.slice(x, 3, 0, turned);
  const shape = part.shape.slice(0, 3);
  const pairs = interleaved ? graph.reshape(part, [...shape, half, 2]) : graph.reshape(part, [...shape, 2, half]);
  const axis = interleaved ? 4 : 3;
  const one = (which: number) => graph.reshape(graph.slice(pairs, axis, which, which + 1), [...shape, half]);
  const [a, b] = [one(0), one(1)];
  const real = graph.subtract(graph.multiply(a, cosine), graph.multiply(b, sine));
  const imaginary = graph.add(graph.multiply(a, sine), graph.multiply(b, cosine));
  const paired = (value: Tensor) => graph.reshape(value, [...shape, ...(interleaved ? [half, 1] : [1, half])]);
  const rotated = graph.reshape(graph.concat([paired(real), paired(imaginary)], axis), part.shape);
  const whole = turned === width ? rotated : graph.concat([rotated, graph.slice(x, 3, turned, width)], 3);
  return input.shape.length === 4 ? whole : joined(whole);
};

const ids = (reading: Reading): Tensor => graph.cast(required(reading, 3), 'int64');

export const attentionReaders: Readonly<Record<string, NodeReader>> = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
};
