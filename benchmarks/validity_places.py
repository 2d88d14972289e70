"""Places, shares and changes under errors, when the truth is known; a part of ``validity.py``."""

import time

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from parstudy.statistics import _shapley, change, importance
from parstudy.statistics.uncertainty import index_uncertainty

Row = list[str]


def _shown(out: list[Row], *cells: str) -> None:
    out.append(list(cells))
    print(*cells, sep=" | ", flush=True)


def shrunk_places(scale: float) -> tuple[list[Row], list[Row]]:
    """Coverage of intervals of the true place, and calibration of the chance of the first ten."""
    coverage: list[Row] = []
    chances: list[Row] = []
    times = max(20, int(scale * 400))
    for name, n, error, heavy in (
        ("63 units, reliability 0.5", 63, 1.0, False),
        ("63 units, reliability 0.8", 63, 0.5, False),
        ("63 units, reliability 0.9, errors unequal", 63, 1 / 3, False),
        ("34 units, reliability 0.8", 34, 0.5, False),
        ("63 units, reliability 0.8, true scores t(4)", 63, 0.5, True),
    ):
        rng = np.random.default_rng(11)
        held = plain = 0.0
        said, came = [], []
        for _ in range(times):
            true = rng.standard_t(4, n) / 2**0.5 if heavy else rng.standard_normal(n)
            spread = rng.uniform(0.5, 1.5, n) if "unequal" in name else np.ones(n)
            se = error * spread / np.sqrt((spread**2).mean())
            y = pd.Series(true + se * rng.standard_normal(n))
            found = change.shrink(y, se, draws=2000).table
            place = rankdata(-true)
            held += float(((found["lower"] <= place) & (place <= found["upper"])).mean())
            drawn = np.argsort(
                np.argsort(-(y.to_numpy() + se * rng.standard_normal((2000, n))), axis=1), axis=1
            )
            low, high = np.quantile(drawn + 1, [0.025, 0.975], axis=0)
            plain += float(((low <= place) & (place <= high)).mean())
            said.append(found["chance_top"].to_numpy())
            came.append(place <= 10)
        _shown(coverage, name, str(times), f"{held / times:.3f}", f"{plain / times:.3f}")
        all_said, all_came = np.concatenate(said), np.concatenate(came)
        gaps = []
        for start in np.arange(0, 1, 0.1):
            inside = (all_said >= start) & (all_said <= start + 0.1)
            if inside.sum() >= 200:
                gaps.append(abs(all_said[inside].mean() - all_came[inside].mean()))
        _shown(chances, name, str(times), f"{max(gaps):.3f}", f"{np.mean(gaps):.3f}")
    return coverage, chances


def share_intervals(scale: float) -> list[Row]:
    """Coverage of bootstrap intervals of LMG shares; the truth from the covariances drawn from."""
    out: list[Row] = []
    times = max(10, int(scale * 300))
    for name, n, r, slopes in (
        ("63 units, correlations 0.3", 63, 0.3, [0.8, 0.5, 0.3, 0.2]),
        ("63 units, correlations 0.7", 63, 0.7, [0.8, 0.5, 0.3, 0.2]),
        ("63 units, one of no effect, uncorrelated", 63, 0.0, [0.8, 0.5, 0.3, 0.0]),
        ("300 units, correlations 0.3", 300, 0.3, [0.8, 0.5, 0.3, 0.2]),
    ):
        rng = np.random.default_rng(12)
        k = len(slopes)
        s = np.full((k, k), r) + (1 - r) * np.eye(k)
        variance = float(slopes @ s @ slopes) + 1
        whole = np.ones((k + 1, k + 1))
        whole[:k, :k] = s
        whole[:k, k] = whole[k, :k] = s @ slopes / variance**0.5
        players = [[i] for i in range(k)]
        truth = _shapley.exact(1 - _shapley.unexplained(whole, players), k)
        root = np.linalg.cholesky(s)
        held = np.zeros(k)
        for i in range(times):
            x = pd.DataFrame(rng.standard_normal((n, k)) @ root.T)
            y = x @ slopes + rng.standard_normal(n)
            table = importance.shapley(x, y, bootstrap=400, seed=i).table
            held += (table["low"] <= truth) & (truth <= table["high"])
        cover = held / times
        each = ", ".join(f"{v:.2f}" for v in cover)
        _shown(out, name, str(times), f"{cover.mean():.3f}", each)
    return out


