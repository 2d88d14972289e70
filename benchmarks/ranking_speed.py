"""How long confidence sets for ranks take, and how that grows with the number of units.

python benchmarks/ranking_speed.py            all sizes up to 10,000 units
python benchmarks/ranking_speed.py --quick    up to 1,000 units
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd

from parstudy.statistics.ranking import rank_confidence_sets

SIZES = (63, 250, 1_000, 4_000, 10_000)
TOGETHER = 1_000  # simultaneous sets compare all pairs at once: memory grows with p²


def plain(x: pd.Series, se: pd.Series, draws: int) -> pd.DataFrame:
    """The same marginal sets straight from the definition, for comparison."""
    z = np.random.default_rng(0).standard_normal((draws, len(x))) * se.to_numpy()
    values, variance = x.to_numpy(), se.to_numpy() ** 2
    lower, upper = [], []
    for j in range(len(x)):
        spread = np.sqrt(variance + variance[j])
        spread[j] = np.inf
        t = (values - values[j]) / spread
        drawn = (z - z[:, [j]]) / spread
        above = below = np.arange(len(x)) != j
        while True:
            largest = np.full(draws, -np.inf)
            for mask, sign in ((above, 1), (below, -1)):
                if mask.any():
                    largest = np.maximum(largest, (sign * drawn[:, mask]).max(axis=1))
            critical = np.quantile(largest, 0.95)
            left = above & ~(t > critical), below & ~(-t > critical)
            if (left[0] == above).all() and (left[1] == below).all():
                break
            above, below = left
            if not above.any() and not below.any():
                break
        lower.append(len(x) - int(above.sum()))
        upper.append(int(below.sum()) + 1)
    return pd.DataFrame({"lower": lower, "upper": upper}, index=x.index)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 1,000 units")
    quick = parser.parse_args().quick
    print("1,000 draws, independent estimates, standard errors 0.1 to 0.3 of the spread")
    print(f"{'units':>7} {'marginal s':>11} {'plain s':>9} {'simultaneous s':>15} {'peak MB':>9}")
    before: tuple[int, float] | None = None
    for p in SIZES[:3] if quick else SIZES:
        rng = np.random.default_rng(0)
        x, se = pd.Series(rng.normal(size=p)), pd.Series(rng.uniform(0.1, 0.3, size=p))
        start = time.perf_counter()
        sets = rank_confidence_sets(x, standard_errors=se).table
        marginal = time.perf_counter() - start
        direct = together = ""
        if p <= 250:
            start = time.perf_counter()
            same = plain(x, se, 1000)
            direct = f"{time.perf_counter() - start:.2f}"
            assert (sets[["lower", "upper"]].astype(int) == same).all(axis=None)
        if p <= TOGETHER:
            start = time.perf_counter()
            rank_confidence_sets(x, standard_errors=se, kind="simultaneous")
            together = f"{time.perf_counter() - start:.2f}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{p:>7} {marginal:>11.2f} {direct:>9} {together:>15} {peak:>9.0f}", flush=True)
        if before:
            power = np.log(marginal / before[1]) / np.log(p / before[0])
            print(f"        time grows like n^{power:.1f} from {before[0]} units")
        before = p, marginal


if __name__ == "__main__":
    main()
