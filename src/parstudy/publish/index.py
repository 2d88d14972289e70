"""``reports/index.html``: every report in one list, in all languages, with a tile map."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from parstudy import text
from parstudy.display import terms
from parstudy.display.words import LANGUAGES, Language, defer
from parstudy.errors import RunError
from parstudy.facts import criteria, languages
from parstudy.facts.criteria import geography_of, indices
from parstudy.facts.notebooks import notebooks
from parstudy.facts.provinces import registry, sort_key_vi, spellings, units
from parstudy.folders import is_made
from parstudy.publish.exporter import write_whole
from parstudy.publish.known import MARKS, Known
from parstudy.publish.meta import read_meta
from parstudy.publish.office import with_office
from parstudy.publish.scripted import inert_json, with_script
from parstudy.settings import Settings, Texts

_WORDS = {
    "title": defer("Reports on public administration reform in Viet Nam's provinces"),
    "lead": defer("PAR INDEX and SIPAS, province by province, from published figures."),
    "skip": defer("Skip to the content"),
    "search": defer("Search"),
    "hint": defer("with or without diacritics"),
    "kind": defer("Kind"),
    "province": defer("Province"),
    "provinces": defer("Provinces"),
    "year": defer("Index year"),
    "index": defer("Index"),
    "language": defer("Language"),
    "report": defer("Report"),
    "all": defer("all"),
    "none": defer("No report fits. Change or clear the filters."),
    "reset": defer("Clear the filters"),
    "map": defer("Map of provinces"),
    "map_hint": defer("One tile for each province; it opens the newest report."),
    "no_report": defer("no report yet"),
    "empty": defer("There is no report yet. Make some with: parstudy reports"),
    "mixed": defer(
        "These reports were not all made from the same data. Make them again to bring them in line."
    ),
    "synthetic": terms.INVENTED,
    "found": defer("{found} of {n} reports"),
    "rest": defer("Show all {n} reports"),
    "map_of": defer("Coloured by rank in"),
    "map_first": defer("first fifth of the ranks"),
    "map_last": defer("last fifth"),
    "not_known": defer("not known"),
    "rank_path": defer("Rank in PAR INDEX over the years"),
    "reports_of": defer("Reports"),
    "latest": defer("rank · score (year)"),
    "compare": defer("Compare provinces"),
    "geography_63": defer("The 63 provinces, until June 2025"),
    "geography_34": defer("The 34 provinces and cities, since July 2025"),
}


_LEADING = "PAR_INDEX"
"""The index whose ranks the small pictures show."""
_SPARK_WIDTH, _SPARK_HEIGHT = 96, 22  # px


_AT_ONCE = 100
"""How many lines of a list are shown before a reader asks for the rest."""

_Titles = Mapping[str, Texts]  # by name of notebook


@dataclass(frozen=True)
class _Version:
    """One report in one language."""

    title: str
    summary: str
    href: str
    failed: str = ""  # why it could not be made anew: it is of older data


@dataclass(frozen=True)
class _Entry:
    """One report in all languages that it has."""

    notebook: str
    slug: str
    parameters: Mapping[str, Any]
    versions: Mapping[str, _Version]
    province: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    year: str = ""
    index: str = ""
    index_name: str = ""
    shared: frozenset[str] = frozenset()  # parameters that all of its kind have alike

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that the report is there in."""
        return tuple(code for code in LANGUAGES if code in self.versions)

    def version(self, lang: str) -> _Version:
        """In this language, else in the one that stands in for it."""
        return self.versions[self.language_of(lang)]

    def language_of(self, lang: str) -> str:
        """The same language if the report is there in it, else the one that stands in for it."""
        return next(code for code in languages.order(lang) if code in self.versions)

    def only(self, lang: str) -> str:
        """What is said to a reader of this language of a report that is not there in it."""
        other = languages.languages()[self.language_of(lang)]
        return other.name if len(self.versions) > 1 else languages.best(other.only, lang)

    def stale(self, lang: str) -> str:
        """What is said of a report that is of older data."""
        return Language(lang).text(
            "of older data; making it anew failed: {reason}", reason=self.version(lang).failed
        )

    @property
    def label(self) -> str:
        """What tells it from the other reports of its province and kind."""
        own = [
            str(value)
            for key, value in self.parameters.items()
            if key not in ("lang", "province", *self.shared) and value not in ("", None)
        ]
        return " ".join(own) or self.slug

    @property
    def said(self) -> str:
        """What a reader may search it by: its titles and summaries, as they are typed."""
        return _typed(t for v in self.versions.values() for t in (v.title, v.summary))

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """By province, the newest year of each first."""
        newest_first = "".join(chr(ord("9") - ord(d) + ord("0")) for d in self.year if d.isdigit())
        return (sort_key_vi(self.names.get(LANGUAGES[0], "")), newest_first, self.index, self.slug)


