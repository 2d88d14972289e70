"""``reports/compare.html``: any provinces side by side, over years and indices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from parstudy.dataset import Dataset
from parstudy.display import terms
from parstudy.display.words import LANGUAGES, Language, defer
from parstudy.facts.provinces import GEOGRAPHIES, sort_key_vi, spellings, units
from parstudy.publish.exporter import write_whole
from parstudy.publish.known import MARKS, Known
from parstudy.publish.office import with_office
from parstudy.publish.scripted import inert_json, with_script
from parstudy.publish.ways import Shelf
from parstudy.settings import Office

_WORDS = {
    "title": defer("Compare provinces"),
    "lead": defer(
        "Choose provinces: their ranks, scores and areas stand side by side, from the same "
        "published figures as in the reports."
    ),
    "skip": defer("Skip to the content"),
    "reports": defer("All reports"),
    "add": defer("Add a province"),
    "hint": defer("with or without diacritics"),
    "index": defer("Index"),
    "chosen": defer("Chosen provinces"),
    "remove": defer("Take away {province}"),
    "path": defer("Rank over the years"),
    "path_note": defer(
        "1 is best, at the top. A line joins only years that follow one another and can be "
        "compared; a dotted line stands where they cannot."
    ),
    "totals": defer("Rank and score by year"),
    "year": defer("Index year"),
    "areas": defer("Scores by area, index year {year}"),
    "area": defer("Area"),
    "no_areas": defer("Scores by area are not known of these provinces."),
    "nothing": defer("Choose at least one province."),
    **MARKS,
    "missing": defer("not known"),
    "latest": defer("Latest known rank and score of every province"),
    "province": defer("Province"),
    "synthetic": terms.INVENTED,
}


def write_compare(
    reports: str | Path, dataset: Dataset, office: Office | None = None
) -> Path | None:
    """Write the page that sets provinces side by side.

    Parameters
    ----------
    reports : str or Path
        Folder of the reports.
    dataset : Dataset
        Its ``scores`` and ``components``.
    office : Office, optional
        Whose reports they are.

    Returns
    -------
    Path or None
        The page; None, and no page, where no province has a figure.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    folder = Path(reports)
    path = folder / "compare.html"
    known = Known(dataset)
    if not known.indices:
        path.unlink(missing_ok=True)
        return None
    shelf = Shelf(folder)
    provinces = _provinces(known)
    data = {
        **known.as_data(),
        "areas": known.areas_as_data(),
        "provinces": provinces,
        "reports": {
            lang: {p["id"]: shelf.years(lang, f"province_report/{p['id']}-*") for p in provinces}
            for lang in LANGUAGES
        },
    }
    html = with_script(
        "compare",
        words=_words(),
        provinces=provinces,
        indices=[(code, terms.short(code)) for code in known.indices],
        latest={p["id"]: {i: known.latest(i, p["id"]) for i in known.indices} for p in provinces},
        number={code: Language(code).number for code in LANGUAGES},
        synthetic=dataset.synthetic,
        data_json=inert_json(data),
    )
    write_whole(path, with_office(html, office, LANGUAGES))
    return path


def _provinces(known: Known) -> list[dict[str, Any]]:
    """Every unit that has a figure, by name: those of before 2025 and those of today alike."""
    have = {province for of_index in known.standings.values() for province in of_index}
    found: dict[str, dict[str, Any]] = {}
    for geography in GEOGRAPHIES:
        for unit in units(geography):
            if unit.province_id in have and unit.province_id not in found:
                found[unit.province_id] = {
                    "id": unit.province_id,
                    "names": {code: Language(code).name(unit) for code in LANGUAGES},
                    "search": " ".join([*spellings(unit), unit.province_id]),
                }
    return sorted(found.values(), key=lambda p: sort_key_vi(p["names"][LANGUAGES[0]]))


def _words() -> dict[str, dict[str, str]]:
    left = {hole: f"{{{hole}}}" for hole in ("province", "year")}
    return {
        key: {code: Language(code).text(msgid, **left) for code in LANGUAGES}
        for key, msgid in _WORDS.items()
    }
