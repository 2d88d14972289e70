"""Checks of input: what is computed with is a table of numbers on the units that are meant."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics.result import Drop, Floats

_NAMES_SHOWN = 8
_MOST = 2**32  # of a count or a seed
_LARGEST, _SMALLEST = 1e60, 1e-60  # squares of squares of sums must stay finite and above 0


def some(names: Iterable[object], limit: int = _NAMES_SHOWN) -> str:
    """Join names for an error message, the first few only."""
    given = [str(name) for name in names]
    rest = len(given) - limit
    return ", ".join(given[:limit]) + (f" and {rest} more" if rest > 0 else "")


def refuse(code: str, message: str, names: Any, *, expected: str = "", advice: str = "") -> None:
    """Refuse columns, units or parts that are named, if there are any.

    Raises
    ------
    StatisticsError
        ``code``.
    """
    if len(names):
        raise StatisticsError(code, message, found=some(names), expected=expected, advice=advice)


def doubles(labels: Any) -> Any:
    """Labels of an index or a series that stand more than once."""
    return labels[labels.duplicated()].unique()


# --- tables and vectors ----------------------------------------------------------------------


def need_table(data: object) -> None:
    """Refuse what is no DataFrame with one name for each column.

    Raises
    ------
    StatisticsError
        ``not_a_table``, ``duplicate_column``.
    """
    if not isinstance(data, pd.DataFrame):
        raise StatisticsError(
            "not_a_table", "not a table", found=type(data).__name__, expected="a DataFrame"
        )
    _check_names(data, "data")


def _check_names(frame: pd.DataFrame, what: str) -> None:
    """Refuse columns that results could not tell apart by their names."""
    if frame.columns.nlevels > 1:
        raise StatisticsError(
            "not_a_table",
            f"{what}: columns have names of several levels",
            found=some(frame.columns, 3),
            advice="Give each column one name",
        )
    refuse(
        "duplicate_column", f"{what}: a column appears twice", doubles(frame.columns.astype(str))
    )


def need_unique(index: pd.Index, what: str) -> None:
    """Refuse labels that stand twice.

    Raises
    ------
    StatisticsError
        ``duplicate_unit``.
    """
    refuse("duplicate_unit", f"{what}: a unit appears twice", doubles(index))


def names_of(names: Any, what: str) -> list[Any]:
    """Names of columns as a list; a single name may stand alone.

    Raises
    ------
    StatisticsError
        ``not_a_name``.
    """
    if isinstance(names, str):
        return [names]
    try:
        listed = list(names)
        for name in listed:
            hash(name)
    except TypeError as reason:
        raise StatisticsError(
            "not_a_name", f"{what}: no names of columns", found=repr(names)[:60]
        ) from reason
    twice = [name for name, times in Counter(listed).items() if times > 1]
    refuse("duplicate_column", f"{what}: a name twice", twice)
    return listed


def table_of(data: Any, what: str, code: str = "not_a_table") -> pd.DataFrame:
    """What a DataFrame can be made of, as one.

    Raises
    ------
    StatisticsError
        ``code``.
    """
    if isinstance(data, pd.DataFrame):
        return data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # rows of unequal length
            return pd.DataFrame(data)
    except (TypeError, ValueError, AttributeError, Warning) as reason:
        raise StatisticsError(
            code, f"{what}: not a table", found=f"{type(data).__name__} {data!r}"[:60]
        ) from reason


def numeric_frame(data: Any, what: str, smallest: float = _SMALLEST) -> pd.DataFrame:
    """Check a table of numbers and return it as float64; a column all below smallest is refused.

    Raises
    ------
    StatisticsError
        ``not_a_table``, ``empty_table``, ``duplicate_column``, ``not_a_number``,
        ``too_many_digits`` or ``infinite_value`` (or too large to square), naming the columns.
    """
    frame = data.to_frame() if isinstance(data, pd.Series) else table_of(data, what)
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        raise StatisticsError(
            "empty_table", f"{what}: nothing to analyse", found=f"{frame.shape} rows and columns"
        )
    _check_names(frame, what)
    columns: dict[Any, Floats | None] = {name: _floats(frame[name]) for name in frame.columns}
    bad = [name for name, values in columns.items() if values is None]
    refuse("not_a_number", f"{what}: columns that are not numeric", bad)
    long = [name for name in frame.columns if _loses_digits(frame[name])]
    refuse(
        "too_many_digits",
        f"{what}: whole numbers with more digits than can be computed with",
        long,
        expected="at most 15 digits",
    )
    out = pd.DataFrame(columns, index=frame.index)
    most = np.fmax.reduce(np.abs(out.to_numpy()), axis=0)  # NaN where nothing is known
    infinite = out.columns[np.isinf(most)]
    refuse("infinite_value", f"{what}: infinite values in columns", infinite)
    for far, word in ((most > _LARGEST, "large"), ((most > 0) & (most < smallest), "small")):
        refuse(
            "infinite_value",
            f"{what}: values too {word} to compute with",
            out.columns[far],
            advice="Take another unit of measure",
        )
    return out


def _floats(values: pd.Series[Any]) -> Floats | None:
    """A column as floats; None where it holds what is no number.

    A date would turn into nanoseconds, text such as 1.234 into a number that was not meant, and
    the codes of a category into amounts.
    """
    kind = values.dtype.kind
    if kind in "mMcSU" or isinstance(values.dtype, (pd.StringDtype, pd.CategoricalDtype)):
        return None if kind in "mMc" or values.notna().any() else np.full(len(values), np.nan)
    if kind == "O" and any(isinstance(v, (str, bytes)) for v in values):
        return None
    try:
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):
        return None


def _loses_digits(values: pd.Series[Any]) -> bool:
    """Whether a column holds whole numbers that floats would round."""
    if values.dtype.kind not in "iu":
        return False
    whole = values.dropna().to_numpy()
    big = whole[np.abs(whole.astype(np.float64)) >= 2.0**53]
    return any(int(float(value)) != int(value) for value in big)


def numeric_series(
    data: Any, what: str, index: pd.Index | None = None, smallest: float = _SMALLEST
) -> pd.Series[Any]:
    """Check a vector of numbers and return it as a float64 Series.

    Raises
    ------
    StatisticsError
        ``empty_table``, ``not_a_number``, ``infinite_value``, ``length_mismatch``.
    """
    if isinstance(data, pd.DataFrame):
        if data.shape[1] != 1:
            raise StatisticsError(
                "not_a_vector", f"{what}: more than one column", found=some(data.columns)
            )
        data = data.iloc[:, 0]
    if not isinstance(data, pd.Series):
        values = _array(data, what)
        if values.ndim != 1:
            raise StatisticsError(
                "not_a_vector", f"{what}: not a vector", found=_shown(data, values)
            )
        if index is not None and len(index) != len(values):
            raise StatisticsError(
                "length_mismatch",
                f"{what}: wrong length",
                found=str(len(values)),
                expected=str(len(index)),
            )
        data = pd.Series(values, index=index)
    name = data.name
    if data.dtype == np.float64 and len(data):
        values = data.to_numpy()
        most = np.fmax.reduce(np.abs(values))
        if not most > _LARGEST and not 0 < most < smallest:  # nothing to tell, as a rule
            return pd.Series(values.copy(), index=data.index, name=name)
    series = numeric_frame(data.rename(what), what, smallest).iloc[:, 0]
    series.name = name
    return series


def is_scalar(data: Any, what: str) -> bool:
    """Whether a single value is given, not a vector of them."""
    return not isinstance(data, Mapping) and _array(data, what).ndim == 0


def _array(data: Any, what: str) -> Any:
    try:
        return np.asarray(data)
    except ValueError as reason:  # rows of unequal length
        raise StatisticsError(
            "not_a_vector", f"{what}: not a vector", found=type(data).__name__
        ) from reason


def _shown(data: Any, values: Any) -> str:
    return f"shape {values.shape}" if values.ndim else repr(data)[:60]


def matched(data: Any, index: pd.Index, what: str) -> Any:
    """Bring a Series or table into the order of an index, by its labels.

    Parameters
    ----------
    data : Series or DataFrame
    index : Index
        Rows wanted; those that ``data`` lacks get missing values.
    what : str
        Name for the message.

    Raises
    ------
    StatisticsError
        ``duplicate_unit`` or ``index_mismatch`` when rows cannot be matched with certainty.
    """
    if data.index.equals(index):
        return data
    for labels in (data.index, index):
        need_unique(labels, what)
    if not set(index) & set(data.index):
        raise StatisticsError(
            "index_mismatch",
            f"{what}: no unit in common with the other figures",
            found=some(data.index, 3),
            expected=some(index, 3),
        )
    return data.reindex(index)


def aligned(parts: Any, total: Any) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Parts and total as floats on one index; ``total=None`` is the sum of the parts.

    Raises
    ------
    StatisticsError
        ``duplicate_unit`` or ``index_mismatch`` when rows cannot be matched with certainty.
    """
    frame = numeric_frame(parts, "parts")
    if total is None:
        return frame, frame.sum(axis=1, skipna=False).rename("total")
    series = numeric_series(total, "total", frame.index)
    return frame, matched(series, frame.index, "parts and total")


