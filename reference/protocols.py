"""Reference values for the protocols of src/evaluation, from scikit-learn and a direct translation of Obuchowski's formulas.
Run: /usr/bin/python3 reference/protocols.py (writes test/golden/protocols.json)."""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

random = np.random.default_rng(6)


def listed(array, digits=9):
    return np.round(np.asarray(array, dtype=np.float64), digits).ravel().tolist()


def features_of(rows, columns, classes, signal):
    targets = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    centres = random.normal(size=(classes, columns))
    features = np.round(random.normal(size=(rows, columns)) + signal * centres[targets], 3).astype(np.float32)
    return features, targets


def svm(rows, columns, classes, costs, weights):
    features, targets = features_of(rows, columns, classes, 0.4)
    train = rows * 3 // 4
    scaled = normalize(features.astype(np.float64))
    values = []
    for cost in costs:
        decisions = []
        for k in range(classes):
            model = LinearSVC(
                penalty="l2", loss="squared_hinge", dual=False, C=cost, tol=1e-10, max_iter=100000,
                class_weight={1: weights[0], 0: weights[1]},
            )
            model.fit(scaled[:train], (targets[:train] == k).astype(int))
            decisions.append(model.decision_function(scaled[train:]))
        decisions = np.stack(decisions, 1)
        precision = np.mean([metrics.average_precision_score(targets[train:] == k, decisions[:, k]) for k in range(classes)])
        values.append({"cost": cost, "decisions": listed(decisions), "meanAveragePrecision": float(precision)})
    return {
        "rows": rows, "columns": columns, "classes": classes, "train": train, "weights": weights,
        "features": listed(features, 3), "targets": targets.tolist(), "fits": values,
    }


def neighbours(rows, columns, classes, ks, temperature):
    features, targets = features_of(rows, columns, classes, 0.8)
    train = rows * 3 // 4
    scaled = normalize(features.astype(np.float64))
    values = []
    for k in ks:
        model = KNeighborsClassifier(
            n_neighbors=k, metric="cosine", algorithm="brute",
            weights=lambda distances: np.exp((1 - distances) / temperature),
        )
        model.fit(scaled[:train], targets[:train])
        votes = model.predict_proba(scaled[train:])
        # Ties of classes without votes are broken differently, so the top five are compared where there are none.
        values.append({
            "k": k, "votes": listed(votes),
            "top1": float(model.score(scaled[train:], targets[train:])),
            **({"top5": float(metrics.top_k_accuracy_score(targets[train:], votes, k=5, labels=np.arange(classes)))} if classes > 5 and all(len(set(row)) == classes for row in votes) else {}),
        })
    return {
        "rows": rows, "columns": columns, "classes": classes, "train": train, "temperature": temperature,
        "features": listed(features, 3), "targets": targets.tolist(), "fits": values,
    }


def clustered(patients, per_patient):
    """Obuchowski (1997), from the matrix of all pairs."""
    cluster = np.repeat(np.arange(patients), per_patient)
    own = random.normal(size=patients)[cluster]
    positive = (random.random(len(cluster)) < 1 / (1 + np.exp(-own))).astype(int)
    scores = [np.round(0.8 * positive + 0.7 * own + random.normal(size=len(cluster)), 1) for _ in range(2)]
    m, n = positive.sum(), (1 - positive).sum()
    x_sums, y_sums, areas = [], [], []
    for score in scores:
        pairs = (score[positive == 1][:, None] > score[positive == 0][None]) + 0.5 * (
            score[positive == 1][:, None] == score[positive == 0][None])
        areas.append(pairs.mean())
        v10 = np.zeros(len(cluster)); v10[positive == 1] = pairs.mean(1)
        v01 = np.zeros(len(cluster)); v01[positive == 0] = pairs.mean(0)
        x_sums.append(np.bincount(cluster, v10)); y_sums.append(np.bincount(cluster, v01))
    ms, ns = np.bincount(cluster, positive), np.bincount(cluster, 1 - positive)
    i10, i01, i = (ms > 0).sum(), (ns > 0).sum(), patients

    def covariance(a, b):
        dxa, dxb = x_sums[a] - ms * areas[a], x_sums[b] - ms * areas[b]
        dya, dyb = y_sums[a] - ns * areas[a], y_sums[b] - ns * areas[b]
        s10 = i10 / ((i10 - 1) * m) * (dxa * dxb).sum()
        s01 = i01 / ((i01 - 1) * n) * (dya * dyb).sum()
        s11 = i / (i - 1) * ((dxa * dyb).sum() + (dxb * dya).sum())
        return s10 / m + s01 / n + s11 / (m * n)

    assert abs(areas[0] - metrics.roc_auc_score(positive, scores[0])) < 1e-12
    return {
        "clusters": cluster.tolist(), "positive": positive.tolist(), "a": listed(scores[0]), "b": listed(scores[1]),
        "areas": [float(area) for area in areas], "variance": float(covariance(0, 0)),
        "differenceVariance": float(covariance(0, 0) + covariance(1, 1) - 2 * covariance(0, 1)),
    }


values = {
    "made with": {"numpy": np.__version__, "sklearn": sklearn.__version__, "seed": 6},
    "svm": [
        svm(60, 8, 3, [1e-4, 1e-2, 1.0, 100.0], [2, 1]),
        svm(40, 60, 2, [1e-2, 1.0, 10.0], [2, 1]),
        svm(48, 6, 4, [1.0], [1, 1]),
    ],
    "neighbours": [neighbours(60, 8, 7, [1, 10, 40], 0.07), neighbours(40, 5, 2, [5, 30], 0.2)],
    "clusteredRocArea": [clustered(20, 4), clustered(12, 7)],
}
target = Path(__file__).resolve().parent.parent / "test" / "golden" / "protocols.json"
target.write_text(json.dumps(values, separators=(",", ":")) + "\n")
print(target, target.stat().st_size, "bytes")
