"""The SYNTHETIC project: true to its own truth, and never to be taken for real."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import tomllib
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy.stats import spearmanr

from parstudy import demo
from parstudy.errors import ParstudyError, ProjectError
from parstudy.facts.provinces import resolve
from parstudy.project import Project
from parstudy.releases import read_release_folder

N = 63


@pytest.fixture(scope="module")
def made() -> demo.Demo:
    return demo.generate()


@pytest.fixture(scope="module")
def written() -> demo.Demo:
    """What `project` was written from."""
    return demo.generate(years=3)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    return demo.write_demo(tmp_path_factory.mktemp("demo") / "project", years=3)


@pytest.fixture(scope="module")
def releases(project):
    folders = sorted(p.parent for p in project.raw.glob("*/*/release.toml"))
    return {(r.index, r.year): r for r in map(read_release_folder, folders)}


def wide(made: demo.Demo) -> pd.DataFrame:
    return made.scores.pivot(index=["year", "province_id"], columns="component", values="score")


def parts(made: demo.Demo, *levels: str) -> pd.DataFrame:
    return made.components[made.components["level"].isin(levels)].set_index("code")


def item_rest(scores: pd.DataFrame, codes) -> dict[str, float]:
    """Mean over the years of Spearman's correlation of a part with the total without it."""
    return {
        code: np.mean(
            [
                spearmanr(own[code], own["total"] - own[code]).statistic
                for _, own in scores.groupby("year")
            ]
        )
        for code in codes
    }


def strongest_first(found: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(found, key=lambda code: -found[code]))


class TestCriteriaSet:
    def test_size_and_maxima(self, made):
        levels = made.components["level"].value_counts().to_dict()
        assert levels == {"subcriterion": 90, "criterion": 40, "area": 8, "total": 1}
        tops = made.components.set_index("code")["max_score"]
        below = made.components.groupby("parent")["max_score"].sum()
        for code in below.index.drop(""):
            assert below[code] == tops[code], code
        assert tops["total"] == 100
        sources = parts(made, "subcriterion").groupby("score_source")["max_score"].sum()
        assert sources.to_dict() == {
            "appraisal": 61.5, "survey_leaders": 22.0, "sipas": 10.0, "socioeconomic": 6.5
        }  # fmt: skip

    def test_names_say_that_they_are_made_up(self, made):
        own = parts(made, "criterion", "subcriterion")
        assert own["name_en"].str.startswith("SYNTHETIC").all()
        assert own["name_vi"].str.contains("giả định").all()
        assert not own["name_en"].duplicated().any()
        assert own["lead_department"].ne("").all()


