"""PAPI and PCI: fourteen and twenty years of a companion index in the same tables."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parstudy as ps
from parstudy.dataset import Dataset, build, from_releases
from parstudy.errors import ProvinceError, ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.fetch._model import Origin, Prepared, Provenance
from parstudy.fetch.recipes import papi as papi_recipe
from parstudy.fetch.recipes import pci as pci_recipe
from parstudy.project import Project
from parstudy.releases import RawRelease, read_release_folder
from parstudy.statistics import drivers, importance
from parstudy.studies import agreement, coverage, one_index, overview

YEARS = range(2011, 2025)


def provenance(name: str, files: Mapping[str, Path]) -> Provenance:
    origins = {
        key: Origin(f"https://example.org/{key}", hashlib.sha256(path.read_bytes()).hexdigest())
        for key, path in files.items()
    }
    return Provenance(name, name.upper(), "a compiler", "MIT", "https://example.org", "", origins)


def register(prepared: list[Prepared], root: Path) -> list[Path]:
    folders = []
    for one in prepared:
        folder = root / one.folder
        folder.mkdir(parents=True)
        for name, path in one.files.items():
            shutil.copyfile(path, folder / name)
        (folder / one.toml_name).write_text(one.toml, encoding="utf-8")
        folders.append(folder)
    return folders


def write_press(root: Path, year: int, rows: list[dict[str, str]]) -> None:
    """Write figures that pages print, each with its page."""
    folder = root / "data" / "raw" / "PAPI" / f"{year}-press"
    folder.mkdir(parents=True)
    pages = {url: f"page-{n}" for n, url in enumerate(sorted({r["source_url"] for r in rows}))}
    head = "index,year,unit_level,unit,component,measure,value,certainty,source_id,note\n"
    lines = []
    for row in rows:
        code = re.sub(r"^SC(\d)(\d)$", r"\1.\2", row["item"]).replace("T", "total")
        page = f"{year}-{pages[row['source_url']]}"
        lines.append(
            f"PAPI,{year},province,{row['province']},{code},score,{row['published']},stated,{page},\n"
        )
    (folder / "figures.csv").write_text(head + "".join(lines), encoding="utf-8")
    head = "source_id,url,title,publisher,kind,published_on,retrieved_on,sha256,licence\n"
    lines = [f'{year}-{page},"{url}",,,press,,,,\n' for url, page in pages.items()]
    (folder / "sources.csv").write_text(head + "".join(lines), encoding="utf-8")
    (folder / "release.toml").write_text(
        f'[release]\nindex = "PAPI"\nyear = {year}\ngeography = "63"\nn_ranked = 63\n'
        f'criteria_set = "{criteria.criteria_set_of("PAPI", year)}"\n'
        '[sources]\npath = "sources.csv"\n'
        '[[files]]\npath = "figures.csv"\nreader = "figures"\n',
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def papi(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """All years of PAPI, and what pages print of them, as a project without other indices."""
    root = tmp_path_factory.mktemp("papi")
    files = {f"{year}.csv": mirror / "papi" / f"{year}.csv" for year in YEARS}
    register(papi_recipe.RECIPE.prepare(files, provenance("papi", files)), root)
    with (mirror / "papi" / "checks_against_published.csv").open(encoding="utf-8") as handle:
        checks = list(csv.DictReader(handle))
    for year in sorted({row["year"] for row in checks}):
        write_press(root, int(year), [row for row in checks if row["year"] == year])
    return build(Project.find(root))


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str], tuple[dict[str, Path], Provenance]]:
    """Make a file of one year with made-up figures (SYNTHETIC): every cell ``0.5``."""

    def make(text: str = "", name: str = "2019.csv") -> tuple[dict[str, Path], Provenance]:
        path = tmp_path / name
        path.write_text(text or synthetic(), encoding="utf-8")
        files = {name: path}
        return files, provenance("papi", files)

    return make


def synthetic(year: int = 2019, blank: Mapping[str, list[str]] | None = None) -> str:
    known = criteria.components()
    known = known[known["criteria_set"].eq(criteria.criteria_set_of("PAPI", year))]
    codes = list(known.loc[known["level"].eq("criterion"), "code"])
    names = [f"SC{c.replace('.', '')}" for c in codes]
    lines = [",".join(["Province", *names])]
    for n in range(1, 64):
        unit = f"P{n:02d}"
        empty = (blank or {}).get(unit, [])
        cells = ["" if c in empty else f"{0.5 + n / 1000:.9f}" for c in codes]
        lines.append(",".join([unit, *cells]))
    return "\n".join(lines) + "\n"


def read(prepared: list[Prepared], root: Path) -> list[RawRelease]:
    return [read_release_folder(folder) for folder in register(prepared, root)]


# --- all years -----------------------------------------------------------------------------------


def test_all_province_years_are_there_or_said_to_be_absent(papi: Dataset) -> None:
    assert papi.years("PAPI") == list(YEARS)
    own = papi.figures[papi.figures["locator"].str.contains(r"\.csv row")]
    own = own[own["source_id"].str.startswith("papi-")]
    known = own.groupby(["year", "unit_id"]).size()
    parts = known.groupby(level="year").transform("max")
    complete = int(known.eq(parts).sum())
    assert (complete, len(known) - complete, len(YEARS) * 63 - len(known)) == (869, 4, 9)
    total = papi.scores[papi.scores["component"].eq("total") & papi.scores["score"].notna()]
    assert len(total) == 869
    partial = known[known.ne(parts)].index
    assert set(partial) == {
        (2018, "quang-ninh"), (2018, "dong-thap"), (2022, "bac-giang"), (2022, "bac-ninh"),
    }  # fmt: skip
    assert not set(partial) & set(zip(total["year"], total["province_id"], strict=True))


def test_sums_equal_those_made_elsewhere(papi: Dataset, mirror: Path) -> None:
    made = pd.read_csv(
        mirror / "papi" / "derived_dimensions_2011_2024.csv", dtype={"gso_code": str}
    )
    made["province_id"] = [provinces.resolve(n).province_id for n in made["name_vi"]]
    dimensions = [f"D{i}" for i in range(1, 9)]
    long = made.rename(columns={"total_all_dims": "total"}).melt(
        ["year", "province_id"], [*dimensions, "total"], "component", "expected"
    )
    # the other computation adds up what a partial province has; totals there are no totals
    both = papi.scores.merge(
        long.dropna(), on=["year", "province_id", "component"], how="inner", validate="one_to_one"
    )
    both = both[both["score_source_id"].str.startswith("papi-")]
    assert len(both) > 869 * 7
    assert (both["score"] - both["expected"]).abs().max() < 1e-6
    sums = papi.figures[papi.figures["certainty"].eq("derived")]
    assert set(sums["component"]) == {*dimensions, "total"}
    assert sums["locator"].str.startswith("sum of ").all()


def test_the_published_figures_agree_but_for_the_known_misprint(papi: Dataset) -> None:
    found = agreement.agreement(papi, "PAPI")
    assert (found.compared, found.agree) == (153, 152)
    wrong = found.disagreements.iloc[0]
    assert (wrong["province_id"], wrong["year"], wrong["component"]) == ("nghe-an", 2019, "D7")
    assert (wrong["other_text"], round(wrong["panel_value"], 2)) == ("3.99", 3.49)
    assert found.by_year["compared"].sum() == 153
    # two totals of 2021 differ by less than 0.01 from the sum, but round to another last digit
    assert found.last_digit == 2
    near = found.table[found.table["last_digit"]]
    assert set(near["other_text"]) == {"40.62", "48.05"}
    conflict = papi.findings[papi.findings["code"].eq("conflict_score")]
    assert set(zip(conflict["unit_id"], conflict["component"], strict=True)) == {
        ("nghe-an", "D7"), ("ba-ria-vung-tau", "total"), ("thua-thien-hue", "total"),
    }  # fmt: skip
    assert conflict.loc[conflict["unit_id"].eq("nghe-an"), "found"].item() == (
        "3.485668361 (papi-2019) ≠ 3.99 (2019-page-0)"
    )


def test_ranks_are_computed_among_those_with_a_total(papi: Dataset) -> None:
    assert papi.scores["rank_published"].isna().all()
    for year, n in ((2013, 63), (2018, 61), (2021, 60), (2024, 61)):
        view = overview.overview(papi, "PAPI", year)
        assert view.ranks_computed
        assert sorted(view.ranking["rank"].dropna()) == list(range(1, n + 1))
    assert coverage.best_covered_year(papi.scores, "PAPI") == 2024
    d1 = papi.at("PAPI", 2018, "D1")
    assert d1["rank_computed"].notna().sum() == 63
    assert papi.at("PAPI", 2018, "D2")["rank_computed"].notna().sum() == 61


def test_maxima_follow_the_year_and_percent_is_a_share(papi: Dataset) -> None:
    before, after = (papi.at("PAPI", year) for year in (2017, 2018))
    assert set(before["max_score"]) == {60.0}
    assert set(after["max_score"]) == {80.0}
    known = after[after["score"].notna()]
    assert (known["percent"] - known["score"] / 80 * 100).abs().max() < 1e-9


def test_a_code_has_the_meaning_of_its_year(papi: Dataset) -> None:
    def meaning(year: int, code: str) -> str:
        names = coverage.component_names(papi.scores, papi.components, index="PAPI", year=year)
        return str(names.set_index("code").loc[code, "name_en"])

    assert meaning(2015, "3.2") == "People's inspection boards"
    assert meaning(2016, "3.2") == "Response to citizens' appeals"
    assert meaning(2017, "2.1") == "Poverty list transparency"
    assert meaning(2018, "2.1") == "Access to information"
    frame = coverage.component_frame(
        papi.scores, papi.components, index="PAPI", year=2021, level="criterion"
    )
    assert (len(frame), "5.2" in frame, len(frame.columns)) == (60, False, 28 + 1)


# --- without the mirror --------------------------------------------------------------------------


def test_an_index_without_data_has_no_years(shipped: Dataset) -> None:
    for index in ("PAPI", "PCI", "DTI"):
        assert shipped.years(index) == []
        assert shipped.at(index, 2020).empty
    with pytest.raises(ps.ParstudyError, match=r"no figures of this year.*parstudy fetch"):
        overview.overview(shipped, "PAPI", 2020)


def test_a_partial_province_has_its_dimensions_but_no_total(
    small: Callable[..., tuple[dict[str, Path], Provenance]], tmp_path: Path
) -> None:
    text = synthetic(blank={"P02": ["4.3"]})
    (prepared,) = papi_recipe.RECIPE.prepare(*small(text))
    assert prepared.notes == (
        "PAPI 2019 lacks sub-dimensions of Hà Giang: no total, no rank there",
    )
    built = from_releases(read([prepared], tmp_path / "project"))
    assert not built.errors
    scores = built.frames["scores"].set_index(["province_id", "component"])
    assert ("ha-giang", "D4") not in scores.index
    assert ("ha-giang", "total") not in scores.index
    assert scores.loc[("ha-giang", "D1"), "score"] == pytest.approx(4 * 0.502)
    hanoi = scores.loc[("ha-noi", "total")]
    assert hanoi["score"] == pytest.approx(29 * 0.501)
    assert (hanoi["certainty"], hanoi["n_ranked"]) == ("derived", 62)
    # Cà Mau is P63 and has the highest figure of all
    assert scores.loc[("ca-mau", "total"), "rank_computed"] == 1


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda t: t.replace("SC83", "SC99"), "changed_columns"),
        (lambda t: t.replace("SC83", "E-government"), "changed_columns"),
        (lambda t: t.replace("Province", "Unit"), "changed_columns"),
        (lambda t: t.replace("P07,", "P08,"), "wrong_number_of_units"),
        (lambda t: t[: t.rindex("P63")], "wrong_number_of_units"),
        (lambda t: t[: t.rindex("P63") + 40], "damaged_csv"),
        (lambda t: t.replace("0.501000000", "50.1"), "out_of_range"),
        (lambda t: t.replace("0.501000000", "O.501"), "out_of_range"),
    ],
)
def test_a_changed_file_is_refused(
    damage: Callable[[str], str],
    code: str,
    small: Callable[..., tuple[dict[str, Path], Provenance]],
) -> None:
    with pytest.raises(ReleaseError) as caught:
        papi_recipe.RECIPE.prepare(*small(damage(synthetic())))
    assert caught.value.code == code
    assert "2019.csv" in str(caught.value)


def test_a_code_of_papi_is_understood_only_within_its_scheme(
    small: Callable[..., tuple[dict[str, Path], Provenance]], tmp_path: Path
) -> None:
    assert provinces.resolve("PAPI:P12").name_vi == "Thái Nguyên"
    assert provinces.resolve("gso:12").name_vi == "Lai Châu"
    for text, geography in (("P12", "63"), ("PAPI:P12", "34"), ("PAPI:12", "63")):
        with pytest.raises(ProvinceError):
            provinces.resolve(text, geography)
    codes = {provinces.resolve_code("PAPI", f"P{n:02d}").province_id for n in range(1, 64)}
    assert len(codes) == 63
    (prepared,) = papi_recipe.RECIPE.prepare(*small())
    (folder,) = register([prepared], tmp_path / "project")
    toml = folder / "release.toml"
    plain = toml.read_text(encoding="utf-8").replace('unit_scheme = "PAPI"\n', "")
    toml.write_text(plain, encoding="utf-8")
    with pytest.raises(ReleaseError, match="names no province"):
        read_release_folder(folder)
    toml.write_text(plain.replace("header_rows", 'unit_scheme = "PAPY"\nheader_rows'), "utf-8")
    with pytest.raises(ReleaseError, match="unit_scheme"):
        read_release_folder(folder)


# --- PCI -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2015, {"2.1": "2.1 Poverty list transparency", "2.2": "2.2 Communal budget transparency"}),
        (2019, {"2.1": "2.1 Access to information", "2.2": "2.2 Poverty list transparency"}),
    ],
)
def test_a_page_names_the_parts_as_its_year_has_them(
    papi: Dataset, root: Path, monkeypatch: pytest.MonkeyPatch, year: int, expected: dict[str, str]
) -> None:
    """The same code is another question in another period."""
    monkeypatch.setenv("PARSTUDY_PROJECT", str(papi.project.root))
    cells = json.loads((root / "notebooks" / "drivers.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    room: dict[str, Any] = {"index": "PAPI", "year": year, "level": "criterion", "lang": "en"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code[1], "drivers.ipynb", "exec"), room)  # the cell after the parameters
    assert {k: room["names"][k] for k in expected} == expected


@pytest.fixture(scope="session")
def pci(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("pci")
    names = ("derived_pci_overall_2005_2024.csv", "pci_2005_2016_vietnamdata_cc0.csv")
    files = {f"pci/{name}": mirror / "pci" / name for name in names}
    register(pci_recipe.RECIPE.prepare(files, provenance("pci", files)), root)
    return build(Project.find(root))


def test_pci_has_all_provinces_from_2009_and_the_best_only_since_2023(pci: Dataset) -> None:
    total = pci.scores[pci.scores["component"].eq("total")]
    known = total[total["score"].notna()].groupby("year").size()
    assert set(known.loc[2009:2022]) == {63}
    assert (known[2023], known[2024]) == (2, 15)
    ranked = total[total["rank_computed"].notna()].groupby("year").size()
    assert dict(ranked) == dict.fromkeys(range(2009, 2023), 63)
    da_nang = pci.series(index="PCI", province="da-nang").loc[2016]
    assert (round(da_nang["score"], 2), da_nang["rank_computed"]) == (70.0, 1)


def test_pci_parts_are_those_of_their_year(pci: Dataset) -> None:
    parts = pci.scores[pci.scores["component"].ne("total")]
    per_year = parts.groupby("year")["component"].nunique()
    assert dict(per_year) == {
        2005: 9, **dict.fromkeys((2006, 2007, 2008), 10), **dict.fromkeys(range(2009, 2013), 9),
        **dict.fromkeys(range(2013, 2017), 10),
    }  # fmt: skip
    unknown = pci.findings[pci.findings["code"].eq("unknown_component")]
    assert unknown.empty


def test_parts_of_a_weighted_total_are_held_against_it_with_their_weights(pci: Dataset) -> None:
    def of(year: int) -> one_index.Study:
        return one_index.study(pci, "PCI", year, "part")

    what = of(2014)
    # the weights that VCCI prints for 2013 to 2016, in hundredths; parts run to ten points
    told = {"transparency": 20, "support": 20, "labor": 20, "informal": 10}
    assert dict(what.factors) == {c: told.get(c, 5) / 10 for c in what.parts}
    assert what.weights is not None
    assert what.weights.sum() == 100
    assert (what.parts.sum(axis=1) - what.total).abs().max() < 1e-4
    shares = importance.variance_shares(what.parts, what.total, max_scores=what.weights).table
    assert shares["share"].drop(importance.REST).sum() == pytest.approx(1, abs=1e-6)
    assert shares.loc["labor", "nominal_share"] == pytest.approx(0.2)
    # a part taken away with its weight leaves nothing of itself in the rest
    own = pci.scores[pci.scores["year"].eq(2014)].pivot(
        index="province_id", columns="component", values="score"
    )
    rest = own["total"] - 2 * own["labor"]
    by_hand = own["labor"].corr(rest, method="spearman")
    found = drivers.item_rest(what.parts, what.total).table.loc["labor", "spearman"]
    assert found == pytest.approx(by_hand)
    assert found < 0 < own["labor"].corr(own["total"] - own["labor"], method="spearman")
    # in 2011 a figure does not fit; the other years of the set give the weights
    assert dict(of(2011).factors) == dict(of(2010).factors)
    # the years that are pooled are in the same points
    assert (of(2016).pooled.groupby("year")["labor"].max() > 10).all()


def test_the_survey_as_a_whole_and_in_parts_are_not_added(shipped: Dataset) -> None:
    year, codes = 2020, ["appraisal", "survey_leaders", "sipas", "socioeconomic"]

    def frame(scores: pd.DataFrame, components: pd.DataFrame) -> pd.DataFrame:
        return coverage.component_frame(
            scores, components, index="PAR_INDEX", year=year, level="score_source"
        )

    fine = frame(shipped.scores, shipped.components)
    assert [*fine.columns] == [*codes, "total"]
    # a panel brings appraisal and survey of all provinces
    own = shipped.scores[
        shipped.scores["index_id"].eq("PAR_INDEX") & shipped.scores["year"].eq(year)
    ]
    total = own[own["component"].eq("total") & own["score"].notna()]
    panel = pd.concat(
        [
            total[~total["province_id"].isin(fine.index)].assign(component="appraisal", score=55.0),
            total.assign(component="survey", score=total["score"] - 55),
        ]
    )
    tree = shipped.components
    set_name = total["criteria_set"].iloc[0]
    one = tree[tree["criteria_set"].eq(set_name) & tree["code"].eq("appraisal")]
    components = pd.concat([tree, one.assign(code="survey")])
    wide = frame(pd.concat([own, panel]), components)
    assert [*wide.columns] == ["appraisal", "survey", "total"]
    assert len(wide) == len(total) > len(fine)
    # where as many have the parts, the parts say more
    few = panel[panel["component"].eq("survey") & panel["province_id"].isin(fine.index)]
    assert [*frame(pd.concat([own, few]), components).columns] == [*codes, "total"]


def test_ha_tay_and_the_ha_noi_of_then_are_left_out_and_told(mirror: Path, pci: Dataset) -> None:
    early = pci.scores[pci.scores["year"].lt(2009)]
    assert "ha-noi" not in set(early["province_id"])
    assert early["rank_computed"].isna().all()
    counted = early[early["component"].eq("total")].groupby("year").size()
    assert dict(counted) == {2005: 40, 2006: 62, 2007: 62, 2008: 62}
    name = "pci_2005_2016_vietnamdata_cc0.csv"
    files = {name: mirror / "pci" / name}
    notes = {p.year: p.notes for p in pci_recipe.RECIPE.prepare(files, provenance("pci", files))}
    assert "Hà Tây" in notes[2007][0]
    assert "Hà Nội" in notes[2007][0]
    assert notes[2010] == ()


# --- DTI -----------------------------------------------------------------------------------------


def test_dti_runs_from_0_to_1(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "DTI" / "2022"
    folder.mkdir(parents=True)
    rows = [(u.name_vi, 0.4 + n / 200) for n, u in enumerate(provinces.units("63"))]
    lines = "".join(
        f"{name},{value:.4f},{value:.4f},{value:.4f},{value:.4f},{63 - n}\n"
        for n, (name, value) in enumerate(rows)
    )
    (folder / "dti.csv").write_text("unit,dti,cqs,kts,xhs,rank\n" + lines, encoding="utf-8")
    (folder / "release.toml").write_text(
        '[release]\nindex = "DTI"\nyear = 2022\ngeography = "63"\nn_ranked = 63\n'
        'criteria_set = "DTI-2021"\n[source]\nid = "dti"\nkind = "open panel"\n'
        '[[files]]\npath = "dti.csv"\nreader = "table"\norientation = "provinces_in_rows"\n'
        'decimal = "."\nheader_rows = 1\nunit_column = "A"\ncolumns = [\n'
        '{ column = "B", component = "total" }, { column = "C", component = "cqs" },\n'
        '{ column = "D", component = "kts" }, { column = "E", component = "xhs" },\n'
        '{ column = "F", component = "total", measure = "rank" } ]\n',
        encoding="utf-8",
    )
    dataset = build(Project.find(tmp_path))
    last = dataset.at("DTI", 2022).loc["ca-mau"]
    assert (last["score"], last["max_score"], last["rank_published"]) == (0.71, 1.0, 1)
    assert last["percent"] == pytest.approx(71.0)
    assert dataset.findings.empty
    right = (folder / "dti.csv").read_text(encoding="utf-8")
    # the total first, then each part as well
    for many, told in ((1, "out of range"), (4, "beyond the 1 of the whole index")):
        too_much = right.replace("0.7100", "1.7100", many)
        (folder / "dti.csv").write_text(too_much, encoding="utf-8")
        with pytest.raises(ps.ParstudyError, match=told):
            build(Project.find(tmp_path))
