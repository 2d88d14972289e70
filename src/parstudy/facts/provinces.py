"""The 63 provinces, the 34 units since July 2025, their regions, and whatever people call them.

The key of a unit is the pair (geography, slug). GSO codes are no key: the 34-unit table reuses
codes of other, older provinces.

A spelling resolves when its letters are those of a known name and its marks do not contradict it:
marks may be missing (``Lang Son``, ``Đak Lak``), never wrong (``Hà Nám``). The tone may sit on any
letter of its syllable (``Hòa``, ``Hoà``). Case, dashes, dots and spaces do not count. Names that
are spelled with other letters are data (``facts/spellings.csv``). Nothing is ever matched by
resemblance; resemblance only feeds the advice of an error.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from parstudy.errors import ProvinceError
from parstudy.facts import rows
from parstudy.text import normalized

if TYPE_CHECKING:
    import pandas as pd

GEOGRAPHIES: Final = ("63", "34")
NATION_ID: Final = "viet-nam"

_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_STROKE: Final = "\u0335"
_STROKED: Final = str.maketrans({"đ": f"d{_STROKE}", "ð": f"d{_STROKE}", "ɖ": f"d{_STROKE}"})
_SEPARATORS: Final = frozenset(".,_'’‘`\u2212\n\r\t\v\f\x85")
_BARE_CODE: Final = re.compile(r"[0-9]{1,2}", re.ASCII)
_GSO: Final = re.compile(r"gso\s*:\s*(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_SCHEME: Final = re.compile(r"([A-Za-z]+)\s*:\s*(\S+)", re.ASCII)
_ISO: Final = re.compile(r"VN-?([A-Z]{2}|[0-9]{2})", re.ASCII | re.IGNORECASE)
_MEMBERS: Final = re.compile(r"([^()]{2,40})\(([^()]{2,80})\)\s*")
_CITY: Final = re.compile(r"\b(?:thanh pho|tp|t p)\b|\bcity$|^city\b")
_N_SUGGESTED: Final = 3
_LONGEST: Final = 300  # characters of a name


@dataclass(frozen=True, slots=True)
class Unit:
    """One province of one geography. Unknown text is empty.

    Attributes
    ----------
    geography : str
        ``"63"`` or ``"34"``.
    province_id : str
        Slug of the unit's own name; unique within the geography.
    gso_code : str
        Two digits. No key across geographies.
    iso_3166_2 : str
        ISO code; empty for the 34 units, for which none was seen.
    name_vi, name_en : str
        Names, the Vietnamese one in NFC.
    region_id : str
        One of the six regions as before 2025. Empty for a 34-unit whose members lie in two.
    successor_id : str
        Slug of the 34-unit that the province became; empty for the 34 units.
    """

    geography: str
    province_id: str
    gso_code: str
    iso_3166_2: str
    name_vi: str
    name_en: str
    region_id: str
    successor_id: str


@dataclass(frozen=True, slots=True)
class Region:
    """One of the six socio-economic regions, as drawn before 2025."""

    region_id: str
    name_vi: str
    name_en: str


# --- names ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Name:
    """A text as syllables: bare letters, the marks on each letter, the tones of each syllable."""

    syllables: tuple[str, ...]
    marks: tuple[frozenset[str], ...]
    tones: tuple[tuple[int, str], ...]  # position among all letters, tone mark

    @property
    def letters(self) -> str:
        """All letters, without marks and syllables."""
        return "".join(self.syllables)

    def agrees_with(self, known: _Name) -> bool:
        """Tell whether every letter is the same and no mark contradicts the known name."""
        if self.letters != known.letters:
            return False
        if not all(mine <= theirs for mine, theirs in zip(self.marks, known.marks, strict=True)):
            return False
        syllable_of = [i for i, s in enumerate(known.syllables) for _ in s]
        allowed = {(syllable_of[at], tone) for at, tone in known.tones}
        return all((syllable_of[at], tone) in allowed for at, tone in self.tones)


def _parse(text: str) -> _Name:
    if len(text) > _LONGEST:
        # a longer one names nothing, and its readings would take the square of its length
        text = f"{text.strip()[:_LONGEST]} \uffff"
    folded = normalized("NFKD", text).casefold()
    # casefold can compose and NFKD can bring capitals (as in ℡): once more, both
    folded = normalized("NFKD", folded).casefold().translate(_STROKED)
    syllables: list[list[str]] = [[]]
    marks: list[set[str]] = []
    tones: list[tuple[int, str]] = []
    for char in folded:
        category = unicodedata.category(char)
        if category == "Cf":  # zero-width space, soft hyphen, byte order mark
            continue
        if category.startswith("Z") or category == "Pd" or char in _SEPARATORS:
            if syllables[-1]:
                syllables.append([])
        elif unicodedata.combining(char) and marks:
            if char in _TONES:
                tones.append((len(marks) - 1, char))
            else:
                marks[-1].add(char)
        else:
            syllables[-1].append(char)
            marks.append(set())
    return _Name(
        tuple("".join(s) for s in syllables if s),
        tuple(frozenset(m) for m in marks),
        tuple(tones),
    )


def _cut(name: _Name, start: int, stop: int) -> _Name:
    """Syllables ``start`` to ``stop`` of a name."""
    first = sum(len(s) for s in name.syllables[:start])
    last = first + sum(len(s) for s in name.syllables[start:stop])
    return _Name(
        name.syllables[start:stop],
        name.marks[first:last],
        tuple((at - first, tone) for at, tone in name.tones if first <= at < last),
    )


def _readings(name: _Name, prefixes: Iterable[_Name], suffixes: Iterable[_Name]) -> Iterator[_Name]:
    """Yield the name as it stands, then without a word in front, behind, or both."""
    n = len(name.syllables)
    starts, stops = [0], [n]
    for affix in prefixes:
        k = len(affix.syllables)
        if k < n and name.syllables[:k] == affix.syllables:
            starts += [k] if _cut(name, 0, k).agrees_with(affix) else []
    for affix in suffixes:
        k = len(affix.syllables)
        if k < n and name.syllables[n - k :] == affix.syllables:
            stops += [n - k] if _cut(name, n - k, n).agrees_with(affix) else []
    for stop in stops:
        for start in starts:
            if start < stop:
                yield _cut(name, start, stop)


class _Lookup:
    """From spellings to ids. No two ids may share the bare letters of a spelling."""

    def __init__(
        self,
        spellings: Iterable[tuple[str, str]],
        prefixes: Iterable[str] = (),
        suffixes: Iterable[str] = (),
    ) -> None:
        self.prefixes = tuple(_parse(p) for p in prefixes)
        self.suffixes = tuple(_parse(s) for s in suffixes)
        self.by_letters: dict[str, str] = {}
        self.names: dict[str, list[_Name]] = {}
        for unit_id, spelling in spellings:
            name = _parse(spelling)
            owner = self.by_letters.setdefault(name.letters, unit_id)
            if owner != unit_id:
                raise ProvinceError(
                    "ambiguous_registry",
                    "two units fold to the same letters",
                    place="facts/spellings.csv",
                    found=f"{spelling!r} for {owner} and {unit_id}",
                )
            self.names.setdefault(unit_id, []).append(name)

    def find(self, name: _Name) -> str | None:
        """Id of the unit that a name stands for, also with words before or after it."""
        for reading in _readings(name, self.prefixes, self.suffixes):
            unit_id = self.by_letters.get(reading.letters)
            if unit_id and any(reading.agrees_with(known) for known in self.names[unit_id]):
                return unit_id
        return None

    def containing(self, name: _Name) -> list[str]:
        """Ids of the units with a name that begins with the syllables of this one."""
        found = []
        for reading in _readings(name, self.prefixes, self.suffixes):
            n = len(reading.syllables)
            for unit_id, names in self.names.items():
                if unit_id not in found and any(
                    known.syllables[:n] == reading.syllables
                    and reading.agrees_with(_cut(known, 0, n))
                    for known in names
                ):
                    found.append(unit_id)
        return found

    def nearest(self, name: _Name) -> list[str]:
        """Ids of the three units whose names look most like this one."""
        from rapidfuzz import fuzz, process

        choices = [(i, " ".join(k.syllables)) for i, names in self.names.items() for k in names]
        best: dict[str, float] = {}
        for reading in _readings(name, self.prefixes, self.suffixes):
            query = " ".join(reading.syllables)[:100]
            for _, score, at in process.extract(
                query, [c for _, c in choices], scorer=fuzz.ratio, limit=None
            ):
                unit_id = choices[at][0]
                best[unit_id] = max(best.get(unit_id, 0.0), float(score))
        return sorted(best, key=lambda i: (-best[i], i))[:_N_SUGGESTED]


# --- data ----------------------------------------------------------------------------------------


@cache
def _province_rows(geography: str) -> Mapping[str, dict[str, str]]:
    tiles = {r["province_id"]: r for r in rows("tiles") if r["geography"] == geography}
    found = {}
    for row in rows(f"provinces_{geography}"):
        tile = tiles[row["province_id"]]
        found[row["province_id"]] = {
            "geography": geography,
            **row,
            "tile_row": tile["tile_row"],
            "tile_col": tile["tile_col"],
        }
    return found


@cache
def _unit_table(geography: str) -> Mapping[str, Unit]:
    fields = Unit.__slots__
    return {
        slug: Unit(**{field: row[field] for field in fields})
        for slug, row in _province_rows(_checked(geography)).items()
    }


@cache
def _region_table() -> Mapping[str, Region]:
    fields = Region.__slots__
    return {
        r["region_id"]: Region(**{field: r[field] for field in fields}) for r in rows("regions")
    }


@cache
def _spellings(kind: str, geography: str = "") -> tuple[tuple[str, str], ...]:
    return tuple(
        (row["unit_id"], row["spelling"])
        for row in rows("spellings")
        if row["kind"] == kind and row["geography"] == geography
    )


@cache
def _code_table() -> Mapping[str, Mapping[tuple[str, str], str]]:
    table: dict[str, dict[tuple[str, str], str]] = {}
    for row in rows("unit_codes"):
        codes = table.setdefault(row["scheme"], {})
        codes[row["geography"], row["code"]] = row["province_id"]
    return table


@cache
def _province_lookup(geography: str) -> _Lookup:
    own = [
        (u.province_id, text)
        for u in _unit_table(geography).values()
        for text in (u.name_vi, u.name_en, u.province_id)
    ]
    return _Lookup(
        [*own, *_spellings("province", geography)],
        [text for _, text in _spellings("prefix")],
        [text for _, text in _spellings("suffix")],
    )


@cache
def _region_lookup() -> _Lookup:
    own = [
        (r.region_id, text)
        for r in _region_table().values()
        for text in (r.name_vi, r.name_en, r.region_id)
    ]
    return _Lookup(
        [*own, *_spellings("region")],
        [text for _, text in _spellings("region_prefix")],
        [text for _, text in _spellings("region_suffix")],
    )


@cache
def _nation_lookup() -> _Lookup:
    return _Lookup([(NATION_ID, NATION_ID), *_spellings("national")])


def _checked(geography: str) -> str:
    if geography not in GEOGRAPHIES:
        raise ProvinceError(
            "unknown_geography",
            "no such geography",
            found=_shown(geography),
            expected='"63" (until 2025-06-30) or "34" (since 2025-07-01)',
        )
    return geography


def _shown(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


# --- the registry --------------------------------------------------------------------------------


def registry(geography: str | None = None) -> pd.DataFrame:
    """Make the table of provinces.

    Parameters
    ----------
    geography : {"63", "34"}, optional
        One geography; both, one after the other, when omitted.

    Returns
    -------
    DataFrame
        63, 34 or 97 rows: ``geography, province_id, gso_code, iso_3166_2, name_vi, name_en,
        region_id, successor_id, valid_from, valid_to`` (text, empty where there is none; dates
        ISO, of the set of units) and ``tile_row, tile_col`` (int64, row 0 is the north, column 0
        the west) for a tile map.

    Examples
    --------
    >>> len(registry("63")), len(registry("34")), len(registry())
    (63, 34, 97)
    """
    import pandas as pd

    wanted = GEOGRAPHIES if geography is None else (_checked(geography),)
    table = pd.DataFrame([row for g in wanted for row in _province_rows(g).values()], dtype="str")
    return table.astype({"tile_row": "int64", "tile_col": "int64"})


def regions() -> pd.DataFrame:
    """Make the table of the six socio-economic regions as before 2025.

    Returns
    -------
    DataFrame
        ``region_id, name_vi, name_en``, in the statistical office's order.

    Examples
    --------
    >>> regions()["name_en"].to_list()[:2]
    ['Red River Delta', 'Northern Midlands and Mountains']
    """
    import pandas as pd

    return pd.DataFrame(
        [(r.region_id, r.name_vi, r.name_en) for r in _region_table().values()],
        columns=["region_id", "name_vi", "name_en"],
        dtype="str",
    )


def units(geography: str = "63") -> tuple[Unit, ...]:
    """List all units of a geography in the order of their GSO codes.

    Examples
    --------
    >>> len(units()), units("34")[0].name_en
    (63, 'Ha Noi')
    """
    return tuple(_unit_table(geography).values())


def spellings(unit: Unit) -> tuple[str, ...]:
    """List how a unit is written: its names, and what else is seen in releases and in speech."""
    written = _spellings("province", unit.geography)
    known = [text for owner, text in written if owner == unit.province_id]
    return tuple(dict.fromkeys([unit.name_vi, unit.name_en, *known]))


def successor(unit: Unit | str) -> Unit:
    """Find the unit of the 34 that a province of the 63 became on 2025-07-01.

    Parameters
    ----------
    unit : Unit or str
        A province of geography 63, or anything that resolves to one.

    Examples
    --------
    >>> successor("Hà Giang").name_vi
    'Tuyên Quang'
    """
    old = unit if isinstance(unit, Unit) else resolve(unit, "63")
    if old.geography != "63":
        raise ProvinceError(
            "wrong_geography",
            "only a province of the 63 has a successor",
            found=f"{old.name_vi} of geography {old.geography}",
        )
    return _unit_table("34")[old.successor_id]


def members(unit: Unit | str) -> tuple[Unit, ...]:
    """List the provinces of the 63 that make up a unit of the 34, in the order of their GSO codes.

    Parameters
    ----------
    unit : Unit or str
        A unit of geography 34, or anything that resolves to one.

    Examples
    --------
    >>> [unit.name_vi for unit in members("Lào Cai")]
    ['Lào Cai', 'Yên Bái']
    """
    new = unit if isinstance(unit, Unit) else resolve(unit, "34")
    if new.geography != "34":
        raise ProvinceError(
            "wrong_geography",
            "only a unit of the 34 has members",
            found=f"{new.name_vi} of geography {new.geography}",
        )
    return tuple(u for u in units("63") if u.successor_id == new.province_id)


# --- resolving -----------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def resolve(text: str, geography: str = "63") -> Unit:
    """Find the unit that a name, slug or explicit code stands for.

    Parameters
    ----------
    text : str
        Name in Vietnamese or English, with or without marks, in any Unicode form, case, dash and
        spacing, with or without "tỉnh", "TP." and the like; slug; ISO code (``VN-09``); GSO code
        written as ``gso:20``; code of another scheme written with its name (``PAPI:P01``).
    geography : {"63", "34"}
        Which set of units is meant.

    Returns
    -------
    Unit
        The one unit meant.

    Raises
    ------
    ProvinceError
        ``unknown_province`` (with the nearest names), ``ambiguous_province`` (beginning of
        several names), ``merged_province`` (one of the 63 asked among the 34, or a province from
        before: names the successor), ``bare_code`` (digits alone), ``no_text``,
        ``unknown_geography``.

    Examples
    --------
    >>> resolve("Tp. HCM").province_id, resolve("VN-09").name_vi
    ('ho-chi-minh', 'Lạng Sơn')
    """
    table = _unit_table(geography)
    if not isinstance(text, str) or not text.strip():
        raise ProvinceError(
            "no_text", "no name of a province", found=_shown(text), expected="a name, slug or code"
        )
    stripped = text.strip()
    if gso := _GSO.fullmatch(stripped):
        return resolve_gso(gso[1].strip(), geography)
    if (named := _SCHEME.fullmatch(stripped)) and named[1].upper() in _code_table():
        return resolve_code(named[1], named[2], geography)
    if _BARE_CODE.fullmatch(stripped):
        raise ProvinceError(
            "bare_code",
            "a bare code does not say which province is meant, since codes were reused in 2025",
            found=_shown(stripped),
            advice=f'Write "gso:{stripped.zfill(2)}" and the geography, or the name',
        )
    # the one that was made of others is none of the 63, though it may bear a name of theirs
    name = _parse(_without_members(text) if geography == "34" else text)
    lookup = _province_lookup(geography)
    if unit_id := lookup.find(name):
        return table[unit_id]
    if _ISO.fullmatch("-".join(name.syllables)) and not (any(name.marks) or name.tones):
        return _resolve_iso(name, geography)
    raise _unresolved(text, name, lookup, geography)


def _without_members(text: str) -> str:
    """Name of one of the 34 without the provinces behind it that it was made of.

    >>> _without_members("Thái Nguyên (Bắc Kạn, Thái Nguyên)"), _without_members("Huế (cũ)")
    ('Thái Nguyên', 'Huế (cũ)')
    """
    told = _MEMBERS.fullmatch(text)
    if told is None:
        return text
    own = _province_lookup("34").find(_parse(told[1]))
    # a dash stands between two names or within one
    for parts in (re.split(r"[,;+/]|\bvà\b", told[2]), re.split(r"[,;+/–-]", told[2])):
        members = [_province_lookup("63").find(_parse(part)) for part in parts]
        if own and all(m and _unit_table("63")[m].successor_id == own for m in members):
            return told[1].strip()
    return text


def resolve_column(
    names: pd.Series[Any], geography: str = "63", *, errors: str = "raise"
) -> pd.Series[Any]:
    """Find the ``province_id`` of every name in a column of one's own.

    Parameters
    ----------
    names : Series
        Names, slugs or codes, spelled as freely as in `resolve`.
    geography : {"63", "34"}
        Which set of units is meant: the 63 to index year 2024, the 34 since.
    errors : {"raise", "coerce"}
        What to do with what is no province: one error for all of them, or NaN.

    Returns
    -------
    Series
        Slugs, with the index of ``names``, named ``province_id``.

    Raises
    ------
    ProvinceError
        ``unknown_provinces`` with every spelling that stands for no unit, its rows, and why or
        the nearest names; ``unknown_option``, ``unknown_geography``.

    Examples
    --------
    >>> import pandas as pd
    >>> own = pd.DataFrame({"Tỉnh": ["TP. Hồ Chí Minh", "Lang Son", "TT Huế"], "grdp": [1, 2, 3]})
    >>> resolve_column(own["Tỉnh"]).to_list()
    ['ho-chi-minh', 'lang-son', 'thua-thien-hue']
    """
    import pandas as pd

    if errors not in ("raise", "coerce"):
        raise ProvinceError(
            "unknown_option", "no such option", found=_shown(errors), expected="raise or coerce"
        )
    found: dict[Any, str | None] = {}
    strange: dict[Any, ProvinceError] = {}
    _checked(geography)
    plain = names.astype(object).where(names.notna(), None)
    for name in plain.drop_duplicates():
        try:
            found[name] = resolve(name, geography).province_id
        except ProvinceError as error:
            found[name] = None
            strange[name] = error
    if strange and errors == "raise":
        raise _strange_column(plain, strange)
    ids = [found[name] for name in plain]
    return pd.Series(ids, index=names.index, name="province_id", dtype="str")


def _strange_column(names: pd.Series[Any], strange: Mapping[Any, ProvinceError]) -> ProvinceError:
    """One error for all that a column holds besides provinces."""
    told = []
    for name, error in strange.items():
        same = names.isna() if name is None else names.eq(name)
        rows = ", ".join(map(str, names.index[same][:3])) + (", …" if same.sum() > 3 else "")
        told.append(f"{_shown(name)} (row {rows}): {error.advice or error.message}")
    return ProvinceError(
        "unknown_provinces",
        f"{len(strange)} of {names.nunique(dropna=False)} names are no province",
        place=f"column {names.name}" if names.name is not None else "",
        found="; ".join(told),
        expected="names, slugs or codes of provinces",
        advice='errors="coerce" leaves them empty',
    )


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """Whether :func:`resolve` finds a unit of any geography; a text that is none costs little.

    Examples
    --------
    >>> is_unit("Lang Son"), is_unit("Cả nước")
    (True, False)
    """
    name = _parse(_without_members(text))
    if any(_province_lookup(geography).find(name) for geography in GEOGRAPHIES):
        return True
    stripped = text.strip()
    coded = _GSO.fullmatch(stripped) or _SCHEME.fullmatch(stripped)
    if not coded and not _ISO.fullmatch("-".join(name.syllables)):
        return False  # nobody asks for the nearest names
    for geography in GEOGRAPHIES:
        with contextlib.suppress(ProvinceError):
            resolve(text, geography)
            return True
    return False


def is_city(unit: Unit, geography: str = "") -> bool:
    """Whether a unit is a city under the central government; their ISO codes are letters.

    Huế became one in 2025: among the 63 provinces it was the town of Thừa Thiên Huế.

    Examples
    --------
    >>> is_city(resolve("Cần Thơ")), is_city(resolve("Huế", "34")), is_city(resolve("Lạng Sơn"))
    (True, True, False)
    >>> is_city(resolve("Huế", "63"), "63")
    False
    """
    before = _unit_table("63").get(unit.province_id)
    later = geography != "63" and unit.name_vi.endswith("Huế")
    return later or not (before and before.iso_3166_2[-1:].isdigit())


@lru_cache(maxsize=4096)
def is_town(text: str, geography: str = "") -> bool:
    """Whether a text names the town that bears its province's name, and not the province.

    Examples
    --------
    >>> is_town("TP. Lạng Sơn"), is_town("TP. Cần Thơ"), is_town("Lạng Sơn")
    (True, False, False)
    >>> is_town("TP. Huế"), is_town("TP. Huế", "63")
    (False, True)
    """
    name = _parse(text)
    if not _CITY.search(" ".join(name.syllables)):
        return False
    named = [
        _unit_table(one)[found]
        for one in ((geography,) if geography else GEOGRAPHIES)
        if (found := _province_lookup(one).find(name))
    ]
    return bool(named) and not any(is_city(unit, geography) for unit in named)


def resolve_gso(code: str, geography: str) -> Unit:
    """Find the unit with a two-digit GSO code in the given geography.

    Parameters
    ----------
    code : str
        Two digits, for example ``"20"``.
    geography : {"63", "34"}
        Required: code 15 is Yên Bái among the 63 and Lào Cai among the 34.

    Examples
    --------
    >>> resolve_gso("15", "63").name_vi, resolve_gso("15", "34").name_vi
    ('Yên Bái', 'Lào Cai')
    """
    for unit in _unit_table(geography).values():
        if unit.gso_code == code:
            return unit
    raise ProvinceError(
        "unknown_code",
        f"no unit of geography {geography} has this GSO code",
        found=_shown(code),
        expected="two digits as in the registry",
    )


def code_schemes() -> tuple[str, ...]:
    """Name the sets of unit codes other than the statistical office's, such as ``PAPI``.

    Examples
    --------
    >>> code_schemes()
    ('PAPI',)
    """
    return tuple(_code_table())


def is_code(scheme: str, code: str) -> bool:
    """Whether a text is a unit's code in a scheme, for any geography.

    Examples
    --------
    >>> is_code("PAPI", "P01"), is_code("PAPI", "P64")
    (True, False)
    """
    codes = _code_table().get(scheme.upper(), {})
    return any((geography, code) in codes for geography in GEOGRAPHIES)


def resolve_code(scheme: str, code: str, geography: str = "63") -> Unit:
    """Find the unit with a code of a named scheme; written ``PAPI:P01`` in a text.

    Parameters
    ----------
    scheme : str
        One of `code_schemes`.
    code : str
        Code as that scheme writes it, for example ``"P01"``.
    geography : {"63", "34"}
        For which the code is asked. A code stands for a unit of its own geography only.

    Raises
    ------
    ProvinceError
        ``unknown_scheme``, ``unknown_code``.

    Examples
    --------
    >>> resolve_code("PAPI", "P12").name_vi
    'Thái Nguyên'
    """
    table = _unit_table(geography)
    codes = _code_table().get(scheme.upper())
    if codes is None:
        raise ProvinceError(
            "unknown_scheme",
            "no such scheme of unit codes",
            found=_shown(scheme),
            expected=" or ".join(_code_table()),
        )
    unit_id = codes.get((geography, code))
    if unit_id is None:
        raise ProvinceError(
            "unknown_code",
            f"no unit of geography {geography} has this code of scheme {scheme.upper()}",
            found=_shown(code),
            expected="a code as in facts/unit_codes.csv",
        )
    return table[unit_id]


def resolve_region(text: str) -> Region:
    """Find the region that a name or slug stands for; spelled as freely as in `resolve`.

    Raises
    ------
    ProvinceError
        ``unknown_region``, with the six names.

    Examples
    --------
    >>> resolve_region("Tây Nguyên").region_id
    'central-highlands'
    """
    unit_id = _region_lookup().find(_parse(text))
    if unit_id is None:
        raise ProvinceError(
            "unknown_region",
            "no such region",
            found=_shown(text),
            expected="; ".join(r.name_vi for r in _region_table().values()),
        )
    return _region_table()[unit_id]


def resolve_unit(unit_level: str, text: str, geography: str = "63") -> str:
    """Find the id of a province, region or the nation.

    Parameters
    ----------
    unit_level : {"province", "region", "national"}
        What kind of unit the text names.
    text : str
        The name as printed.
    geography : {"63", "34"}
        For provinces.

    Returns
    -------
    str
        Slug; ``"viet-nam"`` for the nation.

    Examples
    --------
    >>> resolve_unit("national", "Cả nước"), resolve_unit("province", "TT Huế")
    ('viet-nam', 'thua-thien-hue')
    """
    if unit_level == "province":
        return resolve(text, geography).province_id
    if unit_level == "region":
        return resolve_region(text).region_id
    if unit_level == "national":
        if _nation_lookup().find(_parse(text)):
            return NATION_ID
        raise ProvinceError(
            "unknown_nation", "not the nation", found=_shown(text), expected="Việt Nam or Cả nước"
        )
    raise ProvinceError(
        "unknown_unit_level",
        "no such kind of unit",
        found=_shown(unit_level),
        expected="province, region or national",
    )


def _resolve_iso(name: _Name, geography: str) -> Unit:
    code = f"VN-{name.letters[2:].upper()}"
    old = next((u for u in units("63") if u.iso_3166_2 == code), None)
    if old is None:
        raise ProvinceError("unknown_code", "no province has this ISO code", found=code)
    if geography == "63":
        return old
    raise ProvinceError(
        "merged_province",
        f"ISO code of a province of the 63, asked for among the {geography}",
        found=f"{code} ({old.name_vi})",
        advice=f"Since 2025-07-01 it is part of {successor(old).name_vi}",
    )


def _unresolved(text: str, name: _Name, lookup: _Lookup, geography: str) -> ProvinceError:
    """Say why a text is no unit: older unit, several units, or none."""
    table = _unit_table(geography)
    found = _shown(text)
    if geography == "34" and (old_id := _province_lookup("63").find(name)):
        old = _unit_table("63")[old_id]
        new = successor(old)
        return ProvinceError(
            "merged_province",
            f"{old.name_vi} is a province of the 63, not one of the 34 units",
            found=found,
            advice=f"Since 2025-07-01 it is part of {new.name_vi} ({new.province_id})",
        )
    former = _Lookup(_spellings("former", "63"), *_affixes())
    if former_id := former.find(name):
        return ProvinceError(
            "merged_province",
            "a province that existed before the 63",
            found=found,
            advice=f"It is now part of {_unit_table('63')[former_id].name_vi}",
        )
    several = lookup.containing(name) if name.syllables else []
    if len(several) > 1:
        names = sorted((table[i].name_vi for i in several), key=sort_key_vi)
        return ProvinceError(
            "ambiguous_province",
            "more than one province begins like this",
            found=found,
            expected=f"one of {', '.join(names)}",
        )
    nearest = ", ".join(table[i].name_vi for i in lookup.nearest(name))
    return ProvinceError(
        "unknown_province",
        f"no such province among the {geography}",
        found=found,
        advice=f"The nearest names are {nearest}",
    )


def _affixes() -> tuple[list[str], list[str]]:
    return [t for _, t in _spellings("prefix")], [t for _, t in _spellings("suffix")]


# --- Vietnamese order ----------------------------------------------------------------------------

_LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_KEY: Final = {letter: chr(ord("A") + i) for i, letter in enumerate(_LETTERS)}
_END_OF_SYLLABLE: Final = "!"  # below every letter and digit: "Ba" before "Bao"


@lru_cache(maxsize=4096)
def sort_key_vi(text: str) -> str:
    """Make a sort key in the order of Vietnamese dictionaries.

    Syllable by syllable: first the letters in the order of the alphabet (a ă â b c d đ e ê … ),
    then the tone (level, grave, hook, tilde, acute, dot below). Case and punctuation do not count;
    digits come before letters.

    Parameters
    ----------
    text : str
        Any text, in any Unicode form.

    Returns
    -------
    str
        To be compared by code point; also fit as a ``data-sort`` value in a page.

    Examples
    --------
    >>> sorted(["Đà Nẵng", "Hà Nội", "Cà Mau", "Điện Biên", "Cần Thơ"], key=sort_key_vi)
    ['Cà Mau', 'Cần Thơ', 'Đà Nẵng', 'Điện Biên', 'Hà Nội']
    """
    key: list[str] = []
    syllable: list[str] = []
    tone = 0

    def close() -> None:
        """End a syllable: its tone counts after its letters."""
        nonlocal tone
        if syllable:
            key.append(f"{''.join(syllable)}{_END_OF_SYLLABLE}{tone}")
        syllable.clear()
        tone = 0

    for char in normalized("NFC", text).lower():
        base = ""
        for part in normalized("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            else:
                base += part
        letter = normalized("NFC", base)
        if letter in _LETTER_KEY:
            syllable.append(_LETTER_KEY[letter])
        elif letter.isalnum():
            syllable.append(letter)
        elif letter:
            close()
    close()
    return "".join(key)
