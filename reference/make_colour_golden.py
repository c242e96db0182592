"""Colours by scikit-image 0.19, for src/data/transform/lab.test.ts, and the published bins of colour.

    python3 reference/make_colour_golden.py       writes test/golden/colour.json

`rows` says which of the 313 bins of Zhang et al. (pts_in_hull.npy) there are: for each a, the first and the last b, in
steps of 10.
"""
import json
import pathlib

import numpy as np
from skimage import color

rng = np.random.default_rng(7)
rgb = np.concatenate([rng.integers(0, 256, (40, 3)), [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [5, 5, 4]]])
lab = color.rgb2lab(rgb[None].astype("uint8"))[0]
back = color.lab2rgb(np.array([[[50, 20, -30], [70, -60, 40], [30, 5, 5], [60, 90, 90]]], dtype=float))[0]
rows = {-90: (50, 90), -80: (20, 90), -70: (0, 90), -60: (-20, 90), -50: (-30, 100), -40: (-40, 100), -30: (-50, 100),
        -20: (-50, 100), -10: (-60, 100), 0: (-70, 100), 10: (-80, 90), 20: (-80, 90), 30: (-90, 90), 40: (-100, 90),
        50: (-100, 80), 60: (-110, 80), 70: (-110, 80), 80: (-110, 70), 90: (-110, 70), 100: (-90, 0)}
assert sum((high - low) // 10 + 1 for low, high in rows.values()) == 313
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "colour.json"
path.write_text(json.dumps({
    "rgb": rgb.tolist(),
    "lab": np.round(lab, 6).tolist(),
    "fromLab": {"lab": [[50, 20, -30], [70, -60, 40], [30, 5, 5], [60, 90, 90]], "rgb": np.round(back, 6).tolist()},
    "rows": [[a, *ends] for a, ends in rows.items()],
}) + "\n")
