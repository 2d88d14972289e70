"""Figures of one column against each other: units, rankings, shares, decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.releases.formats.grid import Grid
from parstudy.releases.spec import Column, ReleaseSpec, TableSpec
from parstudy.releases.tables._cells import Found, figure_of_cell
from parstudy.releases.tables._reading import Reading, emit, note_words
from parstudy.releases.tables._units import Line
from parstudy.releases.words import family

_PRINTED_DECIMALS = 5  # nobody prints more


def read_figures(
    grid: Grid,
    units: Mapping[int, Line],
    components: Sequence[tuple[int, Column]],
    spec: TableSpec,
    release: ReleaseSpec,
    into: Reading,
    *,
    across: bool = False,
) -> None:
    """Read what units have of components: a cell where the line of each cross.

    Parameters
    ----------
    grid : Grid
        The table.
    units : Mapping
        Row of each unit; its column, where provinces stand in columns.
    components : sequence of (int, Column)
        Column of each component, or its row.
    spec, release : TableSpec, ReleaseSpec
        What ``release.toml`` says.
    into : Reading
        Takes the figures.
    across : bool, optional
        Whether provinces stand in columns.
    """
    cells = {at: [(at, u) if across else (u, at) for u in units] for at, _ in components}
    note_words(grid, [cell for at, _ in components for cell in cells[at]], into)
    read = [column_figures(grid, spec, c, release, cells[at]) for at, c in components]
    found = [(n, u, one[u]) for n, one in enumerate(read) for u in range(len(units))]
    lines = list(units.values())
    scores = {c.component for _, c in components if c.measure == "score"}
    for n, u, one in found if across else sorted(found, key=lambda f: f[1]):
        column, line = components[n][1], lines[u]
        # a mean of the score and one of the percent would be one figure twice
        twice = column.measure == "percent" and column.component in scores
        if one is not None and not (line.measure and twice):
            emit(one, line.name, line.measure, column, spec, release, into)


def column_figures(
    grid: Grid,
    spec: TableSpec,
    mapping: Column,
    release: ReleaseSpec,
    cells: Sequence[tuple[int, int]],
) -> list[Found | None]:
    """Read the cells of one component, by row and column, and compare them with each other."""
    found = [figure_of_cell(grid, row, column, spec, mapping) for row, column in cells]
    there = [f for f in found if f is not None]
    _one_unit(there, mapping)
    _one_maximum(there, mapping, release)
    _no_shares(there, mapping, release)
    _even_decimals(there)
    if mapping.measure in ("score", "percent"):
        _no_lost_mark(there)
    if mapping.measure in ("score", "self_assessed") and mapping.component != "total":
        _no_more_than_all(there, release)
    if mapping.measure == "rank":
        _one_ranking(there)
    return found


def _one_unit(found: Sequence[Found], mapping: Column) -> None:
    """Percent signs on all cells or on none, and only where percent are meant."""
    signed = [f for f in found if f.percent]
    if not signed:
        return
    bare = [f for f in found if not f.percent]
    if bare:
        few = min(signed, bare, key=len)
        raise ReleaseError(
            "mixed_units",
            "some figures of the column have a percent sign and some have none",
            place=few[0].place,
            found=repr(few[0].text),
            expected="percent or points throughout",
        )
    percent = mapping.measure in ("percent", "mean", "min", "max", "median", "range")
    if not percent and mapping.component != "total":
        raise ReleaseError(
            "percent_for_points",
            f"percent where {mapping.measure} belongs",
            place=signed[0].place,
            found=repr(signed[0].text),
            expected='measure = "percent" in release.toml, or points',
        )


def _one_maximum(found: Sequence[Found], mapping: Column, release: ReleaseSpec) -> None:
    """Points such as 8,75/9,5 say one maximum, the component's own; a rank 23/63 is none."""
    told = [f for f in found if f.most is not None]
    if not told:
        return
    if 2 * len(told) <= len(found):
        raise ReleaseError(
            "not_a_number",
            "a rank where another number belongs",
            place=told[0].place,
            found=repr(told[0].text),
            expected=f"a {mapping.measure}",
        )
    known = criteria.components()
    own = known["criteria_set"].eq(release.criteria_set) & known["code"].eq(mapping.component)
    most = known.loc[own & known["index_id"].eq(release.index), "max_score"].dropna()
    usual = float(most.iloc[0]) if len(most) else min(f.most.value for f in told if f.most)
    odd = [f for f in found if f.most is None or f.most.value != usual or f.value > usual]
    if odd or usual in (34.0, 63.0):
        raise ReleaseError(
            "mixed_maxima",
            "not points and the maximum of the column",
            place=(odd or told)[0].place,
            found=repr((odd or told)[0].text),
            expected=f"points of {usual:g}",
            advice="Write points and maxima into columns of their own",
        )


