"""Which parts of the tables are read: rows by what stands in their columns, or all of them.

A table of an open dataset tells what of it is read. `parstudy.dataset.rows` narrows it to some
rows without reading the others; whatever else is done with it reads all of its rows. Each part has
a digest, so that a report is made again only when a part changes that it read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parstudy import reads
from parstudy.dataset._table import BuiltTable
from parstudy.dataset.contradicted import contradicted
from parstudy.records import records, with_plain_words

CONTRADICTED = "contradicted"
_LENGTH = 20  # of a digest, hexadecimal
_ORDER_ONLY = {CONTRADICTED: ["finding"]}
"""Columns that number rows: their order counts, not the numbers."""

_WORDS = pd.StringDtype("python", na_value=np.nan)

Positions = NDArray[np.int64]


class Part(NamedTuple):
    """A part of a table.

    Attributes
    ----------
    table : str
        Name of the table.
    cells : tuple of (str, value)
        Rows with these values in these columns, sorted by column; all rows if there are none.
    column : str
        Only which values stand in this column; of several, with commas between them, what stands
        in each row; empty for whole rows.
    """

    table: str
    cells: tuple[tuple[str, Any], ...] = ()
    column: str = ""

    def __str__(self) -> str:
        """In short: ``scores PAR_INDEX 2021``."""
        words = [self.table, *(str(value) for _, value in self.cells), self.column]
        return " ".join(word for word in words if word)

    @classmethod
    def of(cls, table: str, cells: Any, column: str = "") -> Part:
        """A part as it was written to JSON."""
        return cls(table, tuple((str(name), value) for name, value in cells), column)


class Digests:
    """Digests of parts of the tables of one dataset; each computed once.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Built tables by name; `contradicted` is made of them.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self.frames = {name: with_plain_words(frame) for name, frame in frames.items()}
        self._rows: dict[str, NDArray[np.uint64]] = {}
        self._places: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], Positions]] = {}
        self._known: dict[Part, str] = {}

    def frame(self, table: str) -> pd.DataFrame:
        """A table; nobody is told that it is read."""
        if table == CONTRADICTED and table not in self.frames:
            self.frames[table] = contradicted(self.frames["findings"], self.frames["figures"])
        return self.frames[table]

    def of(self, part: Part) -> str:
        """Digest of a part; empty where there is no such table or column."""
        if part not in self._known:
            try:
                found = self._find(part)
            except KeyError:
                return ""
            self._known[part] = self.at(part, found)
        return self._known[part]

    def at(self, part: Part, positions: Positions | None) -> str:
        """Digest of a part whose rows are known by their positions; None for all of them."""
        if "," in part.column:
            some = self.frame(part.table)[part.column.split(",")]
            return _digest(_hashes(some if positions is None else some.iloc[positions]))
        if part.column:
            column = self.frame(part.table)[part.column]
            values = (column if positions is None else column.iloc[positions]).unique()
            text = repr(sorted(map(str, values)))
            return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
        rows = self.rows(part.table)
        return _digest(rows if positions is None else rows[positions])

    def rows(self, table: str) -> NDArray[np.uint64]:
        """A number for each row, which changes with any cell of it."""
        if table not in self._rows:
            frame = self.frame(table)
            self._rows[table] = _hashes(frame.drop(columns=_ORDER_ONLY.get(table, [])))
        return self._rows[table]

    def _find(self, part: Part) -> Positions | None:
        if not part.cells:
            return None
        columns = tuple(name for name, _ in part.cells)
        if (part.table, columns) not in self._places:
            grouped = self.frame(part.table).groupby(list(columns), sort=False, observed=True)
            self._places[part.table, columns] = {
                key if isinstance(key, tuple) else (key,): np.sort(places)
                for key, places in grouped.indices.items()
            }
        key = tuple(value for _, value in part.cells)
        return self._places[part.table, columns].get(key, np.array([], dtype=np.int64))


