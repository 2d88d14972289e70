"""SYNTHETIC projects: complete national releases with known truth.

No figure made here is real. The generator stands for what a full release looks like, down to
sub-criteria, so that every page can be seen and every method tried against a known answer:

- Each province has a latent quality that drifts from year to year.
- Each area follows quality with its own strength (``loading`` of the area), each sub-criterion
  follows its area with its own (``loading`` of the sub-criterion); their product is what the
  sub-criterion owes to quality. Within each year the latent parts are made exactly uncorrelated,
  so that the order of strengths is in the data and not only in the expectation.
- Appraised sub-criteria are scored in steps of a quarter point and mostly saturated; surveyed
  ones are continuous; the satisfaction part is a tenth of the SIPAS percentage.

Names, maxima, strengths and saturation stand in ``facts/demo_criteria.csv``.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import os
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from parstudy.errors import ProjectError
from parstudy.facts import provinces, table
from parstudy.project import Project

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# one of the seeds with which the order of effects also shows in most single years
SEED: Final = 20260112
LAST_YEAR: Final = 2023
_MOST_YEARS: Final = 12
CRITERIA_SET: Final = "SYNTHETIC-DEMO"
SIPAS_SET: Final = "SYNTHETIC-DEMO-SIPAS"
MARK_EN: Final = "SYNTHETIC"
MARK_VI: Final = "SỐ LIỆU GIẢ ĐỊNH"

_SIPAS_PARTS: Final = ("access", "procedures", "staff", "results", "feedback")
_SOURCES: Final = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
_MILLI: Final = 1000  # points are kept in thousandths: sums are exact
_STEP: Final = 250  # appraisers give quarter points

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Demo:
    """One generated set of releases and the truth behind it.

    Attributes
    ----------
    seed : int
        Seed of the generator.
    years : tuple of int
        Index years.
    components : DataFrame
        ``code, parent, level, name_vi, name_en, max_score, scoring, score_source,
        lead_department, saturation, loading, loading_on_quality``. Maxima in points.
    scores : DataFrame
        PAR INDEX in points: ``year, province_id, component, score``; the total, the four score
        sources, areas, criteria and sub-criteria. Sums are exact to a thousandth.
    ranks : DataFrame
        PAR INDEX: ``year, province_id, rank``; ties share the best place.
    sipas : DataFrame
        SIPAS in percent: ``year, province_id, component, percent``; the total and five parts.
    sipas_ranks : DataFrame
        SIPAS: ``year, province_id, rank``.
    self_assessed : DataFrame
        What the province claimed for itself: ``year, province_id, component, self_assessed``, in
        points, for every sub-criterion that is not surveyed.
    quality : DataFrame
        ``year, province_id, quality`` (standard deviations within the year, national trend added)
        and one column for each area's latent value.
    """

    seed: int
    years: tuple[int, ...]
    components: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    ranks: pd.DataFrame = field(repr=False)
    sipas: pd.DataFrame = field(repr=False)
    sipas_ranks: pd.DataFrame = field(repr=False)
    self_assessed: pd.DataFrame = field(repr=False)
    quality: pd.DataFrame = field(repr=False)

    @property
    def order_of_areas(self) -> tuple[str, ...]:
        """Areas from the strongest to the weakest bond with quality."""
        return _strongest_first(_level("area"))

    @property
    def order_of_subcriteria(self) -> tuple[str, ...]:
        """One surveyed sub-criterion an area, from the strongest bond with quality down.

        Surveyed scores have no ceiling, so that nothing but the loading decides their order.
        """
        best: dict[str, _Part] = {}
        for leaf in _level("subcriterion"):
            if leaf.scoring == "survey":
                best[leaf.area] = max(best.get(leaf.area, leaf), leaf, key=lambda p: p.loading)
        return _strongest_first(best.values())


def _strongest_first(parts: Iterable[_Part]) -> tuple[str, ...]:
    return tuple(p.code for p in sorted(parts, key=lambda p: -p.loading_on_quality))


# --- the generator -------------------------------------------------------------------------------


def generate(seed: int = SEED, years: int = 6) -> Demo:
    """Generate SYNTHETIC releases of PAR INDEX and SIPAS for all 63 provinces.

    Parameters
    ----------
    seed : int, optional
        The same seed gives the same figures.
    years : int, optional
        Number of index years, the last of which is 2023; 1 to 12.

    Returns
    -------
    Demo
        Figures and truth.

    Raises
    ------
    ProjectError
        ``wrong_years``.
    """
    import pandas as pd

    if not 1 <= years <= _MOST_YEARS:
        raise ProjectError(
            "wrong_years",
            "a demo has between one and twelve index years",
            found=str(years),
            expected=f"1 to {_MOST_YEARS}",
        )
    rng = np.random.default_rng(seed)
    leaves, areas = _level("subcriterion"), _level("area")
    units = [u.province_id for u in provinces.units("63")]
    n = len(units)

    drawn = _drift(rng, years, 1 + len(areas), n, keep=0.9)
    latent = np.stack([_uncorrelated(year) for year in drawn])
    trend = 0.06 * np.arange(years)
    strength = np.array([a.loading for a in areas])
    area_values = _mix(strength[:, None], latent[:, :1], latent[:, 1:])

    own = _drift(rng, years, len(leaves), n, keep=0.4)
    own = np.stack([_cleared_of(o, base) for o, base in zip(own, latent, strict=True)])
    area_of = [[a.code for a in areas].index(leaf.area) for leaf in leaves]
    bond = np.array([leaf.loading for leaf in leaves])
    leaf_values = _mix(bond[:, None], area_values[:, area_of], own) + trend[:, None, None]

    sipas_at = [leaf.score_source for leaf in leaves].index("sipas")
    percents = _sipas_percents(rng, leaf_values[:, sipas_at])
    points = _points(leaves, leaf_values)
    points[:, sipas_at] = percents[:, 0]  # percent / 10 in thousandths = percent in hundredths
    claimed = _claims(rng, leaves, points)

    year_list = tuple(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    codes, sums = _add_up(leaves, points)
    total = sums[:, codes.index("total")]
    appraised = [i for i, leaf in enumerate(leaves) if leaf.scoring == "appraisal"]
    return Demo(
        seed=seed,
        years=year_list,
        components=pd.DataFrame([asdict(p) for p in _parts()]),
        scores=_long(year_list, codes, units, sums / _MILLI, "score"),
        ranks=_long_ranks(year_list, units, total),
        sipas=_long(year_list, ["total", *_SIPAS_PARTS], units, percents / 100, "percent"),
        sipas_ranks=_long_ranks(year_list, units, percents[:, 0]),
        self_assessed=_long(
            year_list,
            [leaves[i].code for i in appraised],
            units,
            claimed[:, appraised] / _MILLI,
            "self_assessed",
        ),
        quality=_quality(year_list, units, latent[:, 0] + trend[:, None], area_values),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One row of the criteria set with its strength; NaN where it has none."""

    code: str
    parent: str
    level: str
    name_vi: str
    name_en: str
    max_score: float
    scoring: str
    score_source: str
    lead_department: str
    saturation: float
    loading: float
    loading_on_quality: float

    @property
    def top(self) -> int:
        """Maximum in thousandths."""
        return round(self.max_score * _MILLI)

    @property
    def area(self) -> str:
        return self.code if self.level == "area" else f"A{self.code.partition('.')[0]}"


