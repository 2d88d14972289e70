"""The ``release.toml`` that reads a file as it was guessed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from parstudy.facts import criteria
from parstudy.intake._guess import Guess, title_lines
from parstudy.releases import toml
from parstudy.releases.formats import FORMATS
from parstudy.text import to_toml

Numbered = list[tuple[int, Guess]]
OWN_SHEET = "own sheet"
"""Kind of source that a file is of unless somebody says another."""


def proposed(
    path: Path,
    form: str,
    index: str,
    year: int,
    guesses: Numbered,
    *,
    n_ranked: int | None = None,
    ties: str = "",
) -> str:
    """Text of a ``release.toml`` that reads a file as guessed.

    Parameters
    ----------
    path, form : Path, str
        The file and its format.
    index, year : str, int
        What is to be read of it.
    guesses : list of (int, Guess)
        Its tables by their number in the file, and what was taken for what in each.
    n_ranked : int, optional
        How many units the file ranks; as many as there were in the year by default.
    ties : str, optional
        Rule by which equal scores are ranked.
    """
    geography = criteria.geography_of(year)
    synthetic = any(
        "synthetic" in c.text.casefold() or "giả định" in c.text.casefold()
        for _, g in guesses
        for row in g.grid.rows
        for c in row
    ) or any("synthetic" in g.grid.context.casefold() for _, g in guesses)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source_id = f"{index.lower().replace('_', '-')}-{year}-{digest[:8]}"
    release = {
        "index": index,
        "year": year,
        "geography": geography,
        "n_ranked": n_ranked or int(geography),
        "criteria_set": criteria.criteria_set_of(index, year),
        "synthetic": synthetic,
        "title": f"{index} {year}",
        **({"ties": ties} if ties else {}),
    }
    told_source = {
        "id": source_id,
        "url": "",
        "title": _title(guesses),
        "publisher": "",
        "kind": OWN_SHEET,
        "published_on": "",
        "retrieved_on": "",
        "sha256": digest,
    }
    files = []
    for number, guess in guesses:
        entry: dict[str, Any] = {
            "path": path.name,
            "sha256": digest,
            "reader": "table",
            "format": form,
        }
        entry |= FORMATS[form].address(guess.grid, number)
        entry |= {"note": f"title: {guess.unknown}"} if guess.unknown else {}
        told = {key: value for key, value in guess.entry.items() if value != ""}
        files.append(entry | {key: _of_any_year(value, year) for key, value in told.items()})
    return to_toml({"release": release, "source": told_source, "files": files})


def _title(guesses: Numbered) -> str:
    """What stands over the first table that is read, without the names of annex and sheet."""
    lines = title_lines(guesses[0][1].grid)
    return " ".join(lines)[:200].strip()


def _of_any_year(value: Any, year: int) -> Any:
    """A value with years as distances, so that it fits next year's file as well."""
    if not isinstance(value, list):
        return value
    return [item if isinstance(item, str) else _item_of_any_year(item, year) for item in value]


def _item_of_any_year(item: dict[str, Any], year: int) -> dict[str, Any]:
    dated: dict[str, Any] = {
        k: toml.in_years(item[k], year) for k in ("header", "label") if k in item
    }
    if "year" in item and item["year"] < year:
        dated["year"] = item["year"] - year
    return item | dated