def complete(
    frame: pd.DataFrame, other: pd.Series[Any]
) -> tuple[pd.DataFrame, pd.Series[Any], list[Drop]]:
    """Keep the rows without a missing figure and say which went and for which columns.

    Raises
    ------
    StatisticsError
        ``empty_column`` when a column without any figure leaves no row.
    """
    blank = frame.isna()
    void: list[Any] = list(frame.columns[blank.all(axis=0)])
    if other.isna().all():
        void.append(other.name or "outcome")
    if void and len(frame):
        raise StatisticsError(
            "empty_column", "columns without any figure", found=some(void), advice="Leave them out"
        )
    whole = blank.any(axis=1) | other.isna()
    rows: list[Drop] = []
    for position in np.flatnonzero(whole.to_numpy()).tolist():
        names: list[Any] = list(frame.columns[blank.iloc[position].to_numpy()])
        if pd.isna(other.iloc[position]):
            names.append(other.name if other.name is not None else "outcome")
        rows.append(("row", frame.index[position], "missing", some(names)))
    keep = ~whole.to_numpy()
    return frame[keep], other[keep], rows


def is_constant(values: Floats, size: float = 0.0) -> bool:
    """Whether a column does not vary, float noise aside.

    Parameters
    ----------
    values : ndarray, shape (n,)
    size : float
        Size of the figures that it is a difference of, where it is one.
    """
    spread = float(np.ptp(values)) if len(values) else 0.0
    return spread <= 1e-12 * max(size, float(np.abs(values).max(initial=0.0)))


