"""Schemas of the built tables (pandera): the last gate before anything is written."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from parstudy.dataset._normalise import CERTAINTIES
from parstudy.errors import DataError

_LEVELS = ["province", "region", "national"]


@cache
def schemas() -> dict[str, Any]:
    """Schemas by table name."""
    import pandera.pandas as pa

    text = pa.Column(str, coerce=False)
    named = pa.Column(str, pa.Check.str_length(min_value=1))
    year = pa.Column("int64", pa.Check.in_range(2005, 2100))
    place = pa.Column("Int64", pa.Check.ge(1), nullable=True)
    change = pa.Column("Int64", pa.Check.in_range(-100, 100), nullable=True)
    points = pa.Column(float, pa.Check.in_range(0, 100), nullable=True)
    number = pa.Column(float, nullable=True)
    whole = pa.Column("Int64", nullable=True)
    flag = pa.Column(bool)
    certainty = pa.Column(str, pa.Check.isin(CERTAINTIES))
    level = pa.Column(str, pa.Check.isin(_LEVELS))
    return {
        "figures": pa.DataFrameSchema(
            {
                "figure_id": pa.Column(str, unique=True),
                "release_id": named,
                "index": named,
                "year": year,
                "unit_level": level,
                "unit_id": named,
                "component": named,
                "measure": named,
                "value": number,
                "text": named,
                "decimals": whole,
                "certainty": certainty,
                "source_id": named,
                "locator": named,
                "note": text,
            },
            strict=True,
        ),
        "scores": pa.DataFrameSchema(
            {
                "index": named,
                "year": year,
                "province_id": named,
                "component": named,
                "criteria_set": text,
                "score": points,
                "max_score": pa.Column(float, pa.Check.gt(0), nullable=True),
                "percent": pa.Column(float, pa.Check.in_range(0, 100 + 1e-9), nullable=True),
                "decimals": whole,
                "rank_published": place,
                "rank_low": place,
                "rank_high": place,
                "rank_computed": place,
                "rank_implied": place,
                "score_implied": number,
                "n_ranked": pa.Column("Int64", pa.Check.ge(1)),
                "group_published": text,
                "group_computed": text,
                "change_score_published": number,
                "change_rank_published": change,
                "change_score_computed": number,
                "change_rank_computed": change,
                "n_sources": whole,
                "conflict": flag,
                "certainty": certainty,
                "score_source_id": text,
                "rank_source_id": text,
                "synthetic": flag,
            },
            checks=[
                pa.Check(
                    lambda d: d["rank_low"].fillna(1) <= d["rank_high"].fillna(10**6),
                    name="rank_low is not above rank_high",
                ),
                pa.Check(
                    lambda d: d["rank_high"].fillna(1) <= d["n_ranked"],
                    name="no rank beyond the number of ranked units",
                ),
            ],
            unique=["index", "year", "province_id", "component"],
            strict=True,
        ),
        "aggregates": pa.DataFrameSchema(
            {
                "index": named,
                "year": year,
                "unit_level": pa.Column(str, pa.Check.isin(["region", "national"])),
                "unit_id": named,
                "component": named,
                "measure": named,
                "value": number,
                "decimals": whole,
                "certainty": certainty,
                "source_id": named,
                "n_sources": pa.Column("int64"),
                "conflict": flag,
            },
            unique=["index", "year", "unit_id", "component", "measure"],
            strict=True,
        ),
        "sources": pa.DataFrameSchema(
            {
                "source_id": pa.Column(str, pa.Check.str_length(min_value=1), unique=True),
                "url": text,
                "title": text,
                "publisher": text,
                "kind": named,
                "published_on": text,
                "retrieved_on": text,
                "sha256": text,
                "licence": text,
            },
            strict=True,
        ),
        "components": pa.DataFrameSchema(
            {
                "criteria_set": named,
                "index": named,
                "code": named,
                "parent": text,
                "level": pa.Column(
                    str,
                    pa.Check.isin(
                        ["total", "area", "criterion", "subcriterion", "score_source", "part"]
                    ),
                ),
                "name_vi": text,
                "name_en": text,
                "max_score": pa.Column(float, pa.Check.gt(0), nullable=True),
                "scoring": pa.Column(
                    str, pa.Check.isin(["appraisal", "survey", "mixed", "unknown"])
                ),
                "lead_department": text,
            },
            unique=["criteria_set", "code"],
            strict=True,
        ),
    }


def validate(name: str, frame: pd.DataFrame) -> None:
    """Check one table against its schema.

    Raises
    ------
    DataError
        ``schema`` with the failing rows of all rules.
    """
    import pandera.errors

    schema = schemas().get(name)
    if schema is None:
        return
    try:
        schema.validate(frame, lazy=True)
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