class TestFigures:
    def test_shape(self, made):
        assert made.years == (2018, 2019, 2020, 2021, 2022, 2023)
        assert len(made.scores) == 6 * N * (1 + 4 + 8 + 40 + 90)
        assert len(made.sipas) == 6 * N * 6
        assert not made.scores.isna().any(axis=None)
        assert made.scores["province_id"].nunique() == N

    def test_parts_add_up_to_their_parent_exactly(self, made):
        scores = (wide(made) * 1000).round().astype(int)
        assert (abs(scores / 1000 - wide(made)) < 1e-12).all(axis=None)
        children = made.components.groupby("parent")["code"].apply(list).drop("")
        assert len(children) == 1 + 8 + 40
        for parent, codes in children.items():
            assert (scores[codes].sum(axis=1) == scores[parent]).all(), parent
        sources = ["appraisal", "survey_leaders", "sipas", "socioeconomic"]
        assert (scores[sources].sum(axis=1) == scores["total"]).all()

    def test_appraisers_give_quarter_points_and_surveys_do_not(self, made):
        scores = wide(made)
        own = parts(made, "subcriterion")
        assert ((scores[own.index] >= 0) & (scores[own.index] <= own["max_score"])).all(axis=None)
        appraised = own.index[own["scoring"].eq("appraisal")]
        assert len(appraised) == 67
        assert (scores[appraised] * 4 % 1 == 0).all(axis=None)
        surveyed = own.index[own["scoring"].eq("survey")]
        assert (scores.loc[2023, surveyed].nunique() > 40).all()

    def test_most_subcriteria_are_saturated_and_one_is_constant(self, made):
        own = parts(made, "subcriterion")
        at_top = (wide(made)[own.index] == own["max_score"]).groupby("year").mean()
        saturated = (at_top > 0.5).sum(axis=1)
        assert (saturated > 45).all()
        assert (saturated < 70).all()
        assert ((at_top == 1).sum(axis=1) == 1).all()

    def test_sipas_part_is_a_tenth_of_the_sipas_total(self, made):
        total = made.sipas[made.sipas["component"].eq("total")]
        percents = total.set_index(["year", "province_id"])["percent"]
        assert (abs(wide(made)["sipas"] - percents / 10) < 1e-9).all()
        by_part = made.sipas[made.sipas["component"].ne("total")]
        means = by_part.groupby(["year", "province_id"])["percent"].mean()
        assert (abs(means - percents) < 0.00501).all()

    def test_ranks_follow_the_unrounded_totals_and_ties_share_the_best_place(self, made):
        total = (wide(made)["total"] * 1000).round()
        expected = total.groupby("year").rank(method="min", ascending=False).astype(int)
        ranks = made.ranks.set_index(["year", "province_id"])["rank"].sort_index()
        assert ranks.equals(expected.rename("rank"))
        percents = made.sipas[made.sipas["component"].eq("total")]
        percents = percents.set_index(["year", "province_id"])["percent"].round(2).sort_index()
        expected = percents.groupby("year").rank(method="min", ascending=False).astype(int)
        ranks = made.sipas_ranks.set_index(["year", "province_id"])["rank"].sort_index()
        assert ranks.equals(expected.rename("rank"))
        assert ranks.groupby("year").nunique().min() < N  # ties do occur

    def test_levels_are_plausible(self, made):
        totals = wide(made)["total"].groupby("year").agg(["mean", "std", "min", "max"])
        assert totals["mean"].between(82, 92).all()
        assert totals["std"].between(2, 6).all()
        assert (totals["max"] < 99).all()
        assert totals["mean"].is_monotonic_increasing

    def test_quality_drifts(self, made):
        ranks = made.ranks.pivot(index="province_id", columns="year", values="rank")
        neighbours = [ranks[y].corr(ranks[y + 1]) for y in made.years[:-1]]
        assert all(0.6 < r < 0.95 for r in neighbours)
        assert ranks[2018].corr(ranks[2023]) < min(neighbours)

    def test_claims(self, made):
        keys = ["year", "province_id", "component"]
        both = made.self_assessed.merge(made.scores, on=keys, validate="one_to_one")
        assert len(both) == 6 * N * 67
        tops = both["component"].map(parts(made, "subcriterion")["max_score"])
        assert (both["self_assessed"] <= tops).all()
        below = both[both["score"] < tops]
        assert (below["self_assessed"] > below["score"]).mean() == pytest.approx(0.40, abs=0.02)
        assert 0 < (both["self_assessed"] < both["score"]).mean() < 0.01

    def test_seed_decides(self, made):
        again = demo.generate(demo.SEED)
        pd.testing.assert_frame_equal(again.scores, made.scores)
        other = demo.generate(demo.SEED + 1)
        assert not other.scores["score"].equals(made.scores["score"])

    @pytest.mark.parametrize(("years", "expected"), [(1, (2023,)), (2, (2022, 2023))])
    def test_number_of_years(self, years, expected):
        assert demo.generate(1, years).years == expected

    @pytest.mark.parametrize("years", [0, -1, 13])
    def test_wrong_number_of_years(self, years):
        with pytest.raises(ParstudyError, match="1 to 12"):
            demo.generate(years=years)


