"""The notebooks of the project, in the order in which a reader wants their reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from parstudy.facts import languages, rows


@dataclass(frozen=True)
class Notebook:
    """What is to be known of a notebook beside what stands in it.

    Attributes
    ----------
    name : str
        File name without ``.ipynb``.
    main_job : str
        For what the main job runs it, one of the rules of `parstudy.runs.jobs`; empty: it is run
        by who asks for it only.
    title : mapping of str to str
        Heading of its reports on the page that lists all, by language code.
    """

    name: str
    main_job: str
    title: Mapping[str, str]


@cache
def notebooks() -> dict[str, Notebook]:
    """All notebooks by name, in the order of ``facts/notebooks.csv``."""
    return {
        row["notebook"]: Notebook(row["notebook"], row["main_job"], languages.texts(row, "title"))
        for row in rows("notebooks")
    }
