"""Schemas of the built tables (pandera): the last gate before anything is written.

Columns, their types and what may be empty are those of ``facts/fields.csv``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from parstudy.errors import DataError
from parstudy.facts.fields import Field, fields
from parstudy.releases.model import CERTAINTIES, UNIT_LEVELS

_CHOICES = {
    "unit level": UNIT_LEVELS,
    "aggregate level": ("region", "national"),
    "component level": ("total", "area", "criterion", "subcriterion", "score_source", "part"),
    "certainty": CERTAINTIES,
    "scoring": ("appraisal", "survey", "mixed", "unknown"),
    "severity": ("error", "warning", "info"),
}
# type of the column, lowest and highest value; "above" takes the bound itself out. Whole numbers
# that may be unknown are floats: scipy, statsmodels and seaborn refuse the nullable integers
_NUMBERS: dict[str, tuple[str, dict[str, float]]] = {
    "year": ("int64", {"ge": 2005, "le": 2100}),
    "count": ("int64", {"ge": 0}),
    "units ranked": ("int64", {"ge": 1}),
    "whole number": ("float64", {}),
    "rank": ("float64", {"ge": 1}),
    "places": ("float64", {"ge": -100, "le": 100}),
    "number": ("float64", {}),
    "score": ("float64", {"ge": 0, "le": 100}),
    "maximum": ("float64", {"gt": 0}),
    "percent": ("float64", {"ge": 0, "le": 100 + 1e-9}),
}
_WHOLE = ("whole number", "rank", "places")


@cache
def schema(table: str) -> Any:
    """Schema of one table: its columns and no others, its key, rules across columns."""
    import pandera.pandas as pa

    own = fields(table)
    return pa.DataFrameSchema(
        {field.name: _column(field) for field in own},
        checks=_across_columns() if table == "scores" else [],
        unique=[field.name for field in own if field.key] or None,
        strict=True,
    )


def _column(field: Field) -> Any:
    import pandera.pandas as pa

    if field.type == "yes/no":
        return pa.Column(bool)
    # text, whoever holds its words: Arrow, as files are read, or Python, as tables are opened
    text = pa.Check(lambda s: isinstance(s.dtype, pd.StringDtype), name="text")
    if field.type == "text":
        return pa.Column(
            None, [text] if field.nullable else [text, pa.Check.str_length(min_value=1)]
        )
    if field.type in _CHOICES:
        return pa.Column(None, [text, pa.Check.isin(_CHOICES[field.type])])
    dtype, bounds = _NUMBERS[field.type]
    checks = [getattr(pa.Check, name)(bound) for name, bound in bounds.items()]
    if field.type in _WHOLE:
        checks.append(pa.Check(lambda s: s.eq(s.round()), name="a whole number"))
    return pa.Column(dtype, checks, nullable=field.nullable)


def _across_columns() -> list[Any]:
    import pandera.pandas as pa

    return [
        pa.Check(
            lambda d: d["rank_low"].fillna(1) <= d["rank_high"].fillna(10**6),
            name="rank_low is not above rank_high",
        ),
        pa.Check(
            lambda d: d["rank_high"].fillna(1) <= d["n_ranked"],
            name="no rank beyond the number of ranked units",
        ),
    ]


def typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its numbers in the types that its schema asks for."""
    types = {f.name: _NUMBERS[f.type][0] for f in fields(name) if f.type in _NUMBERS}
    return frame.astype(types)


def printed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table as a file shows it: whole numbers without a decimal mark, also beside gaps."""
    return frame.astype({f.name: "Int64" for f in fields(name) if f.type in _WHOLE})


def validate(name: str, frame: pd.DataFrame) -> None:
    """Check one table against its schema.

    Raises
    ------
    DataError
        ``schema`` with the failing rows of all rules.
    """
    import pandera.errors

    try:
        schema(name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        shown = [
            f"{r['column'] or r['check']}: row {r['index']}: {r['failure_case']!r} ({r['check']})"
            for r in cases.head(10).to_dict("records")
        ]
        raise DataError(
            "schema",
            f"table {name} breaks its schema in {len(cases)} places",
            place=f"data/processed/{name}",
            found="; ".join(shown),
        ) from error
