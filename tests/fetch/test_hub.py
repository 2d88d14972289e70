"""`parstudy fetch par|sipas|dti` against a server that speaks the Hub's protocol."""

from __future__ import annotations

import csv
import io
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import panels
import pytest
from hub_server import Hub, Repository

from parstudy import __version__
from parstudy import fetch as fetching
from parstudy.errors import FetchError
from parstudy.fetch import Fetched, fetch
from parstudy.project import Project
from parstudy.releases import read_release_folder

PAR = "letrinhan/vn-par-master"
SIPAS = "letrinhan/vn-sipas-provincial"
FIRST, SECOND = "a" * 40, "b" * 40
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def par_rows(root: Path) -> Rows:
    """Two years of PAR INDEX."""
    return [r for r in panels.par(root) if r["year"] in ("2021", "2022")]


@pytest.fixture
def par(hub: Hub, par_rows: Rows) -> Repository:
    """The repository of PAR INDEX, with files around the one that matters."""
    files = {
        "README.md": b"---\nlicense: other\n---\n",
        "data/codebook.csv": b"column,meaning\nyear,index year\n",
        "data/any name.csv": panels.as_csv(par_rows, panels.PAR),
    }
    hub.repositories[PAR] = Repository(files, FIRST)
    return hub.repositories[PAR]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts without the waiting between them."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


def changed(rows: Rows, change: Callable[[dict[str, str]], None]) -> Rows:
    copies = [dict(r) for r in rows]
    for row in copies:
        change(row)
    return copies


def state(project: Project) -> dict[str, bytes]:
    """Every file of the project, hidden ones and leftovers included."""
    return {
        p.relative_to(project.root).as_posix(): p.read_bytes()
        for p in sorted(project.root.rglob("*"))
        if p.is_file()
    }


def refused(names: str, project: Project, **options: object) -> FetchError:
    """The one error of a fetch that must leave the project as it was."""
    before = state(project)
    with pytest.raises(FetchError) as caught:
        fetch(names, project, **options)  # type: ignore[arg-type]
    assert state(project) == before
    told = str(caught.value)
    assert "\n" not in told
    assert "Traceback" not in told
    return caught.value


def figures(project: Project, folder: str) -> dict[tuple[str, str, str], str]:
    release = read_release_folder(project.raw / folder)
    return {
        (r["unit_text"], r["component"], r["measure"]): r["text"]
        for r in release.figures.to_dict("records")
    }


def expected(rows: Iterable[Mapping[str, str]], name: str, columns: Mapping[str, tuple[str, str]]):
    return {
        (r[name], *what): r[header] for r in rows for header, what in columns.items() if r[header]
    }


PAR_COLUMNS = {
    "par_index": ("total", "score"),
    "par_rank": ("total", "rank"),
    "score_moha": ("appraisal", "score"),
    "score_survey": ("survey", "score"),
}


