"""Words, numbers and dates in the language of a report.

Msgids are whole English sentences with named ``{holes}``. The Vietnamese catalogue is
``locale/vi/LC_MESSAGES/parstudy.po``; the English one is the identity.
"""

from __future__ import annotations

import datetime
import gettext
import io
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, SupportsFloat, TypeVar

from babel import Locale, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from parstudy.errors import ParstudyError
from parstudy.facts import languages
from parstudy.facts.provinces import sort_key_vi
from parstudy.text import defer as defer

LANGUAGES = tuple(languages.languages())
STRICT = "PARSTUDY_STRICT_TEXTS"
"""Environment variable: set to ``1``, a text without translation or hole is an error."""

_HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LOCALES = Path(__file__).parent / "locale"
_MISSING = "–"
_MINUS = "−"
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Catalogue:
    translations: gettext.NullTranslations
    known: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> _Catalogue:
    path = catalogue_path(code)
    with path.open("rb") as file:
        catalog = read_po(file, locale=code, ignore_obsolete=True, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    known = set()
    for message in catalog:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not message.fuzzy and all(forms):
            known.add(_first(message.id))
    return _Catalogue(gettext.GNUTranslations(compiled), frozenset(known))


def _first(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def catalogue_path(code: str) -> Path:
    """Path of the ``.po`` file of a language."""
    return _LOCALES / code / "LC_MESSAGES" / "parstudy.po"


def holes(text: str) -> frozenset[str]:
    """Names of the ``{holes}`` in a message."""
    return frozenset(_HOLE.findall(text))


def is_missing(value: object) -> bool:
    """Whether a value stands for "not known": None, NaN, NA, NaT or empty text."""
    if value is None or (isinstance(value, str) and not value):
        return True
    try:
        # pd.NA and pd.NaT are not equal to themselves in a way that can be asked without pandas
        return type(value).__name__ in {"NAType", "NaTType"} or math.isnan(value)  # type: ignore[arg-type]
    except TypeError:
        return False


@dataclass(frozen=True)
class Language:
    """Texts, numbers, dates and names in one language.

    Parameters
    ----------
    code : {"vi", "en"}
        Language of the report.

    Raises
    ------
    ParstudyError
        ``unknown_language``.

    Examples
    --------
    >>> Language("vi").number(87.11, 2), Language("en").signed(-3.1, 2)
    ('87,11', '−3.10')
    """

    code: str

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise ParstudyError(
                "unknown_language",
                "unknown language",
                found=repr(self.code),
                expected=" or ".join(LANGUAGES),
            )

    # --- texts -------------------------------------------------------------------------------

    def text(self, msgid: str, /, **values: object) -> str:
        """Translate a message and fill its holes.

        Parameters
        ----------
        msgid : str
            Whole English sentence or label with named ``{holes}``.
        **values : object
            What goes into the holes, formatted beforehand. If one of them is markup the result
            is markup and everything else is escaped.

        Returns
        -------
        str

        Raises
        ------
        ParstudyError
            Only where the environment variable ``PARSTUDY_STRICT_TEXTS`` is 1:
            ``untranslated_text`` or ``unfilled_hole``. Otherwise English is the fallback.
        """
        catalogue = _catalogue(self.code)
        found = catalogue.translations.gettext(msgid)
        return self._filled(self._checked(msgid, found, catalogue), values)

    def ntext(
        self, singular: str, plural: str, n: int, /, *, none: str = "", **values: object
    ) -> str:
        """Translate a message that depends on a count.

        Parameters
        ----------
        singular, plural : str
            English forms.
        n : int
            The count; ``{n}`` is filled with it unless it is given in ``values``.
        none : str
            The message where there is nothing to count; it is marked with ``defer``.
        **values : object
            As for :meth:`text`.

        Returns
        -------
        str

        Raises
        ------
        ParstudyError
            As for :meth:`text`.
        """
        if none and not n:
            return self.text(none, **values)
        catalogue = _catalogue(self.code)
        found = catalogue.translations.ngettext(singular, plural, int(n))
        fallback = singular if n == 1 else plural
        found = self._checked(singular, found, catalogue, fallback)
        return self._filled(found, {"n": self.number(n, 0), **values})

    def _checked(
        self, msgid: str, found: str, catalogue: _Catalogue, fallback: str | None = None
    ) -> str:
        if self.code == languages.SOURCE or msgid in catalogue.known:
            return found
        if _strict() and languages.languages()[self.code].complete:
            raise ParstudyError(
                "untranslated_text",
                "text without translation",
                place=f"language {self.code}",
                found=repr(msgid),
                advice="Run tools/extract_messages.py and translate it",
            )
        return msgid if fallback is None else fallback

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        absent = holes(text) - values.keys()
        if absent and _strict():
            raise ParstudyError(
                "unfilled_hole",
                "text with an unfilled hole",
                found=", ".join(sorted(absent)),
                place=repr(text),
            )
        if any(hasattr(value, "__html__") for value in values.values()):
            pieces = _HOLE.split(text)
            # split alternates text and hole name
            return Markup("").join(
                escape(values.get(piece, f"{{{piece}}}") if position % 2 else piece)
                for position, piece in enumerate(pieces)
            )
        return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), text)

    # --- numbers -----------------------------------------------------------------------------

    def number(self, value: Any, decimals: Any = 2) -> str:
        """Write a number with a fixed number of decimals, rounding half up.

        Parameters
        ----------
        value : float or missing
            Number; missing gives :attr:`missing`.
        decimals : int or missing
            Decimals to print; missing means 2.

        Returns
        -------
        str
            For example ``87,11`` or ``1.234,5`` in Vietnamese, with a true minus sign.
        """
        if is_missing(value):
            return self.missing
        return self._rounded(value, decimals)[1]

    def signed(self, value: Any, decimals: Any = 2) -> str:
        """Write a change with its sign: ``+3,10``, ``−2,00``, ``0,00``."""
        if is_missing(value):
            return self.missing
        rounded, text = self._rounded(value, decimals)
        return f"+{text}" if rounded > 0 else text

    def percent(self, value: Any, decimals: Any = 2) -> str:
        """Write a percentage: ``percent(87.11, 2)`` is ``87,11%``. The input is in percent."""
        return self.missing if is_missing(value) else f"{self.number(value, decimals)}%"

    def interval(self, low: Any, high: Any, decimals: Any = 2, *, signed: bool = True) -> str:
        """Write an interval: ``+0,10 đến +0,32``; missing if an end of it is."""
        if is_missing(low) or is_missing(high):
            return self.missing
        write = self.signed if signed else self.number
        return self.text("{low} to {high}", low=write(low, decimals), high=write(high, decimals))

    def p_value(self, value: Any) -> str:
        """Write a p-value: ``0,034``, or ``< 0,001`` below what is worth telling apart."""
        if is_missing(value):
            return self.missing
        return f"< {self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def _rounded(self, value: SupportsFloat, decimals: Any) -> tuple[Decimal, str]:
        places = 2 if is_missing(decimals) else int(decimals)
        exact = Decimal(repr(float(value)))
        rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if not rounded:
            rounded = abs(rounded)  # no "−0,00"
        pattern = "#,##0" + ("." + "0" * places if places > 0 else "")
        text = numbers.format_decimal(rounded, format=pattern, locale=self._locale)
        return rounded, text.replace("-", _MINUS)

    def rank(self, rank: Any, n: Any = None) -> str:
        """Write a place: ``23/63``, or ``23`` where the number of units is not known."""
        if is_missing(rank):
            return self.missing
        place = self.number(rank, 0)
        return place if is_missing(n) else f"{place}/{self.number(n, 0)}"

    def rank_range(self, low: Any, high: Any, n: Any = None) -> str:
        """Write a place that is only bounded: ``59–63/63``; one place where both are equal."""
        if is_missing(low) or is_missing(high) or low == high:
            return self.rank(low if is_missing(high) else high, n)
        of = "" if is_missing(n) else f"/{self.number(n, 0)}"
        return f"{self.number(low, 0)}–{self.number(high, 0)}{of}"

    def places(self, change: Any) -> str:
        """Say a change of rank: "up 13 places", "down 1 place", "unchanged"."""
        if is_missing(change):
            return self.missing
        n = int(change)
        if n > 0:
            return self.ntext("up {n} place", "up {n} places", n)
        if n < 0:
            return self.ntext("down {n} place", "down {n} places", -n)
        return self.text("unchanged")

    # --- dates, names, lists -----------------------------------------------------------------

    def date(self, iso: Any) -> str:
        """Write an ISO date, month or year (``2022-05-25``, ``2022-05``, ``2022``).

        What is not such a date is returned as it stands; missing gives :attr:`missing`.
        """
        if is_missing(iso):
            return self.missing
        text = iso.isoformat()[:10] if isinstance(iso, datetime.date) else str(iso).strip()
        parts = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text)
        if not parts or not parts[2]:
            return text
        try:
            day = datetime.date(int(parts[1]), int(parts[2]), int(parts[3] or 1))
        except ValueError:
            return text
        written = languages.languages()[self.code]
        pattern = written.day if parts[3] else written.month
        return dates.format_date(day, pattern, locale=self._locale)

    def chosen(self, texts: Mapping[str, str]) -> str:
        """The text in this language, of texts by language code; else that of its fallback."""
        return languages.best(texts, self.code)

    def name(self, row: Any, column: str = "name") -> str:
        """Name of a row with ``name_vi`` and ``name_en``; another language's if its own is missing.

        Parameters
        ----------
        row : Mapping, Series, named tuple or object
            Anything that has ``name_vi`` and ``name_en`` as keys or attributes.
        column : str, optional
            Other columns, one a language, than those of the name; such as ``label``.
        """
        for code in languages.order(self.code):
            value = _field(row, f"{column}_{code}")
            if not is_missing(value):
                return str(value)
        for key in ("province_id", "code", "unit_id"):
            value = _field(row, key)
            if not is_missing(value):
                return str(value)
        return self.missing

    def province(self, row: Any) -> str:
        """Name of a province (row of the table ``provinces``)."""
        return self.name(row)

    def names(self, names: Iterable[str], limit: int | None = None) -> str:
        """Join names: "A, B và C"; beyond ``limit`` "A, B and 3 more"."""
        given = [str(name) for name in names]
        if limit is not None and len(given) > limit:
            rest = len(given) - limit
            return self.ntext(
                "{names} and {n} more", "{names} and {n} more", rest, names=", ".join(given[:limit])
            )
        return lists.format_list(given, locale=self._locale) if given else self.missing

    def sorted(self, items: Iterable[_T], key: Callable[[_T], str] | None = None) -> list[_T]:
        """Sort by the Vietnamese alphabet (Đ after D), never by code point."""
        return sorted(items, key=lambda item: sort_key_vi(key(item) if key else str(item)))

    @property
    def missing(self) -> str:
        """The sign for "not known"."""
        return _MISSING

    @property
    def missing_text(self) -> str:
        """What the sign for "not known" means, in words."""
        return self.text("not found in any source")

    @property
    def decimal_mark(self) -> str:
        """The sign between whole numbers and decimals."""
        return str(numbers.get_decimal_symbol(self._locale))

    @property
    def _locale(self) -> Locale:
        return Locale(self.code)


def _field(row: Any, key: str) -> Any:
    try:
        return row[key]
    except (KeyError, TypeError, IndexError):
        return getattr(row, key, None)


def _strict() -> bool:
    return os.environ.get(STRICT, "") not in {"", "0"}
