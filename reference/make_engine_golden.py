"""Reference values of the gradient engine, computed by PyTorch 1.13.

    python3 reference/make_engine_golden.py        writes test/golden/engine/

operators.safetensors: inputs, outputs and gradients of operators and layers; its metadata holds their attributes.
traces.json: losses of twenty training steps of small networks and the norms of their weights afterwards. Weights and
pictures come from `hashed`, which the test has too, so none need be stored.
"""
import json
import math
import pathlib
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(2)
torch.set_flush_denormal(True)
torch.use_deterministic_algorithms(True)
target = pathlib.Path(__file__).parent.parent / "test" / "golden" / "engine"
generator = torch.Generator().manual_seed(20240229)


def draw(*shape):
    return torch.randn(*shape, generator=generator)


# ---------------------------------------------------------------- operators

tensors, cases = {}, []


def record(name, kind, options, inputs, output, extra=None):
    """Keeps inputs, output, a random gradient of the output and what it becomes at every input that has one."""
    gradient = draw(*output.shape) if output.dim() else torch.ones(())
    output.backward(gradient)
    for key, value in {**inputs, "y": output, "dy": gradient, **(extra or {})}.items():
        tensors[f"{name}/{key}"] = value.detach()
    for key, value in inputs.items():
        if value.requires_grad:
            tensors[f"{name}/d{key}"] = value.grad
    cases.append({"name": name, "kind": kind, "inputs": list(inputs), "options": options})


def leaf(tensor):
    return tensor.requires_grad_()