class TestTruth:
    def test_loadings_are_correlations_of_the_latent_values(self, made):
        areas = parts(made, "area")["loading"]
        for _, own in made.quality.groupby("year"):
            for code, loading in areas.items():
                assert own["quality"].corr(own[code]) == pytest.approx(loading, abs=1e-9)

    def test_order_of_areas_is_in_the_figures(self, made):
        found = item_rest(wide(made), parts(made, "area").index)
        assert strongest_first(found) == made.order_of_areas
        gaps = -np.diff([found[code] for code in made.order_of_areas])
        assert gaps.min() > 0.05

    def test_order_of_subcriteria_is_in_the_figures(self, made):
        assert len(made.order_of_subcriteria) == 8
        found = item_rest(wide(made), made.order_of_subcriteria)
        assert strongest_first(found) == made.order_of_subcriteria

    def test_order_of_areas_shows_in_the_newest_year_alone(self, made):
        newest = wide(made).loc[[made.years[-1]]]
        assert strongest_first(item_rest(newest, made.order_of_areas)) == made.order_of_areas

    @pytest.mark.parametrize("seed", range(5))
    def test_other_seeds_have_the_strong_areas_before_the_weak(self, seed):
        other = demo.generate(seed)
        found = item_rest(wide(other), other.order_of_areas)
        strong, weak = other.order_of_areas[:4], other.order_of_areas[4:]
        assert min(found[a] for a in strong) > max(found[a] for a in weak)

    def test_files(self, written, project):
        folder = project.root / "truth"
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        assert truth["seed"] == demo.SEED
        assert tuple(truth["order_of_areas"]) == written.order_of_areas
        assert tuple(truth["order_of_subcriteria"]) == written.order_of_subcriteria
        effects = pd.read_csv(folder / "effects.csv").set_index("code")
        own = parts(written, "area", "subcriterion")
        assert list(effects.index) == list(own.index)
        assert (abs(effects["loading_on_quality"] - own["loading_on_quality"]) < 1e-6).all()
        quality = pd.read_csv(folder / "quality.csv")
        assert (abs(quality["quality"] - written.quality["quality"]) < 1e-6).all()
        claims = pd.read_csv(folder / "self_assessed.csv", dtype={"component": str})
        assert (claims["self_assessed"] == written.self_assessed["self_assessed"]).all()


