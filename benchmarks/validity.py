"""Do the methods keep their promises when the truth is known? Simulation, not anecdote.

    python benchmarks/validity.py                 full run, about half an hour on one core
    python benchmarks/validity.py --quick         a tenth of the repetitions
    python benchmarks/validity.py --write PATH    write the summary as Markdown

Seeds are fixed: the same version gives the same figures.
"""

import argparse
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import validity_places
from scipy.stats import kendalltau, norm, rankdata
from scipy.stats import t as student

import parstudy
from parstudy.statistics import drivers, importance, ranking
from parstudy.statistics._least_squares import Design
from parstudy.statistics._rank_sets import Comparisons
from parstudy.statistics.drivers._covariance import clustered, heteroskedastic, joint_test


def _blocks(size: int, gap: float) -> Callable[[int], np.ndarray]:
    return lambda p: (np.arange(p) // size) * gap


# units, true scores, sets of bootstrap draws, data sets for each of them
DESIGNS = {
    "10 units, all equal": (10, np.zeros, 400, 20),
    "10 units, spread": (10, _blocks(1, 1.0), 50, 20),
    "10 units, pairs far apart": (10, _blocks(2, 30.0), 200, 20),
    "63 units, all equal": (63, np.zeros, 250, 20),
    "63 units, spread": (63, _blocks(1, 0.5), 25, 20),
    "63 units, tied in threes": (63, _blocks(3, 1.5), 25, 20),
    "63 units, three blocks far apart": (63, _blocks(21, 30.0), 100, 20),
    "400 units, all equal": (400, np.zeros, 75, 20),
    "400 units, spread": (400, _blocks(1, 0.2), 10, 10),
    "400 units, ten blocks far apart": (400, _blocks(40, 30.0), 30, 10),
}


class Drawn(Comparisons):
    """Comparisons that keep what depends on the draws alone, for many data sets in turn."""

    def __init__(self, se: np.ndarray, draws: int, seed: int) -> None:
        super().__init__(np.zeros(len(se)), se**2, None, draws, seed)
        self.kept: dict[tuple[int, bool], Any] = {}

    def largest(self, j: int, above: bool) -> Any:
        if (j, above) not in self.kept:
            self.kept[j, above] = super().largest(j, above)
        return self.kept[j, above]


def rank_coverage(scale: float) -> list[list[str]]:
    """Share of data sets in which the sets hold the true ranks (of a tied unit: its block)."""
    out = []
    for name, (p, means, sets, each) in DESIGNS.items():
        truth = means(p)
        best = ranking.rank(truth, "min").to_numpy(dtype=int)
        worst = ranking.rank(truth, "max").to_numpy(dtype=int)
        rng = np.random.default_rng(1)
        se = rng.uniform(0.5, 1.5, size=p)
        units = np.unique(np.linspace(0, p - 1, 5).astype(int))
        single: list[np.ndarray] = []
        together: list[bool] = []
        for seed in range(max(3, int(scale * sets))):
            engine = Drawn(se, 1000, seed)
            for i in range(each):
                engine.x = x = truth + se * rng.normal(size=p)
                found = [engine.marginal(int(j), 0.95, "two-sided", True)[:2] for j in units]
                low, high = 1 + np.array(found)[:, 0], p - np.array(found)[:, 1]
                single.append((low <= best[units]) & (high >= worst[units]))
                better, worse, _ = engine.simultaneous(np.arange(p), 0.95, "two-sided", True)
                lows, highs = 1 + better, p - worse
                together.append(bool(((lows <= best) & (highs >= worst)).all()))
                if seed < 2 and i == 0:
                    _same(x, se, seed, units, (low, high), "marginal")
                    _same(x, se, seed, None, (lows, highs), "simultaneous")
        times = len(together)
        share = np.array(single)
        # the units of one data set are not independent: error from the means of data sets
        error = share.mean(axis=1).std(ddof=1) / times**0.5
        by_unit, joint = share.mean(axis=0), float(np.mean(together))
        out.append(
            [name, str(times), f"{share.mean():.4f} ± {error:.4f}",
             f"{by_unit.min():.3f} to {by_unit.max():.3f}",
             f"{joint:.4f} ± {(joint * (1 - joint) / times) ** 0.5:.4f}"]
        )  # fmt: skip
        print(*out[-1], sep=" | ", flush=True)
    return out


def _same(x: Any, se: Any, seed: int, units: Any, bounds: Any, kind: str) -> None:
    """The public function gives what the loop uses."""
    public = ranking.rank_confidence_sets(
        pd.Series(x), standard_errors=se, seed=seed, units=units, kind=kind
    ).table
    assert (public["lower"].to_numpy(int) == bounds[0]).all()
    assert (public["upper"].to_numpy(int) == bounds[1]).all()


def rank_rank_coverage(scale: float) -> list[list[str]]:
    """Coverage of the 95 % interval for the slope of rank on rank, against plain HC0."""
    times = max(100, int(scale * 5000))
    out = []
    for name, n, rho, ties in (
        ("63 units, no relation", 63, 0.0, None),
        ("63 units, rho 0.5", 63, 0.5, None),
        ("400 units, rho 0.5", 400, 0.5, None),
        ("400 units, rho 0.8", 400, 0.8, None),
        ("400 units, rho 0.5, ten levels", 400, 0.5, 10),
    ):

        def drawn(rng: np.random.Generator, size: int, rho: float = rho, ties: int | None = ties):
            x = rng.normal(size=size)
            y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=size)
            if ties:
                x, y = (np.clip(np.floor((v + 2.5) * 2), 0, ties - 1) for v in (x, y))
            return pd.Series(x), pd.Series(y)

        x, y = drawn(np.random.default_rng(99), 2_000_000)
        fx, fy = (ranking.fractional_rank(v, ascending=True)["frank"].to_numpy() for v in (x, y))
        truth = float(np.cov(fx, fy)[0, 1] / fx.var())
        rng = np.random.default_rng(2)
        inside = naive = 0
        for i in range(times):
            x, y = drawn(rng, n)
            slope, error, plain = _rank_rank(x.to_numpy(), y.to_numpy())
            inside += abs(slope - truth) <= norm.ppf(0.975) * error
            naive += abs(slope - truth) <= norm.ppf(0.975) * plain
            if i < 3:
                row = drivers.rank_rank(x, y, ascending=True).table.iloc[1]
                public = row[["estimate", "std_error", "naive_se"]].to_numpy(float)
                np.testing.assert_allclose(public, (slope, error, plain), rtol=1e-8)
        out.append(
            [name, str(times), f"{truth:.3f}", f"{inside / times:.3f}", f"{naive / times:.3f}"]
        )
        print(*out[-1], sep=" | ", flush=True)
    return out


