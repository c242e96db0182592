"""Reference values of layers, losses, resampling and optimisers, computed by PyTorch 1.13.

    python3 reference/make_layer_golden.py        writes test/golden/layers.safetensors

Every tensor is called <case>/<name>: inputs and parameters under their own names, the output `y`, the gradient `dy` that
was sent back, and the gradient of each input or parameter behind a `d:`.
"""
import json
import pathlib
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

generator = torch.Generator().manual_seed(20240301)
tensors = {}


def draw(*shape, scale=1.0):
    return (torch.randn(*shape, generator=generator) * scale).requires_grad_()


def record(case, inputs, output):
    dy = torch.randn(output.shape, generator=generator) if output.dim() else torch.ones(())
    output.backward(dy)
    for name, value in inputs.items():
        tensors[f"{case}/{name}"] = value.detach()
        if value.grad is not None:
            tensors[f"{case}/d:{name}"] = value.grad
    tensors[f"{case}/y"], tensors[f"{case}/dy"] = output.detach(), dy


def module(case, net, inputs, run):
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.4)
    record(case, {**inputs, **dict(net.named_parameters())}, run(net, **inputs))


def recurrent():
    module("lstm", nn.LSTM(5, 4), {"x": draw(3, 2, 5)}, lambda net, x: net(x)[0])
    module("gru", nn.GRU(5, 4), {"x": draw(3, 2, 5)}, lambda net, x: net(x)[0])


def transformer():
    block = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, layer_norm_eps=1e-6)
    module("transformer", block, {"x": draw(2, 5, 8)}, lambda net, x: net(x))
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    module("cross-attention", attention, {"x": draw(2, 3, 8), "context": draw(2, 5, 8)},
           lambda net, x, context: net(x, context, context)[0])


def normalisation():
    x = {"x": draw(2, 6, 3, 2)}
    module("group-norm", nn.GroupNorm(3, 6), x, lambda net, x: net(x))
    module("layer-norm", nn.LayerNorm(7), {"x": draw(3, 2, 7)}, lambda net, x: net(x))
    module("lrn", nn.LocalResponseNorm(5, alpha=0.5, beta=0.75, k=2.0), {"x": draw(2, 7, 3, 2)}, lambda net, x: net(x))


def resampling():
    maps = {1: (2, 2, 5), 2: (1, 2, 4, 5), 3: (1, 1, 3, 4, 2)}
    names = {1: {"linear": "linear"}, 2: {"linear": "bilinear", "cubic": "bicubic"}, 3: {"linear": "trilinear"}}
    for rank, shape in maps.items():
        size = [length * 2 - 1 for length in shape[2:]]
        x = draw(*shape)
        record(f"resize-nearest-{rank}", {"x": x}, F.interpolate(x, size))
        for mode, name in names[rank].items():
            for corners in (False, True):
                x = draw(*shape)
                record(f"resize-{mode}-{rank}-{'corners' if corners else 'areas'}", {"x": x},
                       F.interpolate(x, size, mode=name, align_corners=corners))
    for rank, shape in ((2, (1, 2, 4, 5)), (3, (1, 2, 3, 4, 2))):
        out = (2, 3) if rank == 2 else (2, 2, 2)
        for outside in ("zeros", "border", "reflection"):
            for corners in (False, True):
                x, grid = draw(*shape), draw(1, *out, rank, scale=0.8)
                record(f"grid-{outside}-{rank}-{'corners' if corners else 'areas'}", {"x": x, "grid": grid},
                       F.grid_sample(x, grid, padding_mode=outside, align_corners=corners))
    x = draw(1, 2, 5, 7)
    record("adaptive-average", {"x": x}, F.adaptive_avg_pool2d(x, (3, 4)))
    x = draw(1, 2, 5, 7)
    record("adaptive-max", {"x": x}, F.adaptive_max_pool2d(x, (3, 4)))


def losses():
    x, t = draw(4, 3), draw(4, 3)
    record("binary-cross-entropy", {"x": x, "t": t}, F.binary_cross_entropy_with_logits(x, torch.sigmoid(t)))
    x, t = draw(4, 3, scale=2.0), draw(4, 3)
    record("huber", {"x": x, "t": t}, F.huber_loss(x, t, delta=0.7))
    x, t = draw(4, 3), draw(4, 3)
    record("kl", {"x": x, "t": t}, F.kl_div(F.log_softmax(x, 1), F.log_softmax(t, 1), reduction="batchmean", log_target=True))
    x, t = draw(4, 3), draw(4, 3)
    record("cosine", {"x": x, "t": t}, F.cosine_embedding_loss(x, t, torch.ones(4)))


def optimisers():
    steps = 6
    for name, make in {
        "adamw": lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.2),
        "rmsprop": lambda p: torch.optim.RMSprop(p, 0.05, alpha=0.9, momentum=0.8, weight_decay=0.1),
        "clipped": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
    }.items():
        weight = draw(3, 4)
        gradients = torch.randn(steps, 3, 4, generator=generator)
        tensors[f"{name}/start"], tensors[f"{name}/gradients"] = weight.detach().clone(), gradients
        optimiser, trace = make([weight]), []
        for gradient in gradients:
            weight.grad = gradient.clone()
            if name == "clipped":
                torch.nn.utils.clip_grad_value_([weight], 1.5)
                torch.nn.utils.clip_grad_norm_([weight], 2.0)
            optimiser.step()
            trace.append(weight.detach().clone())
        tensors[f"{name}/trace"] = torch.stack(trace)


def write(path):
    header, blobs, offset = {"__metadata__": {"torch": torch.__version__}}, [], 0
    for name, value in tensors.items():
        data = np.ascontiguousarray(value.numpy().astype("<f4")).tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        blobs.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for part in (recurrent, transformer, normalisation, resampling, losses, optimisers):
    part()
write(pathlib.Path(__file__).parent.parent / "test" / "golden" / "layers.safetensors")
