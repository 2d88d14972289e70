"""What a user made stays: on a full disk, after a kill at any step, beside others at work."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import pytest
from measured import Taken, killed_at, run

from parstudy import folders
from parstudy.dataset import _store, build, open_dataset
from parstudy.demo._generate import generate
from parstudy.demo._workbooks import sipas_workbook
from parstudy.errors import DataError, ProjectError
from parstudy.plans import draft
from parstudy.plans import read as read_plan
from parstudy.plans._write import write as write_plan
from parstudy.project import Project
from parstudy.publish.workbook import workbook
from parstudy.releases import read_release_folder

PLAN_FORMATS = ("xlsx", "csv", "toml", "docx", "html")
FULL = (0, 1, 100, 3_000)  # bytes after which the disk takes no more


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three releases, built."""
    folder = tmp_path_factory.mktemp("small") / "project"
    for name in ("PAR_INDEX/2021", "PAR_INDEX/2022", "SIPAS/2021"):
        shutil.copytree(root / "data" / "raw" / name, folder / "data" / "raw" / name)
    shutil.copy(root / "data" / "raw" / "sources.csv", folder / "data" / "raw")
    project = Project.find(folder)
    build(project)
    return project


@pytest.fixture
def project(built: Project, tmp_path: Path) -> Project:
    shutil.copytree(built.root, tmp_path / "project")
    return Project.find(tmp_path / "project")


def state(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def on_a_full_disk(size: int, project: Project, *command: str) -> Taken:
    """Run a command where no file may grow beyond some bytes."""

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return run(["--project", str(project.root), *command], before=fill)


# ------------------------------------------------------------------ a full disk


@pytest.mark.parametrize("size", FULL)
@pytest.mark.parametrize("form", PLAN_FORMATS)
def test_a_plan_that_departments_have_filled_in_outlives_a_full_disk(
    project: Project, tmp_path: Path, form: str, size: int
) -> None:
    plan = draft(open_dataset(project), "lang-son", 2021)
    filled, target = tmp_path / "filled.xlsx", tmp_path / f"plan.{form}"
    write_plan(plan, filled)
    target.write_bytes(b"what five departments wrote in three weeks")
    before = state(tmp_path)
    said = on_a_full_disk(
        size, project, "plan", "export", str(filled), "--out", str(target), "--force"
    )
    assert said.problems == []
    assert "close" not in said.text.lower()
    if said.code == 0:  # a small one has room
        assert read_plan(target).year == plan.year
        before[target.name] = target.read_bytes()
    assert state(tmp_path) == before


@pytest.mark.parametrize("size", FULL)
def test_a_new_plan_on_a_full_disk_leaves_nothing(
    project: Project, tmp_path: Path, size: int
) -> None:
    before = state(tmp_path)
    command = ("plan", "new", "--province", "lang-son", "--year", "2021")
    said = on_a_full_disk(size, project, *command, "--out", str(tmp_path / "plan.xlsx"))
    assert said.code == 2
    assert said.problems == []
    assert state(tmp_path) == before


@pytest.mark.parametrize("size", [0, 1, 3_000, 20_000, 60_000])
def test_a_build_on_a_full_disk_keeps_the_old_tables(project: Project, size: int) -> None:
    toml = project.raw / "PAR_INDEX" / "2021" / "release.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8")
    before = state(project.data)
    said = on_a_full_disk(size, project, "build")
    assert said.code == 2
    assert said.problems == []
    assert state(project.data) == before


@pytest.mark.parametrize("size", FULL)
def test_a_file_that_is_added_on_a_full_disk_leaves_nothing(
    project: Project, root: Path, tmp_path: Path, size: int
) -> None:
    rows = ["Tỉnh,Chỉ số,Xếp hạng"]
    rows += [f"{name},{80 - n},{n}" for n, name in enumerate(("Lạng Sơn", "Cao Bằng"), 1)]
    table = tmp_path / "bang.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    before = state(project.data)
    command = ("add", "--yes", "--index", "PAR_INDEX", "--year", "2020", str(table))
    said = on_a_full_disk(size, project, *command)
    assert said.problems == []
    assert said.code == (0 if size == max(FULL) else 2)
    if said.code:
        assert state(project.data) == before


def test_a_plan_is_written_into_a_link_and_keeps_who_may_read_it(
    project: Project, tmp_path: Path
) -> None:
    plan = draft(open_dataset(project), "lang-son", 2021)
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_plan(plan, link)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read_plan(real).province == "lang-son"


