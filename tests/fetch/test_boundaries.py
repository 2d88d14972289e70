"""Boundaries: read, refused, drawn, and used by the report that has a map."""

from __future__ import annotations

import copy as copying
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import squares
from test_hub import state

from parstudy import charts
from parstudy.dataset import boundaries, build, open_dataset
from parstudy.display import Language
from parstudy.errors import DataError, ParstudyError, ReleaseError
from parstudy.facts import provinces
from parstudy.fetch import _catalogue, fetch, missing
from parstudy.project import Project
from parstudy.runs import jobs, main_job

EN = Language("en")
SOURCE = """[source]
id = "boundaries"
url = "https://example.org/shapes"
title = "Squares"
publisher = "Somebody"
kind = "open panel"
published_on = "2026-01-02"
licence = "CC0"
"""


def written(folder: Path, document: dict[str, Any], name: str = "shapes.json") -> Path:
    suffix = ".topojson" if document.get("type") == "Topology" else ".geojson"
    path = (folder / name).with_suffix(suffix)
    path.write_bytes(squares.as_bytes(document))
    return path


def put(project: Project, *documents: dict[str, Any]) -> Path:
    """Boundaries in a project as a fetch puts them there."""
    folder = project.root / "data" / "fetched" / boundaries.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for number, document in enumerate(documents):
        written(folder, document, f"shapes-{number}.json")
    (folder / boundaries.SOURCE_FILE).write_text(SOURCE, encoding="utf-8")
    return folder


# ------------------------------------------------------------------ read


@pytest.mark.parametrize("geography", ["63", "34"])
def test_both_formats_give_the_same_squares(tmp_path: Path, geography: str) -> None:
    units = provinces.units(geography)
    for document in (squares.geojson(geography), squares.topojson(geography)):
        found, rings = boundaries.parse(written(tmp_path, document))
        assert found == geography
        assert list(rings) == [u.province_id for u in units]
        for number, unit in enumerate(units):
            (ring,) = rings[unit.province_id]
            assert np.allclose(ring[0], ring[-1])
            assert boundaries.area(ring) == pytest.approx(squares.SIDE**2)  # counter-clockwise
            expected = {tuple(np.round(squares.point(c), 6)) for c in squares.corners(number)}
            assert expected <= {tuple(p) for p in np.round(ring, 6)}


def test_a_hole_runs_the_other_way(tmp_path: Path) -> None:
    document = squares.geojson("63")
    own = document["features"][0]["geometry"]["coordinates"]
    west, north = squares.WEST, squares.NORTH
    hole = [[west + x, north - y] for x, y in ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2), (0.1, 0.1))]
    for way in (hole, hole[::-1]):
        own[1:] = [way]
        _, rings = boundaries.parse(written(tmp_path, document))
        assert [boundaries.area(r) > 0 for r in rings["ha-noi"]] == [True, False]


def test_names_decide_and_codes_never(tmp_path: Path) -> None:
    # 15 is Yên Bái among the 63 and Lào Cai among the 34
    for geography, slug in (("63", "yen-bai"), ("34", "lao-cai")):
        document = squares.geojson(geography)
        number = [f["properties"]["code"] for f in document["features"]].index("15")
        _, rings = boundaries.parse(written(tmp_path, document))
        corner = squares.point(squares.corners(number)[0])
        (ring,) = rings[slug]
        assert (ring[:, 0].min(), ring[:, 1].max()) == tuple(corner)
    names = {"lao-cai": "LAO CAI", "ha-noi": "TP Hà Nội", "hue": "Thành phố Huế"}
    assert boundaries.parse(written(tmp_path, squares.geojson("34", names)))[0] == "34"


def _lacking(d: dict[str, Any]) -> None:
    del d["features"][3:5]


def _unknown(d: dict[str, Any]) -> None:
    d["features"][3]["properties"]["name_vi"] = "Quảng Đông"


def _twice(d: dict[str, Any]) -> None:
    d["features"].append(d["features"][0])


def _nameless(d: dict[str, Any]) -> None:
    d["features"][3]["properties"] = {"code": "06"}


def _open(d: dict[str, Any]) -> None:
    d["features"][3]["geometry"]["coordinates"][0].pop()


def _metres(d: dict[str, Any]) -> None:
    d["features"][3]["geometry"]["coordinates"][0] = [
        [5e5, 2e6],
        [6e5, 2e6],
        [6e5, 1e6],
        [5e5, 2e6],
    ]


def _line(d: dict[str, Any]) -> None:
    d["features"][3]["geometry"]["type"] = "LineString"


