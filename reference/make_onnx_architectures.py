"""Small networks of the kinds that people bring, exported by PyTorch 1.13 as ONNX, with what PyTorch computes of them.

    /usr/bin/python3 reference/make_onnx_architectures.py        writes test/golden/architectures/

<name>-<operator set>.onnx: the model, with a batch of any length. values.safetensors: for each an input, the outputs, a
gradient of the first output and what it becomes at the input; the losses of five steps of gradient descent on half the
squared outputs, with normalisation by stored statistics, on all weights.
"""
import io
import json
import pathlib
import struct
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.manual_seed(20240229)
target = pathlib.Path(__file__).parent.parent / "test" / "golden" / "architectures"


def unit(i, o, stride=1, groups=1, kernel=3, activation=nn.ReLU):
    return nn.Sequential(
        nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o), activation()
    )


class ResNet(nn.Module):
    """Blocks with shortcuts, batch normalisation, maxima over windows, a mean over the map."""

    def __init__(self):
        super().__init__()
        self.stem, self.pool = unit(3, 8, 2, kernel=5), nn.MaxPool2d(3, 2, 1)
        self.a, self.b, self.norm = unit(8, 12, 2), nn.Conv2d(12, 12, 3, 1, 1, bias=False), nn.BatchNorm2d(12)
        self.short = nn.Sequential(nn.Conv2d(8, 12, 1, 2, bias=False), nn.BatchNorm2d(12))
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = self.pool(self.stem(x))
        x = F.relu(self.norm(self.b(self.a(x))) + self.short(x))
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, count, width = x.shape
        qkv = self.qkv(x).reshape(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = ((q @ k.transpose(-2, -1)) * (width // self.heads) ** -0.5).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, count, width))


class ViT(nn.Module):
    """timm's way: patches, a class token for every sample of the batch, positions, blocks."""

    def __init__(self):
        super().__init__()
        self.patch, self.token = nn.Conv2d(3, 16, 4, 4), nn.Parameter(torch.randn(1, 1, 16))
        self.position = nn.Parameter(torch.randn(1, 10, 16) * 0.2)
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(16, 1e-6), Attention(16, 2), nn.LayerNorm(16)
        self.mlp, self.norm, self.head = nn.Sequential(nn.Linear(16, 24), nn.GELU(), nn.Linear(24, 16)), nn.LayerNorm(16), nn.Linear(16, 4)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1) + self.position
        x = x + self.attention(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return self.head(self.norm(x)[:, 0])


class VideoLstm(nn.Module):
    """A picture network on every frame, then a recurrent one over time, both ways, then another kind."""

    def __init__(self):
        super().__init__()
        self.frame = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ELU(), nn.AvgPool2d(3, 2, ceil_mode=True))
        self.lstm = nn.LSTM(16, 6, num_layers=2, batch_first=True, bidirectional=True)
        self.gru, self.head = nn.GRU(12, 5, batch_first=True), nn.Linear(5, 3)

    def forward(self, x):
        batch, channels, frames, height, width = x.shape
        each = self.frame(x.transpose(1, 2).reshape(batch * frames, channels, height, width))
        sequence, _ = self.lstm(each.reshape(batch, frames, -1))
        _, last = self.gru(sequence)
        return self.head(last[-1])


class UNet(nn.Module):
    """Down and up again, by transposed convolution and by interpolation, normalised within a sample."""

    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.InstanceNorm2d(6, affine=True), nn.LeakyReLU(0.1))
        self.down2 = nn.Sequential(nn.Conv2d(6, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.SiLU())
        self.deep = nn.Sequential(nn.Conv2d(8, 8, 3, padding=2, dilation=2), nn.PReLU(8))
        self.up, self.mix, self.out = nn.ConvTranspose2d(8, 6, 2, 2), nn.Conv2d(14, 6, 3, padding=1, padding_mode="reflect"), nn.Conv2d(12, 2, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        c = F.interpolate(self.deep(F.avg_pool2d(b, 2)), scale_factor=2, mode="bilinear", align_corners=False)
        d = self.up(torch.relu(self.mix(torch.cat((self.up(c)[:, :, ::2, ::2], b), 1))) [:, :6].repeat(1, 2, 1, 1)[:, :8])
        return self.out(torch.cat((d, a), 1))


class MobileNet(nn.Module):
    """Depthwise convolutions, squeeze and excitation, hard activations."""

    def __init__(self):
        super().__init__()
        self.stem, self.wide = unit(3, 8, 2, activation=nn.Hardswish), unit(8, 16, 1, kernel=1, activation=nn.ReLU6)
        self.deep = unit(16, 16, 2, 16, 5, nn.Hardswish)
        self.squeeze, self.excite = nn.Conv2d(16, 4, 1), nn.Conv2d(4, 16, 1)
        self.narrow, self.head = nn.Sequential(nn.Conv2d(16, 8, 1, bias=False), nn.BatchNorm2d(8)), nn.Linear(8, 4)

    def forward(self, x):
        x = self.deep(self.wide(self.stem(x)))
        x = x * F.hardsigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3), keepdim=True)))))
        return F.log_softmax(self.head(self.narrow(x).mean([2, 3])), dim=1)