def _rank_rank(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Slope of rank on rank, its error, and what least squares prints; all pairs compared."""
    n = len(x)
    below_x, below_y = x[None, :] <= x[:, None], y[None, :] <= y[:, None]
    rx, ry = below_x.mean(axis=1), below_y.mean(axis=1)
    centred = rx - rx.mean()
    size = float(centred @ centred)
    slope = float(centred @ ry) / size
    residual = ry - ry.mean() - slope * centred
    # the rank of each unit moves the averages over all others, in y and in x
    score = centred * residual
    score = score + (below_y * centred[:, None]).mean(axis=0) - (centred * ry).mean()
    weight = residual - slope * centred
    score = score + (below_x * weight[:, None]).mean(axis=0) - (weight * rx).mean()
    error = float(np.sqrt(score @ score)) / size
    return slope, error, float(np.sqrt(residual @ residual / (n - 2) / size))


def false_discoveries(scale: float) -> list[list[str]]:
    """Share of nulls with any discovery (all are false): at most the nominal 5 %."""
    times = max(50, int(scale * 2000))
    rng = np.random.default_rng(3)
    found = dict.fromkeys(("spearman_p_bh", "spearman_p_holm", "kendall_p_bh", "slope_p_bh"), 0)
    checked = 0
    for _ in range(times):
        parts = pd.DataFrame(rng.uniform(size=(63, 30)))
        parts.columns = [f"1.{i // 5 + 1}.{i % 5 + 1}" for i in range(30)]
        p = _item_rest_p(parts.to_numpy())
        if checked < 3:
            table = drivers.item_rest(parts).table
            for kind, values in p.items():
                np.testing.assert_allclose(table[f"{kind}_p"], values, rtol=1e-8)
            checked += 1
        for column in found:
            kind, method = column.split("_p_")
            found[column] += (
                drivers.adjust_pvalues(p[kind], "BH" if method == "bh" else "holm") < 0.05
            ).any()
    out = [[f"item_rest {k}", str(times), f"{v / times:.3f}"] for k, v in found.items()]
    many = max(100, int(scale * 10_000))
    for k, kind in ((8, "uniform"), (30, "uniform"), (30, "normal, cut off at the top third")):
        ours = {"BH": 0, "Holm": 0, "BH, n − 2 degrees of freedom": 0}
        for i in range(many):
            points = rng.uniform(size=(63, k))
            if kind != "uniform":
                points = np.minimum(norm.ppf(points), norm.ppf(2 / 3))
            p, plain = _single_p(points)
            for name, values in zip(ours, (p, p, plain), strict=True):
                method = "holm" if name == "Holm" else "BH"
                ours[name] += (drivers.adjust_pvalues(values, method) < 0.05).any()
            if i < 2:
                parts = pd.DataFrame(points, columns=[f"A{j}" for j in range(1, k + 1)])
                table = drivers.rank_regression(parts.assign(total=parts.sum(axis=1))).table
                single = table[table["way"].eq("single") & table["outcome"].eq("rank")]
                np.testing.assert_allclose(single["p_value"], p, rtol=1e-8)
        for name, count in ours.items():
            out.append([f"rank on {k} parts, {kind}; {name}", str(many), f"{count / many:.3f}"])
    for row in out:
        print(*row, sep=" | ", flush=True)
    return out


def _item_rest_p(points: np.ndarray) -> dict[str, np.ndarray]:
    """P-values of Spearman, Kendall and the slope of each part against the rest."""
    n, k = points.shape
    rest = points.sum(axis=1)[:, None] - points
    x, y = (rankdata(v, axis=0) - (n + 1) / 2 for v in (points, rest))
    rho = (x * y).sum(axis=0) / np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0))
    kendall = [kendalltau(points[:, j], rest[:, j]).pvalue for j in range(k)]
    return {
        "spearman": 2 * student.sf(np.abs(rho) * np.sqrt((n - 2) / (1 - rho**2)), n - 2),
        "kendall": np.array(kendall),
        "slope": _slopes(points, rest)[0],
    }


def _single_p(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P-values (HC3) of each part against the rank of the rest, without the tables.

    With Satterthwaite's degrees of freedom, and with n − 2.
    """
    return _slopes(points, rankdata(-(points.sum(axis=1)[:, None] - points), axis=0))


def _slopes(points: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P-values of the slope in each column by HC3: Satterthwaite's degrees of freedom, n − 2."""
    n = len(points)
    y = outcome - outcome.mean(axis=0)
    x = points - points.mean(axis=0)
    size = (x**2).sum(axis=0)
    beta = (x * y).sum(axis=0) / size
    left = 1 - 1 / n - x**2 / size
    error = np.sqrt(((x * (y - x * beta) / left) ** 2).sum(axis=0)) / size
    weight = (x / left) ** 2
    spread = (weight**2 * (2 * left - 1)).sum(axis=0)
    spread += (weight.sum(axis=0) / n) ** 2 + ((weight * x**2).sum(axis=0) / size) ** 2
    spread += 2 * (weight * x).sum(axis=0) ** 2 / (n * size)
    df = (weight * left).sum(axis=0) ** 2 / spread
    statistic = np.abs(beta / error)
    return 2 * student.sf(statistic, df), 2 * student.sf(statistic, n - 2)


def panel_size(scale: float) -> list[list[str]]:
    """Rejections at 5 % of a true null in short panels with serially correlated errors."""
    times = max(50, int(scale * 5000))
    out = []
    for units in (8, 20, 63):
        rng = np.random.default_rng(4)
        names = ("CR2 (the default)", "wild bootstrap", "nested, t(G-1)", "no factor, normal")
        wrong = dict.fromkeys(names, 0)
        frame = pd.DataFrame(
            [(f"u{i:02d}", t) for i in range(units) for t in range(6)],
            columns=["province_id", "year"],
        )
        for i in range(times):
            shock = rng.normal(size=(2, units, 6))
            for t in range(1, 6):
                shock[:, :, t] += 0.6 * shock[:, :, t - 1]
            frame["x"], frame["y"] = shock[0].ravel(), shock[1].ravel()
            found = _panel_p(shock, i)
            for name, p in zip(names, found, strict=True):
                wrong[name] += p < 0.05
            if i < 3:
                row = drivers.panel(frame, "y", ["x"], wild_draws=399, seed=i).table.loc["x"]
                other = drivers.panel(frame, "y", ["x"], small_sample="nested").table
                public = (row["p_value"], row["p_wild"], other.loc["x", "p_value"])
                np.testing.assert_allclose(public, found[:3], rtol=1e-6)
        for name, count in wrong.items():
            rate = count / times
            out.append([f"{units} units, {name}", str(times), f"{rate:.3f}"])
            print(*out[-1], sep=" | ", flush=True)
    return out


def _panel_p(shock: np.ndarray, seed: int) -> tuple[float, float, float, float]:
    """P-values of a balanced panel, written out: CR2, wild, nested, and none with the normal.

    Here CR2 divides each unit's score by √(1 − 1/G − q), q its share of the regressor's variation.
    """
    _, g, years = shock.shape
    shock = shock - shock.mean(axis=2, keepdims=True)
    x, y = shock - shock.mean(axis=1, keepdims=True)
    own = (x * x).sum(axis=1)
    size = float(own.sum())
    beta = float((x * y).sum()) / size
    score = ((y - beta * x) * x).sum(axis=1)
    error = float(np.sqrt((score**2).sum())) / size
    n = g * years
    factor = g / (g - 1) * (n - 1) / (n - 1 - years)
    statistic = abs(beta / error)
    # CR2 and Satterthwaite's degrees of freedom
    weight = (1 - 1 / g - own / size) ** -0.5
    form = np.diag(own) - x @ x.T / g - np.outer(own, own) / size
    form = form * np.outer(weight, weight)
    df = np.trace(form) ** 2 / (form**2).sum()
    reduced = abs(beta) * size / np.sqrt(((score * weight) ** 2).sum())
    # wild bootstrap with the null imposed: signs on whole units
    if g <= 12:
        signs = 1.0 - 2.0 * ((np.arange(2**g)[:, None] >> np.arange(g)) & 1)
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(399, g))
    moved = signs * (x * y).sum(axis=1)
    slopes = moved.sum(axis=1) / size
    sums = moved - (signs @ y / g) @ x.T - np.outer(slopes, own)
    wild = np.abs(slopes) * size / np.sqrt((sums**2).sum(axis=1))
    return (
        2 * student.sf(reduced, df),
        float((wild >= statistic * (1 - 1e-10)).mean()),
        2 * student.sf(statistic / factor**0.5, g - 1),
        2 * norm.sf(statistic),
    )


def joint_size(scale: float) -> list[list[str]]:
    """Rejections at 5 % when no slope differs from 0: few clusters, few rows of unequal errors."""
    times = max(50, int(scale * 5000))
    few = ((5, 2), (5, 3), (10, 2), (10, 4), (15, 2), (15, 4), (15, 8))
    return [
        *(_rejections(f"{g} clusters, {k} slopes", _in_clusters, g, k, times) for g, k in few),
        *(
            _rejections(f"{n} rows of unequal errors, {k} slopes", _unequal, n, k, times)
            for n, k in ((20, 3), (63, 8))
        ),
    ]


def _in_clusters(rng: np.random.Generator, g: int, k: int) -> tuple[Any, Any, Any]:
    """Regressors, outcome and clusters of 4 to 12 rows, half of the variance theirs."""
    own = np.repeat(np.arange(g), rng.integers(4, 13, size=g))
    drawn = rng.normal(size=(g, k + 1))[own] + rng.normal(size=(len(own), k + 1))
    return drawn[:, :k], drawn[:, k], own


def _unequal(rng: np.random.Generator, n: int, k: int) -> tuple[Any, Any, Any]:
    """Skew regressors, and errors that grow with the first."""
    x = rng.exponential(size=(n, k))
    return x, rng.normal(size=n) * (0.5 + x[:, 0]), None


def _rejections(
    name: str, drawn: Callable[..., tuple[Any, Any, Any]], size: int, slopes: int, times: int
) -> list[str]:
    """Shares of rejections: the test of the library, and F with the usual degrees of freedom."""
    rng = np.random.default_rng(7)
    at = list(range(1, slopes + 1))
    wrong = usual = none = 0
    for i in range(times):
        x, y, own = drawn(rng, size, slopes)
        design = Design(np.column_stack([np.ones(len(y)), x]))
        beta = design.effects.T @ y
        left = y - design.x @ beta
        if own is None:
            ways = [heteroskedastic(design, left, "HC3", d) for d in ("satterthwaite", "residual")]
        else:
            ways = [clustered(design, left, own, factor) for factor in ("CR2", "stata")]
        p, plain = (joint_test(errors, beta, at)[2] for errors in ways)
        none += np.isnan(p)
        wrong += p < 0.05
        usual += plain < 0.05
        if i < 3:
            data = pd.DataFrame(x).add_prefix("x").assign(y=y)
            given = {"cov_type": "cluster", "small_sample": "CR2", "clusters": own}
            options = {"cov_type": "HC3"} if own is None else given
            fit = drivers.regression(data, "y", list(data.columns[:-1]), **options)  # type: ignore[arg-type]
            np.testing.assert_allclose(fit.diagnostics["joint_p"], p, rtol=1e-8)
    row = [name, str(times), *(f"{count / times:.3f}" for count in (wrong, usual, none))]
    print(*row, sep=" | ", flush=True)
    return row


def selection(scale: float) -> list[list[str]]:
    """Wrongly stable components per search, beside the bound."""
    times = max(10, int(scale * 40))
    rng = np.random.default_rng(5)
    wrong, right, bound = 0, 0, 0.0
    for _ in range(times):
        x = pd.DataFrame(rng.normal(size=(63, 60)))
        y = x[0] + x[1] + rng.normal(size=63)
        found = drivers.select(x, y, pairs=25)
        stable = set(found.table.index[found.table["stable"]])
        right += len(stable & {"0", "1"})
        wrong += len(stable - {"0", "1"})
        bound = found.expected_false
    out = [
        ["wrongly stable per search", str(times), f"{wrong / times:.3f}", f"bound {bound:.2f}"],
        ["of two true ones found", str(times), f"{right / times:.3f}", ""],
    ]
    for row in out:
        print(*row, sep=" | ", flush=True)
    return out


def exactness() -> list[list[str]]:
    """Shapley against all orders of entry; variance shares against 1."""
    rng = np.random.default_rng(6)
    worst_shapley = worst_share = 0.0
    for _ in range(20):
        x = pd.DataFrame(rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6)))
        y = x.sum(axis=1) + rng.normal(size=40)
        gains = np.zeros(6)
        orders = list(itertools.permutations(range(6)))
        known: dict[frozenset[int], float] = {}

        def fit(chosen: frozenset[int], x: pd.DataFrame = x, y: pd.Series = y, known=known):
            if chosen not in known:
                design = np.column_stack([np.ones(len(x)), x[sorted(chosen)].to_numpy()])
                left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
                known[chosen] = 1 - float(left @ left) / float(((y - y.mean()) ** 2).sum())
            return known[chosen]

        for order in orders:
            for i, player in enumerate(order):
                gains[player] += fit(frozenset(order[: i + 1])) - fit(frozenset(order[:i]))
        gap = importance.shapley(x, y).table["lmg"].to_numpy() - gains / len(orders)
        worst_shapley = max(worst_shapley, float(np.abs(gap).max()))
        share = importance.variance_shares(x).table["share"].sum()
        worst_share = max(worst_share, abs(float(share) - 1))
    out = [
        ["Shapley against all 720 orders, largest difference", f"{worst_shapley:.1e}"],
        ["variance shares, largest distance of the sum from 1", f"{worst_share:.1e}"],
    ]
    for row in out:
        print(*row, sep=" | ", flush=True)
    return out


