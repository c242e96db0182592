/**
 * A model as the bytes of an `.onnx` file.
 * @module
 */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { SondeError } from '../../base/errors.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { attributeTypes } from './data-types.ts';
import {
  type AttributeProtoSchema,
  type FunctionProtoSchema,
  type GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type OperatorSetIdProtoSchema,
  type ValueInfoProtoSchema,
} from './generated/onnx_pb.ts';
import type { AttributeValue, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, ValueInfo } from './model.ts';
import { encodeTensor, type WriteExternal } from './tensor-data.ts';
import { encodeType } from './value-types.ts';

export interface EncodeOptions {
  /** Called with the bytes of every initialiser, to keep large ones out of the file; default: all stay inside. */
  readonly writeExternal?: WriteExternal;
}

/** Protocol buffers count lengths in signed 32-bit integers. */
const largestFile = 2 ** 31 - 1;

/** Throws `graph/unsupported` when the tensors exceed the 2 GB that one file can hold. */
export function encodeModel(model: OnnxModel, options: EncodeOptions = {}): Uint8Array {
  const writer = new ModelWriter(options.writeExternal);
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, writer.model(model)));
}

/** Holds what all parts of one file have in common. */
class ModelWriter {
  readonly #writeExternal: WriteExternal | undefined;
  #bytesInside = 0;

  constructor(writeExternal: WriteExternal | undefined) {
    this.#writeExternal = writeExternal;
  }

  model(model: OnnxModel): MessageInitShape<typeof ModelProtoSchema> {
    return {
      irVersion: BigInt(model.irVersion),
      opsetImport: opsets(model.opsets),
      producerName: model.producer?.name,
      producerVersion: model.producer?.version,
      domain: model.domain,
      modelVersion: model.version === undefined ? undefined : BigInt(model.version),
      docString: model.description,
      metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
      graph: this.graph(model.graph),
      functions: model.functions?.map((definition) => this.functionDefinition(definition)),
    };
  }

  graph(graph: OnnxGraph): MessageInitShape<typeof GraphProtoSchema> {
    return {
      name: graph.name,
      docString: graph.description,
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      valueInfo: graph.values?.map(valueInfo),
      initializer: Array.from(graph.initialisers, ([name, array]) => this.tensor(array, name, this.#writeExternal)),
      node: graph.nodes.map((node) => this.node(node)),
    };
  }

  node(node: OnnxNode): MessageInitShape<typeof NodeProtoSchema> {
    return {
      name: node.name,
      opType: node.operator,
      domain: node.domain,
      overload: node.overload,
      input: [...node.inputs],
      output: [...node.outputs],
      attribute: this.attributes(node.attributes),
    };
  }

  functionDefinition(definition: OnnxFunction): MessageInitShape<typeof FunctionProtoSchema> {
    return {
      name: definition.name,
      domain: definition.domain,
      overload: definition.overload,
      input: [...definition.inputs],
      output: [...definition.outputs],
      attribute: [...definition.parameters],
      attributeProto: this.attributes(definition.defaults),
      node: definition.nodes.map((node) => this.node(node)),
      opsetImport: opsets(definition.opsets),
    };
  }

  attributes(attributes: OnnxNode['attributes']): MessageInitShape<typeof AttributeProtoSchema>[] {
    return Object.entries(attributes).map(([name, attribute]) => {
      const type = attribute.type === 'parameter' ? attributeTypes[attribute.of] : attributeTypes[attribute.type];
      return { name, type, ...this.attributeValue(attribute) };
    });
  }

  attributeValue(attribute: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
    switch (attribute.type) {
      case 'float':
        return { f: attribute.value };
      case 'floats':
        return { floats: [...attribute.value] };
      case 'int':
        return { i: BigInt(attribute.value) };
      case 'ints':
        return { ints: attribute.value.map(BigInt) };
      case 'string':
        return { s: utf8(attribute.value) };
      case 'strings':
        return { strings: attribute.value.map(utf8) };
      case 'tensor':
        return { t: this.tensor(attribute.value, '') };
      case 'tensors':
        return { tensors: attribute.value.map((array) => this.tensor(array, '')) };
      case 'graph':
        return { g: this.graph(attribute.value) };
      case 'graphs':
        return { graphs: attribute.value.map((graph) => this.graph(graph)) };
      case 'type':
        return { tp: encodeType(attribute.value) ?? {} };
      case 'parameter':
        return { refAttrName: attribute.value };
    }
  }

  tensor(array: HostArray, name: string, writeExternal?: WriteExternal) {
    const tensor = encodeTensor(array, name, writeExternal);
    this.#bytesInside += tensor.rawData?.byteLength ?? 0;
    if (this.#bytesInside > largestFile) {
      throw new SondeError('graph/unsupported', 'the weights do not fit into one ONNX file', {
        expected: 'less than 2 GB',
        hint: 'save the model with its weights as external data',
      });
    }
    return tensor;
  }
}

function valueInfo(value: ValueInfo): MessageInitShape<typeof ValueInfoProtoSchema> {
  return { name: value.name, type: encodeType(value) };
}

function opsets(versions: Readonly<Record<string, number>>): MessageInitShape<typeof OperatorSetIdProtoSchema>[] {
  return Object.entries(versions).map(([domain, version]) => ({ domain, version: BigInt(version) }));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
