"""Do the methods keep their promises when the truth is known? Simulation, not anecdote.

    python benchmarks/validity.py                 full run, about twenty minutes on one core
    python benchmarks/validity.py --quick         a tenth of the repetitions
    python benchmarks/validity.py --write PATH    write the summary as Markdown

Seeds are fixed: the same version gives the same figures.
"""

import argparse
import itertools
import time
from pathlib import Path

import numpy as np
import pandas as pd

import parstudy
from parstudy import drivers, importance, ranking

DESIGNS = {
    "10 units, all equal": (10, lambda p: np.zeros(p)),
    "10 units, spread": (10, lambda p: np.arange(p) * 1.0),
    "63 units, all equal": (63, lambda p: np.zeros(p)),
    "63 units, spread": (63, lambda p: np.arange(p) * 0.5),
    "63 units, tied in threes": (63, lambda p: (np.arange(p) // 3) * 1.5),
    "400 units, spread": (400, lambda p: np.arange(p) * 0.2),
    "400 units, all equal": (400, lambda p: np.zeros(p)),
}


def rank_coverage(scale: float) -> list[list[str]]:
    """Share of draws in which the sets hold the true ranks (for ties: any of the block)."""
    out = []
    for name, (p, means) in DESIGNS.items():
        truth = means(p)
        best = ranking.rank(truth, "min").to_numpy(dtype=int)
        worst = ranking.rank(truth, "max").to_numpy(dtype=int)
        times = max(20, int(scale * {10: 1000, 63: 500, 400: 150}[p]))
        rng = np.random.default_rng(1)
        se = rng.uniform(0.5, 1.5, size=p)
        units = np.unique(np.linspace(0, p - 1, 5).astype(int))
        single, together = np.zeros((times, len(units))), np.zeros(times)
        for i in range(times):
            x = pd.Series(truth + se * rng.normal(size=p))
            sets = ranking.rank_confidence_sets(x, standard_errors=se, seed=i, units=units)
            low, high = sets["lower"].to_numpy(int), sets["upper"].to_numpy(int)
            single[i] = (low <= best[units]) & (high >= worst[units])
            sets = ranking.rank_confidence_sets(x, standard_errors=se, seed=i, kind="simultaneous")
            low, high = sets["lower"].to_numpy(int), sets["upper"].to_numpy(int)
            together[i] = ((low <= best) & (high >= worst)).all()
        out.append(
            [name, str(times), f"{single.mean(axis=0).min():.3f}", f"{single.mean():.3f}",
             f"{together.mean():.3f}"]
        )  # fmt: skip
        print(*out[-1], sep=" | ", flush=True)
    return out


def rank_rank_coverage(scale: float) -> list[list[str]]:
    """Coverage of the 95 % interval for the slope of rank on rank, against plain HC0."""
    times = max(100, int(scale * 2000))
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
        fx, fy = (ranking.fractional_rank(v, 1.0)["frank"].to_numpy() for v in (x, y))
        truth = float(np.cov(fx, fy)[0, 1] / fx.var())
        rng = np.random.default_rng(2)
        inside = naive = 0
        for _ in range(times):
            row = drivers.rank_rank(*drawn(rng, n)).table.iloc[1]
            inside += row["ci_low"] <= truth <= row["ci_high"]
            naive += abs(row["estimate"] - truth) <= 1.96 * row["naive_se"]
        out.append(
            [name, str(times), f"{truth:.3f}", f"{inside / times:.3f}", f"{naive / times:.3f}"]
        )
        print(*out[-1], sep=" | ", flush=True)
    return out


def false_discoveries(scale: float) -> list[list[str]]:
    """Share of nulls with any discovery (all are false): at most the nominal 5 %."""
    times = max(50, int(scale * 2000))
    rng = np.random.default_rng(3)
    found = dict.fromkeys(("spearman_p_bh", "spearman_p_holm", "kendall_p_bh", "slope_p_bh"), 0)
    rank_bh = 0
    for _ in range(times):
        parts = pd.DataFrame(rng.uniform(size=(63, 30)))
        parts.columns = [f"1.{i // 5 + 1}.{i % 5 + 1}" for i in range(30)]
        table = drivers.item_rest(parts).table
        for column in found:
            found[column] += (table[column] < 0.05).any()
    few = max(20, times // 20)
    for _ in range(few):
        parts = pd.DataFrame(rng.uniform(size=(63, 8)), columns=[f"A{i}" for i in range(1, 9)])
        table = drivers.rank_regression(parts.assign(total=parts.sum(axis=1))).table
        single = table[table["way"].eq("single") & table["outcome"].eq("rank")]
        rank_bh += (single["p_bh"] < 0.05).any()
    out = [[f"item_rest {k}", str(times), f"{v / times:.3f}"] for k, v in found.items()]
    out.append(["rank_regression single, p_bh", str(few), f"{rank_bh / few:.3f}"])
    for row in out:
        print(*row, sep=" | ", flush=True)
    return out


def panel_size(scale: float) -> list[list[str]]:
    """Rejections at 5 % of a true null in short panels with serially correlated errors."""
    times = max(50, int(scale * 1000))
    out = []
    for units in (8, 20, 63):
        rng = np.random.default_rng(4)
        wrong = {"nested, t(G-1)": 0, "CR2": 0, "wild bootstrap": 0}
        frame = pd.DataFrame(
            [(f"u{i:02d}", t) for i in range(units) for t in range(6)],
            columns=["province_id", "year"],
        )
        for _ in range(times):
            shock = rng.normal(size=(2, units, 6))
            for t in range(1, 6):
                shock[:, :, t] += 0.6 * shock[:, :, t - 1]
            frame["x"], frame["y"] = shock[0].ravel(), shock[1].ravel()
            row = drivers.panel(frame, "y", ["x"], wild_draws=399).table.loc["x"]
            wrong["nested, t(G-1)"] += row["p_value"] < 0.05
            wrong["wild bootstrap"] += row["p_wild"] < 0.05
            if units < 63:
                wrong["CR2"] += (
                    drivers.panel(frame, "y", ["x"], small_sample="CR2").table.loc["x", "p_value"]
                    < 0.05
                )
        for name, count in wrong.items():
            if name != "CR2" or units < 63:
                out.append([f"{units} units, {name}", str(times), f"{count / times:.3f}"])
                print(*out[-1], sep=" | ", flush=True)
    return out


def selection(scale: float) -> list[list[str]]:
    """Wrongly stable components per search, beside the bound."""
    times = max(10, int(scale * 60))
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
            "five units from first to last, the worst of them and their mean.",
            ["design", "repetitions", "marginal, worst unit", "marginal, mean", "simultaneous"],
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
            "0.05.",
            ["test", "repetitions", "rate"],
            false_discoveries(scale),
        ),
        (
            "Panels: rejections of a true null at 5 %",
            "Six years, errors and regressor with serial correlation 0.6, unit and year effects "
            "taken out, clusters by unit.",
            ["design", "repetitions", "rate"],
            panel_size(scale),
        ),
        (
            "Stability selection",
            "63 units, 60 components, two of which matter.",
            ["figure", "repetitions", "found", ""],
            selection(scale),
        ),
        ("Exactness", "Twenty random data sets.", ["figure", "value"], exactness()),
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