def _nothing(d: dict[str, Any]) -> None:
    d["features"][3]["geometry"] = None


def _letters(d: dict[str, Any]) -> None:
    d["features"][3]["geometry"]["coordinates"][0][1] = ["O", "l"]


@pytest.mark.parametrize(
    ("damage", "code", "said"),
    [
        (_lacking, "incomplete_boundaries", "61 of 63, without Bắc Kạn, Tuyên Quang; expected all"),
        (_unknown, "unknown_province", "found 'Quảng Đông'. The nearest names are"),
        (_twice, "province_twice", "found Hà Nội"),
        (_nameless, "damaged_boundaries", "feature 4: a boundary cannot be read; found no name"),
        (_open, "damaged_boundaries", "Bắc Kạn: a boundary cannot be read; found a ring that is"),
        (_metres, "damaged_boundaries", "Bắc Kạn: a boundary cannot be read; found numbers that"),
        (_line, "damaged_boundaries", "Bắc Kạn: a boundary cannot be read; found 'LineString'"),
        (_nothing, "damaged_boundaries", "Bắc Kạn: a boundary cannot be read; found"),
        (_letters, "damaged_boundaries", "Bắc Kạn: a boundary cannot be read; found"),
    ],
)
def test_damaged_geojson(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None], code: str, said: str
) -> None:
    document = squares.geojson("63")
    damage(document)
    with pytest.raises(DataError) as caught:
        boundaries.parse(written(tmp_path, document))
    assert caught.value.code == code
    assert str(caught.value).startswith("shapes.geojson")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_topojson(tmp_path: Path) -> None:
    whole = squares.topojson("34")
    cut = copying.deepcopy(whole)
    cut["arcs"] = cut["arcs"][:20]
    apart = copying.deepcopy(whole)
    apart["arcs"][1][0][0] += 50
    for document in (cut, apart):
        with pytest.raises(DataError) as caught:
            boundaries.parse(written(tmp_path, document))
        assert caught.value.code == "damaged_boundaries"
    for text in ("", "[]", "{}", json.dumps(whole)[:-40], '{"type": "Point"}'):
        path = tmp_path / "cut.topojson"
        path.write_text(text)
        with pytest.raises(DataError) as caught:
            boundaries.parse(path)
        assert caught.value.code == "not_boundaries"


def test_an_arc_that_is_not_there_says_whose(tmp_path: Path) -> None:
    document = squares.topojson("34")
    document["objects"]["anything"]["geometries"][5]["arcs"] = [[10**6]]
    with pytest.raises(DataError, match="Sơn La: a boundary cannot be read"):
        boundaries.parse(written(tmp_path, document))


@pytest.mark.parametrize(
    ("name", "geography"),
    [
        ("provinces_63_taliacao.topojson", "63"),
        ("provinces_34_taliacao.topojson", "34"),
        ("provinces_63_simplified.geojson", "63"),
        ("provinces_34_simplified.geojson", "34"),
    ],
)
def test_all_provinces_of_the_real_files_are_placed(
    mirror: Path, name: str, geography: str
) -> None:
    found, rings = boundaries.parse(mirror / "geo" / name)
    assert found == geography
    assert set(rings) == {u.province_id for u in provinces.units(geography)}
    # degrees of a square kilometre near 16 N; within a tenth of the areas in SOURCE.md
    area = sum(boundaries.area(r) for own in rings.values() for r in own) * 111.2**2
    assert 0.9 < area * np.cos(np.radians(16.5)) / 331_732 < 1.1

    def inside(slug: str, lon: float, lat: float) -> bool:
        from matplotlib.path import Path as Line

        return any(Line(ring).contains_point((lon, lat)) for ring in rings[slug])

    assert inside("ha-noi", 105.85, 21.03)
    assert inside("lao-cai", 103.97, 22.35)
    # the town of Yên Bái is in the Lào Cai of the 34
    assert inside("lao-cai", 104.75, 21.7) is (geography == "34")
    far = {s for s, own in rings.items() if any(r[:, 0].min() > 110.2 for r in own)}
    assert far == {"da-nang", "khanh-hoa"}


# ------------------------------------------------------------------ fetch


