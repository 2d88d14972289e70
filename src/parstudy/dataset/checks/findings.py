"""What a check reports, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from parstudy.facts.fields import columns

ERROR, WARNING, INFO = "error", "warning", "info"
COLUMNS = columns("findings")
_ONE_STEP_MORE = {INFO: WARNING, WARNING: ERROR, ERROR: ERROR}


_MOST_PLACES = 4


def named(quantity: str) -> str:
    """A quantity in words, inside of a sentence; one that has none as it is."""
    words = {
        "score": "the score",
        "percent": "the percentage",
        "rank": "the rank",
        "change_score": "the change of the score",
        "change_rank": "the change of the rank",
        "group": "the group",
        "mean": "the mean",
        "min": "the lowest score",
        "max": "the highest score",
    }
    return words.get(quantity, quantity)


@dataclass(frozen=True)
class Kind:
    """One kind of finding.

    Attributes
    ----------
    code : str
        Stable reason code.
    severity : str
        ``error`` stops a build, ``warning`` and ``info`` do not.
    says : str
        The sentence for readers of a report, marked for translation.
    misread : bool
        Whether figures contradict each other in a way that a misread cell would explain. Such a
        finding weighs one step more while a single file is read: sources that contradict each
        other are news, a file that contradicts itself is to be looked at before it is taken.
    """

    code: str
    severity: str
    says: str
    misread: bool = False

    def weighs(self, reading: bool) -> str:
        """Severity in a build, or while one file is read."""
        return _ONE_STEP_MORE[self.severity] if reading and self.misread else self.severity


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Attributes
    ----------
    code : str
        Stable reason code; `parstudy.dataset.checks.KINDS` has them all.
    severity : str
        ``error`` stops the build, ``warning`` and ``info`` do not.
    index_id, year, unit_id, component : str, int, str, str
        What it is about.
    message, found, expected : str
        In words, as printed by ``parstudy check``.
    figure_ids, source_ids : tuple of str
        The rows and the sources behind it.
    """

    code: str
    severity: str
    index_id: str
    year: int
    unit_id: str
    component: str
    message: str
    found: str = ""
    expected: str = ""
    figure_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()

    def line(self, places: Mapping[str, str] | None = None) -> str:
        """One line for the screen; ``places`` maps figure ids to where they stand."""
        where = [f"{self.index_id} {self.year}", self.unit_id, self.component]
        text = f"{self.severity}: {self.code}: {' '.join(w for w in where if w)}: {self.message}"
        if self.found:
            text += f"; found {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if places and self.figure_ids:
            some = self.figure_ids
            if len(some) > _MOST_PLACES:
                some = some[: _MOST_PLACES - 1]
            where = [places.get(i, i) for i in some]
            if len(some) < len(self.figure_ids):
                where.append(f"and {len(self.figure_ids) - len(some)} more")
            text += f" [{'; '.join(where)}]"
        return text


def of_row(row: Mapping[Any, Any]) -> Finding:
    """Make the finding that a row of the table ``findings`` is."""
    told = {name: row[name] for name in COLUMNS}
    told |= {name: tuple(str(row[name]).split()) for name in ("figure_ids", "source_ids")}
    return Finding(**told)


def to_frame(findings: Iterable[Finding], between: str = " ") -> pd.DataFrame:
    """Table ``findings`` in the order given; ``between`` stands between ids of figures."""
    rows = [
        {
            **{name: getattr(f, name) for name in COLUMNS},
            "figure_ids": between.join(f.figure_ids),
            "source_ids": " ".join(dict.fromkeys(f.source_ids)),
        }
        for f in findings
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({c: ("int64" if c == "year" else "str") for c in COLUMNS})


def in_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Errors first, then by index, year, unit and code."""
    weight = findings["severity"].map({ERROR: 0, WARNING: 1, INFO: 2})
    keys = ["index_id", "year", "unit_id", "component", "code", "found", "figure_ids"]
    ordered = findings.assign(_w=weight).sort_values(["_w", *keys])
    return ordered.drop(columns="_w").reset_index(drop=True)