@cache
def _parts() -> tuple[_Part, ...]:
    rows = table("demo_criteria").to_dict("records")
    strength = {str(r["code"]): _number(r["loading"]) for r in rows if r["level"] == "area"}
    parts = []
    for row in rows:
        loading = _number(row["loading"])
        area = strength.get(f"A{str(row['code']).partition('.')[0]}", 1.0)
        known = {str(k): v for k, v in row.items()} | {
            "max_score": _number(row["max_score"]),
            "saturation": _number(row["saturation"]),
            "loading": loading,
            "loading_on_quality": loading * (area if row["level"] == "subcriterion" else 1.0),
        }
        parts.append(_Part(**known))
    return tuple(parts)


def _level(*levels: str) -> tuple[_Part, ...]:
    return tuple(p for p in _parts() if p.level in levels)


def _number(text: str) -> float:
    return float(text) if text else math.nan


def _drift(rng: np.random.Generator, years: int, k: int, n: int, keep: float) -> _Floats:
    """Draw ``years x k x n`` standard normal values, each year keeping part of the year before."""
    values = rng.standard_normal((years, k, n))
    for year in range(1, years):
        values[year] = keep * values[year - 1] + math.sqrt(1 - keep**2) * values[year]
    return values


def _standard(values: _Floats) -> _Floats:
    centred = values - values.mean(axis=-1, keepdims=True)
    scaled: _Floats = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True))
    return scaled


def _uncorrelated(rows: _Floats) -> _Floats:
    """Rows with mean 0 and deviation 1, each made uncorrelated with the rows before it."""
    done = np.empty((0, rows.shape[1]))
    for row in rows:
        done = np.vstack([done, _cleared_of(row[None], done)])
    return done