def _one_ranking(found: Sequence[Found]) -> None:
    """Ranks such as 23/63 say one number of units, and no rank is beyond it."""
    told = [f for f in found if f.of is not None]
    if not told:
        return
    most = max(f.value for f in found)
    numbers = [f.of for f in told]
    usual = max(set(numbers), key=lambda n: (numbers.count(n), n))
    odd = next((f for f in told if f.of != usual), None)
    if odd is None and usual is not None and usual < most:
        odd = told[0]
    if odd is not None:
        raise ReleaseError(
            "mixed_rankings",
            "ranks of one column are among different numbers of units",
            place=odd.place,
            found=repr(odd.text),
            expected=f"one number of units for all, {most:g} or more",
            advice="A spreadsheet may have made a date or a fraction of it",
        )


def _no_shares(found: Sequence[Found], mapping: Column, release: ReleaseSpec) -> None:
    """0.8711 must not pass for 0.87 percent, nor for 0.87 of 100 points."""
    level = family(mapping.component)[1]
    whole = mapping.component in ("total", "appraisal", "survey", "survey_leaders", "sipas")
    if mapping.measure != "percent" and not (
        mapping.measure == "score" and (whole or level == "area")
    ):
        return
    if mapping.measure == "score" and criteria.index(release.index).max_score <= 1:
        return
    shares = [f for f in found if 0 <= f.value <= 1 and not f.percent]
    if len(found) >= 3 and len(shares) == len(found) and any(0 < f.value < 1 for f in found):
        raise ReleaseError(
            "share_for_percent",
            f"shares between 0 and 1 where {mapping.measure} belongs",
            place=shares[0].place,
            found=repr(shares[0].text),
            expected="87.11 for 87.11 percent",
            advice="Show the cells as percent in a spreadsheet program, or multiply them by 100",
        )


def _no_lost_mark(found: Sequence[Found]) -> None:
    """``8711`` among figures like ``87,11``: a decimal mark that was lost on the way."""
    bare = [f for f in found if f.value > 100 and f.value == int(f.value) and not f.decimals]
    rest = [f for f in found if f not in bare]
    if not bare or len(rest) < 3 or max(abs(f.value) for f in rest) > 100:
        return
    if any(f.value != int(f.value) for f in rest):
        raise ReleaseError(
            "lost_decimal_mark",
            "a whole number beyond 100 among figures with decimals",
            place=bare[0].place,
            found=repr(bare[0].text),
            expected="a figure up to 100, such as 87,11",
        )


def _no_more_than_all(found: Sequence[Found], release: ReleaseSpec) -> None:
    """No part of an index has more points than all of it: ``2321`` in a whole column for 23,21."""
    most = criteria.index(release.index).max_score
    beyond = next((f for f in found if f.value > most), None)
    if beyond is not None:
        raise ReleaseError(
            "lost_decimal_mark",
            f"points of a part beyond the {most:g} of the whole index: a decimal mark may be lost, "
            "or a digit be glued on",
            place=beyond.place,
            found=repr(beyond.text),
            expected=f"points up to {most:g}",
            advice="Look at the file, and write the figures with their decimal marks",
        )


def _even_decimals(found: Sequence[Found]) -> None:
    """A lone cell with more decimals than any other has a footnote digit glued to it, perhaps.

    Figures with six or more decimals are a program's output that drops trailing zeros.
    """
    printed = [f for f in found if not f.stored]
    if len(printed) < 5:
        return
    most = max(f.decimals for f in printed)
    odd = [f for f in printed if f.decimals == most]
    rest = [f.decimals for f in printed if f.decimals < most]
    # steps of a quarter point make one or two decimals in one column; three beside two are odd
    if most > _PRINTED_DECIMALS:
        return
    if most >= 3 and len(odd) <= max(1, len(printed) // 10) and rest and _jumps(max(rest), most):
        raise ReleaseError(
            "odd_decimals",
            "more decimals than in all other cells of the column: a footnote digit may be glued on",
            place=odd[0].place,
            found=repr(odd[0].text),
            expected=f"at most {max(rest)} decimals",
            advice="If the figure is right, give it and the others the same number of decimals",
        )


def _jumps(rest: int, most: int) -> bool:
    """One digit more than the others have, or more than the two that releases print."""
    return rest == most - 1 or rest <= 2
