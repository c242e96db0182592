"""What the networks of torchvision 0.14, the vision transformer of timm, C3D, 2d3d-ResNet and VideoMAE's transformer hold,
by name and shape, and what they make of a picture or a clip, without their heads.

    python3 reference/make_trunk_shapes.py        writes test/golden/trunk-shapes.json

The transformers are written out here as timm lays them out, since its package is not everywhere at hand, and so are the
video networks that torchvision lacks; the numbers of
parameters of the three sizes are those that DeiT publishes, less the head.
"""
import json
import pathlib

import numpy as np
import torch
import torchvision
from torch import nn
from torch.nn import functional as F


def held(net, drop=("fc.", "classifier.", "head.", "num_batches_tracked")):
    return {
        name: list(value.shape)
        for name, value in net.state_dict().items()
        if not any(name.startswith(part) or name.endswith(part) for part in drop)
    }


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv, self.proj, self.heads = nn.Linear(width, 3 * width), nn.Linear(width, width), heads

    def forward(self, x):
        b, n, w = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) / (w // self.heads) ** 0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, n, w))


class Perceptron(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, 1e-6), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, 1e-6), Perceptron(width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Patches(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, 16, 16)


class Transformer(nn.Module):
    def __init__(self, width, heads, depth=12):
        super().__init__()
        self.patch_embed = Patches(width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 197, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, 1e-6)

    def forward(self, x):
        map = self.patch_embed.proj(x)
        known = self.pos_embed[:, 1:].transpose(1, 2).reshape(1, -1, 14, 14)
        places = F.interpolate(known, size=map.shape[2:], mode="bicubic", align_corners=False)
        tokens = (map + places).flatten(2).transpose(1, 2)
        first = (self.cls_token + self.pos_embed[:, :1]).expand(len(x), -1, -1)
        x = torch.cat([first, tokens], 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 0]


class Convolution3d(nn.Module):
    """A convolution with its rectifier; C3D's."""

    def __init__(self, i, o):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(o, i, 3, 3, 3)), nn.Parameter(torch.zeros(o))

    def forward(self, x):
        return F.relu(F.conv3d(x, self.weight, self.bias, padding=1))


class C3D(nn.Module):
    def __init__(self):
        super().__init__()
        i = 3
        for name, o in zip(("1a", "2a", "3a", "3b", "4a", "4b", "5a", "5b"), (64, 128, 256, 256, 512, 512, 512, 512)):
            self.add_module(f"conv{name}", Convolution3d(i, o))
            i = o

    def forward(self, x):
        for name, layer in self.named_children():
            x = layer(x)
            if name not in ("conv3a", "conv4a", "conv5a"):
                x = F.max_pool3d(x, (1, 2, 2) if name == "conv1a" else 2, ceil_mode=True)
        return x.mean((2, 3, 4))


class Block2d3d(nn.Module):
    """A basic block over each frame alone, or over time as well; the last of all is not rectified."""

    def __init__(self, i, o, stride, deep, rectified):
        super().__init__()
        kernel, padding, steps = (3, 1, stride) if deep else ((1, 3, 3), (0, 1, 1), (1, stride, stride))
        self.conv1, self.bn1 = nn.Conv3d(i, o, kernel, steps, padding, bias=False), nn.BatchNorm3d(o)
        self.conv2, self.bn2 = nn.Conv3d(o, o, kernel, 1, padding, bias=False), nn.BatchNorm3d(o)
        self.downsample = nn.Sequential(nn.Conv3d(i, o, 1, steps, bias=False), nn.BatchNorm3d(o)) if stride > 1 else None
        self.rectified = rectified

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        y = y + (x if self.downsample is None else self.downsample(x))
        return F.relu(y) if self.rectified else y


