"""Reference values for src/evaluation, from scikit-learn. Run: python3 reference/evaluation.py (writes test/golden/evaluation.json)."""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(20)


def listed(array):
    return np.round(np.asarray(array, dtype=np.float64), 9).tolist()


def classification(rows, classes):
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    scores = random.normal(size=(rows, classes)) + 1.2 * np.eye(classes)[truth]
    probabilities = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    probabilities = np.round(probabilities, 2)  # ties between rows on purpose
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(1)
    probabilities = np.round(probabilities, 9)
    weights = random.integers(0, 4, rows)
    result = {"classes": classes, "truth": truth.tolist(), "probabilities": listed(probabilities.ravel()), "weights": weights.tolist()}
    answers = probabilities.argmax(1)
    onehot = np.eye(classes)[truth]
    for name, w in (("plain", np.ones(rows)), ("weighted", weights)):
        aurocs = [metrics.roc_auc_score(onehot[:, k], probabilities[:, k], sample_weight=w) for k in range(classes)]
        precisions = [metrics.average_precision_score(onehot[:, k], probabilities[:, k], sample_weight=w) for k in range(classes)]
        confidence = probabilities.max(1)
        bins = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
        ece = sum(abs((w * (confidence - (answers == truth)))[bins == b].sum()) for b in range(15)) / w.sum()
        result[name] = {
            "confusion": metrics.confusion_matrix(truth, answers, sample_weight=w).ravel().tolist(),
            "accuracy": metrics.accuracy_score(truth, answers, sample_weight=w),
            "balancedAccuracy": metrics.balanced_accuracy_score(truth, answers, sample_weight=w),
            "macroF1": metrics.f1_score(truth, answers, average="macro", sample_weight=w),
            "auroc": float(np.mean(aurocs)),
            "averagePrecision": float(np.mean(precisions)),
            "ece": float(ece),
            "brier": float((w * ((probabilities - onehot) ** 2).sum(1)).sum() / w.sum()),
            "logLoss": metrics.log_loss(truth, np.clip(probabilities, 1e-15, 1), sample_weight=w),
        }
    if classes > 2:
        result["sklearnMacroAuroc"] = metrics.roc_auc_score(truth, probabilities, multi_class="ovr", average="macro")
    else:
        result["sklearnBrier"] = metrics.brier_score_loss(truth, probabilities[:, 1])
    return result


def regression(rows):
    truth = random.normal(size=rows)
    predicted = 0.7 * truth + 0.4 * random.normal(size=rows)
    weights = random.integers(0, 3, rows)
    return {
        "truth": listed(truth),
        "predicted": listed(predicted),
        "weights": weights.tolist(),
        "r2": metrics.r2_score(truth, predicted),
        "r2Weighted": metrics.r2_score(truth, predicted, sample_weight=weights),
        "mae": metrics.mean_absolute_error(truth, predicted),
        "maeWeighted": metrics.mean_absolute_error(truth, predicted, sample_weight=weights),
        "correlation": float(np.corrcoef(truth, predicted)[0, 1]),
    }


def logistic(rows, columns, classes, l2):
    features = np.round(random.normal(size=(rows, columns)), 4).astype(np.float32).astype(np.float64)
    features[:, 0] = features[:, 0] * 5 + 3
    directions = random.normal(size=(classes, columns))
    targets = (features @ directions.T / np.sqrt(columns) + random.gumbel(size=(rows, classes))).argmax(1)
    targets[:classes] = np.arange(classes)
    train = rows * 3 // 4
    scaled = StandardScaler().fit(features[:train]).transform(features)
    # scikit-learn minimises sum of losses + |w|^2 / (2 C): C = 1 / (l2 n).
    model = LogisticRegression(C=1 / (l2 * train), multi_class="multinomial", solver="newton-cg", tol=1e-7, max_iter=1000)
    model.fit(scaled[:train], targets[:train])
    result = {
        "rows": rows, "columns": columns, "classes": classes, "l2": l2, "train": train,
        "features": np.round(features, 4).ravel().tolist(), "targets": targets.tolist(),
        "probabilities": listed(model.predict_proba(scaled[train:]).ravel()),
    }
    if classes > 2:
        result["coefficients"] = listed(model.coef_.ravel())
        result["intercepts"] = listed(model.intercept_ - model.intercept_.mean())
    return result


def ridge(rows, columns, l2):
    features = np.round(random.normal(size=(rows, columns)), 4)
    targets = np.round(features[:, :3].sum(1) + 5 + 0.3 * random.normal(size=rows), 4)
    train = rows * 3 // 4
    scaled = StandardScaler().fit(features[:train]).transform(features)
    model = Ridge(alpha=l2 * train, tol=1e-12).fit(scaled[:train], targets[:train])
    return {
        "rows": rows, "columns": columns, "l2": l2, "train": train, "features": features.ravel().tolist(),
        "targets": targets.tolist(), "predicted": listed(model.predict(scaled[train:])),
    }


values = {
    "made with": {"numpy": np.__version__, "sklearn": sklearn.__version__, "seed": 20},
    "classification": [classification(60, 2), classification(80, 4)],
    "regression": regression(40),
    "logistic": [
        logistic(80, 6, 3, 0.01),
        logistic(80, 6, 3, 1.0),
        logistic(60, 8, 2, 0.05),
        logistic(40, 90, 3, 0.02),
        logistic(40, 90, 4, 0.0001),
    ],
    "ridge": [ridge(60, 7, 0.1), ridge(40, 70, 0.01)],
}
target = Path(__file__).resolve().parent.parent / "test" / "golden" / "evaluation.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(values, separators=(",", ":")) + "\n")
print(target, target.stat().st_size, "bytes")
