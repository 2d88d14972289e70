"""Only what changed is made again: every report that would differ, and no other file is touched."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from own_notebooks import code, notebook

from parstudy import first_look, gaps, profiles, publish, relations, safe_places
from parstudy.cli import main
from parstudy.dataset import Dataset, open_dataset
from parstudy.dataset.reading import Digests, Part, Reads
from parstudy.dataset.rows import at, by, columns_of, values_in
from parstudy.demo import write_demo
from parstudy.facts.notebooks import notebooks
from parstudy.project import Project
from parstudy.runs import package
from parstudy.runs.front import renew_front
from parstudy.runs.journal import Entry, Journal, Read
from parstudy.runs.own_files import code_of, may_read_more

# --- what a table tells --------------------------------------------------------------------------


def told(dataset: Dataset) -> list[str]:
    return [str(part) for part in dataset.reads.found]


def test_a_table_tells_the_rows_that_are_asked_for_and_else_all(root: Path) -> None:
    def reads(ask: Callable[[Dataset], object]) -> list[str]:
        dataset = open_dataset(root)
        ask(dataset)
        return told(dataset)

    assert reads(lambda ds: at(at(ds.scores, component="total"), year=2021)) == []
    assert reads(lambda ds: len(at(at(ds.scores, component="total"), year=2021))) == [
        "scores total 2021"
    ]
    assert reads(lambda ds: values_in(at(ds.scores, year=2021), "index_id")) == [
        "scores 2021 index_id"
    ]
    some = ["year", "rank_published"]
    assert reads(lambda ds: columns_of(at(ds.scores, component="total"), some)) == [
        "scores total year,rank_published"
    ]
    assert reads(lambda ds: by(ds.sources, "source_id")["s038c697c"]) == ["sources s038c697c"]
    assert reads(lambda ds: at(ds.scores, index_id=["SIPAS", "PCI"], year=2021).empty) == [
        "scores SIPAS 2021",
        "scores PCI 2021",
    ]
    assert "scores PAR_INDEX 2021" in reads(lambda ds: ds.frame("PAR_INDEX", 2021))
    # whatever pandas does with a whole table reads all of it
    wholes: list[Callable[[pd.DataFrame], object]] = [
        len,
        repr,
        lambda f: f["score"],
        lambda f: f.query("year == 2021"),
        lambda f: f[f["year"].eq(2021)],
        lambda f: f.merge(f.head(1)),
        lambda f: f.to_csv(),
        lambda f: pd.concat([f]),
        lambda f: f.iloc[0],
        lambda f: pd.DataFrame(f),
        lambda f: list(f.itertuples()),
        lambda f: f.copy(),
        lambda f: f.values,
        lambda f: at(at(f, year=2021), year=2020),
    ]
    for whole in wholes[:-1]:
        assert reads(lambda ds, whole=whole: whole(ds.scores)) == ["scores"]  # type: ignore[misc]
    assert reads(lambda ds: wholes[-1](ds.scores)) == ["scores 2021"]


def test_a_digest_is_that_of_the_rows_and_the_same_however_they_came(root: Path) -> None:
    dataset = open_dataset(root)
    frames = {n: pd.DataFrame(f).copy() for n, f in dataset.reads.digests.frames.items()}
    frames["scores"].loc[frames["scores"]["year"].eq(2020), "certainty"] = "doubtful"
    profiles.profile(dataset, "lang-son", 2021)
    same, other = Digests(dataset.reads.digests.frames), Digests(frames)
    assert all(same.of(part) == digest for part, digest in dataset.reads.found.items())
    changed = [str(p) for p, digest in dataset.reads.found.items() if other.of(p) != digest]
    # what stands in 2021 can be implied by a figure of 2020
    assert sorted(changed) == ["scores total 2020", "scores total lang-son"]
    # and of a built table as of one that was read from its file
    built = Digests({"scores": dataset.reads.digests.frames["scores"].copy()})
    assert built.rows("scores").tolist() == same.rows("scores").tolist()


def _text(result: Any) -> str:
    """Everything that a result holds."""
    if isinstance(result, (pd.DataFrame, pd.Series)):
        return result.to_csv()
    if hasattr(result, "__dataclass_fields__"):
        return "\n".join(_text(getattr(result, name)) for name in result.__dataclass_fields__)
    if isinstance(result, (list, tuple)):
        return "\n".join(map(_text, result))
    return repr(sorted(result) if isinstance(result, (set, frozenset)) else result)


STUDIES: dict[str, Callable[[Dataset], Any]] = {
    "profile 2021": lambda ds: profiles.profile(ds, "lang-son", 2021),
    "gaps": lambda ds: gaps.gaps(ds, "lang-son", 2021),
    "relations": lambda ds: relations.ranks_of(ds.scores, 2021),
    "frame": lambda ds: ds.frame("PAR_INDEX", 2020),
}


def test_whatever_changes_a_study_changes_something_that_it_has_told(root: Path) -> None:
    dataset = open_dataset(root)
    rng = random.Random(0)

    def run(frames: dict[str, pd.DataFrame], study: Callable[[Dataset], Any]) -> tuple[str, Reads]:
        reads = Reads(Digests(frames))
        tables = {name: reads.table(name) for name in frames if name != "contradicted"}
        own = Dataset(**tables, fingerprint="", project=dataset.project, reads=reads)
        return _text(study(own)), reads

    frames = {n: f for n, f in dataset.reads.digests.frames.items() if n != "contradicted"}
    before = {name: run(frames, study) for name, study in STUDIES.items()}
    told_again = 0
    for table in ("scores", "figures", "findings", "components", "values", "aggregates"):
        for _ in range(1):
            changed = frames[table].copy()
            row = rng.choice(changed.index[changed["index_id"].isin(["PAR_INDEX", "SIPAS"])])
            column = {"figures": "note", "findings": "found", "components": "name_vi"}.get(
                table, "score" if table == "scores" else "value"
            )
            old = changed.loc[row, column]
            changed.loc[row, column] = f"{old}." if isinstance(old, str) else 12.5
            others = frames | {table: changed}
            for name, study in STUDIES.items():
                text, _ = before[name]
                parts = before[name][1].found
                digests = Digests(others)
                stays = all(digests.of(part) == digest for part, digest in parts.items())
                told_again += not stays
                if stays:
                    assert run(others, study)[0] == text, (name, table, row)
    assert 0 < told_again < 6 * len(STUDIES) / 2


# --- what code uses ------------------------------------------------------------------------------


def test_a_page_depends_on_the_modules_that_it_uses(root: Path) -> None:
    def of(notebook: str) -> set[str]:
        return set(package.used(code_of(root / "notebooks" / f"{notebook}.ipynb")))

    report, nation = of("province_report"), of("national_overview")
    assert "pages/province_report.py" in report - nation
    assert "pages/national_overview.py" in nation - report
    both = {"charts/_rows.py", "facts/provinces_63.csv", "publish/exporter.py"}
    assert {*both, "display/locale/vi/LC_MESSAGES/parstudy.po"} <= report & nation
    assert not any(name.startswith(("cli/", "studies/improvement/")) for name in report | nation)
    everything = {name for name in package.files() if name.endswith(".py")}
    assert everything <= set(package.used(["import parstudy as ps\nprint(ps)"]))


CALLED = """
import sys
from pathlib import Path
import matplotlib
import nbformat
import parstudy