def _hashes(frame: pd.DataFrame) -> NDArray[np.uint64]:
    """A number for each row."""
    plain = pd.DataFrame(frame)
    for name in plain:
        if pd.api.types.is_float_dtype(plain[name]):
            # what is not known may have any of many bit patterns
            plain = plain.assign(**{str(name): plain[name].where(plain[name].notna(), np.nan)})
    found = pd.util.hash_pandas_object(plain, index=False)
    heads = hashlib.sha256(",".join(map(str, plain.columns)).encode()).digest()
    salt = np.frombuffer(heads[:8], dtype=np.uint64)
    return np.bitwise_xor(np.asarray(found, dtype=np.uint64), salt)


def _digest(rows: NDArray[np.uint64]) -> str:
    return hashlib.sha256(rows.tobytes()).hexdigest()[:_LENGTH]


class Reads:
    """What is read of one open dataset.

    Parameters
    ----------
    digests : Digests
        Of its tables.

    Attributes
    ----------
    found : dict of Part to str
        Digests of the parts that were read so far.
    """

    def __init__(self, digests: Digests) -> None:
        self.digests = digests
        self.found: dict[Part, str] = {}

    def table(self, name: str) -> WatchedTable:
        """A table that tells what of it is read."""
        return _watched(self, name, self.digests.frame(name))

    def tell(self, part: Part, positions: Positions | None) -> None:
        """Keep that a part was read."""
        if part not in self.found:
            self.found[part] = digest = self.digests.at(part, positions)
            reads.tell("part", *part, digest)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that was read: the identity of the data behind a page."""
        return fingerprint_of(self.found)


def fingerprint_of(found: Mapping[Part, str]) -> str:
    """SHA-256 over parts of tables and their digests, in any order."""
    lines = sorted(f"{part!r} {digest}" for part, digest in found.items())
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


class WatchedTable(BuiltTable, pd.DataFrame):  # pandera looks one class up, no further
    """A table of an open dataset, or rows of it, of which nothing was read yet.

    All that pandas does with a frame goes by way of its manager of blocks; asking for that is
    reading. What comes out of it is a plain `BuiltTable`.
    """

    @property
    def _mgr(self) -> Any:
        about = self.__dict__.get("_about")
        if about is not None:
            about.read()
        return self.__dict__["_held"]

    @_mgr.setter
    def _mgr(self, manager: Any) -> None:
        self.__dict__["_held"] = manager

    def _unwatched(self) -> pd.DataFrame:
        made: pd.DataFrame = BuiltTable._from_mgr(self.__dict__["_held"], axes=[])  # type: ignore[attr-defined]
        return made

    def narrowed(self, cells: Mapping[str, Any]) -> pd.DataFrame:
        """Rows with given values in some columns; the others are not read."""
        about: _About | None = self.__dict__.get("_about")
        rows = self._unwatched()
        kept = np.flatnonzero(fitting(rows, cells))
        if about is None or not about.may_add(cells):
            return (rows if about is None else self).take(kept)
        positions = kept if about.positions is None else about.positions[kept]
        several = {name: values for name, values in cells.items() if _is_several(values)}
        single = {name: plain(v) for name, v in cells.items() if name not in several}
        of = _About(about.reads, about.table, about.cells | single, several, positions)
        return _made(rows.take(kept), of)

    def values_in(self, column: str) -> list[Any]:
        """Which values stand in a column, each once, sorted; only they are read."""
        about: _About | None = self.__dict__.get("_about")
        rows = self._unwatched()
        if about is None or about.several:
            rows = self
        else:
            about.reads.tell(about.part(column), about.positions)
        return sorted(rows[column].unique())

    def columns_of(self, names: Sequence[str]) -> pd.DataFrame:
        """Some columns; the others are not read."""
        about: _About | None = self.__dict__.get("_about")
        if about is None or about.several or len(names) < 2:
            return pd.DataFrame(self[list(names)])
        about.reads.tell(about.part(",".join(names)), about.positions)
        return self._unwatched()[list(names)]

    def rows_by(self, column: str) -> Mapping[str, Mapping[Any, Any]]:
        """Rows by what stands in a column that tells them apart; those asked for are read."""
        about: _About | None = self.__dict__.get("_about")
        rows = self._unwatched()
        return _Rows(rows if about is not None else self, column, about)


class _About:
    """Whose rows a watched table has, and to whom it tells that they are read."""

    def __init__(
        self,
        of: Reads,
        table: str,
        cells: Mapping[str, Any],
        several: Mapping[str, Collection[Any]],
        positions: Positions | None,
    ) -> None:
        self.reads, self.table, self.positions = of, table, positions
        self.cells, self.several = dict(cells), several
        self._told = False

    def part(self, column: str = "", more: Mapping[str, Any] | None = None) -> Part:
        return Part(self.table, tuple(sorted({**self.cells, **(more or {})}.items())), column)

    def may_add(self, cells: Mapping[str, Any]) -> bool:
        """Whether the rows are still a part when narrowed further."""
        names = [*self.cells, *self.several, *cells]
        several = sum(map(_is_several, cells.values())) + len(self.several)
        return len(set(names)) == len(names) and several <= 1 and not self.several

    def read(self) -> None:
        if self._told:
            return
        self._told = True
        if not self.several:
            self.reads.tell(self.part(), self.positions)
        for name, values in self.several.items():
            column = self.reads.digests.frame(self.table)[name].to_numpy()
            own = np.arange(len(column)) if self.positions is None else self.positions
            for value in dict.fromkeys(map(plain, values)):
                self.reads.tell(self.part(more={name: value}), own[column[own] == value])


class _Rows(Mapping[str, Mapping[Any, Any]]):
    def __init__(self, rows: pd.DataFrame, column: str, about: _About | None) -> None:
        self._column, self._about = column, about
        self._rows = {str(row[column]): row for row in records(rows)}
        self._places = {key: n for n, key in enumerate(self._rows)}

    def _tell(self, key: object) -> None:
        about = self._about
        if about is None:
            return
        place = [self._places[key]] if key in self._places else []
        positions = np.array(place, dtype=np.int64)
        if about.positions is not None:
            positions = about.positions[positions]
        about.reads.tell(about.part(more={self._column: key}), positions)

    def __getitem__(self, key: str) -> Mapping[Any, Any]:
        self._tell(key)
        return self._rows[key]

    def __contains__(self, key: object) -> bool:
        self._tell(key)
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        if self._about is not None:
            self._about.read()
        return iter(self._rows)

    def __len__(self) -> int:
        return len(list(iter(self)))


def fitting(table: pd.DataFrame, cells: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which rows have given values in some columns; of a collection any one will do."""
    return reduce(and_, (_equal(table[name], value) for name, value in cells.items()))


def _equal(column: pd.Series[Any], value: Any) -> NDArray[np.bool_]:
    if _is_several(value):
        found: Any = column.isin(list(value))
    elif column.dtype == _WORDS:
        found = np.asarray(column.array) == value  # pandas would look for what is missing first
    else:
        found = column.array == value
    return np.asarray(
        found if isinstance(found, np.ndarray) else found.to_numpy(bool, na_value=False)
    )


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.item() if hasattr(value, "item") else value


def _is_several(value: Any) -> bool:
    return not isinstance(value, str) and isinstance(value, Collection)


def _watched(of: Reads, name: str, frame: pd.DataFrame) -> WatchedTable:
    # whoever changes a column changes his own
    return _made(frame.copy(deep=False), _About(of, name, {}, {}, None))


def _made(rows: pd.DataFrame, about: _About) -> WatchedTable:
    made: WatchedTable = WatchedTable._from_mgr(rows._mgr, axes=[])  # type: ignore[attr-defined]
    made.__dict__["_about"] = about
    return made
