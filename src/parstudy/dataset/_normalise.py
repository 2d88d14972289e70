"""Raw figures of all releases -> the table ``figures``: one vocabulary of units and measures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from parstudy.errors import ProvinceError
from parstudy.facts import provinces
from parstudy.facts.fields import columns
from parstudy.releases.model import RawRelease
from parstudy.releases.numbers import decimals

COLUMNS = columns("figures")


def normalise(releases: Sequence[RawRelease]) -> pd.DataFrame:
    """Bring the figures of all releases into one vocabulary.

    Parameters
    ----------
    releases : sequence of RawRelease
        As the readers return them.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``, all figures in their order. A unit that is not known keeps its name
        as printed: the checks find it.
    """
    if not releases:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat([_one(release) for release in releases], ignore_index=True)


def _one(release: RawRelease) -> pd.DataFrame:
    raw = release.figures.reset_index(drop=True)
    named = list(zip(raw["unit_level"], raw["unit_text"], strict=True))
    units = {unit: _resolved(*unit, release.geography) for unit in set(named)}
    frame = raw.assign(
        release_id=release.release_id,
        figure_id=[f"{release.release_id}#{n:05d}" for n in range(1, len(raw) + 1)],
        unit_id=[units[unit] for unit in named],
        decimals=pd.array([decimals(text) for text in raw["text"]], dtype="Int64"),
    )
    return frame.astype({"year": "int64", "value": "float64"})[list(COLUMNS)]


def _resolved(level: str, text: str, geography: str) -> str:
    try:
        return provinces.resolve_unit(level, text, geography)
    except ProvinceError:
        return text