def dependent_columns(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Columns that are a linear combination of the constant and of columns before them.

    Parameters
    ----------
    frame : DataFrame
        No missing cells, no constant columns.

    Returns
    -------
    dict
        Column → the earlier columns that give it.
    """
    kept: list[Any] = []
    basis = np.empty((len(frame), 0))
    out: dict[str, list[str]] = {}
    for name in frame.columns:
        x = frame[name].to_numpy() - frame[name].mean()
        x = x / np.linalg.norm(x)
        rest = x - basis @ (basis.T @ x)
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size < 1e-8:
            earlier = frame[kept].to_numpy()
            earlier = (earlier - earlier.mean(axis=0)) / earlier.std(axis=0)
            weights = np.linalg.lstsq(earlier, x, rcond=None)[0]
            out[name] = [str(k) for k, w in zip(kept, weights, strict=True) if abs(w) > 1e-6]
        else:
            kept.append(name)
            basis = np.column_stack([basis, rest / size])
    return out


def column(data: pd.DataFrame, what: Any, name: str) -> pd.Series[Any]:
    """Take a column of the table by its name, or a vector as it is.

    Parameters
    ----------
    data : DataFrame, shape (n, k)
    what : str, Series or vector, shape (n,)
    name : str
        Name for the message.

    Raises
    ------
    StatisticsError
        ``unknown_column``, ``length_mismatch``.
    """
    need_table(data)
    if isinstance(what, str):
        if what not in data.columns:
            raise StatisticsError(
                "unknown_column",
                f"{name}: no such column",
                found=repr(what),
                expected=some(data.columns),
            )
        return data[what]
    return vector(what, data.index, name)


def vector(what: Any, index: pd.Index, name: str) -> pd.Series[Any]:
    """Bring a vector to an index: a Series by its labels, anything else by its length."""
    if isinstance(what, pd.DataFrame) and what.shape[1] == 1:
        what = what.iloc[:, 0]
    if isinstance(what, pd.Series):
        found: pd.Series[Any] = matched(what, index, name)
        return found
    values = _array(what, name)
    if values.shape != (len(index),):
        raise StatisticsError(
            "length_mismatch",
            f"{name}: wrong length",
            found=_shown(what, values) if values.ndim != 1 else str(len(values)),
            expected=str(len(index)),
        )
    return pd.Series(values, index=index, name=name)


def covariates_of(what: Any, index: pd.Index) -> pd.DataFrame | None:
    """Covariates as numbers on an index; None where there are none."""
    if what is None or (isinstance(what, pd.DataFrame) and not what.shape[1]):
        return None
    frame = numeric_frame(what, "covariates")
    if not isinstance(what, (pd.DataFrame, pd.Series)) and len(frame) == len(index):
        frame = frame.set_axis(index)
    found: pd.DataFrame = matched(frame, index, "covariates")
    return found


def columns_of(data: pd.DataFrame, names: Sequence[Any], what: str) -> pd.DataFrame:
    """Take columns of the table by their names, as float64.

    Raises
    ------
    StatisticsError
        ``unknown_column`` and what :func:`numeric_frame` says.
    """
    need_table(data)
    names = names_of(names, what)
    if not names:
        raise StatisticsError("no_regressor", f"{what}: no columns are named", found="none")
    absent = [n for n in names if n not in data.columns]
    refuse("unknown_column", f"{what}: no such columns", absent, expected=some(data.columns))
    return numeric_frame(data[list(names)], what)


def refuse_itself(outcome: Any, x: pd.DataFrame) -> None:
    """Refuse a column that is to explain itself.

    Raises
    ------
    StatisticsError
        ``duplicate_column``.
    """
    if isinstance(outcome, str) and outcome in x.columns:
        raise StatisticsError(
            "duplicate_column", "the outcome is among its own regressors", found=repr(outcome)
        )


def constant_columns(frame: pd.DataFrame, rows: list[Drop]) -> list[Any]:
    """Columns that do not vary, noted in ``rows``."""
    constant = [c for c in frame.columns if is_constant(frame[c].to_numpy())]
    rows += [("column", c, "constant", f"{frame[c].iloc[0]:g} in every row") for c in constant]
    return constant


def checked_columns(
    frame: pd.DataFrame, rows: list[Drop], absorbed: Floats | None = None
) -> pd.DataFrame:
    """Leave out columns that do not vary or repeat others, noting why.

    Parameters
    ----------
    frame : DataFrame, shape (n, k)
        No missing cells.
    rows : list of Drop
        What is left out is added here.
    absorbed : ndarray, shape (n, m), optional
        Further columns of the model (fixed effects) that columns may repeat.
    """
    frame = frame.drop(columns=constant_columns(frame, rows))
    if absorbed is not None and absorbed.shape[1]:
        given = pd.DataFrame(absorbed, index=frame.index).add_prefix("fixed effect ")
        repeats = dependent_columns(pd.concat([given, frame], axis=1))
        repeats = {k: v for k, v in repeats.items() if k in set(frame.columns)}
    else:
        repeats = dependent_columns(frame)
    rows += [("column", c, "collinear", some(with_)) for c, with_ in repeats.items()]
    return frame.drop(columns=list(repeats))


# --- options -----------------------------------------------------------------------------------


def check_share(value: Any, name: str) -> float:
    """Check a level of confidence or another share.

    Raises
    ------
    StatisticsError
        ``not_a_level``.
    """
    if not _is_number(value) or not 0 < value < 1:
        raise StatisticsError(
            "not_a_level", f"{name} is not a share", found=repr(value), expected="between 0 and 1"
        )
    return float(value)


def _is_number(value: Any) -> bool:
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return real and abs(float(value) if isinstance(value, np.floating) else value) <= 1e300


def check_number(value: Any, name: str, low: float = -np.inf, high: float = np.inf) -> float:
    """Check a number between two others, ends included.

    Raises
    ------
    StatisticsError
        ``not_a_number``.
    """
    if not _is_number(value) or not low <= value <= high:
        ends = [f"from {low:g}"] if np.isfinite(low) else []
        ends += [f"to {high:g}"] if np.isfinite(high) else []
        raise StatisticsError(
            "not_a_number",
            f"{name} is not such a number",
            found=repr(value)[:60],
            expected=" ".join(["a number", *ends]),
        )
    return float(value)


def check_flag(value: Any, name: str) -> bool:
    """Check a choice between True and False.

    Raises
    ------
    StatisticsError
        ``not_a_flag``.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise StatisticsError(
            "not_a_flag", f"{name} is neither True nor False", found=repr(value)[:60]
        )
    return bool(value)


def _tie_rule(value: Any, name: str) -> None:
    if not _is_number(value) or not 0 <= value <= 1:
        raise StatisticsError("bad_tie_rule", f"{name} outside 0 to 1", found=repr(value)[:60])


_FLAGS = (
    "ascending", "constant", "outcome_is_rank", "rank_x", "rank_y", "standardise", "stepdown",
    "time_effects",
)  # fmt: skip
_COUNTS = {
    "draws": 0, "seed": 0, "lags": 0, "wild_draws": 0, "min_count": 1, "level": 0,
    "exact_up_to": 0, "pairs": 1, "top": 1,
}  # fmt: skip


def check_options(**given: Any) -> None:
    """Check options, each by its name: a name means the same in all functions.

    Raises
    ------
    StatisticsError
        ``not_a_level``, ``not_a_whole_number``, ``not_a_flag``, ``bad_tie_rule``.
    """
    for name, value in given.items():
        if name == "confidence":
            check_share(value, name)
        elif name == "omega":
            _tie_rule(value, name)
        elif name in _FLAGS:
            check_flag(value, name)
        else:
            whole_number(value, name, _COUNTS[name])


def choice(value: str, allowed: Sequence[str] | Mapping[str, object], name: str) -> str:
    """Check one of a few words.

    Raises
    ------
    StatisticsError
        ``unknown_method``.
    """
    if not isinstance(value, str) or value not in allowed:
        raise StatisticsError(
            "unknown_method",
            f"unknown {name}",
            found=repr(value)[:60],
            expected=" or ".join(allowed),
        )
    return value


def whole_number(value: Any, name: str, least: int = 0) -> int:
    """Check a count: draws, a seed, places.

    Raises
    ------
    StatisticsError
        ``not_a_whole_number``.
    """
    counted = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not counted or not least <= value < _MOST:
        raise StatisticsError(
            "not_a_whole_number",
            f"{name} is no count",
            found=repr(value)[:60],
            expected=f"a whole number from {least}",
        )
    return int(value)


def by_column(values: Any, columns: pd.Index, what: str) -> pd.Series[Any]:
    """One number per column: a mapping or Series by name, a sequence in the order of columns.

    Columns that are not named have none; names that are no columns are refused where a column
    goes without, for it may be the one that was meant.

    Raises
    ------
    StatisticsError
        ``length_mismatch``, ``not_a_number``, ``duplicate_column``, ``unknown_column``.
    """
    if isinstance(values, Mapping):
        values = pd.Series(dict(values), dtype=None if values else float)
    series = numeric_series(values, what, columns)
    refuse("duplicate_column", f"{what}: a column appears twice", doubles(series.index))
    unknown = [name for name in series.index if name not in columns]
    without = [name for name in columns if name not in series.index]
    if unknown and without:
        raise StatisticsError(
            "unknown_column",
            f"{what}: names that are no columns",
            found=some(unknown),
            expected=some(without),
        )
    return series.reindex(columns)


def reserved(names: Any, word: str) -> None:
    """Refuse a part of the name that a row of the result has.

    Raises
    ------
    StatisticsError
        ``reserved_name``.
    """
    if word in [str(name) for name in names]:
        raise StatisticsError(
            "reserved_name",
            "a part is named like a row of the result",
            found=repr(word),
            advice="Give it another name",
        )


def one_group_each(
    groups: Mapping[str, Sequence[Any]] | None, columns: pd.Index
) -> dict[str, list[Any]]:
    """Groups of columns as lists; a column stands in one group at most.

    Raises
    ------
    StatisticsError
        ``unknown_column``, ``duplicate_column``.
    """
    if groups is not None and not isinstance(groups, Mapping):
        raise StatisticsError(
            "not_a_name",
            "groups are no mapping of names to columns",
            found=type(groups).__name__,
        )
    out = {str(k): names_of(v, "groups") for k, v in (groups or {}).items()}
    named = [c for members in out.values() for c in members]
    absent = [c for c in named if c not in columns]
    refuse(
        "unknown_column", "groups name columns that are not there", absent, expected=some(columns)
    )
    twice = [c for c in dict.fromkeys(named) if named.count(c) > 1]
    refuse("duplicate_column", "columns in two groups", twice)
    alone = {str(c) for c in columns if c not in set(named)}
    clash = [name for name in out if name in alone]
    refuse(
        "duplicate_column",
        "a group is named like a column outside it",
        clash,
        advice="Give the group another name",
    )
    return out


def need_rows(n: int, at_least: int, what: str) -> None:
    """Refuse a sample that is too small.

    Raises
    ------
    StatisticsError
        ``too_few_rows``.
    """
    if n < at_least:
        raise StatisticsError(
            "too_few_rows",
            f"{what}: too few complete rows",
            found=str(n),
            expected=f"at least {at_least}",
        )
