"""Pinned files, folders instead of a network, and what a whole project makes of them."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import panels
import pytest
import squares
from hub_server import Hub, Repository
from test_hub import FIRST, PAR, refused, state

from parstudy import demo
from parstudy.dataset import Dataset, build, open_dataset
from parstudy.errors import FetchError
from parstudy.fetch import _catalogue, fetch, missing
from parstudy.project import Project
from parstudy.releases import read_release_folder
from parstudy.runs import main_job

SHAPES = {
    f"geo/provinces_{geography}_taliacao.topojson": squares.as_bytes(squares.topojson(geography))
    for geography in ("63", "34")
}


@pytest.fixture
def served(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two small files in place of the boundaries: key and path on the server."""
    entry = _catalogue.entries()["geo"]
    files = tuple(
        dataclasses.replace(f, sha256=hashlib.sha256(SHAPES[f.key]).hexdigest())
        if f.key in SHAPES
        else f
        for f in entry.files
    )
    changed = {**_catalogue.entries(), "geo": dataclasses.replace(entry, files=files)}
    monkeypatch.setattr(_catalogue, "entries", lambda: changed)
    monkeypatch.setattr(_catalogue, "pinned_endpoint", lambda: hub.address)
    paths = {}
    for file in files:
        if file.path:
            paths[file.key] = f"{entry.repository}/{entry.commit}/{file.path}"
            hub.raw[paths[file.key]] = SHAPES[file.key]
    return paths


def test_the_catalogue_names_every_pinned_file_with_its_checksum() -> None:
    for entry in _catalogue.entries().values():
        for file in entry.files:
            assert len(file.sha256) == (64 if file.path else 0), file.key
            assert len(entry.commit) == 40


def test_the_catalogue_has_the_checksums_of_the_files(mirror: Path) -> None:
    seen = 0
    for entry in _catalogue.entries().values():
        for file in entry.files:
            if file.path:
                found = hashlib.sha256((mirror / file.key).read_bytes()).hexdigest()
                assert found == file.sha256, file.key
                seen += 1
    assert seen == 19


def test_pinned_files_are_downloaded_once(
    hub: Hub, served: Mapping[str, str], empty: Project
) -> None:
    done = fetch("geo", empty)
    assert done.ok
    assert "not there: covariates/population_nso_2011_2024.csv" in "\n".join(done.lines())
    folder = empty.root / "data" / "fetched" / "boundaries"
    for key, content in SHAPES.items():
        assert (folder / Path(key).name).read_bytes() == content
    assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"
    asked, before = len(hub.asked), state(empty)
    again = fetch("geo", empty)
    assert not again.changed
    assert len(hub.asked) == asked
    assert state(empty) == before
    assert [m.gives["en"] for m in missing(empty) if m.name == "geo"] == [
        "population of the 63 provinces, 2011-2024, as weights of merged units"
    ]


def test_a_changed_file_is_refused(hub: Hub, served: Mapping[str, str], empty: Project) -> None:
    hub.raw[served["geo/provinces_34_taliacao.topojson"]] += b" "
    error = refused("geo", empty)
    assert error.code == "changed_hash"
    assert error.place.endswith("diaphantinhvn_merged_from_geojson.json")
    assert error.expected.startswith("SHA-256 ")


def test_a_file_that_is_gone(hub: Hub, served: Mapping[str, str], empty: Project) -> None:
    del hub.raw[served["geo/provinces_63_taliacao.topojson"]]
    error = refused("geo", empty)
    assert error.code == "missing_file"
    assert error.found == "answer 404"


def test_a_pinned_file_broken_off(hub: Hub, served: Mapping[str, str], empty: Project) -> None:
    hub.cut["Formatting"] = 20
    assert refused("geo", empty).code == "broken_download"
    hub.cut.clear()
    assert fetch("geo", empty).ok


@pytest.mark.parametrize("trouble", ["gone", "broken off", "changed", "none"])
def test_no_connection_stays_open(
    hub: Hub,
    served: Mapping[str, str],
    empty: Project,
    trouble: str,
) -> None:
    path = served["geo/provinces_63_taliacao.topojson"]
    if trouble == "gone":
        del hub.raw[path]
    elif trouble == "broken off":
        hub.cut["Formatting"] = 20
    elif trouble == "changed":
        hub.raw[path] += b" "
    gc.disable()  # what is closed only when the collector comes by counts as open
    try:
        if trouble == "none":
            assert fetch("geo", empty).ok
        else:
            refused("geo", empty)
        sockets = [o for o in gc.get_objects() if isinstance(o, socket.socket)]
        port = int(hub.address.rsplit(":", 1)[1])
        assert [s for s in sockets if s.fileno() != -1 and _peer(s) == port] == []
    finally:
        gc.enable()


