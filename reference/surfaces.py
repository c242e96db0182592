"""Overlap and surface distances of masks, by scipy: what test/golden/surfaces.json holds.

Masks are drawn by the rule that the test repeats, so that the file holds numbers only.
Run: python3 reference/surfaces.py
"""
import json
import pathlib

import numpy as np
from scipy import ndimage


def drawn(shape, centre, radii):
    grids = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")
    return sum(((g - c) / r) ** 2 for g, c, r in zip(grids, centre, radii)) <= 1


def border(mask):
    axes = [n > 1 for n in mask.shape]
    squeezed = np.squeeze(mask)
    structure = ndimage.generate_binary_structure(squeezed.ndim, 1)
    inner = ndimage.binary_erosion(squeezed, structure, border_value=0)
    assert squeezed.ndim == sum(axes)
    return (squeezed & ~inner).reshape(mask.shape)


def measure(a, b, spacing, tolerance):
    edge_a, edge_b = border(a), border(b)
    to_a = ndimage.distance_transform_edt(~edge_a, sampling=spacing)
    to_b = ndimage.distance_transform_edt(~edge_b, sampling=spacing)
    both = np.hstack([to_b[edge_a], to_a[edge_b]])
    inter = (a & b).sum()
    return {
        "dice": float(2 * inter / (a.sum() + b.sum())),
        "iou": float(inter / (a | b).sum()),
        "hd95": float(np.percentile(both, 95)),
        "surfaceDice": float((both <= tolerance).mean()),
    }


cases = []
for shape, spacing, tolerance, first, second in [
    ((12, 20, 16), (1, 1, 1), 1.0, ((6, 10, 8), (4, 6, 5)), ((6, 11, 7), (3, 7, 5))),
    ((9, 24, 24), (3.0, 0.7, 0.8), 2.0, ((4, 12, 12), (3, 8, 6)), ((5, 10, 14), (3, 6, 8))),
    ((1, 32, 28), (1, 0.5, 0.5), 1.0, ((0, 15, 14), (1, 9, 7)), ((0, 18, 12), (1, 9, 8))),
    ((6, 8, 8), (2, 1, 1), 1.0, ((0, 4, 4), (3, 5, 3)), ((2, 4, 3), (3, 4, 4))),
]:
    a, b = drawn(shape, *first), drawn(shape, *second)
    cases.append(
        {
            "shape": shape,
            "spacing": spacing,
            "tolerance": tolerance,
            "truth": first,
            "answer": second,
            "expected": measure(a, b, spacing, tolerance),
        }
    )
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "surfaces.json"
path.write_text(json.dumps({"cases": cases}) + "\n")