matplotlib.use("agg")
cells = [c.source for c in nbformat.read(sys.argv[1], 4).cells if c.cell_type == "code"]
package, files, names = Path(parstudy.__file__).parent, set(), {}
sys.setprofile(lambda frame, event, _: files.add(frame.f_code.co_filename))
for cell in cells:
    exec(cell, names)
sys.setprofile(None)
for file in map(Path, sorted(files)):
    if file.is_relative_to(package):
        print("called", file.relative_to(package).as_posix())
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", list(notebooks()))
def test_no_module_that_a_run_calls_is_missing_from_what_it_depends_on(
    shipped: Dataset, root: Path, name: str
) -> None:
    path = root / "notebooks" / f"{name}.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", CALLED, str(path)],
        env={**os.environ, "PARSTUDY_PROJECT": str(shipped.project.root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    called = {line.removeprefix("called ") for line in lines if line.startswith("called ")}
    assert len(called) > 50
    assert called <= package.used(code_of(path)).keys()


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("import parstudy as ps\nds = ps.open_dataset()\nds.scores.head()", False),
        ("%matplotlib inline\nimport seaborn as sns", False),
        ("print('23/63')\nds.releases", False),
        ("pd.read_csv('../data/processed/scores.csv')", True),
        ("pd.read_csv(name)", True),
        ("open('x')", True),
        ("!ls", True),
        ("from pathlib import Path", True),
        ("ds.project.root", True),
        ("ds.fingerprint", True),
    ],
)
def test_code_that_may_read_what_nobody_is_told_of_depends_on_everything(
    code: str, more: bool
) -> None:
    assert may_read_more([code]) is more