def test_par_is_registered_by_year_with_every_province(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok
    assert done.changed
    assert [p.name for p in sorted((empty.raw / "PAR_INDEX").iterdir())] == [
        "2021-open-panel",
        "2022-open-panel",
    ]
    for year in ("2021", "2022"):
        own = [r for r in par_rows if r["year"] == year and r["unit_type"] == "province"]
        assert len(own) == 63
        found = figures(empty, f"PAR_INDEX/{year}-open-panel")
        assert found == expected(own, "unit_name", PAR_COLUMNS)
        assert len(found) > 20
    text = "\n".join(done.lines())
    assert "6 rows of type 'ministry' (Bo Tu phap, Bo Tai chinh, Ngan hang Nha nuoc" in text
    assert "not an open licence" in text
    assert FIRST[:12] in text


def test_release_says_revision_checksum_and_licence(
    hub: Hub, par: Repository, empty: Project
) -> None:
    fetch("par", empty, endpoint=hub.address)
    folder = empty.raw / "PAR_INDEX" / "2021-open-panel"
    release = read_release_folder(folder)
    source = release.sources.iloc[0]
    assert source["url"] == f"{hub.address}/datasets/{PAR}/resolve/{FIRST}/data/any%20name.csv"
    assert source["kind"] == "open panel"
    assert source["published_on"] == "2026-10-05"
    assert "not an open licence" in source["licence"]
    assert (folder / "any name.csv").read_bytes() == par.files["data/any name.csv"]
    assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"
    assert release.geography == "63"
    assert release.n_ranked == 63
    assert release.criteria_set == "1149/QĐ-BNV"


def test_places_are_those_of_the_original_file(hub: Hub, par: Repository, empty: Project) -> None:
    fetch("par", empty, endpoint=hub.address)
    release = read_release_folder(empty.raw / "PAR_INDEX" / "2022-open-panel")
    original = par.files["data/any name.csv"].decode().splitlines()
    for row in release.figures.to_dict("records"):
        file, _, place = row["locator"].rpartition(" row ")
        line, _, column = place.partition(" column ")
        assert file == "any name.csv"
        cells = next(csv.reader(io.StringIO(original[int(line) - 1])))
        assert cells[0] == "2022"
        assert cells[3] == row["unit_text"]
        assert cells[int(column) - 1] == row["text"]


def test_nothing_is_sent_but_the_request(
    hub: Hub, par: Repository, empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_" + "x" * 34)
    fetch("par", empty, endpoint=hub.address)
    assert hub.agents == {f"parstudy/{__version__}"}
    assert hub.authorised == []
    assert {p.split("/")[1] for _, p in hub.asked} == {"api", "datasets"}


def test_the_environment_names_the_hub(
    hub: Hub, par: Repository, empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.address + "/")
    assert fetch("par", empty).ok


def test_not_ranked_provinces_have_a_score_and_no_rank(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    def change(row: dict[str, str]) -> None:
        if row["year"] == "2022":
            row["par_rank"] = ""
        if row["unit_name"] in ("Ha Noi", "Cao Bang"):
            row |= {"ranked": "0", "par_index": "70.25", "par_rank": "62"}

    rows = [r for r in changed(par_rows, change) if r["year"] == "2021"]
    par.files["data/any name.csv"] = panels.as_csv(rows, panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    found = figures(empty, "PAR_INDEX/2021-open-panel")
    for name in ("Ha Noi", "Cao Bang"):
        assert found[name, "total", "score"] == "70.25"
        assert (name, "total", "rank") not in found
    ranks = {r["unit_name"]: r["par_rank"] for r in rows if r["par_rank"]}
    kept = {u: t for (u, c, m), t in found.items() if (c, m) == ("total", "rank")}
    assert kept == {
        u: t for u, t in ranks.items() if u not in ("Ha Noi", "Cao Bang", *panels.MINISTRIES)
    }
    assert "2 not ranked (Ha Noi, Cao Bang)" in "\n".join(done.lines())


def test_whole_numbers_that_a_program_wrote_with_a_point(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    def change(row: dict[str, str]) -> None:
        for header in ("year", "unit_code", "par_rank", "ranked"):
            row[header] += ".0" if row[header] else ""

    par.files["data/any name.csv"] = panels.as_csv(changed(par_rows, change), panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    ranks = {
        r["unit_name"]: float(r["par_rank"])
        for r in par_rows
        if r["year"] == "2022" and r["par_rank"] and r["unit_type"] == "province"
    }
    release = read_release_folder(empty.raw / "PAR_INDEX" / "2022-open-panel")
    read = release.figures[release.figures["measure"].eq("rank")]
    assert dict(zip(read["unit_text"], read["value"], strict=True)) == ranks
    assert "no GSO code" not in "\n".join(done.lines())


def test_sipas_of_both_geographies_from_a_large_file(hub: Hub, root: Path, empty: Project) -> None:
    """The figures of 2025 are made up, so the file says SYNTHETIC and so do the releases."""
    old = [r for r in panels.sipas(root) if r["year"] in ("2015", "2024")]
    new = panels.sipas_2025()
    name = "sipas_SYNTHETIC.csv"
    hub.repositories[SIPAS] = Repository(
        {name: panels.as_csv(old + new, panels.SIPAS)}, FIRST, large=frozenset({name})
    )
    done = fetch("sipas", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    columns = {"sipas_index": ("total", "score"), "sipas_rank": ("total", "rank")}
    sizes = {}
    for year, geography in (("2015", "63"), ("2024", "63"), ("2025", "34")):
        release = read_release_folder(empty.raw / "SIPAS" / f"{year}-open-panel")
        assert release.geography == geography
        assert release.synthetic
        sizes[year] = release.n_ranked
        own = [r for r in old + new if r["year"] == year]
        assert figures(empty, f"SIPAS/{year}-open-panel") == expected(own, "geo_name", columns)
    assert sizes["2015"] == 10
    assert sizes["2025"] == 34
    assert any(p.startswith("/lfs/") for p in hub.downloads())


def test_dti_with_its_pillars(hub: Hub, empty: Project) -> None:
    hub.repositories["letrinhan/vn-dti-provincial"] = Repository(
        {"SYNTHETIC.csv": panels.as_csv(panels.dti(), panels.DTI)}, FIRST
    )
    done = fetch("dti", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    found = figures(empty, "DTI/2022-open-panel")
    assert found["Ha Noi", "total", "score"] == "0.8000"
    assert found["Ha Giang", "kts", "rank"] == "2"
    assert len(found) == 63 * 8


# ------------------------------------------------------------------ the file and its columns


def test_a_renamed_column_is_named_with_the_nearest(
    hub: Hub, par: Repository, project: Project
) -> None:
    fetch("par", project, endpoint=hub.address)
    content = par.files["data/any name.csv"].replace(b"par_index", b"par_index_total", 1)
    par.push(SECOND, {"data/any name.csv": content}, "2026-11-01T00:00:00.000Z")
    error = refused("par", project, endpoint=hub.address)
    assert error.code == "no_panel"
    assert "'par_index': nearest is 'par_index_total'" in error.found
    assert error.expected == "par_index"
    assert "any name.csv" in error.place


def test_no_file_with_such_columns(hub: Hub, empty: Project) -> None:
    hub.repositories[PAR] = Repository({"a.csv": b"province,score\nHa Noi,1\n"}, FIRST)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "no_panel"
    assert error.found == "province, score"
    assert "par_index, par_rank" in error.expected


def test_no_csv_file_at_all(hub: Hub, empty: Project) -> None:
    hub.repositories[PAR] = Repository({"README.md": b"moved to Zenodo"}, FIRST)
    assert refused("par", empty, endpoint=hub.address).code == "no_panel"


def test_a_column_left_out_is_named(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    columns = [c for c in panels.PAR if c != "score_moha"]
    par.files["data/any name.csv"] = panels.as_csv(par_rows, columns)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "no_panel"
    assert error.expected == "score_moha"


def test_lines_that_end_as_on_old_machines_and_names_in_capitals(
    par_rows: Rows, empty: Project, tmp_path: Path
) -> None:
    content = panels.as_csv(par_rows, panels.PAR).replace(b"\n", b"\r")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "PANEL.CSV").write_bytes(content)
    done = fetch("par", empty, source_folder=tmp_path / "in")
    assert done.ok, done.lines()
    own = [r for r in par_rows if r["year"] == "2022" and r["unit_type"] == "province"]
    assert figures(empty, "PAR_INDEX/2022-open-panel") == expected(own, "unit_name", PAR_COLUMNS)


def test_a_hub_that_asks_for_minutes_is_not_waited_for(
    hub: Hub, par: Repository, empty: Project
) -> None:
    hub.answers["/resolve/"] = (429, {"RateLimit": '"resolvers";r=0;t=280'})
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "refused"
    assert "280 seconds" in error.found


def test_two_files_that_differ_are_not_chosen_between(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    par.files["data/older.csv"] = panels.as_csv(par_rows[:70], panels.PAR)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "two_panels"
    assert error.found == "data/any name.csv, data/older.csv"


def test_the_same_file_twice_is_one(hub: Hub, par: Repository, empty: Project) -> None:
    par.files["zz.csv"] = par.files["data/any name.csv"]
    assert fetch("par", empty, endpoint=hub.address).ok


# ------------------------------------------------------------------ the network


def test_broken_off_and_taken_up_again(
    hub: Hub, par: Repository, empty: Project, at_once: None
) -> None:
    hub.cut["any%20name.csv"] = 2000
    hub.cuts = 2
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok
    folder = empty.raw / "PAR_INDEX" / "2021-open-panel"
    assert (folder / "any name.csv").read_bytes() == par.files["data/any name.csv"]
    assert len([p for p in hub.downloads() if p.endswith("any name.csv")]) == 3


@pytest.mark.parametrize("n_bytes", [0, 500])
def test_a_download_that_never_ends_well(
    hub: Hub,
    par: Repository,
    project: Project,
    at_once: None,
    tmp_path: Path,
    n_bytes: int,
) -> None:
    hub.cut["any%20name.csv"] = n_bytes
    hub.ranges = False
    error = refused("par", project, endpoint=hub.address)
    assert error.code == "broken_download"
    left = [p for p in (tmp_path / "cache").rglob("*") if p.name.startswith(".part-")]
    assert left == []
    # and it is not taken for the file the next time
    hub.cut.clear()
    assert fetch("par", project, endpoint=hub.address).ok


def test_a_download_that_starts_over_for_ever_is_stopped(
    hub: Hub,
    par: Repository,
    project: Project,
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large file, cut again and again by a server that cannot go on where it stopped."""
    hub.cut["any%20name.csv"] = 3000
    hub.ranges = False
    error = refused("par", project, endpoint=hub.address)
    assert error.code == "broken_download"
    assert "again and again" in error.message
    assert len(hub.downloads()) < 12


def test_other_content_than_listed(
    hub: Hub, par: Repository, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hub_server

    right = hub_server.git_blob
    monkeypatch.setattr(hub_server, "git_blob", lambda content: right(content + b" "))
    assert refused("par", project, endpoint=hub.address).code == "broken_download"
    monkeypatch.setattr(hub_server, "git_blob", right)
    assert fetch("par", project, endpoint=hub.address).ok


@pytest.mark.parametrize(
    ("part", "status", "headers", "code"),
    [
        ("/api/", 401, {}, "no_repository"),
        ("/api/", 403, {"X-Error-Code": "GatedRepo"}, "sign_in_needed"),
        ("/api/", 404, {"X-Error-Code": "RepoNotFound"}, "no_repository"),
        ("/api/", 500, {}, "refused"),
        ("/api/", 429, {}, "refused"),
        ("/resolve/", 401, {"X-Error-Code": "GatedRepo"}, "sign_in_needed"),
        ("/resolve/", 403, {}, "sign_in_needed"),
        ("/resolve/", 404, {"X-Error-Code": "EntryNotFound"}, "missing_file"),
        ("/resolve/", 404, {}, "missing_file"),
        ("/resolve/", 503, {}, "refused"),
    ],
)
def test_an_answer_that_is_no_file(
    hub: Hub,
    par: Repository,
    project: Project,
    at_once: None,
    part: str,
    status: int,
    headers: dict[str, str],
    code: str,
) -> None:
    hub.answers[part] = (status, headers)
    error = refused("par", project, endpoint=hub.address)
    assert error.code == code
    assert str(status) in error.found
    assert PAR in error.place
    assert "stays as it is" in error.advice


def test_a_repository_that_is_not_there(hub: Hub, project: Project) -> None:
    error = refused("par", project, endpoint=hub.address)
    assert error.code == "no_repository"


@pytest.mark.parametrize("absolute", [False, True])
def test_a_moved_repository_is_followed_and_told(
    hub: Hub, par: Repository, empty: Project, absolute: bool
) -> None:
    hub.repositories["somebody/par-panel"] = hub.repositories.pop(PAR)
    target = "/api/datasets/somebody/par-panel"
    hub.moved[PAR] = hub.address + target if absolute else target
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok
    assert f"the repository {PAR} has moved to somebody/par-panel" in "\n".join(done.lines())
    release = read_release_folder(empty.raw / "PAR_INDEX" / "2021-open-panel")
    assert "/datasets/somebody/par-panel/resolve/" in release.sources.iloc[0]["url"]


def test_no_server(project: Project) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused("par", project, endpoint=f"http://127.0.0.1:{port}")
    assert error.code == "no_network"
    assert "--from" in error.advice


def test_a_sign_in_page_is_no_hub(hub: Hub, project: Project) -> None:
    hub.page = b"<html>Welcome to Hotel WiFi</html>"
    assert refused("par", project, endpoint=hub.address).code == "not_a_hub"


def test_offline_by_wish(
    hub: Hub, par: Repository, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert refused("par", project, endpoint=hub.address).code == "offline"


def test_without_the_library(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    error = refused("par", project)
    assert error.code == "no_library"
    assert 'pip install "parstudy[fetch]"' in error.advice


# ------------------------------------------------------------------ again


def test_fetched_again_nothing_is_downloaded(hub: Hub, par: Repository, empty: Project) -> None:
    fetch("par", empty, endpoint=hub.address)
    before, asked = state(empty), len(hub.downloads())
    again = fetch("par", empty, endpoint=hub.address)
    assert not again.changed
    assert state(empty) == before
    assert len(hub.downloads()) == asked
    assert "unchanged: 2 releases, PAR INDEX 2021–2022" in "\n".join(again.lines())


def test_a_newer_revision_replaces(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    fetch("par", empty, endpoint=hub.address)

    def change(row: dict[str, str]) -> None:
        if row["year"] == "2022" and row["unit_name"] == "Ha Noi":
            row["par_index"] = "88.88"

    newer = [r for r in changed(par_rows, change) if r["year"] == "2022"]
    par.push(SECOND, {"panel.csv": panels.as_csv(newer, panels.PAR)}, "2026-11-20T10:00:00.000Z")
    done = fetch("par", empty, endpoint=hub.address)
    text = "\n".join(done.lines())
    assert "replaced: 1 release, PAR INDEX 2022" in text
    assert "PAR_INDEX/2021-open-panel: fetched earlier, not in the panel any more; kept" in text
    folder = empty.raw / "PAR_INDEX" / "2022-open-panel"
    assert sorted(p.name for p in folder.iterdir()) == [
        ".gitignore",
        "panel.csv",
        "release.toml",
    ]
    assert figures(empty, "PAR_INDEX/2022-open-panel")["Ha Noi", "total", "score"] == "88.88"
    release = read_release_folder(folder)
    assert SECOND in release.sources.iloc[0]["url"]
    assert release.sources.iloc[0]["published_on"] == "2026-11-20"
    # the folder of 2021 still reads, with its own revision
    assert (
        FIRST
        in read_release_folder(empty.raw / "PAR_INDEX" / "2021-open-panel").sources.iloc[0]["url"]
    )
    assert not [p for p in (empty.raw / "PAR_INDEX").iterdir() if p.name.startswith(".")]


def test_a_failure_in_the_middle_puts_the_old_folders_back(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch("par", empty, endpoint=hub.address)
    newer = changed(par_rows, lambda row: row.update(par_index="77.77"))
    par.push(SECOND, {"p.csv": panels.as_csv(newer, panels.PAR)}, "2026-11-20T10:00:00.000Z")
    whole, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        if self.name.startswith(".fetching-"):
            calls.append(self)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "not_written"
    assert error.found == "No space left on device"
    assert len(calls) == 2


def test_a_year_that_cannot_be_read_is_refused_alone(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    fetch("par", empty, endpoint=hub.address)
    old = figures(empty, "PAR_INDEX/2022-open-panel")

    def change(row: dict[str, str]) -> None:
        if row["unit_name"] == "Ha Noi":
            row["par_index"] = "8O.11" if row["year"] == "2022" else "81.11"

    content = panels.as_csv(changed(par_rows, change), panels.PAR)
    par.push(SECOND, {"p.csv": content}, "2026-11-20T10:00:00.000Z")
    done = fetch("par", empty, endpoint=hub.address)
    assert not done.ok
    text = "\n".join(done.lines())
    assert "REFUSED PAR_INDEX 2022: p.csv row" in text
    assert "'8O.11'" in text
    assert figures(empty, "PAR_INDEX/2022-open-panel") == old
    new = figures(empty, "PAR_INDEX/2021-open-panel")
    assert new["Ha Noi", "total", "score"] == "81.11"


@pytest.mark.parametrize("text", ["811.1", "0.8111"])
def test_an_impossible_figure_is_refused_before_it_stops_a_build(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project, text: str
) -> None:
    def change(row: dict[str, str]) -> None:
        if row["unit_name"] == "Ha Noi" and row["year"] == "2022":
            row["par_index"] = text

    par.files["data/any name.csv"] = panels.as_csv(changed(par_rows, change), panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert [r.status for r in done.parts[0].registered] == ["new", "refused"]
    assert text in done.parts[0].registered[1].reason


def test_a_folder_of_somebody_else_is_not_replaced(
    hub: Hub, par: Repository, empty: Project
) -> None:
    own = empty.raw / "PAR_INDEX" / "2022-open-panel"
    own.mkdir(parents=True)
    (own / "release.toml").write_text("# mine\n")
    assert refused("par", empty, endpoint=hub.address).code == "release_exists"


# ------------------------------------------------------------------ units


def test_name_and_code_must_agree(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    def change(row: dict[str, str]) -> None:
        if row["unit_name"] == "Lao Cai" and row["year"] == "2022":
            row["unit_code"] = "15"

    par.files["data/any name.csv"] = panels.as_csv(changed(par_rows, change), panels.PAR)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "code_disagrees"
    line = int(error.place.rpartition(" row ")[2])
    cells = par.files["data/any name.csv"].decode().splitlines()[line - 1].split(",")
    assert cells[:4] == ["2022", "province", "15", "Lao Cai"]
    assert "'Lao Cai'" in error.found
    assert "Yên Bái" in error.found
    assert error.expected == "code 10 for Lào Cai"


def test_codes_of_another_scheme_are_not_used(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    def change(row: dict[str, str]) -> None:
        row["unit_code"] = f"T{row['unit_code']}"

    par.files["data/any name.csv"] = panels.as_csv(changed(par_rows, change), panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok
    assert "unit_code is no GSO code (0 of 126 agree): not used" in "\n".join(done.lines())


def test_a_new_unit_under_an_old_code_is_read_by_its_name(hub: Hub, empty: Project) -> None:
    """New Lào Cai bears code 15, that of old Yên Bái."""
    rows = panels.sipas_2025()
    assert {r["geo_name"]: r["geo_code"] for r in rows}["Lao Cai"] == "15"
    hub.repositories[SIPAS] = Repository(
        {"SYNTHETIC.csv": panels.as_csv(rows, panels.SIPAS)}, FIRST
    )
    fetch("sipas", empty, endpoint=hub.address)
    from parstudy.dataset import build

    scores = build(empty).at("SIPAS", 2025)
    assert len(scores) == 34
    assert "yen-bai" not in scores.index
    printed = {r["geo_name"]: float(r["sipas_index"]) for r in rows}
    assert scores.loc["lao-cai", "score"] == printed["Lao Cai"]
    assert bool(scores["synthetic"].all())


def test_an_unknown_system_with_names_of_old_provinces_is_refused(
    hub: Hub, root: Path, empty: Project
) -> None:
    rows = [r for r in panels.sipas(root) if r["year"] == "2023"]
    rows = changed(rows, lambda row: row.update(geo_system="2008"))
    hub.repositories[SIPAS] = Repository({"s.csv": panels.as_csv(rows, panels.SIPAS)}, FIRST)
    error = refused("sipas", empty, endpoint=hub.address)
    assert error.code == "unknown_geography"
    assert "geo_system = '2008'" in error.message
    assert "geo_name" in error.place


def test_old_years_drawn_anew_for_the_34_units_are_left_out(
    hub: Hub, root: Path, empty: Project
) -> None:
    rows = [r for r in panels.sipas(root) if r["year"] == "2024"]
    anew = changed(panels.sipas_2025("merged_34"), lambda row: row.update(year="2024"))
    hub.repositories[SIPAS] = Repository(
        {"SYNTHETIC.csv": panels.as_csv(rows + anew, panels.SIPAS)}, FIRST
    )
    done = fetch("sipas", empty, endpoint=hub.address)
    assert done.ok
    assert "SIPAS 2024: 34 rows of the 34 units left out" in "\n".join(done.lines())
    found = figures(empty, "SIPAS/2024-open-panel")
    columns = {"sipas_index": ("total", "score"), "sipas_rank": ("total", "rank")}
    assert found == expected(rows, "geo_name", columns)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("unit_name", "Ha Noii", "mixed_units"),
        ("unit_name", "Hai Duong", "unit_twice"),
        ("ranked", "perhaps", "bad_mark"),
    ],
)
def test_a_row_that_is_not_clear(
    hub: Hub,
    par: Repository,
    par_rows: Rows,
    empty: Project,
    header: str,
    value: str,
    code: str,
) -> None:
    def change(row: dict[str, str]) -> None:
        if row["unit_name"] == "Ha Noi" and row["year"] == "2022":
            row[header] = value
            if code == "unit_twice":
                row["unit_code"] = "30"

    rows = changed(par_rows, change)
    par.files["data/any name.csv"] = panels.as_csv(rows, panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert not done.ok
    assert [(r.year, r.status) for r in done.parts[0].registered] == [
        (2021, "new"),
        (2022, "refused"),
    ]
    line = next(x for x in done.lines() if "REFUSED PAR_INDEX 2022: any name.csv row" in x)
    assert repr(value) in line
    assert not (empty.raw / "PAR_INDEX" / "2022-open-panel").exists()
    # alone, the year is the error
    content = panels.as_csv([r for r in rows if r["year"] == "2022"], panels.PAR)
    par.push(SECOND, {"p.csv": content}, "2026-11-20T10:00:00.000Z")
    shutil.rmtree(empty.raw / "PAR_INDEX")
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == code
    assert "row" in error.place


def test_a_row_without_a_year_is_refused(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    rows = [*par_rows[:-1], {**par_rows[-1], "year": "n/a"}]
    par.files["data/any name.csv"] = panels.as_csv(rows, panels.PAR)
    error = refused("par", empty, endpoint=hub.address)
    assert error.code == "bad_year"
    assert "row" in error.place
    assert "n/a" in error.found


def test_figures_of_the_whole_country_are_left_out_and_told(
    hub: Hub, par: Repository, par_rows: Rows, empty: Project
) -> None:
    nation = {**par_rows[-1], "unit_name": "Ca nuoc", "unit_code": "", "par_rank": ""}
    par.files["data/any name.csv"] = panels.as_csv([*par_rows, nation], panels.PAR)
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    assert "1 row of the whole country (Ca nuoc) left out" in "\n".join(done.lines())
    own = [r for r in par_rows if r["year"] == nation["year"] and r["unit_type"] == "province"]
    found = figures(empty, f"PAR_INDEX/{nation['year']}-open-panel")
    assert found == expected(own, "unit_name", PAR_COLUMNS)


def test_without_a_geo_system_the_year_decides(hub: Hub, root: Path, empty: Project) -> None:
    rows = [r for r in panels.sipas(root) if r["year"] == "2023"] + panels.sipas_2025()
    rows = changed(rows, lambda row: row.update(geo_system=""))
    hub.repositories[SIPAS] = Repository(
        {"SYNTHETIC.csv": panels.as_csv(rows, panels.SIPAS)}, FIRST
    )
    done = fetch("sipas", empty, endpoint=hub.address)
    assert done.ok, done.lines()
    assert [r.year for r in done.parts[0].registered] == [2023, 2025]


def test_several_names_go_on_when_one_fails(hub: Hub, par: Repository, empty: Project) -> None:
    done: Fetched = fetch(["par", "sipas"], empty, endpoint=hub.address)
    assert not done.ok
    assert [p.name for p in done.parts if p.error] == ["sipas"]
    assert any(line.startswith("sipas: nothing was registered:") for line in done.lines())
    assert (empty.raw / "PAR_INDEX" / "2021-open-panel").is_dir()
    assert not (empty.raw / "SIPAS").exists()


def test_all_is_well_without_what_only_a_folder_has(
    hub: Hub, par: Repository, empty: Project
) -> None:
    done = fetch(["par", "pci"], empty, endpoint=hub.address)
    assert done.ok
    assert any(line.startswith("pci: nothing was registered:") for line in done.lines())


def test_an_unknown_name(empty: Project) -> None:
    error = refused("sipaz", empty)
    assert error.code == "unknown_name"
    assert error.expected == "'sipas'"


def test_what_is_missing(hub: Hub, par: Repository, empty: Project) -> None:
    assert [m.name for m in fetching.missing(empty)] == list(fetching.names())
    fetch("par", empty, endpoint=hub.address)
    left = fetching.missing(empty)
    assert [m.name for m in left] == [n for n in fetching.names() if n != "par"]
    assert left[0].command == "parstudy fetch sipas"
