"""Reference values for src/statistics, from SciPy and from naive re-implementations. Run: python3 reference/statistics.py (writes test/golden/statistics.json)."""
import itertools
import json
import sys
from pathlib import Path

# This file's own name would hide Python's module of the same name.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]
import numpy as np
import scipy
from scipy import optimize, special, stats

random = np.random.default_rng(9)


def sample(count, digits=3, shift=0.0, scale=1.0):
    return np.round(random.normal(shift, scale, count), digits)


def enumerated_sign_flip(d):
    observed = abs(d.sum())
    sums = [abs((np.array(signs) * d).sum()) for signs in itertools.product([-1, 1], repeat=len(d))]
    return float(np.mean(np.array(sums) >= observed - 1e-9))


def enumerated_signed_rank(d):
    d = d[d != 0]
    ranks = stats.rankdata(np.abs(d))
    positive = ranks[d > 0].sum()
    smaller = min(positive, ranks.sum() - positive)
    sums = [ranks[np.array(signs, dtype=bool)].sum() for signs in itertools.product([0, 1], repeat=len(d))]
    return min(1.0, float(2 * np.mean(np.array(sums) <= smaller + 1e-9)))


def delong(truth, a, b):
    """From the definition, by double loops."""
    def parts(scores):
        p, n = scores[truth == 1], scores[truth == 0]
        wins = (p[:, None] > n[None, :]) + 0.5 * (p[:, None] == n[None, :])
        return wins.mean(), wins.mean(1), wins.mean(0)
    (area_a, a10, a01), (area_b, b10, b01) = parts(a), parts(b)
    s10, s01 = np.cov(a10, b10), np.cov(a01, b01)
    s = s10 / len(a10) + s01 / len(a01)
    z = (area_a - area_b) / np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    return {"area": area_a, "variance": s[0, 0], "difference": area_a - area_b, "z": z, "p": 2 * stats.norm.sf(abs(z))}


def holm(p):
    order = np.argsort(p, kind="stable")
    m = len(p)
    out = np.empty(m)
    for i, index in enumerate(order):
        out[index] = max(min(1, (m - j) * p[order[j]]) for j in range(i + 1))
    return out


def benjamini_hochberg(p):
    order = np.argsort(p, kind="stable")
    m = len(p)
    out = np.empty(m)
    for i, index in enumerate(order):
        out[index] = min(min(1, m * p[order[j]] / (j + 1)) for j in range(i, m))
    return out


def t_quantile(p, df):
    """SciPy 1.10's own t.ppf is right to nine digits only."""
    return optimize.brentq(lambda t: special.stdtr(df, t) - p, -1000, 1000, xtol=1e-14, rtol=1e-15)


zs = [-38, -12, -5.5, -3, -1.96, -0.7, -1e-3, 0, 0.2, 1, 2.5, 6, 9]
ps = [1e-300, 1e-20, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.61, 0.9, 0.999, 1 - 1e-9]
described = sample(23)
a, b = sample(17, shift=0.4), sample(14)
tied_a, tied_b = np.round(sample(30) * 2) / 2, np.round(sample(30) * 2) / 2
small, tied, large = sample(9, shift=0.5), np.round(sample(12, shift=0.4), 1), np.round(sample(40, shift=0.3), 1)
tied[3] = 0
folds = sample(10, shift=0.02, scale=0.03, digits=4)
truth = np.array([1] * 14 + [0] * 19)
score_a = np.round(truth * 0.9 + random.normal(size=33), 1)
score_b = np.round(truth * 0.4 + random.normal(size=33), 1)
right_a, right_b = random.random(60) < 0.8, random.random(60) < 0.62
many = np.round(random.random(15) ** 2, 4)
many[4] = many[7]
table = np.round(random.random((8, 4)) + np.array([0, 0.1, 0.2, 0.5]), 1)
boot = np.round(random.exponential(size=40), 3)
bca = stats.bootstrap((boot,), np.mean, n_resamples=100000, method="BCa", random_state=np.random.default_rng(1))
percentile = stats.bootstrap((boot,), np.mean, n_resamples=100000, method="percentile", random_state=np.random.default_rng(1))