def changes(scale: float) -> list[Row]:
    """Coverage of sets of changes in rank, false discoveries among changes, sets from counts."""
    out: list[Row] = []
    times = max(20, int(scale * 300))
    rng = np.random.default_rng(13)
    held = found_false = 0.0
    for i in range(times):
        true = rng.normal(80, 4, 63)
        later = true + np.where(np.arange(63) < 20, rng.normal(0, 4, 63), 0.0)
        one, two = (pd.Series(t + rng.standard_normal(63)) for t in (true, later))
        sets = change.rank_changes(one, two, 1.0, 1.0, seed=i).table
        moved = rankdata(-true) - rankdata(-later)
        held += float(((sets["lower"] <= moved) & (moved <= sets["upper"])).mean())
        sure = change.score_changes(one, two, 1.0, 1.0).table["beyond_chance"].to_numpy()
        found_false += sure[20:].sum() / max(1, sure.sum())
    _shown(out, "sets of changes in rank, 95 %: hold", str(times), f"{held / times:.3f}")
    _shown(
        out, "changes of score beyond chance: false ones (5 %)", str(times),
        f"{found_false / times:.3f}",
    )  # fmt: skip
    for name, chances in (
        ("six categories alike", np.full(6, 1 / 6)),
        ("six categories apart", np.array([0.3, 0.2, 0.2, 0.15, 0.1, 0.05])),
    ):
        best = rankdata(-chances, "min")
        worst = rankdata(-chances, "max")
        inside = 0
        for _ in range(5 * times):
            counts = pd.Series(rng.multinomial(400, chances))
            table = change.rank_sets_of_counts(counts).table
            inside += bool(((table["lower"] <= best) & (table["upper"] >= worst)).all())
        _shown(
            out, f"sets of counts, 95 %, {name}: hold all", str(5 * times),
            f"{inside / (5 * times):.3f}",
        )  # fmt: skip
    return out


def speed() -> list[Row]:
    """Time of 10,000 indices of 63 units and eight parts, with and without survey errors."""
    rng = np.random.default_rng(14)
    x = pd.DataFrame(rng.uniform(50, 95, (63, 8)), columns=[f"A{i}" for i in range(1, 9)])
    out: list[Row] = []
    for name, options in (("choices", {}), ("and survey errors", {"standard_errors": {"A8": 2.0}})):
        start = time.process_time()
        index_uncertainty(x, **options)  # type: ignore[arg-type]
        took = time.process_time() - start
        _shown(out, f"10,000 draws × 63 units × 8 parts, {name}", f"{took:.1f} s")
    return out


def sections(scale: float) -> list[tuple[str, str, list[str], list[Row]]]:
    """All tables of this file."""
    coverage, chances = shrunk_places(scale)
    return [
        (
            "Intervals of places under survey error",
            "`shrink`: true scores drawn around one mean, errors known; share of true places "
            "inside their 95 % intervals. Last column: the interval of a bootstrap that adds the "
            "error once more to the scores, for contrast: it draws all units apart.",
            ["design", "repetitions", "shrunk", "scores drawn again"],
            coverage,
        ),
        (
            "Chance of a place among the first ten",
            "The same data: units with a chance of 0 to 10 %, 10 to 20 %, …; largest and mean "
            "distance between the chance that was said and how often it came.",
            ["design", "repetitions", "largest", "mean"],
            chances,
        ),
        (
            "Bootstrap intervals of LMG shares",
            "95 % percentile intervals of 400 samples, four regressors; all shares pooled, and "
            "each. No share is below 0, so the interval reaches down to 0 where F tests of the "
            "regressor alone and beyond all others do not tell it from nothing.",
            ["design", "repetitions", "pooled", "each"],
            share_intervals(scale),
        ),
        (
            "Changes and counts",
            "63 units, a third of them moved; errors of 1 where true scores differ by 4 (standard "
            "deviations). Counts: 400 people. Sets of changes are Bonferroni's and hold more.",
            ["figure", "repetitions", "rate"],
            changes(scale),
        ),
        ("Speed of the uncertainty of an index", "Processor time.", ["what", "time"], speed()),
    ]