# --- batches -------------------------------------------------------------------------------------

SMALL = """\
import parstudy as ps

ds = ps.open_dataset()
page = ps.Page(lang, "small", {"index": index, "year": year, "lang": lang}, ds)
frame = ds.frame(index, year)
page.title(f"{index} {year}: {frame['score'].notna().sum()}")
page.show(frame[["province_id", "score"]].dropna(), id="scores", caption="…")
page.finish()
"""


def write(folder: Path, name: str, parameters: str, *cells: str) -> Path:
    nb = notebook(code(parameters, "parameters"), *map(code, cells))
    path = folder / f"{name}.ipynb"
    nbformat.write(nb, path)
    return path


@pytest.fixture
def project(shipped: Dataset, tmp_path: Path) -> Project:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    parameters = 'index: str = ""\nyear: int = 0\nlang: str = "vi"\nleast: int = 3'
    write(tmp_path / "notebooks", "small", parameters, SMALL)
    return Project(tmp_path)


def state(reports: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(reports).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(reports.glob("*/*/*"))
        if not path.name.startswith(".")
    }


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_figure_of_one_year_makes_the_reports_of_that_year_again_and_touches_no_other(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    def batch(*more: str) -> str:
        words = ["batch", "--notebook", "small", "--index", "PAR_INDEX", "--years", "2019", "2021"]
        assert main(["--project", str(project.root), *words, "--lang", "vi", *more]) == 0
        return capsys.readouterr().out

    assert batch().startswith("2 made")
    before = state(project.reports)
    assert batch().startswith("0 made, 2 up to date")
    change(project.raw / "PAR_INDEX" / "2021" / "figures.csv", "percent,87.11", "percent,87.12")
    change(project.raw / "PAR_INDEX" / "2021" / "figures.csv", "score,87.11", "score,87.12")
    said = batch("--dry-run")
    assert "PAR_INDEX 2021: scores" in said
    assert "1 to be made, 1 up to date" in said
    assert batch().startswith("1 made, 1 up to date")
    after = state(project.reports)
    assert {name for name in after if after[name] != before[name]} == {
        f"vi/small/PAR_INDEX-2021-3{kind}" for kind in (".html", ".ipynb", ".xlsx")
    }
    # what comes out as it is there stays untouched, also where the journal is lost, and a report
    # that somebody has changed is made again
    (project.reports / ".made.jsonl").unlink()
    report = project.reports / "vi" / "small" / "PAR_INDEX-2019-3.html"
    report.write_text(report.read_text(encoding="utf-8").replace("2019", "2020"))
    assert batch().startswith("2 made")
    again = state(project.reports)
    changed = "vi/small/PAR_INDEX-2019-3.html"
    assert again[changed][1] == after[changed][1]
    assert {name for name in again if again[name] != after[name]} == {changed}
    report.write_text(report.read_text(encoding="utf-8").replace("2019", "2020"))
    assert "the report is not as it was made" in batch("--dry-run")


def test_the_pages_in_front_are_written_again_only_when_something_that_they_show_changes(
    shipped: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Project(tmp_path)
    front = [here.reports / name for name in ("index.html", "compare.html")]

    def report(name: str) -> Path:
        words = {"notebook": "own", "lang": "vi", "title": name}
        heads = "".join(f'<meta name="parstudy:{n}" content="{v}">' for n, v in words.items())
        path = here.reports / "vi" / "own" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html><head>{heads}</head><body></body></html>", encoding="utf-8")
        return path

    def renewed() -> tuple[str, bool]:
        before = [path.stat().st_mtime_ns for path in front if path.exists()]
        renew_front(here, shipped)
        after = [path.stat().st_mtime_ns for path in front]
        return front[0].read_text(encoding="utf-8"), before != after

    first = report("first")
    text, written = renewed()
    assert written
    assert "first" in text
    assert renewed() == (text, False)
    front[0].write_text(text.replace("first", "edited"), encoding="utf-8")
    assert renewed() == (text, True)
    first.with_suffix(".error.txt").write_text("vi/own/first: no room left\n", encoding="utf-8")
    assert "no room left" in renewed()[0]
    report("second")
    assert "second" in renewed()[0]
    (tmp_path / "parstudy.toml").write_text('[office]\nname = "Sở Nội vụ"\n', encoding="utf-8")
    text, _ = renewed()
    assert "Sở Nội vụ" in text
    assert renewed() == (text, False)
    first.unlink()
    write_index = publish.write_index

    def while_another_command_makes_a_report(*given: Any, **named: Any) -> Path:
        page = write_index(*given, **named)
        report("third")
        return page

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(publish, "write_index", while_another_command_makes_a_report)
        text, _ = renewed()
    assert "no room left" not in text
    assert "third" not in text
    assert "third" in renewed()[0]


def test_a_journal_of_which_half_was_written_keeps_the_other_half(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for name in ("vi/a/1", "vi/a/2"):
        entry = Entry({"parstudy": "p"}, "", "data", (1, 2, "content"), False, 0.5)
        journal.end(name, entry, Read({Part("scores", (("year", 2021),)): "d"}, {"x": "e"}), {})
    whole = journal.path.read_bytes()
    for end in range(len(whole)):
        journal.path.write_bytes(whole[:end])
        torn = Journal(tmp_path)
        torn.begin("vi/a/3")
        torn.end("vi/a/3", entry, Read(), {})
        found = Journal(tmp_path)
        assert found.entries.keys() >= torn.entries.keys() >= {"vi/a/3"}
        assert all(e.read in found.reads for e in found.entries.values())
    journal.path.write_bytes(whole)
    journal.begin("vi/a/1")
    assert list(Journal(tmp_path).entries) == ["vi/a/2"]
    for _ in range(300):
        journal.begin("vi/a/1")
    long = Journal(tmp_path)
    long.shorten()
    assert Journal(tmp_path).entries == long.entries
    assert len(long.path.read_bytes()) < len(whole)


RAW = "data/raw/PAR_INDEX"
CHANGES: dict[str, tuple[str, str, str]] = {
    "a note": (f"{RAW}/2021/figures.csv", "points and percent both", "points and percent: both"),
    "a national mean": (f"{RAW}/2021/figures.csv", "total,mean,86.37", "total,mean,86.38"),
    "a neighbour's rank": (
        f"{RAW}/2021/figures.csv",
        "Hòa Bình,total,rank,25",
        "Hòa Bình,total,rank,26",
    ),
    "a source's title": (
        "data/raw/sources.csv",
        "của UBND tỉnh Lạng Sơn",
        "của Ủy ban nhân dân tỉnh Lạng Sơn",
    ),
    "a maximum of a criteria set": (
        "src/parstudy/facts/criteria_components.csv",
        "Steering and direction of reform,,unknown,Sở Nội vụ,lead department as plan 156",
        "Steering and direction of reform,8.5,unknown,Sở Nội vụ,lead department as plan 156",
    ),
    "a line of a page": (
        "src/parstudy/pages/national_overview.py",
        '"regions-table"',
        '"table-of-regions"',
    ),
    "a region's English name": (
        "src/parstudy/facts/regions.csv",
        "Northern Midlands and Mountains",
        "Northern Midlands",
    ),
    "a translation": (
        "src/parstudy/display/locale/vi/LC_MESSAGES/parstudy.po",
        'msgstr "Những gì còn thiếu"',
        'msgstr "Những gì vẫn còn thiếu"',
    ),
    "a plan": ("data/plans/lang-son-2022.csv", "# year,2021", "# year,2020"),
    "an input of one's own": ("data/own/grdp.csv", "1.5", "2.5"),
    "a default": ("notebooks/own.ipynb", "least: int = 3", "least: int = 4"),
    "a figure of another year": (
        f"{RAW}/2019/figures.csv",
        "Hà Nội,total,score,84.64",
        "Hà Nội,total,score,84.63",
    ),
    "a line without effect": (
        "src/parstudy/charts/_tiles.py",
        "from __future__",
        "# x\nfrom __future__",
    ),
}
OWN = """\
import parstudy as ps

ds = ps.open_dataset()
page = ps.Page(lang, "own", {"year": year, "least": least, "lang": lang}, ds)
grdp = ds.table("grdp.csv")
page.title(f"{year}: {grdp['grdp'].sum():.1f}, {len(ds.at('SIPAS', year))}, {least}")
page.finish()
"""


class Everything:
    """A project with a copy of the package, in which everything can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, folder: Path) -> Everything:
        shutil.copytree(self.folder, folder)
        return Everything(folder)

    def run(self, *words: str) -> str:
        environment = {
            **os.environ, "PYTHONPATH": str(self.folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "parstudy", "--project", str(self.folder), *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def state(self) -> dict[str, tuple[int, bytes]]:
        return state(self.reports)

    def all_anew(self) -> dict[str, bytes]:
        """What a full rebuild gives."""
        for path in (*self.reports.glob("*/*/*.html"), *self.reports.glob("*/*/*.xlsx")):
            path.unlink()
        (self.reports / ".made.jsonl").unlink()
        self.run("refresh")
        return {name: content for name, (_, content) in self.state().items()}


@pytest.fixture(scope="module")
def everything(
    shipped: Dataset, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Everything:
    folder = tmp_path_factory.mktemp("everything") / "first"
    shutil.copytree(shipped.project.root / "data", folder / "data")
    shutil.copytree(root / "data" / "plans", folder / "data" / "plans", dirs_exist_ok=True)
    (folder / "data" / "own").mkdir(exist_ok=True)
    (folder / "data" / "own" / "grdp.csv").write_text("province_id,grdp\nha-noi,1.5\n")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    write(folder / "notebooks", "own", 'year: int = 2021\nleast: int = 3\nlang: str = "vi"', OWN)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "src" / "parstudy", folder / "src" / "parstudy", ignore=ignored)
    made = Everything(folder)
    made.run("batch", "--provinces", "lang-son", "--years", "2019", "2021", "--lang", "vi")
    made.run("report", "--province", "ha-noi", "--year", "2021", "--lang", "vi")
    for words in (
        ["national_overview", "--index", "PAR_INDEX", "--year", "2021"],
        ["plan_evaluation", "--province", "lang-son", "--year", "2021"],
        ["own", "--year", "2021"],
    ):
        made.run("report", "--notebook", *words, "--lang", "vi")
    return made


@pytest.mark.slow
@pytest.mark.parametrize("changed", list(CHANGES))
def test_after_a_change_the_files_are_those_of_a_full_rebuild_and_no_other_is_touched(
    everything: Everything, tmp_path: Path, changed: str
) -> None:
    here = everything.copy(tmp_path / "here")
    path, old, new = CHANGES[changed]
    change(here.folder / path, old, new)
    before = here.state()
    said = here.run("refresh")
    after = here.state()
    full = here.copy(tmp_path / "full").all_anew()
    assert {name: content for name, (_, content) in after.items()} == full
    touched = {name for name in after if after[name] != before[name]}
    assert touched == {name for name in full if full[name] != before[name][1]}
    made = int(said.split(" made")[0].split()[-1])
    assert made >= len([name for name in touched if name.endswith(".html")])
    if changed in {"a figure of another year", "an input of one's own", "a plan"}:
        assert made < 6
    # the reports are in Vietnamese
    if changed not in {"a line without effect", "a region's English name"}:
        assert touched
    assert here.run("refresh").startswith("0 made")


@pytest.mark.slow
def test_of_six_years_a_change_in_one_makes_at_most_a_third_again(tmp_path: Path) -> None:
    demo = open_dataset(write_demo(tmp_path / "demo"))
    found: dict[tuple[str, int], Reads] = {}
    frames = demo.reads.digests.frames
    years = demo.years("PAR_INDEX")
    assert len(years) == 6
    provinces = sorted(demo.units(years[0])["province_id"])[:12]
    digests = Digests(frames)
    for year in years:
        for province in provinces:
            reads = Reads(digests)
            tables = {name: reads.table(name) for name in frames if name != "contradicted"}
            own = Dataset(**tables, fingerprint="", project=demo.project, reads=reads)
            profile = profiles.profile(own, province, year)
            first_look.first_look(own, profile)
            gaps.gaps(own, province, year)
            for index in ("PAR_INDEX", "SIPAS"):
                safe_places.of_province(own, index, year, province)
            found[province, year] = reads
    scores = frames["scores"].copy()
    part = scores["province_id"].eq(provinces[3]) & scores["component"].eq("A1")
    changed = scores.index[part & scores["index_id"].eq("PAR_INDEX") & scores["year"].eq(years[2])]
    scores.loc[changed, "score"] += 0.01
    now = Digests({**frames, "scores": scores})
    again = {
        key
        for key, reads in found.items()
        if any(now.of(part) != digest for part, digest in reads.found.items())
    }
    assert {key for key in found if key[1] == years[2]} <= again
    assert len(again) <= len(found) / 3
