"""Open panels against what other sources print."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from parstudy.dataset import Dataset
from parstudy.errors import ParstudyError
from parstudy.studies import agreement

SOURCES = pd.DataFrame(
    {"source_id": ["panel", "press", "ministry"], "kind": ["open panel", "press", "official table"]}
)


def figures(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Make figures: source, province, measure, text."""
    return pd.DataFrame(
        [
            {
                "figure_id": f"f{n}",
                "index_id": "PAR_INDEX",
                "year": 2020,
                "unit_level": "province",
                "unit_id": unit,
                "component": "total",
                "measure": measure,
                "value": float(text),
                "text": text,
                "decimals": len(text.partition(".")[2]),
                "certainty": "stated",
                "source_id": source,
            }
            for n, (source, unit, measure, text) in enumerate(rows)
        ]
    )


def compared(table: pd.DataFrame) -> agreement.Agreement:
    return agreement.agreement(SimpleNamespace(figures=table, sources=SOURCES))


@pytest.mark.parametrize(
    ("panel", "other", "agrees"),
    [
        ("87.114", "87.11", True),
        ("87.11", "87.1", True),
        ("87.15", "87.1", True),  # 87.1 may be rounded from anything up to 87.15
        ("87.16", "87.1", False),
        ("87.11", "87.12", False),
        ("87", "87.4", True),
        ("3.4857", "3.99", False),
    ],
)
def test_agreement_is_at_the_coarser_precision(panel: str, other: str, agrees: bool) -> None:
    found = compared(figures(("panel", "a", "score", panel), ("press", "a", "score", other)))
    assert (found.compared, found.agree) == (1, int(agrees))
    assert len(found.disagreements) == int(not agrees)


def test_each_other_source_counts_and_panels_do_not_check_themselves() -> None:
    table = figures(
        ("panel", "a", "score", "80.25"),
        ("press", "a", "score", "80.3"),
        ("ministry", "a", "score", "81.25"),
        ("panel", "b", "score", "70.5"),
        ("press", "c", "score", "60.5"),
        ("panel", "a", "rank", "7"),
        ("press", "a", "rank", "8"),
        ("panel", "d", "percent", "55.5"),
        ("press", "d", "score", "55.5"),
    )
    found = compared(table)
    assert found.n_panel == 4
    assert (found.compared, found.agree) == (4, 2)
    wrong = found.disagreements
    assert list(wrong["other_source_id"]) == ["press", "ministry"]
    assert list(wrong["measure"]) == ["rank", "score"]
    assert wrong["difference"].tolist() == [-1.0, -1.0]
    year = found.by_year.iloc[0].to_dict()
    assert year == {
        "index_id": "PAR_INDEX", "year": 2020,
        "compared": 4, "agree": 2, "disagree": 2, "sources": 2,
    }  # fmt: skip


def test_a_sum_may_be_off_by_one_unit_of_the_last_digit() -> None:
    table = figures(("panel", "a", "score", "40.6146"), ("press", "a", "score", "40.62"))
    assert compared(table).agree == 0
    table.loc[0, "certainty"] = "derived"
    found = compared(table)
    assert (found.agree, found.last_digit) == (1, 1)
    table.loc[1, ["value", "text"]] = [40.63, "40.63"]
    assert compared(table).agree == 0


def test_doubtful_figures_and_means_are_no_check() -> None:
    table = figures(("panel", "a", "score", "80.25"), ("press", "a", "score", "81"))
    table.loc[1, "certainty"] = "doubtful"
    assert compared(table).compared == 0
    table.loc[1, "certainty"] = "stated"
    table["unit_level"] = "region"
    assert compared(table).compared == 0


def test_nothing_to_compare_is_no_error() -> None:
    for table in (figures(("press", "a", "score", "80.25")), figures(("panel", "a", "rank", "1"))):
        found = compared(table)
        assert (found.compared, found.agree, len(found.by_year)) == (0, 0, 0)


def test_panel_figures_that_ship_are_compared(shipped: Dataset) -> None:
    found = agreement.agreement(shipped)
    assert (found.n_panel, found.compared, found.agree) == (119, 15, 12)
    assert set(found.disagreements["province_id"]) == {"da-nang", "dong-thap", "ha-noi"}
    assert agreement.agreement(shipped, "SIPAS").compared <= found.compared
    assert agreement.agreement(shipped, "PAPI").n_panel == 0
    with pytest.raises(ParstudyError, match="unknown index"):
        agreement.agreement(shipped, "PAPY")
