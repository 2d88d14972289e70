"""What a check reports: one row a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

COLUMNS = (
    "code",
    "severity",
    "index",
    "year",
    "unit_id",
    "component",
    "message",
    "found",
    "expected",
    "figure_ids",
    "source_ids",
)


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Attributes
    ----------
    code : str
        Stable reason code.
    severity : str
        ``error`` stops the build, ``warning`` and ``info`` do not.
    index, year, unit_id, component : str, int, str, str
        What it is about.
    message, found, expected : str
        In words, as printed by ``parstudy check``.
    figure_ids, source_ids : tuple of str
        The rows and the sources behind it.
    """

    code: str
    severity: str
    index: str
    year: int
    unit_id: str
    component: str
    message: str
    found: str = ""
    expected: str = ""
    figure_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()

    def line(self, places: dict[str, str] | None = None) -> str:
        """One line for the screen; ``places`` maps figure ids to where they stand."""
        where = [f"{self.index} {self.year}", self.unit_id, self.component]
        text = f"{self.severity}: {self.code}: {' '.join(w for w in where if w)}: {self.message}"
        if self.found:
            text += f"; found {self.found}"
        if self.expected:
            text += f"; expected {self.expected}"
        if places and self.figure_ids:
            text += f" [{'; '.join(places.get(i, i) for i in self.figure_ids)}]"
        return text


def to_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Table ``findings``, errors first, then by index, year, unit and code."""
    rows = [
        {
            **{name: getattr(f, name) for name in COLUMNS},
            "figure_ids": " ".join(f.figure_ids),
            "source_ids": " ".join(dict.fromkeys(f.source_ids)),
        }
        for f in findings
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame.astype({c: ("int64" if c == "year" else "str") for c in COLUMNS})
    weight = frame["severity"].map({"error": 0, "warning": 1, "info": 2})
    return (
        frame.assign(_w=weight)
        .sort_values(["_w", "index", "year", "unit_id", "component", "code", "found", "figure_ids"])
        .drop(columns="_w")
        .reset_index(drop=True)
    )
