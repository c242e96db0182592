"""Small models written by the onnx package itself, read by the tests of src/graph/onnx and src/runtime/storage.

    /usr/bin/python3 reference/make_onnx_models.py && npx biome format --write test/golden/onnx        (onnx 1.12, numpy)

Writes test/golden/onnx: tensors in every field the format has for them, inner graphs, functions, sequence and optional
types, external data, and what the values are (expected.json).
"""
import json
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(__file__).resolve().parent.parent / "test" / "golden" / "onnx"
folder.mkdir(parents=True, exist_ok=True)


def model(graph, opset=15, **more):
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="reference", **more)
    made.ir_version = 8
    return made


def typed_fields():
    values = {
        "float32": (TensorProto.FLOAT, [0.0, -1.5, 3.25, 1e-30]),
        "float64": (TensorProto.DOUBLE, [0.0, -1.5, 3.25, 1e-300]),
        "int8": (TensorProto.INT8, [-128, -1, 0, 127]),
        "uint8": (TensorProto.UINT8, [0, 1, 128, 255]),
        "int16": (TensorProto.INT16, [-32768, -1, 0, 32767]),
        "uint16": (TensorProto.UINT16, [0, 1, 32768, 65535]),
        "int32": (TensorProto.INT32, [-(2**31), -1, 0, 2**31 - 1]),
        "uint32": (TensorProto.UINT32, [0, 1, 2**31, 2**32 - 1]),
        "int64": (TensorProto.INT64, [-(2**63), -1, 0, 2**63 - 1]),
        "uint64": (TensorProto.UINT64, [0, 1, 2**63, 2**64 - 1]),
        "bool": (TensorProto.BOOL, [False, True, True, False]),
        "float16": (TensorProto.FLOAT16, [0.0, -1.5, 3.25, 65504.0]),
    }
    initialisers, expected = [], {}
    for name, (data_type, numbers) in values.items():
        initialisers.append(helper.make_tensor(name, data_type, [2, 2], numbers))
        if name == "float16":
            numbers = numpy.array(numbers, numpy.float16).view(numpy.uint16).tolist()
        expected[name] = [str(n) if isinstance(n, int) and not isinstance(n, bool) else float(n) for n in numbers]
    bfloat16 = TensorProto(name="bfloat16", data_type=TensorProto.BFLOAT16, dims=[4])
    bfloat16.int32_data.extend([0x0000, 0xBFC0, 0x4050, 0x7F80])  # 0, -1.5, 3.25, infinity
    raw = TensorProto(name="bfloat16_raw", data_type=TensorProto.BFLOAT16, dims=[4], raw_data=bytes.fromhex("0000c0bf5040807f"))
    cast = helper.make_node("Cast", ["bfloat16"], ["y"], to=TensorProto.BFLOAT16)
    y = helper.make_tensor_value_info("y", TensorProto.BFLOAT16, [4])
    graph = helper.make_graph([cast], "typed", [], [y], initialisers + [bfloat16, raw])
    onnx.save(model(graph), folder / "typed-fields.onnx")
    return expected


def attributes_and_inner_graphs():
    constant = lambda name, value: helper.make_node(
        "Constant", [], [name], value=numpy_helper.from_array(numpy.array(value, numpy.float32))
    )
    branch = lambda name, value: helper.make_graph(
        [constant(name, value)], name + "-branch", [], [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2])]
    )
    nodes = [
        helper.make_node("If", ["condition"], ["chosen"], then_branch=branch("then", [1, 2]), else_branch=branch("else", [3, 4])),
        helper.make_node("Custom", ["chosen", "", "x"], ["y"], name="custom", domain="test.domain", alpha=0.0, count=0, big=2**63 - 1,
                         text="grüße", floats=[0.5, -0.0], ints=[-1, 2**60], strings=["a", ""]),
        helper.make_node("SequenceConstruct", ["y"], ["sequence"]),
        helper.make_node("Optional", ["y"], ["perhaps"]),
    ]
    inputs = [
        helper.make_tensor_value_info("condition", TensorProto.BOOL, []),
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", None, 3]),
    ]
    tensor_type = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
    outputs = [
        helper.make_value_info("sequence", helper.make_sequence_type_proto(tensor_type)),
        helper.make_value_info("perhaps", helper.make_optional_type_proto(helper.make_sequence_type_proto(tensor_type))),
    ]
    made = model(helper.make_graph(nodes, "attributes", inputs, outputs, doc_string="everything"))
    made.opset_import.append(helper.make_opsetid("test.domain", 3))
    helper.set_model_props(made, {"licence": "none"})
    inner = helper.make_node("LeakyRelu", ["a"], ["b"])
    inner.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT))
    made.functions.append(helper.make_function("test.domain", "Leaky", ["a"], ["b"], [inner], [helper.make_opsetid("", 15)], ["slope"]))
    onnx.save(made, folder / "attributes.onnx")


def external_data():
    generator = numpy.random.default_rng(1)
    weight = generator.standard_normal((8, 4)).astype(numpy.float32)
    bias = generator.standard_normal(8).astype(numpy.float32)
    nodes = [helper.make_node("Gemm", ["x", "weight", "bias"], ["y"], transB=1)]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "external", [value("x", 1, ["n", 4])], [value("y", 1, ["n", 8])],
                              [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(bias, "bias")])
    made = model(graph)
    onnx.save(made, str(folder / "external.onnx"), save_as_external_data=True, location="external.weights", size_threshold=0)
    return {"weight": weight.ravel().tolist(), "bias": bias.tolist()}


for old in folder.iterdir():
    old.unlink()
expected = {"typed": typed_fields(), "external": external_data(), "onnx": onnx.__version__}
attributes_and_inner_graphs()
(folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