def test_workbooks_are_put_aside_nowhere(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the temporary directory would stay there after a kill, or find no room."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    write_plan(draft(open_dataset(project), "lang-son", 2021), tmp_path / "plan.xlsx")
    assert read_plan(tmp_path / "plan.xlsx").province == "lang-son"
    demo = generate(years=1)
    assert sipas_workbook(demo, demo.years[-1])[:2] == b"PK"
    page = "<div class='ps-body'><table><tr><td>1</td></tr></table></div>"
    assert workbook(f"<html><body>{page}</body></html>", "vi") is not None


# ------------------------------------------------------------------ what is not ours


OWN = {
    "notes.txt": b"mine",
    "scores.xlsx": b"my workbook",
    "analysis/figure.png": b"my picture",
    ".ipynb_checkpoints/a-checkpoint.ipynb": b"{}",
    "scores-2021.parquet": b"my cut",
    "README.md": b"my words",
}


def test_own_files_and_folders_beside_the_tables_stay(project: Project) -> None:
    for name, content in OWN.items():
        (project.processed / name).parent.mkdir(exist_ok=True)
        (project.processed / name).write_bytes(content)
    build(project)
    assert {n: (project.processed / n).read_bytes() for n in OWN} == OWN
    assert open_dataset(project).years("PAR_INDEX") == [2021, 2022]


def test_a_table_changed_by_hand_is_kept_beside_the_new_one(project: Project) -> None:
    scores = project.processed / "scores.csv"
    ours = scores.read_bytes()
    for n, name in enumerate(("scores.edited.csv", "scores.edited-2.csv")):
        scores.write_bytes(f"my corrected table {n}".encode())
        with pytest.warns(UserWarning, match=f"changed by hand; it is kept as {name}"):
            build(project)
        assert scores.read_bytes() == ours
    assert (project.processed / "scores.edited.csv").read_bytes() == b"my corrected table 0"
    assert (project.processed / "scores.edited-2.csv").read_bytes() == b"my corrected table 1"


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "7", "{", "null", '{"raw_state": 7}', "[" * 100_000, '{"sha256": []}', "\x00"],
)
def test_a_damaged_manifest_is_made_anew(project: Project, damage: str) -> None:
    manifest = project.processed / "manifest.json"
    told = manifest.read_text(encoding="utf-8")
    manifest.write_text(damage, encoding="utf-8")
    open_dataset(project)
    assert manifest.read_text(encoding="utf-8") == told


@pytest.mark.parametrize("damage", ["cut", "gone", "empty", "other"])
def test_a_damaged_table_is_made_anew(project: Project, damage: str) -> None:
    table = project.processed / "scores.parquet"
    before = table.read_bytes()
    if damage == "gone":
        table.unlink()
    else:
        changed = {"cut": before[:99], "empty": b"", "other": before[:-9] + b"123456789"}
        table.write_bytes(changed[damage])
    open_dataset(project)
    assert table.read_bytes() == before


def test_a_folder_in_the_place_of_a_table_is_named(project: Project) -> None:
    table = project.processed / "scores.csv"
    table.unlink()
    table.mkdir()
    (table / "mine.txt").write_text("mine")
    (project.processed / "manifest.json").unlink()
    with pytest.raises(ProjectError, match=r"scores\.csv") as caught:
        open_dataset(project)
    assert caught.value.code == "not_writable"
    assert (table / "mine.txt").read_text() == "mine"


# ------------------------------------------------------------------ formulas


def test_no_exported_table_carries_a_live_formula(project: Project) -> None:
    sources = project.raw / "sources.csv"
    text = sources.read_text(encoding="utf-8")
    first = text.splitlines()[1].split(",")[0]
    assert first in text
    toml = project.raw / "PAR_INDEX" / "2021" / "release.toml"
    told = toml.read_text(encoding="utf-8")
    evil = '=HYPERLINK(""http://evil"",""x"")'
    lines = text.splitlines()
    title = lines[0].split(",").index("title")
    assert title > 0
    import csv
    import io

    rows = list(csv.reader(io.StringIO(text)))
    for row in rows[1:]:
        row[title] = evil.replace('""', '"')
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    sources.write_text(out.getvalue(), encoding="utf-8")
    assert toml.read_text(encoding="utf-8") == told
    dataset = build(project)
    with (project.processed / "sources.csv").open(encoding="utf-8", newline="") as stream:
        titles = [row["title"] for row in csv.DictReader(stream)]
    assert titles
    assert all(title.startswith("'=") for title in titles)
    # to take the mark away gives the same text
    assert [title[1:] for title in titles] == list(dataset.sources["title"])
    assert list(open_dataset(project).sources["title"]) == list(dataset.sources["title"])


