"""A built table that knows what its columns were called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy.errors import DataError

_RENAMED = {"index": "index_id"}  # ``frame.index`` is the index of pandas


class BuiltTable(pd.DataFrame):
    """A data frame that refuses the old name of a column; what is made of it is a plain one."""

    def __getitem__(self, key: Any) -> Any:
        """Columns or rows, as pandas gives them."""
        names = key if isinstance(key, list) else [key] if isinstance(key, str) else []
        for name in names:
            if name in _RENAMED and name not in self.columns:
                raise DataError(
                    "column_renamed",
                    f"the column is called {_RENAMED[name]}",
                    found=repr(name),
                    expected=repr(_RENAMED[name]),
                )
        return super().__getitem__(key)


def as_built(frames: Mapping[str, pd.DataFrame]) -> dict[str, BuiltTable]:
    """The built tables by name, each as a `BuiltTable`."""
    return {name: BuiltTable(frame) for name, frame in frames.items()}