class TestReadBack:
    """What the readers of raw releases make of the files is what was generated, cell by cell."""

    def test_releases(self, releases):
        years = range(2021, 2024)
        assert set(releases) == {(i, y) for i in ("PAR_INDEX", "SIPAS") for y in years}
        for (_, year), release in releases.items():
            assert release.synthetic is True
            assert (release.geography, release.n_ranked, release.ties) == ("63", N, "min")
            assert "SYNTHETIC" in release.title
            assert "SỐ LIỆU GIẢ ĐỊNH" in release.title
            assert set(release.figures["year"]) == {year}
            # nothing but the note below each table is left unread
            assert all("SYNTHETIC" in note for note in release.notes)

    def test_par_index_every_cell(self, written, releases):
        keys = ["year", "province_id", "component"]
        scores = written.scores.set_index(keys)["score"]
        ranks = written.ranks.set_index(keys[:2])["rank"]
        tops = parts(written, "area")["max_score"]
        compared = 0
        for year in written.years:
            figures = releases["PAR_INDEX", year].figures
            last = year == written.years[-1]
            appraised = written.self_assessed["component"].nunique()
            assert len(figures) == N * (7 + 8 + 139 + appraised * last) + 5
            own = figures[figures["unit_level"].eq("province")]
            ids = {text: resolve(text).province_id for text in own["unit_text"].unique()}
            own = own.assign(province_id=own["unit_text"].map(ids))
            by_measure = dict(list(own.groupby("measure")))
            # what the provinces claimed is printed in the last year only, to the last digit
            claims = by_measure.pop("self_assessed", None)
            assert (claims is not None) == last
            if last:
                claimed = written.self_assessed.set_index(keys)["self_assessed"]
                generated = claimed.loc[pd.MultiIndex.from_frame(claims[keys])].to_numpy()
                assert len(claims) == N * appraised
                assert (claims["value"].to_numpy() == generated).all()
            assert set(by_measure) == {"score", "percent", "rank"}

            # points: the annex of totals and that of all criteria; to the last digit
            points = by_measure["score"]
            times = points.groupby(["province_id", "component"]).size().unstack()
            assert times.shape == (N, 1 + 4 + 8 + 40 + 90)
            assert (times["total"] == 2).all()
            assert (times.drop(columns="total") == 1).all(axis=None)
            generated = scores.loc[pd.MultiIndex.from_frame(points[keys])].to_numpy()
            assert (points["value"].to_numpy() == generated).all()

            percents = by_measure["percent"]
            shares = scores.loc[pd.MultiIndex.from_frame(percents[keys])].to_numpy()
            shares = 100 * shares / percents["component"].map(tops).fillna(100).to_numpy()
            assert (percents["value"] == percents["value"].round(2)).all()
            assert (abs(percents["value"].to_numpy() - shares) <= 0.005 + 1e-9).all()

            places = by_measure["rank"].set_index("province_id")["value"]
            assert (places == ranks.loc[year].loc[places.index]).all()
            compared += len(points) + len(percents) + len(places)

            means = figures[figures["unit_level"].eq("national")].set_index("component")
            assert set(means["measure"]) == {"mean"}
            generated = scores.loc[year].groupby("component").mean()[means.index]
            assert (abs(means["value"] - generated) <= 0.0005 + 1e-9).all()
        assert compared == 3 * N * 154

    def test_sipas_every_cell(self, written, releases):
        percents = written.sipas.set_index(["year", "province_id", "component"])["percent"]
        ranks = written.sipas_ranks.set_index(["year", "province_id"])["rank"]
        for year in written.years:
            figures = releases["SIPAS", year].figures
            own = figures[figures["unit_level"].eq("province")]
            assert len(own) == N * 7
            for row in own.itertuples():
                province = resolve(row.unit_text).province_id
                if row.measure == "rank":
                    assert row.value == ranks[year, province]
                else:
                    assert row.measure == "percent"
                    assert row.value == percents[year, province, row.component]

    def test_components(self, written, releases):
        for year in written.years:
            found = releases["PAR_INDEX", year].components.set_index("code")
            own = written.components.set_index("code")
            for column in ("parent", "level", "name_vi", "name_en", "max_score", "scoring",
                           "lead_department"):  # fmt: skip
                assert (found.loc[own.index, column] == own[column]).all(), column
            extra = found.drop(index=own.index)
            assert extra["max_score"].to_dict() == {
                "appraisal": 61.5, "survey_leaders": 22.0, "sipas": 10.0, "socioeconomic": 6.5
            }  # fmt: skip
            assert set(found["criteria_set"]) == {demo.CRITERIA_SET}

    def test_printed_order_is_the_ranking(self, project):
        sheet = openpyxl.load_workbook(next(project.raw.glob("PAR_INDEX/2021/*.xlsx")))["PL1"]
        rows = [r for r in sheet.iter_rows(values_only=True) if isinstance(r[0], int)]
        assert [r[0] for r in rows] == list(range(1, N + 1))
        assert [r[8] for r in rows] == sorted(r[8] for r in rows)