def markdown(sections: list[tuple[str, str, list[str], list[list[str]]]], how: str) -> str:
    lines = ["# Validity: the statistics against known truth", "", how, ""]
    for title, words, head, rows in sections:
        lines += [f"## {title}", "", words, "", "| " + " | ".join(head) + " |"]
        lines += ["|" + "---|" * len(head)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the repetitions")
    parser.add_argument("--scale", type=float, default=1.0, help="times the repetitions")
    parser.add_argument("--write", type=Path, help="write the summary as Markdown")
    given = parser.parse_args()
    scale = 0.1 if given.quick else given.scale
    start = time.perf_counter()
    sections = [
        (
            "Confidence sets for ranks, 95 %",
            "Nominal 0.95; standard errors of the estimates uniform from 0.5 to 1.5, known; 1,000 "
            "draws, stepdown. A tied unit counts as covered only if its whole block is. Marginal: "
            "five units from first to last, pooled, and the lowest and highest of the five; each "
            "of these has a larger simulation error than the pooled figure, and the lowest of five "
            "lies below 0.95 by chance alone. ± one simulation error. The quantile of 1,000 draws "
            "(type 7, as in R) is itself a draw: where all scores are equal, the coverage to "
            "expect is 950.05/1001 = 0.9491, not 0.95. Where scores differ, the sets hold the true "
            "ranks more often than they must.",
            ["design", "repetitions", "marginal, pooled", "by unit", "simultaneous"],
            rank_coverage(scale),
        ),
        (
            "Rank–rank regression, 95 % intervals",
            "Bivariate normal; the truth from two million draws. Last column: the interval that "
            "ordinary least squares of the ranks prints.",
            ["design", "repetitions", "true slope", "coverage", "least squares"],
            rank_rank_coverage(scale),
        ),
        (
            "False discoveries under the null",
            "63 units, independent parts, so that no part is related to the rest: every discovery "
            "is false and the false discovery rate is the share of data sets with any. Nominal "
            "0.05. The last nine rows: rank regressions, one part at a time against the rank of "
            "the rest, by HC3; with Satterthwaite's degrees of freedom, as the library has them, "
            "and for contrast with n − 2, as R and statsmodels do.",
            ["test", "repetitions", "rate"],
            false_discoveries(scale),
        ),
        (
            "Panels: rejections of a true null at 5 %",
            "Six years, errors and regressor with serial correlation 0.6, unit and year effects "
            "taken out, clusters by unit. Simulation error 0.003. `panel` prints the first; the "
            "others come by argument, as other programs have them.",
            ["design", "repetitions", "rate"],
            panel_size(scale),
        ),
        (
            "Joint tests: rejections of true nulls at 5 %",
            "No slope differs from 0. Clusters of 4 to 12 rows, half of the variance of errors and "
            "regressors common to the rows of one: CR2 with the approximate Hotelling test of "
            "Pustejovsky and Tipton, as the library has it, and for contrast Stata's factor and F "
            "with G − 1. Rows of unequal errors: HC3 with the same test, each row a cluster, and F "
            "with n − k. Last column: the share of data sets that carry no such test, which "
            "rejects nothing. With many slopes beside the clusters or rows the test rejects too "
            "seldom. Simulation error 0.003.",
            ["design", "repetitions", "rate", "usual F", "no test"],
            joint_size(scale),
        ),
        (
            "Stability selection",
            "63 units, 60 components, two of which matter.",
            ["figure", "repetitions", "found", ""],
            selection(scale),
        ),
        ("Exactness", "Twenty random data sets.", ["figure", "value"], exactness()),
        *validity_places.sections(scale),
    ]
    minutes = (time.perf_counter() - start) / 60
    print(f"{minutes:.1f} minutes")
    if given.write:
        command = "python benchmarks/validity.py" + (
            " --quick" if given.quick else f" --scale {scale:g}" if scale != 1 else ""
        )
        how = (
            f"Made with parstudy {parstudy.__version__} by `{command} --write docs/validity.md`. "
            "Seeds are in the script. The simulation error of a rate r over m repetitions is "
            "√(r(1 − r)/m): 0.007 for 0.95 and 1,000."
        )
        given.write.write_text(markdown(sections, how), encoding="utf-8")


if __name__ == "__main__":
    main()