@pytest.fixture
def unpinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any file under the names of the catalogue."""
    import dataclasses

    entry = _catalogue.entries()["geo"]
    files = tuple(dataclasses.replace(f, sha256="") for f in entry.files)
    changed = {**_catalogue.entries(), "geo": dataclasses.replace(entry, files=files)}
    monkeypatch.setattr(_catalogue, "entries", lambda: changed)


def test_a_damaged_file_is_refused_at_fetch_and_the_old_one_stays(
    unpinned: None, empty: Project, tmp_path: Path
) -> None:
    path = tmp_path / "provinces_63_taliacao.topojson"
    path.write_bytes(squares.as_bytes(squares.topojson("63")))
    assert fetch("geo", empty, source_folder=tmp_path).ok
    before = state(empty)
    document = squares.topojson("63")
    document["objects"]["anything"]["geometries"].pop()
    path.write_bytes(squares.as_bytes(document))
    with pytest.raises(ReleaseError) as caught:
        fetch("geo", empty, source_folder=tmp_path)
    assert caught.value.code == "incomplete_boundaries"
    assert caught.value.place == "provinces_63_taliacao.topojson"
    assert caught.value.found == "62 of 63, without Cà Mau"
    assert state(empty) == before


def test_what_is_lacking_of_boundaries_and_population_is_said(
    unpinned: None, empty: Project, tmp_path: Path
) -> None:
    def told() -> list[tuple[str, str]]:
        return [(m.command, m.gives["en"].split(" ")[0]) for m in missing(empty) if m.name == "geo"]

    assert told() == [("parstudy fetch geo", "boundaries")]
    path = tmp_path / "provinces_34_taliacao.topojson"
    path.write_bytes(squares.as_bytes(squares.topojson("34")))
    fetch("geo", empty, source_folder=tmp_path)
    assert told() == [("parstudy fetch geo --from FOLDER", "population")]
    fetched = empty.root / "data" / "fetched"
    (fetched / "boundaries").rename(fetched / "population")
    assert told() == [("parstudy fetch geo", "boundaries")]


# ------------------------------------------------------------------ draw


def as_boundaries(tmp_path: Path, geography: str) -> boundaries.Boundaries:
    document = squares.topojson(geography, islands=True)
    source = {"publisher": "Somebody", "title": "Squares", "licence": "CC0"}
    _, rings = boundaries.parse(written(tmp_path, document))
    return boundaries.Boundaries(geography, rings, source)


def artists(chart: charts.Chart, gid: str) -> list[Any]:
    return chart.figure.findobj(lambda artist: artist.get_gid() == gid)


@pytest.mark.parametrize("geography", ["63", "34"])
def test_the_map_draws_every_province_in_the_colours_of_the_tiles(
    tmp_path: Path, geography: str
) -> None:
    table = provinces.registry(geography)
    ranks = pd.Series(range(1, len(table) + 1), index=table["province_id"], dtype="Int64")
    ranks = ranks.drop(["son-la", "ca-mau"])
    shapes = as_boundaries(tmp_path, geography)
    chart = charts.province_map(ranks, table, shapes, EN, highlight="lang-son")
    tiles = charts.tile_map(ranks, table, EN)
    # once on the map; the islands of two provinces once more in a box
    assert len(artists(chart, "known")) == len(table) - 2 + 2
    assert [bool(p.get_hatch()) for p in artists(chart, "missing")] == [True, True]
    assert len(artists(chart, "highlight")) == 1
    colours = {p.get_facecolor() for p in artists(chart, "known")}
    assert colours == {p.get_facecolor() for p in artists(tiles, "known")}
    assert len(artists(chart, "islands")) == 2  # specks are dots
    assert chart.alt == tiles.alt.replace("Tile map", "Map")
    assert "Hoang Sa (Da Nang), Truong Sa (Khanh Hoa)" in chart.caption
    assert "Boundaries: Somebody; licence: CC0." in chart.caption
    evil = boundaries.Boundaries(geography, shapes.rings, {**shapes.source, "publisher": "<b>"})
    assert "Boundaries: &lt;b&gt;;" in charts.province_map(ranks, table, evil, EN).caption
    assert chart.svg() == charts.province_map(ranks, table, shapes, EN, highlight="lang-son").svg()


def test_neighbours_fit_after_what_cannot_be_seen_is_left_out(tmp_path: Path) -> None:
    from parstudy.charts._outlines import thinned

    steps = np.random.default_rng(7).normal(size=(400, 2)) * 0.01 + (0.01, 0.0)
    border = np.cumsum(steps, axis=0)
    above = np.concatenate([border, [[border[-1][0], 3.0], [0.0, 3.0]], border[:1]])
    below = np.concatenate([border[::-1], [[0.0, -3.0], [border[-1][0], -3.0]], border[-1:]])
    one, other = ({tuple(p) for p in np.round(thinned(r), 9)} for r in (above, below))
    shared = [p for p in one ^ other if abs(p[1]) < 2.9]
    assert len(shared) <= 4  # at its two ends only
    assert 20 < len(one) < 300


def test_the_map_refuses_boundaries_of_the_other_geography(tmp_path: Path) -> None:
    table = provinces.registry("34")
    ranks = pd.Series([1, 2], index=["ha-noi", "ca-mau"])
    with pytest.raises(ParstudyError, match="boundaries of the 63, 34 provinces") as caught:
        charts.province_map(ranks, table, as_boundaries(tmp_path, "63"), EN)
    assert caught.value.code == "other_geography"


@pytest.mark.parametrize("geography", ["63", "34"])
def test_the_real_map_has_the_archipelagos_east_of_the_land(mirror: Path, geography: str) -> None:
    name = f"provinces_{geography}_taliacao.topojson"
    _, rings = boundaries.parse(mirror / "geo" / name)
    shapes = boundaries.Boundaries(geography, rings, {"publisher": "P", "title": "", "licence": ""})
    table = provinces.registry(geography)
    ranks = pd.Series(range(1, len(table) + 1), index=table["province_id"])
    chart = charts.province_map(ranks, table, shapes, Language("vi"))
    texts = {t.get_text(): t.get_position() for t in chart.figure.findobj(_is_text)}
    assert {"Hoàng Sa (Đà Nẵng)", "Trường Sa (Khánh Hòa)"} <= set(texts)
    # right of the middle of the land beside, and seen on a phone without scrolling
    assert 3.0 < texts["Hoàng Sa (Đà Nẵng)"][0] < 4.0
    assert 2.6 < texts["Trường Sa (Khánh Hòa)"][0] < 4.0
    # every place in its province or in an enlargement
    written_out = {t for t in texts if t.isdigit()}
    assert len(written_out) >= len(table) - 3
    assert len(chart.svg()) < 500_000


def _is_text(artist: Any) -> bool:
    return hasattr(artist, "get_text") and bool(artist.get_text())


# ------------------------------------------------------------------ in a report


def test_nothing_fetched_and_only_the_other_geography(copy: Callable[[], Project]) -> None:
    project = copy()
    assert boundaries.read(project, "63") is None
    put(project, squares.topojson("34"))
    assert boundaries.read(project, "63") is None
    found = boundaries.read(project, "34")
    assert found is not None
    assert found.source["source_id"] == "boundaries"
    (project.root / "data/fetched/boundaries/source.toml").unlink()
    with pytest.raises(DataError, match="nothing says where the boundaries come from"):
        boundaries.read(project, "34")


@pytest.mark.slow
def test_the_overview_is_made_again_with_the_map_and_cites_its_source(
    copy: Callable[[], Project], root: Path
) -> None:
    project = copy()
    shutil.copytree(root / "notebooks", project.root / "notebooks")
    build(project)

    def made() -> tuple[list[str], str]:
        result = jobs.report(
            project, "national_overview", {"index": "PAR_INDEX", "year": 2023}, languages=["en"]
        )
        assert not result.failed, result.failed
        page = project.reports / "en/national_overview/PAR_INDEX-2023.html"
        return [o.run.name for o in result.made], page.read_text(encoding="utf-8")

    def other() -> str:
        runs = main_job.planned(project, open_dataset(project), languages=["en"], focus="lang-son")
        return json.dumps({r.name: r.key for r in runs if "national_overview" not in r.name})

    made_first, tiles = made()
    assert len(made_first) == 1
    assert 'id="tile-map"' in tiles
    assert "With boundaries (<code>parstudy fetch geo</code>) a map of the provinces" in tiles
    keys = other()
    put(project, squares.topojson("63", islands=True))
    made_second, shapes = made()
    assert len(made_second) == 1
    assert 'id="province-map"' in shapes
    assert 'id="tile-map"' not in shapes
    assert "parstudy fetch geo" not in shapes
    number = re.search(r'licence: CC0\. <span class="ps-cite"><a href="#ps-source-(\d+)"', shapes)
    assert number
    assert re.search(
        rf'<li id="ps-source-{number[1]}"[^>]*><a href="https://example.org/shapes"', shapes
    )
    # nothing else depends on them, and again nothing is made
    assert other() == keys
    assert made() == ([], shapes)
    folder = put(project, squares.topojson("63"))
    (folder / "shapes-0.topojson").write_text('{"type": "Topology"}')
    result = jobs.report(
        project, "national_overview", {"index": "PAR_INDEX", "year": 2023}, languages=["en"]
    )
    assert "a boundary cannot be read" in result.failed[0].reason
