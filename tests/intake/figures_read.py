"""What was read of the provinces, by name, component, measure and year."""

from __future__ import annotations

from parstudy.facts import criteria, provinces
from parstudy.intake import ReadRelease


def figures_read(read: ReadRelease) -> dict[tuple[str, str, str, int], float]:
    """Figures of provinces; how many units are ranked is none of them."""
    found: dict[tuple[str, str, str, int], float] = {}
    for row in read.figures.itertuples():
        if row.measure == "of" or row.unit_level != "province":
            continue
        unit = provinces.resolve(str(row.unit_text), criteria.geography_of(row.year)).name_vi
        key = (unit, str(row.component), str(row.measure), int(row.year))
        value = float(row.value)
        first = found.setdefault(key, value)
        assert first == value or first != first, f"{key}: {first} and {value}"
    return found