@pytest.mark.parametrize(
    ("text", "told"),
    [("-1,5", "-1,5"), ("+3", "+3"), ("12%", "12%"), ("-", "-"), ("=1+1", "'=1+1"),
     ("-2+3", "'-2+3"), ("@x", "'@x"), ("'=x", "''=x"), ("'x", "'x"), ("\t=x", "'\t=x")],
)  # fmt: skip
def test_a_figure_with_a_sign_stays_one_and_a_formula_becomes_text(text: str, told: str) -> None:
    table = pd.DataFrame({"text": [text, "a"], "value": [1.0, -2.0]})
    guarded = _store.guarded(table)
    assert list(guarded["text"]) == [told, "a"]
    assert guarded["value"].equals(table["value"])


# ------------------------------------------------------------------ a kill at any step


def _staged(project: Project) -> list[Path]:
    found = [p for p in project.data.rglob(".*") if p.name.startswith((".adding", ".processed"))]
    return found + list(project.data.rglob("*.part"))


@pytest.mark.parametrize("step", [0, 3, 9, pytest.param(-1, marks=pytest.mark.slow)])
def test_a_build_killed_at_a_step_is_whole_after_the_next(project: Project, step: int) -> None:
    toml = project.raw / "PAR_INDEX" / "2021" / "release.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8")
    (project.processed / "notes.txt").write_bytes(b"mine")
    raw = state(project.raw)
    fingerprint = ""
    for n in range(60) if step < 0 else [step]:
        said = run(["--project", str(project.root), "build"], before=killed_at(n))
        assert state(project.raw) == raw
        dataset = open_dataset(project)
        fingerprint = fingerprint or dataset.fingerprint
        assert dataset.fingerprint == fingerprint
        assert (project.processed / "notes.txt").read_bytes() == b"mine"
        build(project)
        assert _staged(project) == []
        if said.code == 0:
            break


@pytest.mark.parametrize("step", [0, 1, 2, 4, pytest.param(-1, marks=pytest.mark.slow)])
def test_a_plan_killed_at_a_step_is_the_old_one_or_the_new(
    project: Project, tmp_path: Path, step: int
) -> None:
    plan = draft(open_dataset(project), "lang-son", 2021)
    filled, target = tmp_path / "filled.xlsx", tmp_path / "plan.csv"
    write_plan(plan, filled)
    write_plan(plan, target)
    new = target.read_bytes()
    for n in range(40) if step < 0 else [step]:
        target.write_bytes(b"the old one")
        command = ["plan", "export", str(filled), "--out", str(target), "--force"]
        said = run(["--project", str(project.root), *command], before=killed_at(n))
        assert target.read_bytes() in (b"the old one", new)
        if said.code == 0:
            break


# ------------------------------------------------------------------ together


def test_two_builds_and_readers_at_once(project: Project) -> None:
    code = (
        "import sys; from parstudy.dataset import build, open_dataset;"
        "from parstudy.project import Project; p = Project.find(sys.argv[1]);"
        "print({'build': build, 'open': open_dataset}[sys.argv[2]](p).fingerprint)"
    )
    (project.processed / "manifest.json").unlink()
    jobs = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(project.root), what], stdout=subprocess.PIPE, text=True
        )
        for what in ("build", "open", "build", "open")
    ]
    told = {job.communicate()[0].strip() for job in jobs}
    assert [job.returncode for job in jobs] == [0] * 4
    assert len(told) == 1