class ResNet2d3d(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(3, 64, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False)
        self.bn1 = nn.BatchNorm3d(64)
        i = 64
        for stage, o in enumerate((64, 128, 256, 256), 1):
            deep = stage > 2
            blocks = [Block2d3d(i, o, 2 if stage > 1 else 1, deep, True), Block2d3d(o, o, 1, deep, stage < 4)]
            self.add_module(f"layer{stage}", nn.Sequential(*blocks))
            i = o

    def forward(self, x):
        x = F.max_pool3d(F.relu(self.bn1(self.conv1(x))), (1, 3, 3), (1, 2, 2), (0, 1, 1))
        for stage in range(1, 5):
            x = self.get_submodule(f"layer{stage}")(x)
        return x.mean((2, 3, 4))


class Tubes(nn.Module):
    def __init__(self, width, tube):
        super().__init__()
        self.proj = nn.Conv3d(3, width, tube, tube)


class VideoTransformer(nn.Module):
    """Every axis has an equal, even part of the width for its places: sines, then cosines."""

    def __init__(self, width, heads, depth=12, tube=(2, 16, 16)):
        super().__init__()
        self.patch_embed = Tubes(width, tube)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, 1e-6)

    def forward(self, x):
        map = self.patch_embed.proj(x)
        width, grid = map.shape[1], map.shape[2:]
        part = 2 * (width // (2 * len(grid)))
        rates = 10000 ** -(torch.arange(part // 2) / (part / 2))
        places = []
        for axis, length in enumerate(grid):
            angles = torch.arange(length)[:, None] * rates
            values = torch.cat([angles.sin(), angles.cos()], 1).T
            shape = [part] + [length if axis == k else 1 for k in range(len(grid))]
            places.append(values.reshape(shape).expand(part, *grid))
        rest = torch.zeros(width - part * len(grid), *grid)
        tokens = (map + torch.cat([*places, rest])).flatten(2).transpose(1, 2)
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens).mean(1)


nets = {
    "resnet/resnet18": torchvision.models.resnet18(),
    "resnet/resnet34": torchvision.models.resnet34(),
    "resnet/resnet50": torchvision.models.resnet50(),
    "vgg/vgg11": torchvision.models.vgg11(),
    "vgg/vgg16": torchvision.models.vgg16(),
    "vgg/vgg11-bn": torchvision.models.vgg11_bn(),
    "vgg/vgg16-bn": torchvision.models.vgg16_bn(),
    "vit/vit-ti": Transformer(192, 3),
    "vit/vit-s": Transformer(384, 6),
    "vit/vit-b": Transformer(768, 12),
    "r2plus1d-18/paper": torchvision.models.video.r2plus1d_18(),
    "c3d/paper": C3D(),
    "resnet2d3d-18/paper": ResNet2d3d(),
    "vit3d/video-b": VideoTransformer(768, 12),
    "vit3d/volume-16": VideoTransformer(768, 12, tube=(16, 16, 16)),
}
# Clips and volumes are this long where they are not pictures of 64².
clip, volume = (1, 3, 8, 64, 64), (1, 3, 16, 32, 32)
inputs = {"r2plus1d-18/paper": clip, "c3d/paper": clip, "resnet2d3d-18/paper": clip, "vit3d/video-b": clip,
          "vit3d/volume-16": volume}
published = {"vit/vit-ti": 5_717_416 - 193_000, "vit/vit-s": 22_050_664 - 385_000, "vit/vit-b": 86_567_656 - 769_000}
golden = {}
for name, net in nets.items():
    entries = held(net)
    parameters = sum(
        value.numel() for key, value in net.named_parameters() if not key.startswith(("fc.", "classifier."))
    )
    assert published.get(name, parameters) == parameters, (name, parameters)
    # One string a tensor keeps the file small: name, then its lengths.
    at = {"input": list(inputs[name])} if name in inputs else {}
    golden[name] = {"parameters": parameters, **at, "held": [f"{key} {'×'.join(map(str, shape))}" for key, shape in entries.items()]}


def hashed(shape, stream):
    """Numbers from -1 to 1 that any language makes from whole numbers of 32 bits."""
    h = np.arange(int(np.prod(shape)), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(stream * 40503 + 1)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    return torch.from_numpy((h / 2**31 - 1).astype(np.float32).reshape(shape))


def filled(net):
    with torch.no_grad():
        held_here = ((k, v) for k, v in net.state_dict().items() if k in held(net))
        for stream, (name, value) in enumerate(held_here):
            u = hashed(value.shape, stream)
            if value.dim() > 1 and not name.endswith(("_token", "_embed")):
                value.copy_(u * (6 / value[0].numel()) ** 0.5)
            elif name.endswith((".weight", "_var")):
                value.copy_(1 + 0.2 * u)
            else:
                value.copy_(0.2 * u)
    return net.eval()


def features(net, shape):
    x = hashed(shape, 9999)
    with torch.no_grad():
        if hasattr(net, "fc"):
            net.fc = nn.Identity()
            y = net(x)[0]
        elif hasattr(net, "classifier"):
            y = net.features(x).mean((2, 3))[0]
        else:
            y = net(x)[0]
    return [float(f"{v:.6g}") for v in y[:: len(y) // 16][:16]]


examined = {
    "resnet/resnet18": torchvision.models.resnet18(),
    "resnet/resnet50": torchvision.models.resnet50(),
    "vgg/vgg11-bn": torchvision.models.vgg11_bn(),
    "vit/vit-ti": Transformer(192, 3, depth=2),
    "r2plus1d-18/paper": torchvision.models.video.r2plus1d_18(),
    "c3d/paper": C3D(),
    "resnet2d3d-18/paper": ResNet2d3d(),
    "vit3d/video-b": VideoTransformer(768, 12, depth=2),
}
for name, net in examined.items():
    golden[name]["features"] = features(filled(net), inputs.get(name, (1, 3, 64, 64)))
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "trunk-shapes.json"
path.write_text(json.dumps(golden, ensure_ascii=False, indent=0) + "\n")
