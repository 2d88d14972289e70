"""Are chances of a rank right? Known processes, many futures, reliability of every statement.

    python benchmarks/calibration.py [--pasts 60] [--futures 60]

Each process makes a past of six years, the outlook of `parstudy.studies.improvement.what_if` says
the chance of the top 10, 20 and 30, and the true process is then run on many times. A statement
counts as right when, among all statements with a chance near p, a share near p comes true.

- ``lasting``, ``loose``: two components that keep much or little of a lead.
- ``saturated``: twelve components scored in steps of a quarter point with a ceiling, as appraised
  sub-criteria are; most provinces are at the maximum of most.
- ``plan``: ``lasting``, with one component raised by two points, as planned in the future too.
- ``two years``: ``lasting``, two years ahead.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd

from parstudy.dataset import _scores
from parstudy.facts import provinces
from parstudy.studies import improvement

UNITS = [u.province_id for u in provinces.units("63")]
N, YEARS, LAST = len(UNITS), 6, 2023
TOPS = (10, 20, 30)


def main() -> None:
    """Run all processes and print a table for each."""
    parser = argparse.ArgumentParser(description="calibration of chances of a rank")
    parser.add_argument("--pasts", type=int, default=60)
    parser.add_argument("--futures", type=int, default=60)
    given = parser.parse_args()
    worst = 0.0
    for name, run in PROCESSES.items():
        table = reliability(run, given.pasts, given.futures)
        gap = (table["came"] - table["said"]).abs()[table["n"].ge(30)].max()
        worst = max(worst, gap)
        print(f"\n{name}: largest gap {100 * gap:.1f} points")
        print(table.round(3).to_string())
    print(f"\nlargest gap of all: {100 * worst:.1f} points")


def reliability(run: Callable[..., Statements], pasts: int, futures: int) -> pd.DataFrame:
    """Said and come true, by bins of a fifth."""
    rng = np.random.default_rng(5)
    rows = [pair for _ in range(pasts) for pair in run(rng, futures)]
    frame = pd.DataFrame(rows, columns=["said", "came"])
    bins = pd.cut(frame["said"], np.linspace(0, 1, 6), include_lowest=True)
    grouped = frame.groupby(bins, observed=True)
    return grouped.mean().assign(n=grouped.size())


Statements = list[tuple[float, float]]


def two_components(
    rng: np.random.Generator, futures: int, *, keep: float, ahead: int = 1, plan: float = 0.0
) -> Statements:
    """Two continuous components that keep part of a lead."""
    spread = 3.0
    luck = spread * np.sqrt(1 - keep**2)
    state = rng.normal(0, spread, (2, N))
    past, mean = [], 40.0
    for year in range(YEARS):
        if year:
            state = keep * state + luck * rng.standard_normal((2, N))
            mean += rng.normal(0.3, 0.5)
        past.append(mean + state)

    def end(unit: int) -> np.ndarray:
        last, own = state, state[:, unit]
        for _ in range(ahead):
            shock = luck * rng.standard_normal((2, N))
            last = keep * last + shock
            own = last[:, unit]
        totals = last.sum(axis=0)
        if plan:  # the first component is what the plan makes of it, against the mean's own drift
            drift = rng.normal(0.3, 0.5)
            totals[unit] = state[0, unit] + plan - drift + own[1]
        return totals

    return _statements(past, [70.0, 70.0], end, futures, ahead, {"A1": plan} if plan else {})


def saturated(rng: np.random.Generator, futures: int) -> Statements:
    """Twelve components in quarter steps with a ceiling; a third of a lead is lost each year."""
    k, keep, top = 12, 0.7, 2.0
    quality = rng.standard_normal(N)
    state = rng.standard_normal((k, N))

    def scored(q: np.ndarray, own: np.ndarray) -> np.ndarray:
        value = 1.9 + 0.35 * q + 0.35 * own
        return np.clip(np.round(value * 4) / 4, 0, top)

    def step(q: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lost = np.sqrt(1 - keep**2)
        return (
            0.95 * q + np.sqrt(1 - 0.95**2) * rng.standard_normal(N),
            keep * own + lost * rng.standard_normal((k, N)),
        )

    past = []
    for year in range(YEARS):
        if year:
            quality, state = step(quality, state)
        past.append(scored(quality, state))
    q, own = quality, state

    def end(unit: int) -> np.ndarray:
        return scored(*step(q, own)).sum(axis=0)

    return _statements(past, [top] * k, end, futures, 1, {})


def _statements(
    past: list[np.ndarray],
    tops: list[float],
    end: Callable[[int], np.ndarray],
    futures: int,
    ahead: int,
    changes: dict[str, float],
) -> Statements:
    tables = _tables(past, tops)
    now = past[-1].sum(axis=0)
    found: Statements = []
    for unit in np.argsort(-now)[2:45:6]:
        look = improvement.what_if(
            tables, UNITS[unit], LAST, changes, horizon=ahead, draws=1000, seed=int(unit)
        ).outlook
        totals = np.array([end(int(unit)) for _ in range(futures)])
        rank = 1 + (totals > totals[:, [unit]]).sum(axis=1)
        found += [
            (float(look.chances.loc[t, "with_plan"]), float((rank <= t).mean())) for t in TOPS
        ]
    return found


def _tables(past: list[np.ndarray], tops: list[float]) -> SimpleNamespace:
    codes = [f"A{i + 1}" for i in range(len(tops))]
    frames = []
    for at, values in enumerate(past):
        for code, scores in [*zip(codes, values, strict=True), ("total", values.sum(axis=0))]:
            frames.append(
                pd.DataFrame(
                    {
                        "year": LAST - len(past) + 1 + at,
                        "province_id": UNITS,
                        "component": code,
                        "score": scores,
                    }
                )
            )
    scores = pd.concat(frames, ignore_index=True)
    scores = scores.assign(index_id="PAR_INDEX", criteria_set="SIM", n_ranked=N, decimals=3)
    scores["max_score"] = scores["component"].map(dict(zip(codes, tops, strict=True))).fillna(100.0)
    for column in ("rank_published", "rank_low", "rank_high", "rank_implied"):
        scores[column] = pd.array([pd.NA] * len(scores), dtype="Int64")
    scores["rank_computed"] = scores["rank_published"]
    scores["score_source_id"] = scores["rank_source_id"] = "simulated"
    components = pd.DataFrame(
        {
            "criteria_set": "SIM", "index_id": "PAR_INDEX", "code": codes, "parent": "total",
            "level": "area", "name_vi": "", "name_en": "", "max_score": tops, "scoring": "",
            "lead_department": "",
        }
    )  # fmt: skip
    return SimpleNamespace(
        scores=scores,
        components=components,
        provinces=provinces.registry(),
        aggregates=pd.DataFrame(columns=list(_scores.AGGREGATE_COLUMNS)),
    )


PROCESSES: dict[str, Callable[[np.random.Generator, int], Statements]] = {
    "lasting": lambda rng, n: two_components(rng, n, keep=0.9),
    "loose": lambda rng, n: two_components(rng, n, keep=0.6),
    "saturated": saturated,
    "plan": lambda rng, n: two_components(rng, n, keep=0.9, plan=2.0),
    "two years": lambda rng, n: two_components(rng, n, keep=0.9, ahead=2),
}

if __name__ == "__main__":
    main()