def _cleared_of(rows: _Floats, base: _Floats) -> _Floats:
    """Rows without what the (uncorrelated, standard) base rows explain, standardised."""
    centred = _standard(rows)
    for other in base:
        centred = centred - (centred @ other / other.size)[:, None] * other
    return _standard(centred)


def _mix(loading: _Floats, common: _Floats, own: _Floats) -> _Floats:
    mixed: _Floats = loading * common + np.sqrt(1 - loading**2) * own
    return mixed


def _points(leaves: Sequence[_Part], values: _Floats) -> _Ints:
    """Points in thousandths: quarter steps with a ceiling, or continuous for surveys."""
    from scipy.special import ndtr

    points = np.zeros(values.shape, dtype=np.int64)
    for at, leaf in enumerate(leaves):
        top = leaf.top
        value = values[:, at]
        if leaf.scoring == "survey":
            points[:, at] = np.rint(np.clip(0.78 + 0.05 * value, 0.3, 1.0) * top)
            continue
        place = ndtr(value)
        below = 1 - leaf.saturation
        steps = top // _STEP
        # the root: most who miss the top miss it by one step
        share = np.minimum(place / below, 1.0) if below > 0 else np.ones_like(place)
        step = np.floor(steps * share**0.2)
        points[:, at] = np.where(place >= below, top, np.minimum(step, steps - 1) * _STEP)
    return points


def _sipas_percents(rng: np.random.Generator, value: _Floats) -> _Ints:
    """Total and five parts in hundredths of a percent; the total is the mean of the parts."""
    years, n = value.shape
    offsets = np.array([1.5, 0.6, 1.0, 0.4, -3.5])
    noise = rng.standard_normal((years, len(offsets), n))
    parts = 83 + 3.0 * value[:, None] + offsets[:, None] + 0.9 * noise
    hundredths = np.rint(np.clip(parts, 0, 100) * 100).astype(np.int64)
    total = (2 * hundredths.sum(axis=1, keepdims=True) + 5) // 10
    return np.concatenate([total, hundredths], axis=1)


def _claims(rng: np.random.Generator, leaves: Sequence[_Part], points: _Ints) -> _Ints:
    """Points that provinces claim: often a step or two more than they are granted."""
    tops = np.array([leaf.top for leaf in leaves])[None, :, None]
    dice = rng.random(points.shape)
    steps = np.select([dice < 0.02, dice < 0.60, dice < 0.88], [-1, 0, 1], 2)
    steps = np.where((points == tops) & (steps < 0), 0, steps)
    claims: _Ints = np.clip(points + steps * _STEP, 0, tops)
    return claims


def _add_up(leaves: Sequence[_Part], points: _Ints) -> tuple[list[str], _Ints]:
    """All levels: the total, the score sources, then the tree in the order of the set."""
    parent = {p.code: p.parent for p in _parts()}
    members: dict[str, list[int]] = {c: [] for c in ["total", *_SOURCES, *parent]}
    for at, leaf in enumerate(leaves):
        members[leaf.score_source].append(at)
        code = leaf.code
        while code:
            members[code].append(at)
            code = parent[code]
    return list(members), np.stack([points[:, m].sum(axis=1) for m in members.values()], axis=1)


def _long(
    years: Sequence[int], codes: Sequence[str], units: Sequence[str], values: _Floats, name: str
) -> pd.DataFrame:
    """Long table from ``years x codes x units``."""
    import pandas as pd

    n_years, n_codes, n = values.shape
    return pd.DataFrame(
        {
            "year": np.repeat(np.array(years, dtype=np.int64), n_codes * n),
            "province_id": pd.array(list(units) * (n_years * n_codes), dtype="str"),
            "component": pd.array(
                np.tile(np.repeat(list(codes), n), n_years).tolist(), dtype="str"
            ),
            name: values.ravel(),
        }
    )


def _long_ranks(years: Sequence[int], units: Sequence[str], totals: _Ints) -> pd.DataFrame:
    # 1 + number of better ones: ties share the best place
    ranks = 1 + (totals[:, None, :] > totals[:, :, None]).sum(axis=2)
    frame = _long(years, ["total"], units, ranks[:, None].astype(float), "rank")
    return frame.astype({"rank": "int64"}).drop(columns="component")


