"""Facts as data files: provinces, criteria sets, thresholds, kinds of sources, labels.

Each file stands once, as CSV in UTF-8, and is read here and nowhere else.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Rows of one table, every cell as text; without pandas, whose import takes its time.

    Parameters
    ----------
    name : str
        File name without ``.csv``.
    """
    text = files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def _read(name: str) -> pd.DataFrame:
    import pandas as pd

    with files(__name__).joinpath(f"{name}.csv").open(encoding="utf-8") as handle:
        return pd.read_csv(handle, dtype=str, keep_default_na=False)


def table(name: str) -> pd.DataFrame:
    """One reference table, every cell as text, empty where nothing is known.

    Parameters
    ----------
    name : str
        File name without ``.csv``.

    Returns
    -------
    DataFrame
        A copy that the caller may change.
    """
    return _read(name).copy()


@cache
def document(name: str) -> Mapping[str, Any]:
    """One file of facts that is no table.

    Parameters
    ----------
    name : str
        File name without ``.toml``.
    """
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
