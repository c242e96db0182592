"""Reference values for measures of src/explanation/measures, from numpy, scipy and scikit-learn.
Run: python3 reference/explanation.py (writes test/golden/explanation.json)."""
import json
from pathlib import Path

import numpy as np
from scipy.linalg import fractional_matrix_power
from scipy.stats import entropy
from sklearn.linear_model import Lasso
from sklearn.metrics import mutual_info_score

random = np.random.default_rng(7)

# LiDAR: pictures with a place each, views about it, more noise along some axes.
pictures, views, columns, ridge = 14, 4, 6, 1e-4
centres = random.normal(size=(pictures, columns)) * [3, 2, 1, 1, 0.5, 0.2]
x = np.round(centres + random.normal(size=(views, pictures, columns)) * [1, 0.3, 1, 0.2, 0.5, 0.5], 4)
means = x.mean(0)
between = np.cov(means.T, bias=True)
apart = (x - means).reshape(-1, columns)
within = apart.T @ apart / len(apart)
within += ridge * np.trace(within) / columns * np.eye(columns)
root = fractional_matrix_power(within, -0.5)
share = np.linalg.eigvalsh(root @ between @ root).clip(0)
share = share / share.sum() + 1e-7
lidar = {
    "views": x.reshape(views, -1).tolist(), "rows": pictures, "columns": columns,
    "value": float(np.exp(-(share * np.log(share)).sum())),
}

codes = [random.integers(0, 5, 60).tolist(), random.integers(0, 3, 60).tolist()]
information = {"a": codes[0], "b": codes[1], "value": float(mutual_info_score(*codes))}

rows, channels = 40, 7
data = random.normal(size=(rows, channels))
data[:, 3] = data[:, 0] + 0.3 * data[:, 3]
data = np.round((data - data.mean(0)) / data.std(0), 6)
target = data @ [1.5, 0, 0, 0.4, -0.7, 0, 0] + random.normal(size=rows)
target = np.round((target - target.mean()) / target.std(), 6)
penalties = [0.5, 0.2, 0.05]
weights = [Lasso(alpha=p, fit_intercept=False, tol=1e-12, max_iter=100000).fit(data, target).coef_.tolist() for p in penalties]
lasso = {"x": data.ravel().tolist(), "y": target.tolist(), "rows": rows, "columns": channels, "penalties": penalties, "weights": weights}

importances = np.round(np.abs(random.normal(size=(5, 3))) * (random.uniform(size=(5, 3)) > 0.3), 3)
sums = importances.sum(1)
dci = {
    "importances": importances.tolist(),
    "disentanglement": float(sum(s / sums.sum() * (1 - entropy(r, base=3)) for s, r in zip(sums, importances) if s > 0)),
    "completeness": float(np.mean([1 - entropy(c, base=5) for c in importances.T])),
}
# Rollout (Abnar and Zuidema 2020) and relevance (Chefer et al. 2021) of three layers of two heads, one plane.
layers, heads, tokens = 3, 2, 4
weights_ = random.dirichlet(np.ones(tokens), size=(layers, heads, tokens)).round(5)
slopes = random.normal(size=(layers, heads, tokens, tokens)).round(5)
rollout, relevance = np.eye(tokens), np.eye(tokens)
for a, g in zip(weights_, slopes):
    rollout = (0.5 * a.mean(0) + 0.5 * np.eye(tokens)) @ rollout
    relevance = relevance + np.maximum(a * g, 0).mean(0) @ relevance
attention = {
    "heads": heads, "tokens": tokens, "weights": weights_.reshape(layers, -1).tolist(),
    "slopes": slopes.reshape(layers, -1).tolist(), "rollout": rollout.ravel().tolist(), "relevance": relevance.ravel().tolist(),
}
text = json.dumps({"attention": attention, "lidar": lidar, "information": information, "lasso": lasso, "dci": dci})
Path(__file__).parent.parent.joinpath("test/golden/explanation.json").write_text(text + "\n")