def convolutions():
    for name, x, w, options in [
        ("conv1d", (2, 3, 9), (4, 3, 3), {"padding": 1}),
        ("conv1d-strided-dilated", (1, 4, 14), (4, 2, 3), {"stride": 2, "padding": 3, "dilation": 2, "groups": 2}),
        ("conv2d", (2, 3, 6, 5), (4, 3, 3, 3), {"padding": 1}),
        ("conv2d-strided", (1, 3, 9, 8), (4, 3, 3, 3), {"stride": 2, "padding": 1}),
        ("conv2d-grouped", (1, 8, 5, 5), (8, 4, 3, 3), {"padding": 1, "groups": 2}),
        ("conv2d-dilated", (1, 2, 9, 9), (3, 2, 3, 3), {"padding": 2, "dilation": 2}),
        ("conv3d", (1, 2, 4, 5, 5), (3, 2, 3, 3, 3), {"padding": 1}),
        ("conv3d-strided", (1, 2, 5, 6, 6), (3, 2, 3, 3, 3), {"stride": 2, "padding": 1}),
        ("conv3d-stem", (1, 1, 4, 10, 9), (2, 1, 3, 5, 5), {"stride": [1, 2, 2], "padding": [1, 2, 2]}),
        ("conv3d-grouped-dilated", (1, 4, 5, 5, 4), (4, 2, 2, 2, 2), {"dilation": 2, "groups": 2}),
    ]:
        apply = [F.conv1d, F.conv2d, F.conv3d][len(x) - 3]
        inputs = {"x": leaf(draw(*x)), "weight": leaf(draw(*w)), "bias": leaf(draw(w[0]))}
        record(name, "convolution", options, inputs, apply(*inputs.values(), **options))
    for name, x, w, options in [
        ("conv-transpose2d", (1, 4, 4, 5), (4, 3, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
        ("conv-transpose3d", (1, 3, 3, 3, 2), (3, 2, 4, 4, 4), {"stride": 2, "padding": 1}),
    ]:
        apply = [F.conv_transpose2d, F.conv_transpose3d][len(x) - 4]
        inputs = {"x": leaf(draw(*x)), "weight": leaf(draw(*w)), "bias": leaf(draw(w[1]))}
        record(name, "convolution-transpose", options, inputs, apply(*inputs.values(), **options))


def poolings():
    for name, x, options in [
        ("pool1d", (1, 2, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
        ("pool2d", (2, 2, 6, 4), {"kernel_size": 2}),
        ("pool2d-overlapping", (1, 2, 8, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
        ("pool2d-ceil", (1, 2, 8, 7), {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
        ("pool2d-ceil-padded", (1, 2, 7, 6), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
        ("pool2d-ceil-wide", (1, 2, 7, 7), {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}),
        ("pool3d-overlapping", (1, 2, 4, 6, 5), {"kernel_size": 3, "stride": 2, "padding": 1}),
        ("pool3d-ceil", (1, 1, 5, 6, 4), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    ]:
        rank = len(x) - 3
        maximum = [F.max_pool1d, F.max_pool2d, F.max_pool3d][rank]
        average = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][rank]
        value = leaf(draw(*x))
        record(f"max-{name}", "max-pool", options, {"x": value}, maximum(value, **options))
        for counted in (True, False):
            value = leaf(draw(*x))
            y = average(value, **options, count_include_pad=counted)
            record(f"average-{name}{'' if counted else '-uncounted'}", "average-pool",
                   {**options, "count_include_pad": counted}, {"x": value}, y)


def layers():
    for training in (True, False):
        bn = nn.BatchNorm2d(3, eps=1e-3, momentum=0.3).train(training)
        bn.running_mean.copy_(draw(3))
        bn.running_var.copy_(draw(3).abs() + 0.5)
        inputs = {"x": leaf(draw(4, 3, 3, 2)), "weight": leaf(draw(3)), "bias": leaf(draw(3))}
        inputs["running_mean"], inputs["running_var"] = bn.running_mean.clone(), bn.running_var.clone()
        bn.weight.data, bn.bias.data = inputs["weight"].detach(), inputs["bias"].detach()
        y = F.batch_norm(inputs["x"], bn.running_mean, bn.running_var, inputs["weight"], inputs["bias"],
                         training, bn.momentum, bn.eps)
        record(f"batch-norm-{'training' if training else 'evaluation'}", "batch-norm", {"training": training,
               "momentum": bn.momentum, "epsilon": bn.eps}, inputs, y,
               {"next_running_mean": bn.running_mean, "next_running_var": bn.running_var})
    inputs = {"x": leaf(draw(5, 7)), "weight": leaf(draw(3, 7)), "bias": leaf(draw(3))}
    record("linear", "linear", {}, inputs, F.linear(*inputs.values()))
    logits, classes = leaf(3 * draw(6, 5)), torch.tensor([0, 4, 2, 2, 1, 3])
    record("cross-entropy", "cross-entropy", {}, {"logits": logits, "targets": classes}, F.cross_entropy(logits, classes))
    logits, soft = leaf(3 * draw(6, 5)), draw(6, 5).softmax(1)
    record("cross-entropy-soft", "cross-entropy", {}, {"logits": logits, "targets": soft}, F.cross_entropy(logits, soft))


def write_safetensors(path, tensors, metadata):
    codes = {torch.float32: "F32", torch.int64: "I64"}
    header, body = {"__metadata__": metadata}, b""
    for name, value in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        data = value.contiguous().numpy().tobytes()
        offsets = [len(body), len(body) + len(data)]
        header[name] = {"dtype": codes[value.dtype], "shape": list(value.shape), "data_offsets": offsets}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


# ---------------------------------------------------------------- training traces

def hashed(count, stream):
    """`count` numbers in [0, 1) that any language computes alike: the fraction of a large multiple of a sine."""
    value = np.sin(np.arange(count, dtype=np.float64) * 12.9898 + stream * 78.233) * 43758.5453
    return value - np.floor(value)


def centred(shape, stream, bound):
    return torch.from_numpy(((2 * hashed(math.prod(shape), stream) - 1) * bound).astype(np.float32)).reshape(shape)


class Unit(nn.Module):
    def __init__(self, i, o, kernel):
        super().__init__()
        self.conv = nn.Conv2d(i, o, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(o)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class NetworkInNetwork(nn.Module):
    def __init__(self, blocks, width, classes):
        super().__init__()
        i = 3
        for block in range(1, blocks + 1):
            units = nn.Module()
            channels = [192, 160, 96] if block == 1 else [192, 192, 192]
            for k, count in enumerate(channels):
                kernel = (5 if block <= 2 else 3) if k == 0 else 1
                o = round(count * width)
                units.add_module(f"unit{k + 1}", Unit(i, o, kernel))
                i = o
            self.add_module(f"block{block}", units)
        self.blocks = blocks
        self.head = nn.Linear(i, classes)

    def forward(self, x):
        for block in range(1, self.blocks + 1):
            for unit in self.get_submodule(f"block{block}").children():
                x = unit(x)
            if block == 1:
                x = F.max_pool2d(x, 3, 2, 1)
            if block == 2:
                x = F.avg_pool2d(x, 3, 2, 1)
        return self.head(x.mean((2, 3)))


class Downsample(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv = nn.Conv3d(i, o, 1, stride, bias=False)
        self.bn = nn.BatchNorm3d(o)

    def forward(self, x):
        return self.bn(self.conv(x))


class Block(nn.Module):
    def __init__(self, i, o, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv3d(i, o, 3, stride, 1, bias=False), nn.BatchNorm3d(o)
        self.conv2, self.bn2 = nn.Conv3d(o, o, 3, 1, 1, bias=False), nn.BatchNorm3d(o)
        self.stride, self.extra = stride, o - i
        if shortcut == "B" and (stride > 1 or i != o):
            self.downsample = Downsample(i, o, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if hasattr(self, "downsample"):
            x = self.downsample(x)
        elif self.stride > 1 or self.extra:
            x = F.pad(F.avg_pool3d(x, 1, self.stride), (0, 0, 0, 0, 0, 0, 0, self.extra))
        return F.relu(y + x)


class ResNet3d(nn.Module):
    def __init__(self, channels, width, shortcut, stem, classes):
        super().__init__()
        self.stem = nn.Module()
        self.stem.conv = nn.Conv3d(channels, width, stem, (1, 2, 2), stem // 2, bias=False)
        self.stem.bn = nn.BatchNorm3d(width)
        i = width
        for stage in range(1, 5):
            o = width * 2 ** (stage - 1)
            blocks = nn.Module()
            blocks.block1 = Block(i, o, 2 if stage > 1 else 1, shortcut)
            blocks.block2 = Block(o, o, 1, shortcut)
            self.add_module(f"stage{stage}", blocks)
            i = o
        self.head = nn.Linear(i, classes)

    def forward(self, x):
        x = F.max_pool3d(F.relu(self.stem.bn(self.stem.conv(x))), 3, 2, 1)
        for stage in range(1, 5):
            blocks = self.get_submodule(f"stage{stage}")
            x = blocks.block2(blocks.block1(x))
        return self.head(x.mean((2, 3, 4)))


def fill(net):
    """Weights ±√(3 / fan in), scales around 1, everything else around 0; each name's numbers by its place in order."""
    for k, (name, parameter) in enumerate(sorted(net.named_parameters())):
        shape = tuple(parameter.shape)
        if parameter.dim() > 1:
            parameter.data = centred(shape, k, math.sqrt(3 / math.prod(shape[1:])))
        else:
            parameter.data = centred(shape, k, 0.1) + (1 if name.endswith("weight") else 0)


def run(net, shape, optimiser_of, disturbance=None):
    """Losses of twenty steps and the state afterwards; `disturbance` moves the first weights by about a rounding."""
    fill(net)
    if disturbance is not None:
        noise = torch.Generator().manual_seed(disturbance)
        for parameter in net.parameters():
            parameter.data *= 1 + 3e-7 * torch.randn(parameter.shape, generator=noise)
    optimiser = optimiser_of(net.parameters())
    losses = []
    for step in range(20):
        x = centred(shape, 1000 + step, 1.7)
        classes = torch.arange(shape[0]) % 4
        # What tells the classes apart: a gradient along the last axis.
        x = x + 0.5 * classes.float().reshape(-1, *[1] * (len(shape) - 1)) * torch.linspace(-1, 1, shape[-1])
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x), classes)
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
    state = {k: v for k, v in net.state_dict().items() if v.is_floating_point()}
    return np.array(losses), {name: float(value.double().norm()) for name, value in sorted(state.items())}


def trace(make, shape, optimiser_of):
    """With how far apart PyTorch's own runs come when their first weights differ by a rounding: nets with ReLU and
    maximum pooling have kinks, and which side of one a value falls on changes what follows."""
    losses, norms = run(make(), shape, optimiser_of)
    others = [run(make(), shape, optimiser_of, k) for k in range(6)]
    apart = np.maximum.accumulate(np.max([np.abs(other - losses) for other, _ in others], 0))
    worst = {name: max(abs(other[name] - norm) for _, other in others) for name, norm in norms.items()}
    return {"shape": list(shape), "losses": losses.tolist(), "apart": apart.tolist(),
            "norms": {name: [norm, worst[name]] for name, norm in norms.items()}}


def table(net):
    return {name: list(value.shape) for name, value in net.state_dict().items()
            if value.is_floating_point() and not name.startswith("head.")}


def traces():
    sgd = lambda p: torch.optim.SGD(p, 0.02, 0.9, nesterov=True, weight_decay=1e-2)
    adam = lambda p: torch.optim.Adam(p, 3e-4)
    return {
        "nin": trace(lambda: NetworkInNetwork(3, 0.25, 4), (32, 3, 16, 16), sgd),
        "resnet3d-A": trace(lambda: ResNet3d(1, 8, "A", 5, 4), (8, 1, 8, 32, 32), adam),
        "resnet3d-B": trace(lambda: ResNet3d(1, 8, "B", 5, 4), (8, 1, 8, 48, 48), adam),
    }


target.mkdir(parents=True, exist_ok=True)
convolutions()
poolings()
layers()
write_safetensors(target / "operators.safetensors", tensors, {"cases": json.dumps(cases), "torch": torch.__version__})
(target / "traces.json").write_text(json.dumps({
    "torch": torch.__version__,
    "traces": traces(),
    "parameters": {"nin": table(NetworkInNetwork(4, 1, 4)), "resnet3d": table(ResNet3d(3, 64, "B", 7, 4))},
}, separators=(",", ":")) + "\n")