def test_who_comes_later_waits_and_is_told(
    project: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_SAID_AFTER", 0.1)
    holder = os.fork()
    if holder == 0:
        with folders.locked(project.data):
            time.sleep(1.5)
        os._exit(0)
    time.sleep(0.5)
    # to read waits for nobody
    start = time.monotonic()
    open_dataset(project)
    assert os.waitpid(holder, os.WNOHANG) == (0, 0), "reading has waited"
    with folders.locked(project.data):
        assert time.monotonic() - start > 0.3
    os.waitpid(holder, 0)
    assert "waiting: another parstudy changes" in capfd.readouterr().err


def test_the_lock_goes_with_its_holder(project: Project) -> None:
    holder = os.fork()
    if holder == 0:
        with folders.locked(project.data):
            (project.data / ".processed-dead").mkdir()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(holder, 0)
    with folders.locked(project.data), folders.locked(project.data):
        assert not (project.data / ".processed-dead").exists()


def test_what_is_moved_aside_by_one_at_work_is_left_to_it(project: Project) -> None:
    """Between the two renames of a fetch a reader does not take the folder away from it."""
    folder = project.raw / "PAR_INDEX" / "2021"
    aside = folder.with_name(".replaced-2021")
    holder = os.fork()
    if holder == 0:
        with folders.locked(project.data):
            folder.rename(aside)
            time.sleep(1.0)
            aside.rename(folder)
        os._exit(0)
    while not aside.exists() and folder.exists():
        time.sleep(0.01)
    assert open_dataset(project).years("PAR_INDEX") == [2021, 2022]
    _, status = os.waitpid(holder, 0)
    assert status == 0


# ------------------------------------------------------------------ paths of strangers


def test_sources_are_not_read_from_outside(project: Project, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("root:x:0:0\n")
    toml = project.raw / "PAR_INDEX" / "2021" / "release.toml"
    told = toml.read_text(encoding="utf-8")
    assert '"../../sources.csv"' in told
    for path in ("../../../../../secret.csv", "/../../../etc/passwd", "../../../x.csv"):
        toml.write_text(told.replace("../../sources.csv", path), encoding="utf-8")
        said = run(["--project", str(project.root), "build"])
        assert said.code == 2
        assert "root:" not in said.text
        assert said.problems == []


def test_a_link_out_of_a_release_is_refused_where_it_is_looked_at_and_told_in_a_project(
    project: Project, tmp_path: Path
) -> None:
    folder = project.raw / "PAR_INDEX" / "2021"
    file = next(p for p in folder.iterdir() if p.suffix == ".csv")
    moved = tmp_path / file.name
    file.rename(moved)
    file.symlink_to(moved)
    said = run(["--project", str(project.root), "add", "--check", str(folder)])
    assert said.code == 2
    assert "a link leads out of the release" in said.text
    assert open_dataset(project).years("PAR_INDEX") == [2021, 2022]
    assert any("is a link out of the release" in n for n in read_release_folder(folder).notes)


def test_a_release_folder_that_is_a_link_is_followed(project: Project, tmp_path: Path) -> None:
    before = open_dataset(project).fingerprint
    folder = project.raw / "PAR_INDEX" / "2021"
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert open_dataset(project).fingerprint == before


def test_parameters_and_names_without_end_are_one_message(project: Project) -> None:
    shutil.copytree(Path(__file__).parents[2] / "notebooks", project.root / "notebooks")
    for value in ("[" * 100_000, "9" * 5_000, "{" * 5_000, '{"a":' * 9_000):
        command = ("report", "--notebook", "index_relations", "-p", "year", value)
        said = run(["--project", str(project.root), *command])
        assert said.code == 2
        assert said.problems == []
    notebook = project.root / "notebooks" / "index_relations.ipynb"
    for name in ("...ipynb", "..ipynb"):
        odd = project.root / name
        shutil.copy(notebook, odd)
        said = run(["--project", str(project.root), "report", "--notebook", str(odd)])
        assert said.code == 2
        assert "name" in said.text
        assert not (project.root / "reports").exists()


def test_a_pipe_and_a_strange_page_do_not_stop_the_index(project: Project) -> None:
    from parstudy.publish.index import write_index

    folder = project.reports / "vi" / "own"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "y.html")
    (folder / "z.html").write_bytes(b"\xff\xfe" * 99)
    (folder / "w.html").write_text('<meta name="parstudy:parameters" content="' + "[" * 99_999)
    assert write_index(project.reports).is_file()


def test_a_bad_plan_stops_no_other(project: Project) -> None:
    from parstudy.plans._shelf import folder_of, kept

    folder = folder_of(project)
    folder.mkdir(parents=True)
    write_plan(draft(open_dataset(project), "lang-son", 2021), folder / "good.toml")
    (folder / "digits.toml").write_text("a = " + "9" * 5_000)
    (folder / "nested.toml").write_text("a = " + "[" * 50_000)
    (folder / "cut.xlsx").write_bytes(b"PK\x03\x04")
    os.mkfifo(folder / "pipe.toml")
    (folder / "folder.csv").mkdir()
    assert [path.name for path, _ in kept(project)] == ["good.toml"]


def test_an_error_of_the_checks_writes_nothing(project: Project) -> None:
    before = state(project.processed)
    file = next((project.raw / "PAR_INDEX" / "2021").glob("*.csv"))
    rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*rows, rows[-1]]) + "\n", encoding="utf-8")
    with pytest.raises((DataError, Exception)):
        build(project)
    assert state(project.processed) == before
    assert json.loads((project.processed / "manifest.json").read_text(encoding="utf-8"))
