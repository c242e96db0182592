/**
 * The bytes of an `.onnx` file as a model.
 * @module
 */
import { fromBinary } from '@bufbuild/protobuf';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { decodeAttribute } from './decode-attribute.ts';
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type OperatorSetIdProto,
  TensorProtoSchema,
  type ValueInfoProto,
} from './generated/onnx_pb.ts';
import type { AttributeValue, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from './model.ts';
import { decodeTensor, type ReadExternal } from './tensor-data.ts';
import { decodeType } from './value-types.ts';

export interface DecodeOptions {
  /** Fetches tensors that lie outside the file; without it such a model is refused. */
  readonly readExternal?: ReadExternal;
}

/**
 * Tensors are views of `bytes` where they are aligned, so `bytes` must not change afterwards. bfloat16 becomes float32
 * throughout. Throws `onnx/malformed` for broken files and `graph/unsupported` for what Sonde has no place for.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): OnnxModel {
  const proto = parsed(() => fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false }));
  if (proto.graph === undefined) throw new SondeError('onnx/malformed', 'the file holds no graph');
  const { producerName, producerVersion, domain, modelVersion, docString, metadataProps, functions } = proto;
  return {
    irVersion: Number(proto.irVersion),
    opsets: decodeOpsets(proto.opsetImport),
    ...((producerName || producerVersion) && { producer: { name: producerName, version: producerVersion } }),
    ...(domain && { domain }),
    ...(modelVersion !== 0n && { version: Number(modelVersion) }),
    ...(docString && { description: docString }),
    ...(metadataProps.length > 0 && { metadata: Object.fromEntries(metadataProps.map((p) => [p.key, p.value])) }),
    graph: decodeGraph(proto.graph, options.readExternal),
    ...(functions.length > 0 && { functions: functions.map(decodeFunction) }),
  };
}

/** A lone `TensorProto`, as in the `.pb` files of ONNX's own test cases. */
export function decodeTensorFile(bytes: Uint8Array): { name: string; array: HostArray } {
  const proto = parsed(() => fromBinary(TensorProtoSchema, bytes));
  return { name: proto.name, array: decodeTensor(proto, proto.name || 'tensor') };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new SondeError('onnx/malformed', `this is not an ONNX file: ${messageOf(error)}`, { cause: error });
  }
}

function decodeGraph(proto: GraphProto, readExternal: ReadExternal | undefined): OnnxGraph {
  if (proto.sparseInitializer.length > 0) {
    throw new SondeError('graph/unsupported', 'sparse initialisers are not supported', { where: proto.name });
  }
  const initialisers = new Map<string, HostArray>();
  for (const tensor of proto.initializer) {
    if (tensor.name === '' || initialisers.has(tensor.name)) {
      const problem = tensor.name === '' ? 'an initialiser has no name' : `initialiser ${tensor.name} appears twice`;
      throw new SondeError('onnx/malformed', problem, { where: proto.name });
    }
    initialisers.set(tensor.name, decodeTensor(tensor, tensor.name, readExternal));
  }
  const values = proto.valueInfo.flatMap(decodeKnownValue);
  return {
    name: proto.name,
    inputs: proto.input.map(decodeValue),
    outputs: proto.output.map(decodeValue),
    initialisers,
    nodes: proto.node.map((node) => decodeNode(node, readExternal)),
    ...(values.length > 0 && { values }),
    ...(proto.docString && { description: proto.docString }),
  };
}

function decodeNode(proto: NodeProto, readExternal?: ReadExternal): OnnxNode {
  if (proto.opType === '') {
    throw new SondeError('onnx/malformed', 'a node names no operator', { where: proto.name || proto.output[0] });
  }
  const domain = ownDomain(proto.domain);
  return {
    name: proto.name,
    operator: proto.opType,
    domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes: decodeAttributes(proto.attribute, domain === '' ? proto.opType : '', proto.name, readExternal),
    ...(proto.overload && { overload: proto.overload }),
  };
}

function decodeFunction(proto: FunctionProto): OnnxFunction {
  return {
    name: proto.name,
    domain: proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    parameters: proto.attribute,
    defaults: decodeAttributes(proto.attributeProto, '', proto.name),
    nodes: proto.node.map((node) => decodeNode(node)),
    opsets: decodeOpsets(proto.opsetImport),
    ...(proto.overload && { overload: proto.overload }),
  };
}

function decodeAttributes(protos: AttributeProto[], operator: string, where: string, readExternal?: ReadExternal) {
  const entries = protos.map((proto): [string, AttributeValue] => [
    proto.name,
    decodeAttribute(proto, operator, `${where || operator}.${proto.name}`, {
      tensor: (tensor, path) => decodeTensor(tensor, path, readExternal),
      graph: (graph) => decodeGraph(graph, readExternal),
    }),
  ]);
  const attributes = Object.fromEntries(entries);
  if (Object.keys(attributes).length === protos.length) return attributes;
  throw new SondeError('onnx/malformed', 'an attribute appears twice', { where: where || operator });
}

function decodeValue(proto: ValueInfoProto): ValueInfo {
  return { name: proto.name, ...decodeType(proto.type, proto.name) };
}

/** Remarks on values between nodes are dropped where their type has no place in the model. */
function decodeKnownValue(proto: ValueInfoProto): ValueInfo[] {
  try {
    return [decodeValue(proto)];
  } catch (error) {
    if (error instanceof SondeError && error.code === 'graph/unsupported') return [];
    throw error;
  }
}

/** Files of the first two IR versions name no operator set and mean the first. */
function decodeOpsets(protos: OperatorSetIdProto[]): Record<string, number> {
  if (protos.length === 0) return { '': 1 };
  return Object.fromEntries(protos.map(({ domain, version }) => [ownDomain(domain), Number(version)]));
}

function ownDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}