class Volumes(nn.Module):
    """Three dimensions: convolution, pooling, transposed convolution, trilinear interpolation."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv3d(1, 4, 3, padding=1, bias=False), nn.BatchNorm3d(4), nn.ReLU(), nn.MaxPool3d((1, 2, 2)))
        self.b = nn.Sequential(nn.Conv3d(4, 6, (3, 1, 1), padding=(1, 0, 0), groups=2), nn.Softplus(), nn.AvgPool3d(2))
        self.up, self.head = nn.ConvTranspose3d(6, 4, 3, 2, 1, output_padding=1), nn.Conv3d(8, 2, 1)

    def forward(self, x):
        a = self.a(x)
        b = self.up(self.b(a))
        c = F.interpolate(b[:, :, ::2], size=a.shape[2:], mode="trilinear", align_corners=True)
        return self.head(torch.cat((a + b, c), 1)).tanh()


class Windows(nn.Module):
    """Attention within shifted windows with a table of relative positions; sampling at learnt places; norms and pieces."""

    def __init__(self):
        super().__init__()
        self.embed, self.norm, self.qkv = nn.Conv2d(1, 8, 2, 2), nn.LayerNorm(8), nn.Linear(8, 24)
        self.table = nn.Parameter(torch.randn(9, 2) * 0.3)
        place = torch.stack(torch.meshgrid(torch.arange(2), torch.arange(2), indexing="ij")).flatten(1)
        self.register_buffer("index", ((place[:, :, None] - place[:, None, :] + 1) * torch.tensor([[[3]], [[1]]])).sum(0).flatten())
        self.theta, self.head = nn.Parameter(torch.tensor([[[0.9, 0.1, 0.0], [-0.1, 0.8, 0.05]]])), nn.Linear(2, 3)

    def forward(self, x):
        x = self.embed(x).permute(0, 2, 3, 1)
        batch, height, width, channels = x.shape
        y = torch.roll(self.norm(x), (-1, -1), (1, 2))
        y = y.view(batch, height // 2, 2, width // 2, 2, channels).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4, channels)
        q, k, v = self.qkv(y).view(-1, 4, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        bias = self.table[self.index].view(4, 4, 2).permute(2, 0, 1)
        scores = torch.einsum("whid,whjd->whij", q, k) * 0.5 + bias
        mask = torch.triu(torch.ones(4, 4, dtype=torch.bool), 2)
        y = (scores.masked_fill(mask, -1e4).softmax(-1) @ v).transpose(1, 2).reshape(-1, 4, channels)
        y = y.view(batch, height // 2, width // 2, 2, 2, channels).permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, channels)
        x = (x + torch.roll(y, (1, 1), (1, 2))).permute(0, 3, 1, 2)
        ramp = torch.linspace(-1, 1, 4)
        base = torch.stack((ramp[None, :].expand(4, 4), ramp[:, None].expand(4, 4), torch.ones(4, 4)), -1)
        grid = torch.matmul(base.view(1, 16, 3), self.theta.transpose(1, 2)).view(1, 4, 4, 2).expand(batch, -1, -1, -1)
        x = F.pixel_shuffle(F.grid_sample(x, grid, align_corners=True), 2)
        x = F.normalize(torch.cumsum(x, 2).flatten(2), dim=2).norm(p=1, dim=2) + x.amax((2, 3))
        return self.head(x)


networks = [
    (ResNet(), (2, 3, 20, 20), [9, 13]),
    (ViT(), (2, 3, 12, 12), [11, 17]),
    (VideoLstm(), (2, 1, 3, 8, 8), [10, 13]),
    (UNet(), (2, 1, 8, 8), [11, 16]),
    (MobileNet(), (2, 3, 12, 12), [10, 14]),
    (Volumes(), (2, 1, 4, 8, 8), [11, 16]),
    (Windows(), (2, 1, 8, 8), [16]),
]


def randomise(model):
    """Statistics and scales of normalisations that are no zeros and ones: of equal weights the exporter keeps one only."""
    for part in model.modules():
        if isinstance(part, (nn.BatchNorm2d, nn.BatchNorm3d)):
            part.running_mean.normal_(0, 0.3)
            part.running_var.uniform_(0.5, 1.5)
        if isinstance(part, (nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm, nn.InstanceNorm2d)):
            part.weight.data.uniform_(0.5, 1.5)
            part.bias.data.normal_(0, 0.3)


def descend(model, x, steps=5, rate=0.02):
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    losses = []
    for _ in range(steps):
        loss = 0.5 * (model(x) ** 2).mean()
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter -= rate * parameter.grad
    model.load_state_dict(kept)
    return losses


def save_safetensors(path, tensors, metadata):
    header, offset, parts = {"__metadata__": metadata}, 0, []
    for name, tensor in tensors.items():
        data = np.ascontiguousarray(tensor.detach().numpy().astype(np.float32)).tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


target.mkdir(parents=True, exist_ok=True)
for old in target.iterdir():
    old.unlink()
tensors, losses = {}, {}
for model, shape, opsets in networks:
    name = type(model).__name__
    randomise(model)
    model.eval()
    x = torch.randn(*shape, requires_grad=True)
    y = model(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    tensors.update({f"{name}/x": x, f"{name}/y": y, f"{name}/dy": dy, f"{name}/dx": x.grad})
    losses[name] = descend(model, x.detach())
    for opset in opsets:
        file = io.BytesIO()
        torch.onnx.export(
            model, x.detach(), file, opset_version=opset, input_names=["x"], output_names=["y"],
            dynamic_axes={"x": {0: "batch"}}, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=True,
        )
        (target / f"{name}-{opset}.onnx").write_bytes(file.getvalue())
        print(name, opset, len(file.getvalue()))
save_safetensors(target / "values.safetensors", tensors, {"losses": json.dumps(losses), "torch": torch.__version__})
