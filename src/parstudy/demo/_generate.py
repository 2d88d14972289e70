"""The generator: latent quality of provinces, and the scores that follow from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from parstudy.demo._criteria import (
    MILLI,
    SIPAS_PARTS,
    SOURCES,
    Part,
    of_level,
    parts,
    strongest_first,
)
from parstudy.errors import ProjectError
from parstudy.facts import provinces

if TYPE_CHECKING:
    import pandas as pd

# one of the seeds with which the order of effects also shows in most single years
SEED: Final = 20260112
LAST_YEAR: Final = 2023
_MOST_YEARS: Final = 12
_STEP: Final = 250  # appraisers give quarter points, in thousandths

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Demo:
    """One generated set of releases and the truth behind it.

    Attributes
    ----------
    seed : int
        Seed of the generator.
    years : tuple of int
        Index years.
    components : DataFrame
        ``code, parent, level, name_vi, name_en, max_score, scoring, score_source,
        lead_department, saturation, loading, loading_on_quality``. Maxima in points.
    scores : DataFrame
        PAR INDEX in points: ``year, province_id, component, score``; the total, the four score
        sources, areas, criteria and sub-criteria. Sums are exact to a thousandth.
    ranks : DataFrame
        PAR INDEX: ``year, province_id, rank``; ties share the best place.
    sipas : DataFrame
        SIPAS in percent: ``year, province_id, component, percent``; the total and five parts.
    sipas_ranks : DataFrame
        SIPAS: ``year, province_id, rank``.
    self_assessed : DataFrame
        What the province claimed for itself: ``year, province_id, component, self_assessed``, in
        points, for every sub-criterion that is not surveyed.
    quality : DataFrame
        ``year, province_id, quality`` (standard deviations within the year, national trend added)
        and one column for each area's latent value.
    """

    seed: int
    years: tuple[int, ...]
    components: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    ranks: pd.DataFrame = field(repr=False)
    sipas: pd.DataFrame = field(repr=False)
    sipas_ranks: pd.DataFrame = field(repr=False)
    self_assessed: pd.DataFrame = field(repr=False)
    quality: pd.DataFrame = field(repr=False)

    @property
    def order_of_areas(self) -> tuple[str, ...]:
        """Areas from the strongest to the weakest bond with quality."""
        return strongest_first(of_level("area"))

    @property
    def order_of_subcriteria(self) -> tuple[str, ...]:
        """One surveyed sub-criterion an area, from the strongest bond with quality down.

        Surveyed scores have no ceiling, so that nothing but the loading decides their order.
        """
        best: dict[str, Part] = {}
        for leaf in of_level("subcriterion"):
            if leaf.scoring == "survey":
                best[leaf.area] = max(best.get(leaf.area, leaf), leaf, key=lambda p: p.loading)
        return strongest_first(best.values())


def generate(seed: int = SEED, years: int = 6) -> Demo:
    """Generate SYNTHETIC releases of PAR INDEX and SIPAS for all 63 provinces.

    Parameters
    ----------
    seed : int, optional
        The same seed gives the same figures.
    years : int, optional
        Number of index years, the last of which is 2023; 1 to 12.

    Returns
    -------
    Demo
        Figures and truth.

    Raises
    ------
    ProjectError
        ``wrong_years``.
    """
    import pandas as pd

    if not 1 <= years <= _MOST_YEARS:
        raise ProjectError(
            "wrong_years",
            "a demo has between one and twelve index years",
            found=str(years),
            expected=f"1 to {_MOST_YEARS}",
        )
    rng = np.random.default_rng(seed)
    leaves, areas = of_level("subcriterion"), of_level("area")
    units = [u.province_id for u in provinces.units("63")]
    n = len(units)

    drawn = _drift(rng, years, 1 + len(areas), n, keep=0.9)
    latent = np.stack([_uncorrelated(year) for year in drawn])
    trend = 0.06 * np.arange(years)
    strength = np.array([a.loading for a in areas])
    area_values = _mix(strength[:, None], latent[:, :1], latent[:, 1:])

    own = _drift(rng, years, len(leaves), n, keep=0.4)
    own = np.stack([_cleared_of(o, base) for o, base in zip(own, latent, strict=True)])
    area_of = [[a.code for a in areas].index(leaf.area) for leaf in leaves]
    bond = np.array([leaf.loading for leaf in leaves])
    leaf_values = _mix(bond[:, None], area_values[:, area_of], own) + trend[:, None, None]

    sipas_at = [leaf.score_source for leaf in leaves].index("sipas")
    percents = _sipas_percents(rng, leaf_values[:, sipas_at])
    points = _points(leaves, leaf_values)
    points[:, sipas_at] = percents[:, 0]  # percent / 10 in thousandths = percent in hundredths
    claimed = _claims(rng, leaves, points)

    year_list = tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    codes, sums = _add_up(leaves, points)
    total = sums[:, codes.index("total")]
    appraised = [i for i, leaf in enumerate(leaves) if leaf.scoring == "appraisal"]
    return Demo(
        seed=seed,
        years=year_list,
        components=pd.DataFrame([asdict(p) for p in parts()]),
        scores=_long(year_list, codes, units, sums / MILLI, "score"),
        ranks=_long_ranks(year_list, units, total),
        sipas=_long(year_list, ["total", *SIPAS_PARTS], units, percents / 100, "percent"),
        sipas_ranks=_long_ranks(year_list, units, percents[:, 0]),
        self_assessed=_long(
            year_list,
            [leaves[i].code for i in appraised],
            units,
            claimed[:, appraised] / MILLI,
            "self_assessed",
        ),
        quality=_quality(year_list, units, latent[:, 0] + trend[:, None], area_values),
    )


def _drift(rng: np.random.Generator, years: int, k: int, n: int, keep: float) -> _Floats:
    """Draw ``years x k x n`` standard normal values, each year keeping part of the year before."""
    values = rng.standard_normal((years, k, n))
    for year in range(1, years):
        values[year] = keep * values[year - 1] + math.sqrt(1 - keep**2) * values[year]
    return values


def _standard(values: _Floats) -> _Floats:
    centred = values - values.mean(axis=-1, keepdims=True)
    scaled: _Floats = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True))
    return scaled


def _uncorrelated(rows: _Floats) -> _Floats:
    """Rows with mean 0 and deviation 1, each made uncorrelated with the rows before it."""
    done = np.empty((0, rows.shape[1]))
    for row in rows:
        done = np.vstack([done, _cleared_of(row[None], done)])
    return done


def _cleared_of(rows: _Floats, base: _Floats) -> _Floats:
    """Rows without what the (uncorrelated, standard) base rows explain, standardised."""
    centred = _standard(rows)
    for other in base:
        centred = centred - (centred @ other / other.size)[:, None] * other
    return _standard(centred)


def _mix(loading: _Floats, common: _Floats, own: _Floats) -> _Floats:
    mixed: _Floats = loading * common + np.sqrt(1 - loading**2) * own
    return mixed


def _points(leaves: Sequence[Part], values: _Floats) -> _Ints:
    """Points in thousandths: quarter steps with a ceiling, or continuous for surveys."""
    from scipy.special import ndtr

    points = np.zeros(values.shape, dtype=np.int64)
    for at, leaf in enumerate(leaves):
        top = leaf.top
        value = values[:, at]
        if leaf.scoring == "survey":
            points[:, at] = np.rint(np.clip(0.78 + 0.05 * value, 0.3, 1.0) * top)
            continue
        standing = ndtr(value)
        below = 1 - leaf.saturation
        steps = top // _STEP
        # the root: most who miss the top miss it by one step
        share = np.minimum(standing / below, 1.0) if below > 0 else np.ones_like(value)
        step = np.floor(steps * share**0.2)
        points[:, at] = np.where(standing >= below, top, np.minimum(step, steps - 1) * _STEP)
    return points


def _sipas_percents(rng: np.random.Generator, value: _Floats) -> _Ints:
    """Total and five parts in hundredths of a percent; the total is the mean of the parts."""
    years, n = value.shape
    offsets = np.array([1.5, 0.6, 1.0, 0.4, -3.5])
    noise = rng.standard_normal((years, len(offsets), n))
    parts = 83 + 3.0 * value[:, None] + offsets[:, None] + 0.9 * noise
    hundredths = np.rint(np.clip(parts, 0, 100) * 100).astype(np.int64)
    total = (2 * hundredths.sum(axis=1, keepdims=True) + 5) // 10
    return np.concatenate([total, hundredths], axis=1)


def _claims(rng: np.random.Generator, leaves: Sequence[Part], points: _Ints) -> _Ints:
    """Points that provinces claim: often a step or two more than they are granted."""
    tops = np.array([leaf.top for leaf in leaves])[None, :, None]
    dice = rng.random(points.shape)
    steps = np.select([dice < 0.02, dice < 0.60, dice < 0.88], [-1, 0, 1], 2)
    steps = np.where((points == tops) & (steps < 0), 0, steps)
    claims: _Ints = np.clip(points + steps * _STEP, 0, tops)
    return claims


def _add_up(leaves: Sequence[Part], points: _Ints) -> tuple[list[str], _Ints]:
    """All levels: the total, the score sources, then the tree in the order of the set."""
    parent = {p.code: p.parent for p in parts()}
    members: dict[str, list[int]] = {c: [] for c in ["total", *SOURCES, *parent]}
    for at, leaf in enumerate(leaves):
        members[leaf.score_source].append(at)
        code = leaf.code
        while code:
            members[code].append(at)
            code = parent[code]
    return list(members), np.stack([points[:, m].sum(axis=1) for m in members.values()], axis=1)


def _long(
    years: Sequence[int], codes: Sequence[str], units: Sequence[str], values: _Floats, name: str
) -> pd.DataFrame:
    """Long table from ``years x codes x units``."""
    import pandas as pd

    n_years, n_codes, n = values.shape
    return pd.DataFrame(
        {
            "year": np.repeat(np.array(years, dtype=np.int64), n_codes * n),
            "province_id": pd.array(list(units) * (n_years * n_codes), dtype="str"),
            "component": pd.array(
                np.tile(np.repeat(list(codes), n), n_years).tolist(), dtype="str"
            ),
            name: values.ravel(),
        }
    )


def _long_ranks(years: Sequence[int], units: Sequence[str], totals: _Ints) -> pd.DataFrame:
    # 1 + number of better ones: ties share the best place
    ranks = 1 + (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    frame = _long(years, ["total"], units, ranks[:, None].astype(float), "rank")
    return frame.astype({"rank": "int64"}).drop(columns="component")


def _quality(
    years: Sequence[int], units: Sequence[str], q: _Floats, values: _Floats
) -> pd.DataFrame:
    frame = _long(years, ["total"], units, q[:, None], "quality").drop(columns="component")
    for at, area in enumerate(of_level("area")):
        frame[area.code] = values[:, at].ravel()
    return frame