def _quality(
    years: Sequence[int], units: Sequence[str], q: _Floats, values: _Floats
) -> pd.DataFrame:
    frame = _long(years, ["total"], units, q[:, None], "quality").drop(columns="component")
    for at, area in enumerate(_level("area")):
        frame[area.code] = values[:, at].ravel()
    return frame


# --- the project folder --------------------------------------------------------------------------


def write_demo(
    directory: str | Path,
    *,
    seed: int = SEED,
    years: int = 6,
    notebooks: str | Path | None = None,
) -> Project:
    """Write a whole SYNTHETIC project folder; the same arguments give the same bytes.

    Parameters
    ----------
    directory : str or Path
        Folder to make. It must not exist, or be empty.
    seed, years : int, optional
        As in `generate`.
    notebooks : str or Path, optional
        Folder of notebooks to copy into the project.

    Returns
    -------
    Project
        ``data/raw/PAR_INDEX/<year>/``, ``data/raw/SIPAS/<year>/`` (XLSX in the layout of the
        ministry's annexes, ``components.csv``, ``release.toml``), ``truth/`` and a README.

    Raises
    ------
    ProjectError
        ``real_releases`` if the folder holds real releases or lies in the data of a project,
        ``not_empty``, ``not_a_folder``, ``not_writable``, ``no_notebooks``, ``wrong_years``.
    """
    target = Path(directory).expanduser().absolute()
    _check_target(target)
    if notebooks is not None and not Path(notebooks).is_dir():
        raise ProjectError("no_notebooks", "no such folder of notebooks", place=str(notebooks))
    demo = generate(seed, years)
    # all or nothing: the folder appears when it is complete
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise ProjectError(
            "not_writable", "the folder cannot be made", place=str(target), found=str(error)
        ) from None
    try:
        _write_project(demo, partial)
        if notebooks is not None:
            hidden = shutil.ignore_patterns(".*", "__pycache__")
            shutil.copytree(notebooks, partial / "notebooks", ignore=hidden)
        if target.is_dir():
            target.rmdir()
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Project(target)


