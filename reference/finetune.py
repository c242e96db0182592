"""Fine-tuning in PyTorch: an ONNX network with batch normalisation whose stored statistics are those of other pictures goes
on learning with a new linear head. The weights after every step of AdamW must be those of this repository, and so must what
it answers once the statistics of its training pictures have been measured.

    python3 reference/finetune.py        writes test/golden/finetune.onnx and test/golden/finetune.json
"""

import json
import math

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

torch.manual_seed(3)
SIDE, COUNT, CLASSES, STEPS, RATE, DECAY, WARMUP = 12, 12, 3, 20, 3e-3, 0.05, 0.1
WIDTHS = (6, 8)


def rounded(tensor, decimals=4):
    return torch.round(tensor * 10**decimals) / 10**decimals


weights = {}
for i, (fan, width) in enumerate(zip((1, *WIDTHS), WIDTHS), 1):
    weights[f"conv{i}.weight"] = rounded(0.4 * torch.randn(width, fan, 3, 3))
    weights[f"bn{i}.weight"] = rounded(1 + 0.2 * torch.randn(width))
    weights[f"bn{i}.bias"] = rounded(0.1 * torch.randn(width))
    # Of other pictures: they must play no part while the network learns.
    weights[f"bn{i}.mean"] = rounded(torch.randn(width))
    weights[f"bn{i}.var"] = rounded(1 + 3 * torch.rand(width))

nodes = []
value = "pictures"
for i in (1, 2):
    nodes += [
        helper.make_node("Conv", [value, f"conv{i}.weight"], [f"c{i}"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        helper.make_node(
            "BatchNormalization",
            [f"c{i}", f"bn{i}.weight", f"bn{i}.bias", f"bn{i}.mean", f"bn{i}.var"],
            [f"n{i}"],
            epsilon=1e-5,
        ),
        helper.make_node("Relu", [f"n{i}"], [f"map{i}"]),
    ]
    value = f"map{i}"
    if i == 1:
        nodes.append(helper.make_node("MaxPool", [value], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]))
        value = "pooled"
graph = helper.make_graph(
    nodes,
    "finetune",
    [helper.make_tensor_value_info("pictures", TensorProto.FLOAT, ["N", 1, SIDE, SIDE])],
    [helper.make_tensor_value_info("map2", TensorProto.FLOAT, ["N", WIDTHS[1], SIDE // 2, SIDE // 2])],
    [numpy_helper.from_array(tensor.numpy(), name) for name, tensor in weights.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
onnx.checker.check_model(model)
onnx.save(model, "test/golden/finetune.onnx")

pictures = rounded(torch.randn(COUNT, 1, SIDE, SIDE), 3)
targets = torch.arange(COUNT) % CLASSES
for i in range(COUNT):
    pictures[i, 0, 4 * targets[i] : 4 * targets[i] + 4] += 1
head = {"weight": rounded(0.3 * torch.randn(CLASSES, WIDTHS[1])), "bias": rounded(0.1 * torch.randn(CLASSES))}

learning = {
    name: tensor.clone().requires_grad_()
    for name, tensor in [*weights.items(), *((f"head.linear.{name}", tensor) for name, tensor in head.items())]
    if not name.endswith((".mean", ".var"))
}


def answers(statistics=None):
    """Logits; by the statistics of the batch, which are returned, or by those given."""
    x, seen = pictures, {}
    for i in (1, 2):
        x = F.conv2d(x, learning[f"conv{i}.weight"], padding=1)
        seen[f"bn{i}.mean"] = x.mean((0, 2, 3)).detach()
        seen[f"bn{i}.var"] = x.var((0, 2, 3)).detach()
        mean, var = (None, None) if statistics is None else (statistics[f"bn{i}.mean"], statistics[f"bn{i}.var"])
        x = F.batch_norm(
            x, mean, var, learning[f"bn{i}.weight"], learning[f"bn{i}.bias"], statistics is None, 0.0, 1e-5
        )
        x = F.relu(x)
        if i == 1:
            x = F.max_pool2d(x, 2)
    return F.linear(x.mean((2, 3)), learning["head.linear.weight"], learning["head.linear.bias"]), seen


optimiser = torch.optim.AdamW(
    [{"params": [tensor], "weight_decay": DECAY if tensor.ndim > 1 else 0.0} for tensor in learning.values()]
)
warm = round(WARMUP * STEPS)
losses = []
for step in range(STEPS):
    rising = (step + 1) / (warm + 1)
    factor = rising if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / (STEPS - warm)))
    for group in optimiser.param_groups:
        group["lr"] = RATE * factor
    loss = F.cross_entropy(answers()[0], targets)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    losses.append(loss.item())
with torch.no_grad():
    _, measured = answers()
    logits, _ = answers(measured)


def listed(tensor):
    return [round(float(value), 6) for value in np.ravel(tensor.detach().numpy())]


golden = {
    "recipe": {"steps": STEPS, "batchSize": COUNT, "learningRate": RATE, "weightDecay": DECAY},
    "side": SIDE,
    "pictures": listed(pictures),
    "targets": targets.tolist(),
    "head": {name: listed(tensor) for name, tensor in head.items()},
    "weights": {name: listed(tensor) for name, tensor in {**learning, **measured}.items()},
    "logits": listed(logits),
}
with open("test/golden/finetune.json", "w", encoding="utf-8") as file:
    json.dump(golden, file)
    file.write("\n")
print("loss", losses[0], "to", losses[-1])