values = {
    "made with": {"numpy": np.__version__, "scipy": scipy.__version__, "seed": 9},
    "normal": {"z": zs, "cdf": stats.norm.cdf(zs).tolist(), "p": ps, "quantile": stats.norm.ppf(ps).tolist()},
    "logGamma": [[x, special.gammaln(x)] for x in (1e-5, 0.1, 0.5, 1, 1.5, 2, 7.3, 50, 1e4)],
    "incompleteGamma": [[s, x, special.gammainc(s, x), special.gammaincc(s, x)] for s in (0.5, 1, 3.7, 40) for x in (1e-4, 0.5, 3, 39, 90)],
    "incompleteBeta": [[x, s, t, special.betainc(s, t, x)] for s, t in ((0.5, 0.5), (2, 3), (30, 1.5), (100, 200)) for x in (1e-6, 0.2, 0.5, 0.97)],
    "t": [[x, df, 2 * stats.t.sf(abs(x), df), stats.t.cdf(x, df)] for x in (-8, -1.2, 0, 0.4, 2.6, 30) for df in (1, 4, 9.5, 100)],
    "tQuantile": [[p, df, t_quantile(p, df)] for p in (0.001, 0.3, 0.5, 0.9, 0.975, 0.9995) for df in (1, 3, 29)],
    "f": [[x, d1, d2, stats.f.sf(x, d1, d2)] for x in (0.2, 1, 3.3, 40) for d1, d2 in ((1, 4), (3, 21), (10, 200))],
    "chiSquare": [[x, df, stats.chi2.sf(x, df)] for x in (0.1, 2, 9, 80) for df in (1, 3, 20)],
    "binomial": [[k, n, q, stats.binom.cdf(k, n, q)] for k, n, q in ((0, 5, 0.5), (3, 10, 0.5), (7, 30, 0.2), (29, 30, 0.9), (30, 30, 0.3))],
    "studentisedRange": [[k, 1 - alpha, stats.studentized_range.ppf(1 - alpha, k, np.inf)] for k in (2, 3, 5, 10) for alpha in (0.05, 0.1)],
    "descriptive": {
        "values": described.tolist(), "mean": described.mean(), "sd": described.std(ddof=1), "median": np.median(described),
        "iqm": stats.trim_mean(described, 0.25), "quantiles": [[q, np.quantile(described, q)] for q in (0, 0.025, 0.3, 0.77, 1)],
    },
    "effect": {
        "a": a.tolist(), "b": b.tolist(),
        "hedges": (a.mean() - b.mean()) / np.sqrt((16 * a.var(ddof=1) + 13 * b.var(ddof=1)) / 29) * special.gamma(14.5) / (np.sqrt(14.5) * special.gamma(14)),
        "cliff": float(np.sign(a[:, None] - b[None, :]).mean()),
        "tiedA": tied_a.tolist(), "tiedB": tied_b.tolist(), "tiedCliff": float(np.sign(tied_a[:, None] - tied_b[None, :]).mean()),
    },
    "signedRank": {
        "small": {"d": small.tolist(), "p": stats.wilcoxon(small, mode="exact").pvalue, "statistic": stats.wilcoxon(small).statistic},
        "tied": {"d": tied.tolist(), "p": enumerated_signed_rank(tied)},
        "large": {"d": large.tolist(), "p": stats.wilcoxon(large, zero_method="wilcox", correction=False, mode="approx").pvalue},
    },
    "signFlip": {"small": {"d": small.tolist(), "p": enumerated_sign_flip(small)}, "tied": {"d": tied.tolist(), "p": enumerated_sign_flip(tied)}},
    "tTest": {
        "d": folds.tolist(), "t": stats.ttest_1samp(folds, 0).statistic, "p": stats.ttest_1samp(folds, 0).pvalue,
        "interval": list(stats.t.interval(0.95, 9, folds.mean(), stats.sem(folds))),
        "corrected": {"t": folds.mean() / np.sqrt((1 / 10 + 20 / 180) * folds.var(ddof=1)),
                      "p": 2 * stats.t.sf(abs(folds.mean() / np.sqrt((1 / 10 + 20 / 180) * folds.var(ddof=1))), 9)},
        "equivalence": max(stats.ttest_1samp(folds, 0.05, alternative="less").pvalue, stats.ttest_1samp(folds, -0.05, alternative="greater").pvalue),
    },
    "delong": {"truth": truth.tolist(), "a": score_a.tolist(), "b": score_b.tolist(), **delong(truth, score_a, score_b)},
    "mcnemar": {
        "a": right_a.tolist(), "b": right_b.tolist(), "first": int((right_a & ~right_b).sum()), "second": int((right_b & ~right_a).sum()),
        "p": stats.binomtest(int((right_a & ~right_b).sum()), int((right_a ^ right_b).sum())).pvalue,
        "asymptotic": stats.chi2.sf(((right_a & ~right_b).sum() - (right_b & ~right_a).sum()) ** 2 / (right_a ^ right_b).sum(), 1),
    },
    "multiple": {"p": many.tolist(), "holm": holm(many).tolist(), "bh": benjamini_hochberg(many).tolist()},
    "correlation": {
        "a": tied_a.tolist(), "b": (tied_a + tied_b).tolist(),
        "pearson": list(stats.pearsonr(tied_a, tied_a + tied_b)), "spearman": list(stats.spearmanr(tied_a, tied_a + tied_b)),
        "kendall": list(stats.kendalltau(tied_a, tied_a + tied_b, method="asymptotic")),
        "fisher": list(stats.pearsonr(tied_a, tied_a + tied_b).confidence_interval(0.95)),
    },
    "friedman": {"scores": table.tolist(), "chiSquare": stats.friedmanchisquare(*table.T).statistic, "p": stats.friedmanchisquare(*table.T).pvalue,
                 "meanRanks": stats.rankdata(-table, axis=1).mean(0).tolist()},
    "bootstrap": {"values": boot.tolist(), "percentile": list(percentile.confidence_interval), "bca": list(bca.confidence_interval)},
}
target = Path(__file__).resolve().parent.parent / "test" / "golden" / "statistics.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(values, separators=(",", ":"), default=float) + "\n")
print(target, target.stat().st_size, "bytes")