def _check_target(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ProjectError(
            "not_a_folder", "a demo is written into a folder of its own", place=str(target),
            found="a file",
        )  # fmt: skip
    real = _real_release(target)
    for folder in target.parents:
        # a synthetic release below data/ would be built together with the real ones
        if real is None and target.is_relative_to(folder / "data"):
            real = _real_release(folder)
    if real is not None:
        raise ProjectError(
            "real_releases",
            "synthetic releases cannot be mixed with real ones",
            place=str(target),
            found=str(real),
            expected="a new folder outside of the data of a real project",
        )
    if target.is_dir() and any(target.iterdir()):
        raise ProjectError(
            "not_empty",
            "the folder is not empty",
            place=str(target),
            found=min(p.name for p in target.iterdir()),
            expected="a new or an empty folder",
        )


def _real_release(folder: Path) -> Path | None:
    """First release of a project folder that does not say that it is synthetic."""
    for path in sorted(Project(folder).raw.glob("*/*/release.toml")):
        try:
            release = tomllib.loads(path.read_text(encoding="utf-8"))["release"]
        except (OSError, ValueError, KeyError):
            return path  # unreadable: better taken for real
        if release.get("synthetic") is not True:
            return path
    return None


def _write_project(demo: Demo, root: Path) -> None:
    par_components = _par_component_rows()
    sipas_components = _sipas_component_rows()
    for year in demo.years:
        _write_release(
            root / "data" / "raw" / "PAR_INDEX" / str(year),
            _par_workbook(demo, year),
            par_components,
            _par_toml(year, claims=year == demo.years[-1]),
            f"par-index-{year}.xlsx",
        )
        _write_release(
            root / "data" / "raw" / "SIPAS" / str(year),
            _sipas_workbook(demo, year),
            sipas_components,
            _sipas_toml(year),
            f"sipas-{year}.xlsx",
        )
    _write_truth(demo, root / "truth")
    _write_text(root / "README.md", _readme(demo))


def _write_release(
    folder: Path,
    workbook: Workbook,
    components: Sequence[Mapping[str, str]],
    toml: str,
    name: str,
) -> None:
    folder.mkdir(parents=True)
    (folder / name).write_bytes(_workbook_bytes(workbook))
    _write_csv(folder / "components.csv", _COMPONENT_HEADER, (r.values() for r in components))
    _write_text(folder / "release.toml", toml)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


# --- components ----------------------------------------------------------------------------------

_COMPONENT_HEADER: Final = (
    "code", "parent", "level", "name_vi", "name_en", "max_score", "scoring", "lead_department",
)  # fmt: skip


def _par_component_rows() -> list[dict[str, str]]:
    rows = [{k: _cell_text(getattr(p, k)) for k in _COMPONENT_HEADER} for p in _parts()]
    known = table("criteria_components").drop_duplicates("code").set_index("code")
    for source in _SOURCES:
        own = [p for p in _level("subcriterion") if p.score_source == source]
        texts = (
            source,
            "total",
            "score_source",
            str(known.loc[source, "name_vi"]),
            str(known.loc[source, "name_en"]),
            _cell_text(sum(p.max_score for p in own)),
            own[0].scoring,
            "",
        )
        rows.append(dict(zip(_COMPONENT_HEADER, texts, strict=True)))
    return rows


def _sipas_component_rows() -> list[dict[str, str]]:
    known = table("criteria_components")
    known = known[known["criteria_set"].eq("SIPAS-2017")]
    rows = known[list(_COMPONENT_HEADER)].itertuples(index=False)
    return [dict(zip(_COMPONENT_HEADER, map(str, row), strict=True)) for row in rows]


def _cell_text(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:g}"
    return str(value)


# --- workbooks -----------------------------------------------------------------------------------

_SCORING_VI: Final = {"appraisal": "Thẩm định", "survey": "Điều tra XHH", "mixed": "Kết hợp"}
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_NOTE_VI: Final = f"Ghi chú: {MARK_EN} / {MARK_VI}; không phải số liệu công bố."
_PROVINCE_HEADER: Final = "Tỉnh, thành phố"
_PAR_HEADERS: Final = (
    "Điểm thẩm định", "Điểm tác động đến phát triển KT-XH", "Lãnh đạo, quản lý",
    "Người dân, tổ chức (SIPAS)", "Tổng điểm", "Chỉ số (%)", "Xếp hạng",
)  # fmt: skip
_POINTS: Final = "0.000"
_PERCENT: Final = "0.00"


def _par_workbook(demo: Demo, year: int) -> Workbook:
    """Totals and ranks, component indices, all criteria with their points; at last the claims."""
    workbook = _workbook(f"PAR INDEX {year}")
    points = _wide(demo.scores, year, "score")
    ranks = _ranks(demo.ranks, year)
    order = sorted(ranks, key=lambda p: (ranks[p], p))
    names = {u.province_id: u.name_vi for u in provinces.units("63")}

    title = f"PHỤ LỤC 1. CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM {year} CỦA CÁC TỈNH, THÀNH PHỐ"
    sheet = _sheet(workbook, "PL1", title, 9)
    _header(sheet, 4, ["STT", _PROVINCE_HEADER, *_PAR_HEADERS[:2]], span=2)
    _group(sheet, 4, 5, "Điểm điều tra xã hội học", _PAR_HEADERS[2:4])
    _header(sheet, 4, _PAR_HEADERS[4:], span=2, first=7)
    sheet.append([f"({n})" for n in range(1, 10)])
    formats = (_POINTS,) * 5 + (_PERCENT, "0")
    parts = ["appraisal", "socioeconomic", "survey_leaders", "sipas", "total"]
    for n, province in enumerate(order, 1):
        own = [points[part][province] for part in parts]
        numbers = [*own, _half_up(points["total"][province], 2), ranks[province]]
        _row(sheet, [n, names[province]], numbers, formats)
    means = [_mean(points[part].values(), 3) for part in parts]
    mean_row = [*means, _mean(points["total"].values(), 2)]
    _row(sheet, ["", "Trung bình"], mean_row, formats[:-1])
    sheet.append([_NOTE_VI])

    areas = _level("area")
    sheet = _sheet(workbook, "PL2", f"PHỤ LỤC 2. CÁC CHỈ SỐ THÀNH PHẦN NĂM {year}", 10)
    _header(sheet, 4, ["STT", _PROVINCE_HEADER], span=2)
    _group(sheet, 4, 3, "Chỉ số thành phần (%)", [a.name_vi for a in areas])
    for n, province in enumerate(order, 1):
        shares = [_half_up(100 * points[a.code][province] / a.max_score, 2) for a in areas]
        _row(sheet, [n, names[province]], shares, (_PERCENT,) * 8)
    sheet.append([_NOTE_VI])

    sheet = _sheet(
        workbook, "PL3", f"PHỤ LỤC 3. ĐIỂM CÁC TIÊU CHÍ, TIÊU CHÍ THÀNH PHẦN NĂM {year}", 12
    )
    head = [
        "Mã", "Lĩnh vực, tiêu chí, tiêu chí thành phần", "Điểm tối đa", "Hình thức đánh giá",
        "Cơ quan chủ trì",
    ]  # fmt: skip
    _header(sheet, 4, [*head, *names.values()])
    sheet.row_dimensions[5].height = None
    for part in _level("area", "criterion", "subcriterion"):
        code = _ROMAN[int(part.code[1:]) - 1] if part.level == "area" else part.code
        scoring = _SCORING_VI[part.scoring]
        texts = [code, part.name_vi, part.max_score, scoring, part.lead_department]
        _row(sheet, texts, [points[part.code][p] for p in names], (_POINTS,) * len(names))
    totals = [points["total"][p] for p in names]
    _row(sheet, ["", "TỔNG ĐIỂM", 100, "", ""], totals, (_POINTS,) * len(names))
    sheet.append([_NOTE_VI])
    sheet.freeze_panes = "C5"
    if year == demo.years[-1]:
        _claims_sheet(workbook, demo, year, names)
    return workbook


def _claims_sheet(workbook: Workbook, demo: Demo, year: int, names: Mapping[str, str]) -> None:
    """Points that the provinces claimed for themselves, in the last year only."""
    claimed = _wide(demo.self_assessed, year, "self_assessed")
    title = f"PHỤ LỤC 4. ĐIỂM TỰ ĐÁNH GIÁ CỦA CÁC TỈNH, THÀNH PHỐ NĂM {year}"
    sheet = _sheet(workbook, "PL4", title, 12)
    _header(sheet, 4, ["Mã", "Tiêu chí thành phần", *names.values()])
    sheet.row_dimensions[5].height = None
    for part in _level("subcriterion"):
        if part.code in claimed:
            claims = [claimed[part.code][p] for p in names]
            _row(sheet, [part.code, part.name_vi], claims, (_POINTS,) * len(names))
    sheet.append([_NOTE_VI])
    sheet.freeze_panes = "C5"


def _sipas_workbook(demo: Demo, year: int) -> Workbook:
    workbook = _workbook(f"SIPAS {year}")
    percents = _wide(demo.sipas, year, "percent")
    ranks = _ranks(demo.sipas_ranks, year)
    order = sorted(ranks, key=lambda p: (ranks[p], p))
    names = {u.province_id: u.name_vi for u in provinces.units("63")}
    part_names = {row["code"]: row["name_vi"] for row in _sipas_component_rows()}
    sheet = _sheet(workbook, "SIPAS", f"CHỈ SỐ HÀI LÒNG VỀ SỰ PHỤC VỤ HÀNH CHÍNH NĂM {year}", 9)
    _header(sheet, 4, ["STT", _PROVINCE_HEADER], span=2)
    _group(sheet, 4, 3, "Các yếu tố (%)", [part_names[p] for p in _SIPAS_PARTS])
    _header(sheet, 4, [_SIPAS_TOTAL, "Xếp hạng"], span=2, first=8)
    formats = (_PERCENT,) * 6 + ("0",)
    for n, province in enumerate(order, 1):
        numbers = [percents[part][province] for part in (*_SIPAS_PARTS, "total")]
        _row(sheet, [n, names[province]], [*numbers, ranks[province]], formats)
    means = [_mean(percents[part].values(), 2) for part in (*_SIPAS_PARTS, "total")]
    _row(sheet, ["", "Trung bình"], means, formats[:-1])
    sheet.append([_NOTE_VI])
    return workbook


_SIPAS_TOTAL: Final = "Chỉ số hài lòng chung (%)"


def _wide(long: pd.DataFrame, year: int, value: str) -> dict[str, dict[str, float]]:
    """Component to province to value, of one year."""
    rows = long[long["year"].eq(year)]
    return {
        str(component): dict(zip(own["province_id"].tolist(), own[value].tolist(), strict=True))
        for component, own in rows.groupby("component", sort=False)
    }


def _ranks(long: pd.DataFrame, year: int) -> dict[str, int]:
    rows = long[long["year"].eq(year)]
    return dict(zip(rows["province_id"].tolist(), rows["rank"].tolist(), strict=True))


def _half_up(value: float, decimals: int) -> float:
    """Round as offices do, on the decimal number and not on its binary neighbour."""
    scale: int = 10**decimals
    return math.floor(round(value * scale, 6) + 0.5) / scale


def _mean(values: Iterable[float], decimals: int) -> float:
    every = list(values)
    return _half_up(math.fsum(every) / len(every), decimals)


def _workbook(title: str) -> Workbook:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "parstudy demo"
    workbook.properties.title = f"{MARK_EN} / {MARK_VI}: {title}"
    return workbook


def _sheet(workbook: Workbook, name: str, title: str, width: int) -> Worksheet:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet: Worksheet = workbook.create_sheet(name)
    for row, text in enumerate((f"{MARK_EN} / {MARK_VI}", title), 1):
        sheet.append([text])
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        sheet.cell(row, 1).font = Font(bold=True, color="C00000" if row == 1 else "000000")
        sheet.cell(row, 1).alignment = Alignment(horizontal="center")
    sheet.column_dimensions["A"].width = 8
    sheet.column_dimensions["B"].width = 34
    for column in range(3, width + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 15
    sheet.row_dimensions[4].height = sheet.row_dimensions[5].height = 62
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _header(
    sheet: Worksheet, row: int, texts: Sequence[str], *, span: int = 1, first: int = 1
) -> None:
    """Header cells, each merged over ``span`` rows."""
    for column, text in enumerate(texts, first):
        _head_cell(sheet, row, column, text)
        if span > 1:
            sheet.merge_cells(
                start_row=row, end_row=row + span - 1, start_column=column, end_column=column
            )


def _group(sheet: Worksheet, row: int, first: int, text: str, below: Sequence[str]) -> None:
    """One header merged over several columns, and the headers below it."""
    _head_cell(sheet, row, first, text)
    last = first + len(below) - 1
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    _header(sheet, row + 1, below, first=first)


def _head_cell(sheet: Worksheet, row: int, column: int, text: str) -> None:
    from openpyxl.styles import Alignment, Font

    cell = sheet.cell(row, column, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _row(
    sheet: Worksheet, texts: Sequence[Any], numbers: Sequence[float], formats: Sequence[str]
) -> None:
    row = sheet.max_row + 1
    for column, text in enumerate(texts, 1):
        if text != "":
            sheet.cell(row, column, text)
    pairs = zip(numbers, formats, strict=True)
    for column, (number, form) in enumerate(pairs, len(texts) + 1):
        sheet.cell(row, column, number).number_format = form


_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_DATE: Final = datetime.datetime(2000, 1, 1)
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def _workbook_bytes(workbook: Workbook) -> bytes:
    """Workbook without the clock: neither in its properties nor in the archive."""
    workbook.properties.created = _DATE
    saved = io.BytesIO()
    workbook.save(saved)
    packed = io.BytesIO()
    stamp = f"{_DATE.isoformat()}Z".encode()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            new.writestr(_zip_entry(name), content)
    return packed.getvalue()


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every system
    entry.external_attr = 0o644 << 16
    return entry


# --- release.toml --------------------------------------------------------------------------------


def _toml_head(index: str, year: int, criteria_set: str, name: str) -> str:
    return f"""\
# {MARK_EN} / {MARK_VI}: made by `parstudy demo`, no figure is real
[release]
index = "{index}"
year = {year}
geography = "63"
n_ranked = 63
criteria_set = "{criteria_set}"
synthetic = true
title = "{MARK_EN} / {MARK_VI}: {name} {year}"
ties = "min"

[source]
id = "synthetic-{index.lower().replace("_", "-")}-{year}"
title = "{MARK_EN} / {MARK_VI}: {name} {year}"
publisher = "parstudy demo"
kind = "official table"
published_on = "{year + 1}-05"

[[files]]
path = "components.csv"
reader = "components"
"""


def _toml_table(
    path: str, sheet: str, columns: Iterable[tuple[str, str, str, str]], header_rows: str
) -> str:
    lines = "\n".join(
        f'  {{ column = "{column}", component = "{component}", measure = "{measure}", '
        f'header = "{header}" }},'
        for column, component, measure, header in columns
    )
    return f"""
[[files]]
path = "{path}"
reader = "table"
sheet = "{sheet}"
orientation = "provinces_in_rows"
decimal = ","
header_rows = "{header_rows}"
number_column = "A"
unit_column = "B"
columns = [
{lines}
]
"""


def _par_toml(year: int, *, claims: bool) -> str:
    path = f"par-index-{year}.xlsx"
    parts = (
        ("appraisal", "score"), ("socioeconomic", "score"), ("survey_leaders", "score"),
        ("sipas", "score"), ("total", "score"), ("total", "percent"), ("total", "rank"),
    )  # fmt: skip
    totals = [
        (column, *part, header)
        for column, part, header in zip("CDEFGHI", parts, _PAR_HEADERS, strict=True)
    ]
    indices = [
        (column, area.code, "percent", area.name_vi)
        for column, area in zip("CDEFGHIJ", _level("area"), strict=True)
    ]
    return (
        _toml_head("PAR_INDEX", year, CRITERIA_SET, "PAR INDEX")
        + _toml_table(path, "PL1", totals, "4-6")
        + _toml_table(path, "PL2", indices, "4-5")
        + f"""
[[files]]
path = "{path}"
reader = "table"
sheet = "PL3"
orientation = "provinces_in_columns"
decimal = ","
unit_row = 4
code_column = "A"
name_column = "B"
max_column = "C"
scoring_column = "D"
department_column = "E"
labels = [
  {{ label = "TỔNG ĐIỂM", component = "total" }},
]
"""
        + (_CLAIMS_TOML.format(path=path) if claims else "")
    )


_CLAIMS_TOML: Final = """
[[files]]
path = "{path}"
reader = "table"
sheet = "PL4"
orientation = "provinces_in_columns"
measure = "self_assessed"
decimal = ","
unit_row = 4
code_column = "A"
name_column = "B"
"""


def _sipas_toml(year: int) -> str:
    names = {row["code"]: row["name_vi"] for row in _sipas_component_rows()}
    columns = [
        *((c, p, "percent", names[p]) for c, p in zip("CDEFG", _SIPAS_PARTS, strict=True)),
        ("H", "total", "percent", _SIPAS_TOTAL),
        ("I", "total", "rank", "Xếp hạng"),
    ]
    return _toml_head("SIPAS", year, SIPAS_SET, "SIPAS") + _toml_table(
        f"sipas-{year}.xlsx", "SIPAS", columns, "4-5"
    )


# --- truth ---------------------------------------------------------------------------------------


def _write_truth(demo: Demo, folder: Path) -> None:
    folder.mkdir()
    truth = {
        "what": f"{MARK_EN} / {MARK_VI}: parameters that generated the releases beside this",
        "seed": demo.seed,
        "years": list(demo.years),
        "criteria_set": CRITERIA_SET,
        "order_of_areas": list(demo.order_of_areas),
        "order_of_subcriteria": list(demo.order_of_subcriteria),
        "files": {
            "effects.csv": "loading: bond of an area with quality, of a sub-criterion with its "
            "area; loading_on_quality: bond with quality; saturation: expected share of provinces "
            "at the maximum in the first year",
            "quality.csv": "latent quality of each province and year, and of its areas",
            "self_assessed.csv": "points that the province claimed and points that it was granted",
        },
    }
    _write_text(folder / "truth.json", json.dumps(truth, ensure_ascii=False, indent=2) + "\n")

    columns = (
        "code", "level", "max_score", "scoring", "score_source", "saturation", "loading",
        "loading_on_quality",
    )  # fmt: skip
    rows = [[_cell_text(getattr(p, c)) for c in columns] for p in _level("area", "subcriterion")]
    _write_csv(folder / "effects.csv", columns, rows)

    _write_csv(
        folder / "quality.csv",
        list(demo.quality.columns),
        (
            (f"{x:.6f}" if isinstance(x, float) else x for x in row)
            for row in demo.quality.itertuples(index=False)
        ),
    )

    keys = ["year", "province_id", "component"]
    both = demo.self_assessed.merge(demo.scores, on=keys, validate="one_to_one")
    _write_csv(
        folder / "self_assessed.csv",
        [*keys, "self_assessed", "appraised"],
        (
            (*key, _cell_text(claimed), _cell_text(granted))
            for *key, claimed, granted in both.itertuples(index=False)
        ),
    )


def _readme(demo: Demo) -> str:
    first, last = demo.years[0], demo.years[-1]
    return f"""\
# {MARK_EN} / {MARK_VI}

Made by `parstudy demo` with seed {demo.seed}. **No figure in this folder is real**: the names of
the provinces are, their scores, ranks and percentages are not.

Do lệnh `parstudy demo` tạo ra với hạt giống {demo.seed}. **Không có số liệu nào trong thư mục này
là thật**: chỉ có tên các tỉnh, thành phố là thật; điểm, thứ hạng và tỷ lệ đều là giả định.

- `data/raw/PAR_INDEX/`, `data/raw/SIPAS/`: one release for each index year {first} to {last}, as
  XLSX in the layout of an official annex, with `release.toml`.
- `truth/`: what the figures were generated from. Not for analysis; for checking an analysis.

Real releases must not be added to this folder, nor these to a real project.
"""