@dataclass(frozen=True)
class _Tile:
    row: int
    column: int
    province: str
    names: Mapping[str, str]
    entry: _Entry | None


def write_index(
    reports: str | Path,
    dataset: Any = None,
    settings: Settings | None = None,
    *,
    older: bool = False,
) -> Path:
    """Write ``index.html`` over all reports in a folder.

    Parameters
    ----------
    reports : str or Path
        Folder with ``<lang>/<notebook>/<slug>.html``.
    dataset : Dataset, optional
        Says whether the data is synthetic, where no report does.
    settings : Settings, optional
        Titles of the project's own notebooks, and whose reports they are.
    older : bool
        Whether some of the reports were made from data that are others now.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    folder = Path(reports)
    found = [(path, meta) for path in _report_files(folder) if (meta := read_meta(path))]
    entries = _entries(folder, [(path, meta) for path, meta in found if meta.get("notebook")])
    synthetic = any(meta.get("synthetic") == "yes" for _, meta in found) or bool(
        getattr(dataset, "synthetic", False)
    )
    path = folder / "index.html"
    settings = settings or Settings()
    html = _render(entries, synthetic, older, Known(dataset), _titles(settings))
    write_whole(path, with_office(html, settings.office, LANGUAGES))
    return path


def _report_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RunError("no_reports", "no such folder of reports", place=str(folder))
    return sorted(
        path for code in LANGUAGES for path in (folder / code).rglob("*.html") if is_made(path)
    )


def _entries(folder: Path, found: Iterable[tuple[Path, dict[str, str]]]) -> list[_Entry]:
    together: dict[tuple[str, str], dict[str, tuple[Path, dict[str, str]]]] = {}
    for path, meta in found:
        # vi/province_report/lang-son-2021.html and its English twin are one report
        inside = path.relative_to(folder)
        key = (meta["notebook"], Path(*inside.parts[1:]).with_suffix("").as_posix())
        together.setdefault(key, {})[meta.get("lang") or inside.parts[0]] = (path, meta)
    shorts = {code: index.short for code, index in indices().items()}
    alike = _alike(found)
    entries = []
    for (notebook, slug), versions in together.items():
        first = next(versions[code][1] for code in (*LANGUAGES, *versions) if code in versions)
        parameters = _parameters(first)
        year = str(parameters.get("year") or "")
        province = str(parameters.get("province") or "")
        index = str(parameters.get("index") or "")
        entries.append(
            _Entry(
                notebook=notebook,
                slug=slug,
                parameters=parameters,
                versions={
                    code: _Version(
                        title=meta.get("title") or slug,
                        summary=meta.get("description", ""),
                        href=quote(path.relative_to(folder).as_posix()),
                        failed=_failure(path),
                    )
                    for code, (path, meta) in sorted(versions.items())
                    if code in LANGUAGES
                },
                province=province,
                names=_names(province, year),
                year=year,
                index=index,
                index_name=shorts.get(index, index),
                shared=alike.get(notebook, frozenset()),
            )
        )
    return sorted((e for e in entries if e.versions), key=lambda e: (e.notebook, e.sort_key))


def _alike(found: Iterable[tuple[Path, dict[str, str]]]) -> dict[str, frozenset[str]]:
    """Parameters other than the year that are the same in all reports of a notebook."""
    values: dict[str, dict[str, set[str]]] = {}
    for _path, meta in found:
        of_kind = values.setdefault(meta["notebook"], {})
        for key, value in _parameters(meta).items():
            of_kind.setdefault(key, set()).add(str(value))
    return {
        notebook: frozenset(key for key, v in of_kind.items() if len(v) == 1 and key != "year")
        for notebook, of_kind in values.items()
    }


def _failure(path: Path) -> str:
    """Why a report could not be made anew, without its name, which stands beside it."""
    try:
        with path.with_suffix(".error.txt").open(encoding="utf-8", errors="replace") as story:
            return story.readline(500).strip().partition(": ")[2] or "?"
    except OSError:
        return ""


def _parameters(meta: Mapping[str, str]) -> dict[str, Any]:
    try:
        parameters = json.loads(meta.get("parameters") or "{}")
    except (ValueError, RecursionError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _geography(year: str) -> str:
    return geography_of(int(year)) if year.isdigit() else "63"


def _names(province: str, year: str) -> dict[str, str]:
    unit = next((u for u in units(_geography(year)) if u.province_id == province), None)
    return {code: Language(code).name(unit) if unit else province for code in LANGUAGES}


def _titles(settings: Settings) -> _Titles:
    """Titles of the notebooks, in the order in which a reader wants their reports."""
    titles: dict[str, Texts] = {name: notebook.title for name, notebook in notebooks().items()}
    return titles | {own.name: own.title for own in settings.notebooks if own.title}


def _groups(entries: Sequence[_Entry], known: _Titles) -> list[dict[str, Any]]:
    """Reports by notebook, in the order of the known titles; those of others follow by name."""
    found = {entry.notebook for entry in entries}
    groups = []
    for name in (*(n for n in known if n in found), *sorted(found - known.keys())):
        members = [entry for entry in entries if entry.notebook == name]
        title = known.get(name, {})
        groups.append(
            {
                "notebook": name,
                "title": {code: languages.best(title, code) or name for code in LANGUAGES},
                "entries": members,
                "with_year": any(e.year for e in members),
                "with_index": any(e.index for e in members),
            }
        )
    return groups


def _shelves(entries: list[_Entry], known: Known, titles: _Titles) -> list[dict[str, Any]]:
    """Reports of provinces: one row a province, for the 63 and for the 34 by themselves."""
    together: dict[tuple[str, str], list[_Entry]] = {}
    for entry in entries:
        if entry.province:
            together.setdefault((_geography(entry.year), entry.province), []).append(entry)
    shelves = []
    for geography in sorted({geography for geography, _ in together}, reverse=True):
        rows = [
            _row(geography, province, members, known, titles)
            for (found, province), members in together.items()
            if found == geography
        ]
        rows.sort(key=lambda row: str(row["sort"]))
        shelves.append({"geography": geography, "rows": rows})
    return shelves


def _row(
    geography: str, province: str, entries: list[_Entry], known: Known, titles: _Titles
) -> dict[str, Any]:
    """One province: its names in all spellings, where it stands, its reports by kind."""
    unit = next((u for u in units(geography) if u.province_id == province), None)
    names = entries[0].names
    kinds = [
        {**group, "entries": sorted(group["entries"], key=_newest_first, reverse=True)}
        for group in _groups(entries, titles)
    ]
    return {
        "province": province,
        "names": names,
        "sort": sort_key_vi(names.get(LANGUAGES[0], province)),
        "search": " ".join([*(spellings(unit) if unit else ()), *names.values(), _initials(names)]),
        "said": _typed(
            [
                *(said for kind in kinds for said in kind["title"].values()),
                *(e.label for e in entries),
            ]
        ),
        "latest": {index: known.latest(index, province) for index in known.indices},
        "path": _path(known, province),
        "kinds": kinds,
    }


def _typed(texts: Iterable[str]) -> str:
    """Texts in plain letters, each once."""
    return " ".join(dict.fromkeys(text.unmarked(said).lower() for said in texts))


def _newest_first(entry: _Entry) -> tuple[str, str]:
    return entry.year, entry.slug


def _initials(names: Mapping[str, str]) -> str:
    """First letters of the syllables, as ``brvt``."""
    return "".join(word[:1] for word in text.slug(names.get(LANGUAGES[0], "")).split("-"))


def _path(known: Known, province: str) -> list[str]:
    """Lines of the small picture of ranks over years: one for each run that can be compared."""
    ranks = known.standings.get(_LEADING, {}).get(province, {})
    years = known.years(_LEADING)
    if not ranks or len(years) < 2:
        return []
    step = _SPARK_WIDTH / (years[-1] - years[0])
    lines: list[list[str]] = [[]]
    broken = set(criteria.breaks(_LEADING)["year"])
    for year in range(years[0], years[-1] + 1):
        standing = ranks.get(year)
        if year in broken:
            lines.append([])
        if standing is None or standing.rank is None or not standing.n:
            lines.append([])
            continue
        y = _SPARK_HEIGHT * (standing.rank - 1) / max(standing.n - 1, 1)
        lines[-1].append(f"{(year - years[0]) * step:.1f},{y:.1f}")
    return [" ".join(line) for line in lines if line]


def _maps(entries: list[_Entry]) -> list[dict[str, Any]]:
    """One map per set of provinces for which there are reports; a tile opens the newest one."""
    newest: dict[tuple[str, str], _Entry] = {}
    for entry in entries:
        if entry.notebook == "province_report" and entry.province:
            key = (_geography(entry.year), entry.province)
            if key not in newest or entry.year > newest[key].year:
                newest[key] = entry
    maps = []
    for geography in sorted({geography for geography, _ in newest}, reverse=True):
        tiles = [
            _Tile(
                row=int(row["tile_row"]) + 1,
                column=int(row["tile_col"]) + 1,
                province=str(row["province_id"]),
                names={code: Language(code).name(row) for code in LANGUAGES},
                entry=newest.get((geography, str(row["province_id"]))),
            )
            for row in registry(geography).to_dict("records")
        ]
        # north to south, west to east: the order in which one tabs through them
        maps.append(
            {
                "geography": geography,
                "columns": max(tile.column for tile in tiles),
                "tiles": sorted(tiles, key=lambda tile: (tile.row, tile.column)),
            }
        )
    return maps


def _spoken(msgid: str) -> dict[str, str]:
    return {code: Language(code).text(msgid) for code in LANGUAGES}


def _words(n_reports: int) -> dict[str, dict[str, str]]:
    """Every text of the page in every language; the script fills the holes that are left."""
    spoken = {code: Language(code) for code in LANGUAGES}
    left = {hole: f"{{{hole}}}" for hole in ("found", "n")}
    words = {
        key: {code: language.text(msgid, **left) for code, language in spoken.items()}
        for key, msgid in _WORDS.items()
    }
    words["count"] = {
        code: language.ntext(
            "{n} report", "{n} reports", n_reports, n=language.number(n_reports, 0)
        )
        for code, language in spoken.items()
    }
    return words


def _choices(
    entries: list[_Entry], kinds: Iterable[Mapping[str, Any]]
) -> dict[str, list[tuple[str, Mapping[str, str]]]]:
    """What each filter offers: values, and what they are called in each language."""
    provinces = {entry.province: entry.names for entry in entries if entry.province}
    found = sorted({code for entry in entries for code in entry.languages})
    years = sorted({entry.year for entry in entries if entry.year}, reverse=True)
    return {
        "kind": list({kind["notebook"]: kind["title"] for kind in kinds}.items()),
        "province": sorted(provinces.items(), key=lambda one: sort_key_vi(one[1][LANGUAGES[0]])),
        "year": [(year, dict.fromkeys(LANGUAGES, year)) for year in years],
        "language": [(code, dict.fromkeys(LANGUAGES, languages.name(code))) for code in found],
    }


def _render(
    entries: list[_Entry],
    synthetic: bool,
    older: bool,
    known: Known,
    titles: _Titles,
) -> str:
    shelves = _shelves(entries, known, titles)
    groups = _groups([entry for entry in entries if not entry.province], titles)
    kinds = [kind for shelf in shelves for row in shelf["rows"] for kind in row["kinds"]]
    return with_script(
        "index",
        at_once=_AT_ONCE,
        choices=_choices(entries, [*kinds, *groups]),
        words=_words(len(entries)),
        number={code: Language(code).number for code in LANGUAGES},
        groups=groups,
        shelves=shelves,
        indices=[(code, terms.short(code)) for code in known.indices],
        maps=_maps(entries),
        marks=[_spoken(text) for text in MARKS.values()] if known.indices else [],
        data_json=inert_json(known.as_data()),
        compare=bool(known.indices),
        n=len(entries),
        synthetic=synthetic,
        mixed=older,
        sort_key=sort_key_vi,
    )
