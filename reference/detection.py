"""Average precision of detections, written down naively from the definitions: what test/golden/detection.json holds.

VOC: each detection against the object it overlaps most; 11 points and the area under the interpolated curve.
COCO: greedy among the objects not yet found, 101 points, thresholds 0.5 to 0.95.
Run: python3 reference/detection.py
"""
import json
import pathlib

import numpy as np


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h
    return w * h / union


def ranked(pictures, threshold, coco):
    rows = []
    for number, picture in enumerate(pictures):
        for box, score in picture["detections"]:
            rows.append((score, number, box))
    rows.sort(key=lambda row: -row[0])
    used = [set() for _ in pictures]
    right = []
    for _, number, box in rows:
        overlaps = [iou(box, gt) for gt in pictures[number]["objects"]]
        if coco:
            overlaps = [-1 if j in used[number] else o for j, o in enumerate(overlaps)]
        j = int(np.argmax(overlaps)) if overlaps else -1
        ok = j >= 0 and overlaps[j] >= threshold and j not in used[number]
        if ok:
            used[number].add(j)
        right.append(ok)
    return np.array(right, bool)


def curve(right, total):
    tp = np.cumsum(right)
    return tp / total, tp / np.arange(1, len(right) + 1)


def voc11(right, total):
    recall, precision = curve(right, total)
    return float(np.mean([max([p for r, p in zip(recall, precision) if r >= t / 10 - 1e-12], default=0) for t in range(11)]))


def area(right, total):
    recall, precision = curve(right, total)
    recall = np.concatenate([[0], recall, [1]])
    precision = np.concatenate([[0], precision, [0]])
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    steps = np.where(recall[1:] != recall[:-1])[0]
    return float(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))


def coco101(right, total):
    recall, precision = curve(right, total)
    for i in range(len(precision) - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    out = []
    for t in np.linspace(0, 1, 101):
        i = np.searchsorted(recall, t - 1e-12, side="left")
        out.append(precision[i] if i < len(precision) else 0)
    return float(np.mean(out))


rng = np.random.default_rng(0)
pictures = []
for _ in range(12):
    objects = []
    for _ in range(int(rng.integers(1, 5))):
        x, y = rng.uniform(0, 60, 2)
        w, h = rng.uniform(8, 30, 2)
        objects.append([x, y, x + w, y + h])
    detections = []
    for gt in objects:
        for _ in range(int(rng.integers(0, 3))):
            detections.append(([c + d for c, d in zip(gt, rng.normal(0, 2.5, 4))], float(rng.uniform(0.2, 1))))
    for _ in range(int(rng.integers(0, 3))):
        x, y = rng.uniform(0, 60, 2)
        detections.append(([x, y, x + 15, y + 12], float(rng.uniform(0, 0.8))))
    pictures.append({"objects": np.round(objects, 3).tolist(), "detections": [(np.round(b, 3).tolist(), round(s, 4)) for b, s in detections]})
total = sum(len(p["objects"]) for p in pictures)
half = ranked(pictures, 0.5, False)
expected = {
    "eleven": voc11(half, total),
    "area": area(half, total),
    "coco": float(np.mean([coco101(ranked(pictures, t, True), total) for t in np.arange(0.5, 1, 0.05)])),
}
path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "detection.json"
path.write_text(json.dumps({"pictures": pictures, "expected": expected}) + "\n")
print(expected)
