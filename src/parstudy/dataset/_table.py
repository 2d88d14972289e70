"""A built table that knows what its columns were called, and what must not be merged with it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from parstudy.errors import DataError

_RENAMED = {"index": "index_id"}  # ``frame.index`` is the index of pandas


class BuiltTable(pd.DataFrame):
    """A data frame that refuses two mistakes which would give no rows, or each row twice.

    Rows and columns of it are such a frame again.
    """

    @property
    def _constructor(self) -> type[BuiltTable]:
        return BuiltTable

    def _constructor_from_mgr(self, mgr: Any, axes: Any) -> BuiltTable:
        # as pandas does for frames of its own: by way of the constructor all rows would be copied
        made: BuiltTable = BuiltTable._from_mgr(mgr, axes=axes)  # type: ignore[attr-defined]
        return made

    def _constructor_sliced_from_mgr(self, mgr: Any, axes: Any) -> pd.Series[Any]:
        made: pd.Series[Any] = pd.Series._from_mgr(mgr, axes=axes)  # type: ignore[attr-defined]
        object.__setattr__(made, "_name", None)  # who calls gives it its own
        return made

    def __getitem__(self, key: Any) -> Any:
        """Columns or rows, as pandas gives them; the old name of a column is refused."""
        names = key if isinstance(key, list) else [key] if isinstance(key, str) else []
        for name in names:
            if name in _RENAMED and name not in self.columns and _RENAMED[name] in self.columns:
                raise DataError(
                    "column_renamed",
                    f"the column is called {_RENAMED[name]}",
                    found=repr(name),
                    expected=repr(_RENAMED[name]),
                )
        return super().__getitem__(key)

    def __finalize__(self, other: Any, method: str | None = None, **kwargs: Any) -> Any:
        """After a merge with the table of provinces no row may stand there twice."""
        if method == "merge" and hasattr(other, "left"):
            _refuse_both_geographies(self, other.left, other.right)
        return super().__finalize__(other, method=method, **kwargs)  # type: ignore[misc]


def _refuse_both_geographies(merged: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> None:
    units = ["province_id", "geography"]
    if not (set(units) <= set(merged) and "province_id" in left and "geography" not in left):
        return  # other keys, or the rows say themselves which units they mean
    twice = merged[units].drop_duplicates()["province_id"].duplicated()
    if twice.any():
        raise DataError(
            "two_geographies",
            "the table of provinces holds the 63 and the 34 units, so rows would stand twice",
            found=f"{len(merged)} rows of {len(left)} and {len(right)}",
            expected="one geography",
            advice="Use ds.named(frame), or merge with ds.units(year)",
        )