class TestFolder:
    def test_every_sheet_says_synthetic(self, project):
        sheets = 0
        for path in project.raw.rglob("*.xlsx"):
            with closing(openpyxl.load_workbook(path, read_only=True)) as workbook:
                for sheet in workbook:
                    first = next(sheet.iter_rows(values_only=True, max_row=1))[0]
                    assert first == "SYNTHETIC / SỐ LIỆU GIẢ ĐỊNH"
                    sheets += 1
        assert sheets == 3 * 4 + 1  # the last year has the claims as well
        readme = (project.root / "README.md").read_text(encoding="utf-8")
        assert readme.startswith("# SYNTHETIC / SỐ LIỆU GIẢ ĐỊNH")

    def test_same_bytes_whatever_the_clock_zone_and_hash_seed(self, tmp_path):
        demo.write_demo(tmp_path / "a", years=1)
        code = "import sys; from parstudy.demo import write_demo; write_demo(sys.argv[1], years=1)"
        other = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
        subprocess.run(
            [sys.executable, "-c", code, tmp_path / "b"], check=True, env=os.environ | other
        )
        files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.*"))
        assert len(files) == 4 + 1 + 2 * 3
        for file in files:
            first = (tmp_path / "a" / file).read_bytes()
            assert first == (tmp_path / "b" / file).read_bytes(), file
            if file.suffix == ".xlsx":
                with zipfile.ZipFile(tmp_path / "a" / file) as archive:
                    assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                    core = archive.read("docProps/core.xml").decode()
                assert core.count("2000-01-01T00:00:00Z") == 2

    def test_an_empty_folder_will_do(self, tmp_path):
        assert demo.write_demo(tmp_path, years=1).root == tmp_path
        assert (tmp_path / "data" / "raw" / "SIPAS" / "2023" / "release.toml").is_file()

    def test_notebooks_come_along(self, tmp_path):
        (tmp_path / "nb" / ".ipynb_checkpoints").mkdir(parents=True)
        (tmp_path / "nb" / "a.ipynb").write_text("{}", encoding="utf-8")
        made = demo.write_demo(tmp_path / "p", years=1, notebooks=tmp_path / "nb")
        assert [p.name for p in made.notebooks.iterdir()] == ["a.ipynb"]

    def refused(self, target: Path, **options) -> str:
        with pytest.raises(ProjectError) as caught:
            demo.write_demo(target, years=1, **options)
        return caught.value.code

    def test_refuses_a_folder_with_anything_in_it(self, tmp_path):
        (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
        assert self.refused(tmp_path) == "not_empty"
        assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
        assert self.refused(tmp_path / "mine.txt") == "not_a_folder"

    def test_refuses_a_project_with_real_releases_and_its_data_folder(self, tmp_path):
        release = tmp_path / "data" / "raw" / "PAR_INDEX" / "2021"
        release.mkdir(parents=True)
        (release / "release.toml").write_text("[release]\nyear = 2021\n", encoding="utf-8")
        assert self.refused(tmp_path) == "real_releases"
        assert self.refused(tmp_path / "data" / "raw" / "DEMO") == "real_releases"
        assert self.refused(tmp_path / "data" / "demo") == "real_releases"
        # beside the data is where `make demo` puts it
        assert demo.write_demo(tmp_path / "demo", years=1).root == tmp_path / "demo"

    def test_a_demo_is_not_written_twice_into_one_folder(self, tmp_path):
        demo.write_demo(tmp_path / "p", years=1)
        assert self.refused(tmp_path / "p") == "not_empty"

    def test_missing_notebooks(self, tmp_path):
        assert self.refused(tmp_path / "p", notebooks=tmp_path / "none") == "no_notebooks"
        assert list(tmp_path.iterdir()) == []

    def test_nothing_half_written(self, tmp_path, monkeypatch):
        def fail(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(demo._project, "_write_truth", fail)
        with pytest.raises(KeyboardInterrupt):
            demo.write_demo(tmp_path / "p", years=1)
        assert list(tmp_path.iterdir()) == []

    def test_every_release_toml_says_synthetic(self, project):
        tomls = sorted(project.raw.glob("*/*/release.toml"))
        assert len(tomls) == 6
        ids = set()
        for path in tomls:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
            assert document["release"]["synthetic"] is True
            ids.add(document["source"]["id"])
        assert len(ids) == 6

    def test_effects_file_leaves_unknown_empty(self, project):
        with (project.root / "truth" / "effects.csv").open(encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        assert {r["saturation"] for r in rows if r["level"] == "area"} == {""}
        assert not any(math.isnan(float(r["loading"])) for r in rows)