def _peer(end: socket.socket) -> int:
    """Port at the other end; 0 where there is none."""
    if end.family != socket.AF_INET:
        return 0
    try:
        return int(end.getpeername()[1])
    except OSError:
        return 0


def test_no_network(served: Mapping[str, str], empty: Project, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(_catalogue, "pinned_endpoint", lambda: f"http://127.0.0.1:{port}")
    error = refused("geo", empty)
    assert error.code == "no_network"
    assert "--from" in error.advice


def test_without_the_library_for_downloads(
    served: Mapping[str, str], empty: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    assert refused("geo", empty).code == "no_library"


def test_pci_says_what_it_needs(empty: Project) -> None:
    error = refused("pci", empty)
    assert error.code == "no_address"
    assert "pci/derived_pci_overall_2005_2024.csv" in error.expected
    assert "--from" in error.advice
    assert "PARSTUDY_MIRROR" in error.advice


# ------------------------------------------------------------------ from a folder


def test_from_a_folder_with_or_without_its_first_level(
    served: Mapping[str, str], empty: Project, tmp_path: Path
) -> None:
    for name, deep in (("flat", False), ("deep", True)):
        folder = tmp_path / name
        for key, content in SHAPES.items():
            path = folder / key if deep else folder / Path(key).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        done = fetch("geo", empty, source_folder=folder)
        assert done.changed is (name == "flat")
        assert f"from {folder}" in "\n".join(done.lines())


def test_a_wrong_file_in_the_folder(
    served: Mapping[str, str], empty: Project, tmp_path: Path
) -> None:
    (tmp_path / "provinces_63_taliacao.topojson").write_bytes(b"{}")
    error = refused("geo", empty, source_folder=tmp_path)
    assert error.code == "changed_hash"
    assert error.place.endswith("provinces_63_taliacao.topojson")


def test_an_empty_folder_and_no_folder(empty: Project, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert refused("papi", empty, source_folder=tmp_path / "nothing").code == "nothing_there"
    assert refused("par", empty, source_folder=tmp_path / "nothing").code == "no_panel"
    assert refused("papi", empty, source_folder=tmp_path / "nowhere").code == "no_folder"


def test_a_panel_from_a_folder_by_its_columns(root: Path, empty: Project, tmp_path: Path) -> None:
    rows = [r for r in panels.sipas(root) if r["year"] == "2023"]
    folder = tmp_path / "downloads"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "mine.csv").write_bytes(panels.as_csv(rows, panels.SIPAS))
    (folder / "notes.csv").write_text("a,b\n1,2\n")
    done = fetch("sipas", empty, source_folder=folder)
    assert done.ok, done.lines()
    release = read_release_folder(empty.raw / "SIPAS" / "2023-open-panel")
    assert len(release.figures) == sum(bool(r["sipas_index"]) for r in rows) + sum(
        bool(r["sipas_rank"]) for r in rows
    )
    assert (empty.raw / "SIPAS" / "2023-open-panel" / "mine.csv").is_file()


def test_the_mirror_is_looked_into_first(
    hub: Hub, root: Path, empty: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [r for r in panels.sipas(root) if r["year"] == "2023"]
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "s.csv").write_bytes(panels.as_csv(rows, panels.SIPAS))
    monkeypatch.setenv("PARSTUDY_MIRROR", str(tmp_path / "mirror"))
    assert fetch("sipas", empty, endpoint=hub.address).ok
    assert hub.asked == []
    # what the mirror does not have comes from the network
    rows = [r for r in panels.par(root) if r["year"] == "2023"]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    assert fetch("par", empty, endpoint=hub.address).ok
    assert hub.downloads()


def test_what_a_mirror_lacks_is_downloaded_and_each_file_has_its_place_told(
    hub: Hub,
    served: Mapping[str, str],
    empty: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = SHAPES
    (tmp_path / "mirror" / "geo").mkdir(parents=True)
    (tmp_path / "mirror" / here).write_bytes(SHAPES[here])
    monkeypatch.setenv("PARSTUDY_MIRROR", str(tmp_path / "mirror"))
    done = fetch("geo", empty)
    assert done.ok
    assert [path.lstrip("/") for _, path in hub.asked] == [served[there]]
    lines = done.lines()
    assert f"  from {tmp_path / 'mirror'}: {here}" in lines
    assert any(line.startswith("  from https://") and line.endswith(f": {there}") for line in lines)
    assert any("population_nso_2011_2024.csv (from a folder only)" in line for line in lines)
    folder = empty.root / "data" / "fetched" / "boundaries"
    assert {k: (folder / Path(k).name).read_bytes() for k in SHAPES} == SHAPES


def test_what_a_mirror_lacks_and_cannot_be_downloaded_is_named(
    hub: Hub,
    served: Mapping[str, str],
    empty: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = SHAPES
    (tmp_path / "mirror" / "geo").mkdir(parents=True)
    (tmp_path / "mirror" / here).write_bytes(SHAPES[here])
    monkeypatch.setenv("PARSTUDY_MIRROR", str(tmp_path / "mirror"))
    del hub.raw[served[there]]
    done = fetch("geo", empty)
    assert not done.ok
    text = "\n".join(done.lines())
    assert "NOT COMPLETE: " in text
    assert "answer 404" in text
    assert f"not there: {there}" in text
    folder = empty.root / "data" / "fetched" / "boundaries"
    assert [p.name for p in sorted(folder.glob("*json"))] == [Path(here).name]


def test_boundaries_fetched_before_are_not_replaced_by_fewer(
    hub: Hub, served: Mapping[str, str], empty: Project, tmp_path: Path
) -> None:
    fetch("geo", empty)
    before = state(empty)
    here, there = SHAPES
    (tmp_path / "part" / "geo").mkdir(parents=True)
    (tmp_path / "part" / here).write_bytes(SHAPES[here])
    done = fetch("geo", empty, source_folder=tmp_path / "part")
    assert [r.status for r in done.parts[0].registered] == ["kept"]
    assert f"holds {Path(there).name} as well" in "\n".join(done.lines())
    assert state(empty) == before


def test_a_mirror_that_is_no_folder_is_told(
    hub: Hub,
    served: Mapping[str, str],
    empty: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARSTUDY_MIRROR", str(tmp_path / "not mounted"))
    assert "PARSTUDY_MIRROR names" in "\n".join(fetch("geo", empty).lines())


@pytest.mark.slow
def test_papi_and_pci_of_the_mirror(mirror: Path, empty: Project) -> None:
    done = fetch(["papi", "pci", "geo"], empty, source_folder=mirror)
    assert done.ok, done.lines()
    assert len(list((empty.raw / "PAPI").iterdir())) == 14
    assert len(list((empty.raw / "PCI").iterdir())) == 20
    text = "\n".join(done.lines())
    assert "PAPI 2011–2024" in text
    assert "PAPI 2021 has no figure of Quảng Ninh, Bắc Giang, Bắc Ninh" in text
    assert [m.name for m in missing(empty)] == ["par", "sipas", "dti"]


@pytest.mark.slow
def test_the_parts_of_pci_get_a_page_of_drivers(root: Path, mirror: Path, project: Project) -> None:
    shutil.copytree(root / "notebooks", project.root / "notebooks")

    def pages() -> list[str]:
        dataset = build(project)
        runs = main_job.planned(project, dataset, languages=["en"], focus="lang-son")
        return [r.name for r in runs if r.name.startswith("en/drivers/PCI-")]

    assert pages() == []
    fetch("pci", project, source_folder=mirror)
    # sub-indices of all provinces are there to 2016
    assert pages() == ["en/drivers/PCI-2016-part"]


# ------------------------------------------------------------------ in a project


def test_the_panel_joins_the_shipped_figures_and_disagreements_are_findings(
    hub: Hub, root: Path, project: Project, shipped: Dataset
) -> None:
    rows = [r for r in panels.par(root) if r["year"] == "2021"]
    wrong = next(r for r in rows if r["unit_name"] == "Quang Ninh")
    printed = wrong["par_index"]
    wrong["par_index"] = f"{float(printed) - 1.5:.2f}"
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    fetch("par", project, endpoint=hub.address)
    after = build(project)
    assert not after.synthetic
    assert {"PAR_INDEX/2021", "PAR_INDEX/2021-open-panel"} <= set(after.releases["release_id"])
    panel = after.figures[after.figures["release_id"].eq("PAR_INDEX/2021-open-panel")]
    assert len(panel) == sum(
        bool(r[c])
        for r in rows
        if r["unit_type"] == "province"
        for c in ("par_index", "par_rank", "score_moha", "score_survey")
    )

    def contradicted(dataset: Dataset) -> set[tuple[int, str]]:
        found = dataset.findings
        found = found[found["code"].eq("conflict_score") & found["index_id"].eq("PAR_INDEX")]
        return set(zip(found["year"], found["unit_id"], strict=True))

    assert contradicted(after) - contradicted(shipped) == {(2021, "quang-ninh")}
    # and the figure that other sources confirm stays the chosen one
    chosen = after.at("PAR_INDEX", 2021).loc["quang-ninh"]
    assert chosen["score"] == float(printed)
    assert bool(chosen["conflict"])


def test_made_up_figures_do_not_get_into_a_real_project(
    hub: Hub, root: Path, project: Project
) -> None:
    rows = [r for r in panels.par(root) if r["year"] == "2021"]
    for name, mark in (("SYNTHETIC.csv", None), ("p.csv", "true")):
        marked = [{**r, "synthetic": mark or ""} for r in rows]
        columns = [*panels.PAR, "synthetic"] if mark else panels.PAR
        hub.repositories[PAR] = Repository({name: panels.as_csv(marked, columns)}, FIRST)
        error = refused("par", project, endpoint=hub.address)
        assert error.code == "synthetic_mix"
        assert "SYNTHETIC" in error.found


def test_real_figures_do_not_get_into_a_demo(hub: Hub, root: Path, tmp_path: Path) -> None:
    demo.write_demo(tmp_path / "demo", years=2)
    project = Project.find(tmp_path / "demo")
    rows = [r for r in panels.par(root) if r["year"] == "2021"]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    with pytest.raises(FetchError) as caught:
        fetch("par", project, endpoint=hub.address)
    assert caught.value.code == "synthetic_mix"


def test_what_an_interrupted_fetch_moved_aside_comes_back(
    hub: Hub, root: Path, empty: Project
) -> None:
    rows = [r for r in panels.par(root) if r["year"] == "2021"]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    fetch("par", empty, endpoint=hub.address)
    before = state(empty)
    folder = empty.raw / "PAR_INDEX" / "2021-open-panel"
    folder.rename(folder.with_name(".replaced-2021-open-panel"))
    assert not fetch("par", empty, endpoint=hub.address).changed
    assert state(empty) == before


def test_a_build_puts_back_what_an_interrupted_fetch_moved_aside(
    hub: Hub, root: Path, empty: Project
) -> None:
    rows = [r for r in panels.par(root) if r["year"] in ("2021", "2022")]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    fetch("par", empty, endpoint=hub.address)
    before = build(empty)
    folder = empty.raw / "PAR_INDEX" / "2021-open-panel"
    folder.rename(folder.with_name(".replaced-2021-open-panel"))
    # what a killed fetch had prepared is no part of the data
    shutil.copytree(empty.raw / "PAR_INDEX" / "2022-open-panel", folder.parent / ".fetching-x")
    after = open_dataset(empty)
    assert after.years("PAR_INDEX") == [2021, 2022]
    assert after.fingerprint == before.fingerprint
    # and goes away with the first that may change the data
    assert not list(folder.parent.glob(".*"))


def test_a_release_toml_changed_by_hand_is_kept_and_told(
    hub: Hub, root: Path, empty: Project
) -> None:
    rows = [r for r in panels.par(root) if r["year"] in ("2021", "2022")]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    fetch("par", empty, endpoint=hub.address)
    toml = empty.raw / "PAR_INDEX" / "2021-open-panel" / "release.toml"
    mine = toml.read_text(encoding="utf-8") + "# my remark\n"
    toml.write_text(mine, encoding="utf-8")
    hub.repositories[PAR].push(
        "b" * 40, {"p.csv": panels.as_csv(rows[:-1], panels.PAR)}, "2026-11-20T10:00:00.000Z"
    )
    done = fetch("par", empty, endpoint=hub.address)
    assert done.ok
    assert [r.status for r in done.parts[0].registered] == ["kept", "replaced"]
    assert "PAR_INDEX/2021-open-panel: release.toml was changed by hand" in "\n".join(done.lines())
    assert toml.read_text(encoding="utf-8") == mine
    read_release_folder(toml.parent)
    # a damaged copy of the panel itself is mended
    (empty.raw / "PAR_INDEX" / "2022-open-panel" / "p.csv").write_bytes(b"cut")
    assert fetch("par", empty, endpoint=hub.address).changed
    read_release_folder(empty.raw / "PAR_INDEX" / "2022-open-panel")


def test_a_fetched_folder_may_be_taken_away(hub: Hub, root: Path, empty: Project) -> None:
    rows = [r for r in panels.par(root) if r["year"] == "2021"]
    hub.repositories[PAR] = Repository({"p.csv": panels.as_csv(rows, panels.PAR)}, FIRST)
    fetch("par", empty, endpoint=hub.address)
    shutil.rmtree(empty.raw / "PAR_INDEX")
    assert "par" in [m.name for m in missing(empty)]
    assert fetch("par", empty, endpoint=hub.address).changed
