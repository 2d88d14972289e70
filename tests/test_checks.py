"""The checks find what is really wrong in the shipped figures, and every damage done to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.project import Project

# contradictions known to be in the figures: index, year, unit, code, what must be named
KNOWN = [
    ("PAR_INDEX", 2018, "quang-ninh", "conflict_score", ["89.06", "89.6", "81"]),
    ("PAR_INDEX", 2018, "ha-noi", "conflict_score", ["83.98", "83.9"]),
    ("PAR_INDEX", 2018, "hai-phong", "conflict_score", ["83.68", "83.6"]),
    ("PAR_INDEX", 2020, "dong-thap", "conflict_score", ["86.77", "88.77"]),
    ("PAR_INDEX", 2021, "ha-noi", "conflict_change_rank", ["-2", "2"]),
    ("PAR_INDEX", 2023, "hai-phong", "conflict_score", ["91.81", "91.87"]),
    ("PAR_INDEX", 2023, "hoa-binh", "conflict_score", ["86.76", "86.89"]),
    ("PAR_INDEX", 2023, "hoa-binh", "parts_do_not_add_up", ["87.89", "86.76"]),
    ("PAR_INDEX", 2023, "ca-mau", "conflict_rank", ["32", "34"]),
    ("PAR_INDEX", 2023, "long-an", "conflict_rank", ["7", "8"]),
    ("PAR_INDEX", 2023, "lao-cai", "rank_shared", ["lao-cai", "long-an"]),
    ("PAR_INDEX", 2022, "binh-phuoc", "rank_shared", ["84.46", "85.78"]),
    ("PAR_INDEX", 2015, "dong-nai", "rank_shared", ["ho-chi-minh"]),
    ("PAR_INDEX", 2023, "south-east", "conflict_mean", ["87.79", "87.45"]),
    ("PAR_INDEX", 2023, "north-central-and-central-coast", "conflict_mean", ["86.82", "87.72"]),
    ("PAR_INDEX", 2022, "viet-nam", "conflict_change_score", ["-1.78", "-1.58"]),
    ("PAR_INDEX", 2024, "ha-noi", "change_disagrees", ["1.32", "92.57", "91.43"]),
    ("SIPAS", 2021, "son-la", "conflict_score", ["90.13", "90.30"]),
    ("SIPAS", 2019, "binh-duong", "conflict_score", ["88.02", "88.2"]),
    ("SIPAS", 2018, "da-nang", "rounding_score", ["87.43", "87"]),
    ("SIPAS", 2024, "khanh-hoa", "conflict_change_rank", ["10", "13"]),
    ("SIPAS", 2023, "tien-giang", "change_disagrees", ["7", "53", "47"]),
    ("SIPAS", 2021, "viet-nam", "conflict_mean", ["87.16", "87.02"]),
    ("SIPAS", 2021, "ba-ria-vung-tau", "rank_shared", ["da-nang"]),
]


@pytest.mark.parametrize(("index", "year", "unit", "code", "named"), KNOWN)
def test_known_contradictions_are_found(
    shipped: Dataset, index: str, year: int, unit: str, code: str, named: list[str]
) -> None:
    frame = shipped.findings
    rows = frame[
        frame["index_id"].eq(index)
        & frame["year"].eq(year)
        & frame["unit_id"].eq(unit)
        & frame["code"].eq(code)
    ]
    assert len(rows) >= 1
    row = rows.iloc[0]
    text = f"{row['found']} {row['expected']} {row['message']}"
    for piece in named:
        assert re.search(rf"(?<![\d.]){re.escape(piece)}(?![\d])", text), (piece, text)
    assert row["source_ids"]


def test_the_break_of_sipas_2022_is_no_contradiction(shipped: Dataset) -> None:
    frame = shipped.findings
    rows = frame[frame["index_id"].eq("SIPAS") & frame["year"].eq(2022)]
    assert not rows["code"].isin(["change_disagrees"]).any()


def test_the_shipped_figures_have_no_error(shipped: Dataset) -> None:
    assert not shipped.findings["severity"].eq("error").any()


@dataclass(frozen=True)
class Damage:
    """One change to one raw file and what must be said of it."""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]
    warns: bool = False


PAR = "PAR_INDEX/2021/figures.csv"
LANG_SON = "PAR_INDEX,2021,province,Lạng Sơn,total"
S = "s038c697c"
DAMAGES = [
    Damage("rank of 64 among 63", PAR, f"{LANG_SON},rank,23,stated,{S}",
           f"{LANG_SON},rank,64,stated,{S}", ("figures.csv", "64", "1 to 63")),
    Damage("rank 0", PAR, f"{LANG_SON},rank,23,stated,{S}", f"{LANG_SON},rank,0,stated,{S}",
           ("figures.csv", "0", "1 to 63")),
    Damage("half a rank", PAR, f"{LANG_SON},rank,23,stated,{S}",
           f"{LANG_SON},rank,23.5,stated,{S}", ("figures.csv", "23.5", "whole")),
    Damage("score above 100", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},score,187.11",
           ("figures.csv", "187.11", "0 to 100")),
    Damage("a share of one", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},score,0.8711",
           ("figures.csv", "0.8711", "another scale", "87.12")),
    Damage("negative score", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},score,-87.11",
           ("figures.csv", "-87.11", "0 to 100")),
    Damage("letter O for zero", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},score,87.1O",
           ("figures.csv", "87.1O", "number")),
    Damage("text where a number belongs", PAR, f"{LANG_SON},rank,23,stated,{S}",
           f"{LANG_SON},rank,hai mươi ba,stated,{S}", ("figures.csv", "hai mươi ba", "number")),
    Damage("unknown province", PAR, f"{LANG_SON},score,87.11",
           "PAR_INDEX,2021,province,Lạng Sen,total,score,87.11",
           ("figures.csv", "Lạng Sen", "Lạng Sơn")),
    Damage("unknown region", "PAR_INDEX/2022/figures.csv", "region,Đông Nam Bộ",
           "region,Đông Bắc Bộ", ("figures.csv", "Đông Bắc Bộ")),
    Damage("unknown measure", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},scores,87.11",
           ("figures.csv", "scores", "measure")),
    Damage("unknown group", PAR, f"{LANG_SON},group,B,stated,{S}",
           f"{LANG_SON},group,E,stated,{S}", ("figures.csv", "E", "A, B, C or D")),
    Damage("unknown source", PAR, f"{LANG_SON},score,87.11,stated,{S}",
           f"{LANG_SON},score,87.11,stated,s00000000", ("figures.csv", "s00000000")),
    Damage("unknown certainty", PAR, f"{LANG_SON},score,87.11,stated",
           f"{LANG_SON},score,87.11,sure", ("figures.csv", "sure", "doubtful")),
    Damage("wrong column", PAR, "index,year,unit_level,unit,component,measure,value,",
           "index,year,unit_level,unit,component,measure,values,", ("figures.csv", "value")),
    Damage("the row of another year", PAR, f"{LANG_SON},score,87.11",
           "PAR_INDEX,2012,province,Lạng Sơn,total,score,87.11", ("figures.csv", "2012", "2021")),
    Damage("two rows for one unit", PAR, f"{LANG_SON},score,87.11,stated,{S},",
           f"{LANG_SON},score,87.11,stated,{S},\n{LANG_SON},score,87.11,stated,{S},",
           ("figures.csv", "twice")),
    Damage("one source with two values", PAR, f"{LANG_SON},score,87.11,stated,{S},",
           f"{LANG_SON},score,78.11,stated,{S},\n{LANG_SON},score,87.11,stated,{S},",
           ("figures.csv", "78.11 and 87.11")),
    Damage("unknown key in the TOML", "PAR_INDEX/2021/release.toml", "n_ranked = 63",
           "n_rank = 63", ("release.toml", "n_rank", "n_ranked")),
    Damage("missing file named in the TOML", "PAR_INDEX/2021/release.toml", "figures.csv",
           "figure.csv", ("release.toml", "figure.csv")),
    Damage("area above its maximum", "PAR_INDEX/2023/figures.csv", "Hòa Bình,A1,score,",
           "Hòa Bình,A1,score,1", ("figures.csv", "A1", "9.5")),
    # not errors: a contradiction must be named, the build goes on
    Damage("digits swapped", PAR, f"{LANG_SON},score,87.11", f"{LANG_SON},score,78.11",
           ("conflict_score", "78.11", "87.11"), warns=True),
    Damage("group that the score rules out", PAR, f"{LANG_SON},group,B", f"{LANG_SON},group,C",
           ("group_disagrees", "C (87.11)"), warns=True),
    Damage("change with the wrong sign", "SIPAS/2022/figures.csv",
           "Lạng Sơn,total,change_score,-11.63", "Lạng Sơn,total,change_score,11.63",
           ("change_disagrees", "11.63", "-11.63"), warns=True),
    Damage("rank taken by another", PAR, f"{LANG_SON},rank,23", f"{LANG_SON},rank,1",
           ("rank_shared", "lang-son"), warns=True),
    Damage("rank against the order of scores", PAR, f"{LANG_SON},rank,23",
           f"{LANG_SON},rank,60", ("rank_order", "lang-son 60: 87.11"), warns=True),
    Damage("bound against the rank", "SIPAS/2022/figures.csv",
           "Lạng Sơn,total,rank_at_least,59", "Lạng Sơn,total,rank_at_least,61",
           ("rank_outside_bound", "≥ 61"), warns=True),
]  # fmt: skip


def _apply(project: Project, damage: Damage) -> Path:
    path = project.raw / damage.file
    text = path.read_text(encoding="utf-8")
    assert damage.old in text, "the damage does not fit the file"
    path.write_text(text.replace(damage.old, damage.new), encoding="utf-8")
    return path


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.name)
def test_every_damage_is_found_and_named(
    copy: Callable[[], Project], capsys: pytest.CaptureFixture[str], damage: Damage
) -> None:
    project = copy()
    _apply(project, damage)
    code = main(["--project", str(project.root), "build" if not damage.warns else "check"])
    printed = capsys.readouterr()
    told = printed.out if damage.warns else printed.err
    for piece in damage.says:
        assert piece in told, told
    assert "Traceback" not in told
    if damage.warns:
        assert code == 0
    else:
        assert code == 2
        assert not project.processed.exists() or not list(project.processed.iterdir())


def test_a_damaged_build_leaves_the_old_tables(copy: Callable[[], Project]) -> None:
    project = copy()
    assert main(["--project", str(project.root), "build"]) == 0
    before = (project.processed / "scores.csv").read_bytes()
    _apply(project, DAMAGES[0])
    assert main(["--project", str(project.root), "build"]) == 2
    assert (project.processed / "scores.csv").read_bytes() == before
    assert sorted(p.name for p in project.processed.parent.iterdir()) == ["processed", "raw"]


def test_a_file_that_is_not_utf8_is_refused(
    copy: Callable[[], Project], capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy()
    path = project.raw / PAR
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert main(["--project", str(project.root), "build"]) == 2
    error = capsys.readouterr().err
    assert "figures.csv" in error
    assert "UTF-8" in error


def test_a_cut_file_is_refused(
    copy: Callable[[], Project], capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy()
    path = project.raw / PAR
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 - 7])
    assert main(["--project", str(project.root), "build"]) == 2
    assert "figures.csv" in capsys.readouterr().err


def test_a_missing_raw_file_is_named(
    copy: Callable[[], Project], capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy()
    (project.raw / "sources.csv").unlink()
    assert main(["--project", str(project.root), "build"]) == 2
    assert "sources.csv" in capsys.readouterr().err
