"""What a data set holds, at a glance: for the end of a cell and for the screen."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from parstudy.facts import criteria

if TYPE_CHECKING:
    from parstudy.dataset import Dataset

_HINT = (
    'ds.frame("PAR_INDEX", 2021)',
    'ds.panel("SIPAS")',
    "ds.units(2021)",
    'ds.series(index="SIPAS", province="lang-son")',
)


def by_index(ds: Dataset) -> pd.DataFrame:
    """One row an index: its years, how many of its scores are known, which levels have figures."""
    rows = []
    level = ds.components.set_index(["criteria_set", "code"])["level"]
    for index in criteria.indices():
        own = ds.scores[ds.scores["index_id"].eq(index)]
        if own.empty:
            continue
        total = own[own["component"].eq("total")]
        parts = own[own["component"].ne("total") & own["score"].notna()]
        keys = pd.MultiIndex.from_frame(parts[["criteria_set", "component"]].drop_duplicates())
        years = ds.years(index)
        rows.append(
            {
                "index_id": index,
                "years": f"{min(years)}–{max(years)}",
                "n_years": len(years),
                "n_scores": int(total["score"].notna().sum()),
                "n_ranks": int(total["rank_published"].notna().sum()),
                "levels": ", ".join(dict.fromkeys(level.reindex(keys).dropna())),
            }
        )
    columns = ["index_id", "years", "n_years", "n_scores", "n_ranks", "levels"]
    return pd.DataFrame(rows, columns=columns)


def as_text(ds: Dataset) -> str:
    """A few lines for the screen."""
    head = f"Dataset{' (SYNTHETIC)' if ds.synthetic else ''} {ds.fingerprint[:12]}"
    lines = [
        f"  {row['index_id']} {row['years']}: {row['n_years']} years, {row['n_scores']:,} scores "
        f"and {row['n_ranks']:,} ranks of provinces{_in_brackets(row['levels'])}"
        for row in by_index(ds).to_dict("records")
    ]
    tables = ", ".join(f"{name} ({n:,})" for name, n in _sizes(ds).items())
    return "\n".join([head, *lines, f"  tables: {tables}", f"  try: {'; '.join(_HINT)}"])


def as_html(ds: Dataset) -> str:
    """The same as a table for a notebook."""
    heads = ("Index", "Years", "Scores", "Ranks", "Components")
    rows = "".join(
        f'<tr><th scope="row">{escape(row["index_id"])}</th>'
        f"<td>{row['years']} ({row['n_years']})</td><td>{row['n_scores']:,}</td>"
        f"<td>{row['n_ranks']:,}</td><td>{escape(row['levels']) or '–'}</td></tr>"
        for row in by_index(ds).to_dict("records")
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    tables = ", ".join(f"<code>{name}</code> ({n:,})" for name, n in _sizes(ds).items())
    hints = ", ".join(f"<code>{escape(hint)}</code>" for hint in _HINT)
    mark = " · SYNTHETIC" if ds.synthetic else ""
    return (
        f"<table><caption>parstudy data set {ds.fingerprint[:12]}{mark}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"<p>Tables: {tables}.<br>Try {hints}.</p>"
    )


def _sizes(ds: Dataset) -> dict[str, int]:
    held = {field.name: getattr(ds, field.name) for field in fields(ds)}
    return {name: len(table) for name, table in held.items() if isinstance(table, pd.DataFrame)}


def _in_brackets(levels: str) -> str:
    return f" ({levels})" if levels else ""
