"""Columns of tables by name: their words, alignment and formatting in one place.

A page has them as ``page.columns``; a column that only one table has is a plain
:class:`~parstudy.display.tables.Column`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from parstudy.display import terms
from parstudy.display.tables import Cell, Column, coloured
from parstudy.display.ways import province_way
from parstudy.display.words import Language, is_missing


@dataclass(frozen=True)
class Columns:
    """The columns of one page, in its language and with its numbered sources.

    A label that is left out is the usual one; a key is a column of the data frame.

    Parameters
    ----------
    language : Language
        Language of labels and cells.
    cite : callable
        ``cite(*source_ids)`` gives numbered links, as `parstudy.display.page.Page.cite` does.
    year_of_page : int, optional
        Index year of rows that name none.
    """

    language: Language
    cite: Callable[..., Markup]
    year_of_page: Any = None

    # --- what a row is about -----------------------------------------------------------------

    def text(self, label: str, key: str, *, header: bool = False) -> Column:
        """Text as it stands; empty text is not known."""
        return Column(label, key, row_header=header)

    def word(
        self, label: str, key: str, words: Mapping[str, str], *, header: bool = False
    ) -> Column:
        """What a code stands for: one of the deferred messages ``words``."""
        return Column(
            label, format=lambda row: self.language.text(words[row[key]]), row_header=header
        )

    def component(self, label: str = "", key: str = "name") -> Column:
        """Name of the component that a row is about, made beforehand."""
        return Column(label or self.language.text("Component"), key, row_header=True)

    def component_names(self, label: str = "") -> Column:
        """Name of the component that a row is about, from ``component, name_vi, name_en``."""
        return Column(
            label or self.language.text("Component"),
            format=lambda row: terms.component_name(self.language, row),
            row_header=True,
        )

    def component_of_set(self) -> Column:
        """Name of a ``component`` in the criteria set of the row's ``index_id`` and ``year``."""
        return Column(
            self.language.text("Component"),
            format=lambda row: terms.component_label(
                self.language, row["component"], row["index_id"], row["year"]
            ),
        )

    def province(self, names: terms.Names, key: str = "province_id") -> Column:
        """Name of the province that a row is about, with the way to its report.

        An empty id is not known.
        """
        return Column(
            self.language.text("Province"),
            format=lambda row: (
                province_way(names(row[key]), row[key], row.get("year", self.year_of_page))
                if row[key]
                else None
            ),
            row_header=True,
        )

    def index(self, *, header: bool = True) -> Column:
        """Short name of the row's ``index_id``."""
        return Column(
            self.language.text("Index"),
            format=lambda row: terms.short(row["index_id"]),
            row_header=header,
        )

    def year(self) -> Column:
        """The row's ``year``."""
        return Column(self.language.text("Year"), "year")

    def index_year(self, label: str, *, header: bool = False) -> Column:
        """Short name of the row's ``index_id`` with its ``year``."""
        return Column(
            label,
            format=lambda row: f"{terms.short(row['index_id'])} {row['year']}",
            row_header=header,
        )

    def pair(self) -> Column:
        """The two indices ``x`` and ``y`` that a row is about."""
        return Column(
            self.language.text("Pair"),
            format=lambda row: f"{terms.short(row['x'])} · {terms.short(row['y'])}",
            row_header=True,
        )

    def lead_department(self, *, header: bool = False) -> Column:
        """Department that leads; empty where the criteria set does not name it."""
        return self.text(self.language.text("Lead department"), "lead_department", header=header)

    # --- numbers -----------------------------------------------------------------------------

    def number(self, label: str, key: str, decimals: int | str = 2) -> Column:
        """Number with so many decimals, or as many as another column says."""
        return Column(label, key, "number", decimals)

    def count(self, label: str, key: str) -> Column:
        """Whole number."""
        return Column(label, key, "integer")

    def n(self) -> Column:
        """Units behind the figures of a row (``n``)."""
        return self.count(self.language.text("n"), "n")

    def percent(self, label: str, key: str, decimals: int = 1) -> Column:
        """Percentage, in percent."""
        return Column(label, key, "percent", decimals)

    def share(self, label: str, key: str) -> Column:
        """Share from 0 to 1, shown in percent."""
        return self._right(label, lambda row: self.language.percent(100 * row[key], 1))

    def change(self, label: str, key: str, decimals: int = 2) -> Column:
        """Signed number that is good or bad, and so has a colour."""
        return Column(label, key, "signed", decimals)

    def signed(self, label: str, key: str, decimals: int = 2) -> Column:
        """Signed number without colour: a slope is neither good nor bad."""
        return Column(label, key, "slope", decimals)

    def interval(
        self,
        low: str,
        high: str,
        decimals: int = 2,
        *,
        label: str = "",
        signed: bool = True,
        confidence: float = 0.95,
    ) -> Column:
        """Interval between two columns, by default a confidence interval of signed figures."""
        level = self.language.percent(100 * confidence, 0)
        return self._right(
            label or self.language.text("{level} interval", level=level),
            lambda row: self._known(
                self.language.interval(row[low], row[high], decimals, signed=signed)
            ),
        )

    def p_holm(self, key: str = "p_holm") -> Column:
        """P-value after Holm."""
        return Column(self.language.text("p (Holm)"), key, "p_value")

    def p_bh(self, key: str = "p_bh") -> Column:
        """P-value after Benjamini and Hochberg."""
        return Column(self.language.text("p (Benjamini–Hochberg)"), key, "p_value")

    def p_wild(self, key: str = "p_wild") -> Column:
        """P-value of the wild cluster bootstrap."""
        return Column(self.language.text("p (wild bootstrap)"), key, "p_value")

    # --- scores, places, groups --------------------------------------------------------------

    def score(
        self,
        index: str = "",
        label: str = "",
        key: str = "score",
        decimals: int | str = "decimals",
    ) -> Column:
        """Score on the scale of an index, else the row's, with decimals as another column says."""
        return self._right(
            label or self.language.text("Score"),
            lambda row: terms.score_cell(
                self.language, index or row["index_id"], row, key, decimals
            ),
        )

    def points(self, label: str, key: str = "score") -> Column:
        """Points of a component, as printed: the column ``decimals`` says how precisely."""
        return self._right(
            label,
            lambda row: (
                None
                if is_missing(row[key])
                else self.language.number(
                    row[key], terms.digits(row["decimals"], row.get("index_id", ""))
                )
            ),
        )

    def score_change(self, label: str, key: str) -> Column:
        """Change or distance of a score of the row's ``index_id``, with its unit."""

        def changed(row: Mapping[str, Any]) -> Cell:
            """Good or bad, and so with a colour."""
            if is_missing(row[key]):
                return None
            number = self.language.signed(row[key])
            return coloured(row[key], terms.difference(self.language, row["index_id"], number))

        return self._right(label, changed)

    def coarse(self, decimals: Iterable[Any]) -> list[str]:
        """Note below scores that are not printed alike: some with fewer decimals than others."""
        if len({terms.digits(d) for d in decimals if not is_missing(d)}) < 2:
            return []
        return [self.language.text("Fewer decimals: the source prints no more.")]

    def rank(self, key: str = "rank", label: str = "", *, of: str = "") -> Column:
        """Place, with the number of units ranked from the column ``of``."""
        return Column(label or self.language.text("Rank"), key, "rank", of=of)

    def rank_range(
        self, label: str = "", *, low: str = "rank_low", high: str = "rank_high", n: Any = None
    ) -> Column:
        """Place that is known up to bounds, of ``n`` units."""
        return self._right(
            label or self.language.text("Rank"),
            lambda row: self._known(self.language.rank_range(row[low], row[high], n)),
        )

    def gained(self, low: str, high: str) -> Column:
        """Places gained that are known up to bounds, with their sign."""

        def told(row: Mapping[str, Any]) -> Cell:
            """One number where both bounds are the same."""
            if is_missing(row[low]) or is_missing(row[high]):
                return None
            if row[low] == row[high]:
                return self.language.signed(row[low], 0)
            return self.language.interval(row[low], row[high], 0, signed=True)

        return self._right(self.language.text("Places gained"), told)

    def count_of(self, label: str, key: str, of: str) -> Column:
        """How many of how many; not known where there are none to count."""

        def counted(row: Mapping[str, Any]) -> Cell:
            """In words: 3/14 would read as a place."""
            if not row[of]:
                return None
            k, n = self.language.number(row[key], 0), self.language.number(row[of], 0)
            told = self.language.text("{k} of {n}", k=k, n=n)
            return Markup('<span class="ps-whole">{}</span>').format(told)

        return self._right(label, counted)

    # --- where it comes from -----------------------------------------------------------------

    def yes_no(self, label: str, key: str) -> Column:
        """Yes or no."""
        yes, no = self.language.text("yes"), self.language.text("no")
        return Column(label, format=lambda row: yes if row[key] else no, align="center")

    def contested(self) -> Column:
        """Whether a finding of the checks touches the row (``contested``), with a link to it."""
        return Column(
            self.language.text("Contradicted"),
            format=lambda row: self.contradiction(bool(row["contested"])),
            align="center",
        )

    def contradiction(self, contested: bool) -> Cell:
        """No, or yes with a link to the table of findings."""
        if not contested:
            return self.language.text("no")
        return Markup('<a href="#findings">{}</a>').format(self.language.text("yes, see below"))

    def sources(self, *keys: str) -> Column:
        """Numbered links to the sources in these columns, by default ``source_id``."""
        found = keys or ("source_id",)
        return self.links(lambda row: self.cite(*(row[key] for key in found)))

    def links(self, cited: Callable[[Mapping[str, Any]], Cell]) -> Column:
        """Sources that ``cited(row)`` gives; nothing cited is not known."""
        return Column(self.language.text("Sources"), format=lambda row: cited(row) or None)

    # --- inside ------------------------------------------------------------------------------

    def _right(self, label: str, format: Callable[[Mapping[str, Any]], Cell]) -> Column:
        return Column(label, format=format, align="right")

    def _known(self, text: str) -> Cell:
        return None if text == self.language.missing else text
