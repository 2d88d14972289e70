"""Charts and pages of what goes with rank: drawn as the figures say, silent where they are."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from parstudy import charts
from parstudy.display import Chart, Language
from parstudy.display.chart import style
from parstudy.errors import ParstudyError
from parstudy.statistics import change, drivers, importance, ranking, weights
from parstudy.studies import gaps, one_index, relations

VI, EN = Language("vi"), Language("en")
BOTH = pytest.mark.parametrize("language", [VI, EN], ids=["vi", "en"])


@pytest.fixture(autouse=True)
def _strict(monkeypatch):
    monkeypatch.setenv("PARSTUDY_STRICT_TEXTS", "1")


def refused(code):
    return pytest.raises(ParstudyError, check=lambda error: error.code == code)


RNG = np.random.default_rng(5)
UNITS = [f"unit-{i:02d}" for i in range(40)]
PARTS = pd.DataFrame(
    RNG.normal(10, [1.0, 2.0, 3.0], (40, 3)), index=UNITS, columns=["A1", "A2", "A3"]
)
TOTAL = PARTS.sum(axis=1).rename("total")
OTHER = (PARTS["A3"] + RNG.normal(0, 2, 40)).rename("SIPAS")
GROUP = ranking.rank(TOTAL).le(20).map({True: "A", False: "B"})
LONG = {"A1": "Công tác chỉ đạo, điều hành cải cách hành chính của các cơ quan, đơn vị", "A2": "b"}
TREE = pd.DataFrame(
    {"code": ["total", "A1", "A2"], "parent": ["", "total", "total"], "weight": [1, 30, 10]}
)


def some_sets():
    errors = pd.Series(1.0, index=UNITS[:12])
    return ranking.rank_confidence_sets(TOTAL.iloc[:12], standard_errors=errors, draws=100)


EFFECTS = importance.main_effects(PARTS, TOTAL, weights={"A1": 1, "A2": 2, "A3": 3}, draws=50)
WEIGHTS = importance.effective_weights(TREE)
ORDERS = importance.shapley(PARTS)
WITHOUT = importance.leave_one_out(PARTS)
GAP = importance.gap_decomposition(
    PARTS.iloc[0], PARTS.iloc[1], province_total=30.0, reference_total=31.0
)
RANKS = drivers.rank_rank(PARTS["A3"], OTHER)
GIVEN = drivers.rank_rank(PARTS["A3"], OTHER, PARTS[["A1"]])
MODEL = drivers.group_model(PARTS, GROUP, ["A1", "A2"], order=["B", "A"])
OUTSIDE = drivers.external(PARTS, OTHER, total=TOTAL, contained=0.1 * OTHER, draws=50)
CHOSEN = drivers.select(PARTS, OTHER, pairs=5)
SETS = some_sets()
CHECK = drivers.identity_check(PARTS, TOTAL + 0.001)
ALPHA = importance.cronbach_alpha(PARTS)
AGAIN = importance.composite(PARTS, TREE)
SCORES = change.score_changes(PARTS["A1"], PARTS["A2"], 0.5, 0.5)
PLACES = change.rank_changes(PARTS["A1"], PARTS["A2"], 0.2, 0.2, draws=60)
SYSTEMS = weights.weight_systems(PARTS)
AUDIT = weights.correlation_audit(PARTS, {"g": ["A1", "A2"], "h": ["A3"]})
ROW = {unit: [UNITS[i - 1], UNITS[(i + 1) % 40]] for i, unit in enumerate(UNITS)}
BESIDE = drivers.moran(OTHER, ROW, draws=99)
CURVE = drivers.specification_curve(
    PARTS.assign(y=OTHER, z=TOTAL), ["y", "z"], "A1", ["A2"], samples={"half": np.arange(40) < 20}
)

MADE = {
    "main_effects": lambda t: charts.main_effects(EFFECTS, t, names=LONG),
    "effective_weights": lambda t: charts.effective_weights(WEIGHTS, t, names=LONG),
    "shapley": lambda t: charts.shapley(ORDERS, t, names=LONG),
    "leave_one_out": lambda t: charts.leave_one_out(WITHOUT, t, names=LONG),
    "gap_decomposition": lambda t: charts.gap_decomposition(GAP, t, names=LONG),
    "rank_rank": lambda t: charts.rank_rank(RANKS, t, x="PAR INDEX", y="SIPAS"),
    "rank_rank given": lambda t: charts.rank_rank(GIVEN, t),
    "group_model": lambda t: charts.group_model(MODEL, t, names=LONG),
    "external": lambda t: charts.external(OUTSIDE, t, names=LONG),
    "selection": lambda t: charts.selection(CHOSEN, t, names=LONG),
    "rank_sets": lambda t: charts.rank_sets(SETS, t, names={UNITS[0]: "Bà Rịa – Vũng Tàu"}),
    "identity_check": lambda t: charts.identity_check(CHECK, t),
    "cronbach_alpha": lambda t: charts.cronbach_alpha(ALPHA, t, names=LONG),
    "composite": lambda t: charts.composite(AGAIN, t),
    "score_changes": lambda t: charts.score_changes(SCORES, t, names={UNITS[0]: "Hà Nội"}),
    "rank_changes": lambda t: charts.rank_changes(PLACES, t, limit=5),
    "weight_systems": lambda t: charts.weight_systems(SYSTEMS, t, names=LONG),
    "correlation_audit": lambda t: charts.correlation_audit(AUDIT, t, names=LONG),
    "moran": lambda t: charts.moran(BESIDE, t, x="SIPAS"),
    "specification_curve": lambda t: charts.specification_curve(CURVE, t, names={"A2": LONG["A1"]}),
}
NAN = float("nan")
EMPTY = {
    "main_effects": lambda t: charts.main_effects(EFFECTS.table.assign(effect=NAN), t),
    "effective_weights": lambda t: charts.effective_weights(WEIGHTS, t, level=7),
    "shapley": lambda t: charts.shapley(ORDERS.table.head(0), t),
    "leave_one_out": lambda t: charts.leave_one_out(WITHOUT.table.head(0), t),
    "gap_decomposition": lambda t: charts.gap_decomposition(GAP.table.assign(gap=NAN), t),
    "rank_rank": lambda t: charts.rank_rank(drivers.rank_rank(None, OTHER, PARTS[["A1"]]), t),
    "group_model": lambda t: charts.group_model(object(), t),
    "external": lambda t: charts.external(OUTSIDE.table.assign(spearman=NAN), t),
    "selection": lambda t: charts.selection(CHOSEN.table.assign(frequency=0.0), t),
    "rank_sets": lambda t: charts.rank_sets(SETS.table.head(0), t),
    "identity_check": lambda t: charts.identity_check(CHECK.table.head(0), t),
    "cronbach_alpha": lambda t: charts.cronbach_alpha(ALPHA.table.head(0), t),
    "score_changes": lambda t: charts.score_changes(SCORES.table.head(0), t),
    "rank_changes": lambda t: charts.rank_changes(PLACES.table.assign(change_rank=NAN), t),
    "weight_systems": lambda t: charts.weight_systems(SYSTEMS.table.head(0), t),
    "correlation_audit": lambda t: charts.correlation_audit(AUDIT.table.assign(own=NAN), t),
}


def artists(chart, gid):
    return [a for a in chart.figure.findobj() if a.get_gid() == gid]


@pytest.mark.parametrize("name", MADE)
def test_chart_is_the_same_bytes_each_time_and_its_words_are_text(name):
    one, two = MADE[name](VI)._repr_html_(), MADE[name](VI)._repr_html_()
    assert one == two
    picture = base64.b64decode(one.split("base64,")[1].split('"')[0])
    assert b"<dc:date>" not in picture
    root = ElementTree.fromstring(picture)
    assert root.findall(".//{http://www.w3.org/2000/svg}text")
    assert int(re.search(r'width="(\d+)"', one)[1]) <= 461


@pytest.mark.parametrize("name", MADE)
@BOTH
def test_text_is_large_enough_not_cut_and_not_covered(name, language, monkeypatch):
    figure = MADE[name](language).figure
    drawn = []
    draw = Text.draw

    def spy(text, renderer, *rest, **more):
        if text.get_visible() and text.get_text().strip():
            drawn.append((text, text.get_window_extent(renderer)))
        return draw(text, renderer, *rest, **more)

    monkeypatch.setattr(Text, "draw", spy)
    with style():
        FigureCanvasAgg(figure).draw()
    edges = np.array([box.extents for _, box in drawn])
    width, height = figure.bbox.size
    assert drawn
    assert all(text.get_fontsize() >= 8.4 for text, _ in drawn)
    assert (edges[:, :2] >= -1).all(), [t for t, b in drawn if b.x0 < -1 or b.y0 < -1]
    assert (edges[:, 2] <= width + 1).all(), [t for t, b in drawn if b.x1 > width + 1]
    assert (edges[:, 3] <= height + 1).all()
    tall = edges[:, 3] - edges[:, 1]
    edges += np.column_stack([np.ones_like(tall), 0.2 * tall, -np.ones_like(tall), -0.2 * tall])
    for i in range(len(edges)):
        apart = (edges[i, 2] <= edges[:i, 0]) | (edges[:i, 2] <= edges[i, 0])
        apart |= (edges[i, 3] <= edges[:i, 1]) | (edges[:i, 3] <= edges[i, 1])
        covered = [drawn[k][0].get_text() for k in np.flatnonzero(~apart)]
        assert not covered, (drawn[i][0].get_text(), covered)


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_show_is_refused(name):
    with refused("nothing_to_show"):
        EMPTY[name](EN)


@pytest.mark.parametrize(
    "result",
    [
        EFFECTS,
        WEIGHTS,
        ORDERS,
        WITHOUT,
        GAP,
        RANKS,
        MODEL,
        OUTSIDE,
        CHOSEN,
        SCORES,
        PLACES,
        SYSTEMS,
        AUDIT,
        BESIDE,
        CURVE,
    ],
    ids=lambda r: type(r).__name__,
)
def test_every_result_draws_itself_in_both_languages(result):
    one, two = result.plot("vi"), result.plot("en")
    assert isinstance(one, Chart)
    assert one.alt != two.alt
    assert re.search(r"\d", one.alt)


def test_weights_stand_where_effects_in_proportion_would_be():
    chart = MADE["main_effects"](EN)
    marks = sorted(float(m.get_xdata()[0]) for m in artists(chart, "weight"))
    whole = 100 * EFFECTS.table["effect"].sum()
    assert marks == pytest.approx([whole / 6, whole / 3, whole / 2])
    assert "weight 50.0%" in chart.alt


def test_gap_says_what_the_parts_do_not_cover():
    chart = MADE["gap_decomposition"](EN)
    drawn = [bar.get_width() for bar in artists(chart, "known")]
    assert sum(drawn) == pytest.approx(-1.0)
    assert "not covered by the parts" in chart.alt
    assert "In all: −1.00 points." in chart.alt


def test_gap_of_a_table_made_by_hand_is_the_sum_of_its_parts():
    alt = charts.gap_decomposition(GAP.table[["gap"]], EN).alt
    assert f"In all: {EN.signed(GAP.table['gap'].sum())} points." in alt


def test_rank_line_has_the_slope_of_the_table():
    for chart, result in ((MADE["rank_rank"](EN), RANKS), (MADE["rank_rank given"](EN), GIVEN)):
        (line,) = artists(chart, "line")
        slope = np.polyfit(line.get_xdata(), line.get_ydata(), 1)[0]
        assert slope == pytest.approx(result.table.loc[result.rank_term, "estimate"])
        # the line goes through the middle of the dots that are drawn, so it is their fit
        (dots,) = artists(chart, "known")
        x, y = np.asarray(dots.get_offsets()).T
        assert np.polyfit(x, y, 1)[0] == pytest.approx(slope)


def test_rank_sets_reach_from_lower_to_upper():
    chart = MADE["rank_sets"](EN)
    first = SETS.table.sort_values("rank").iloc[0]
    bar = artists(chart, "interval")[0].get_xdata()
    assert list(bar) == [first["lower"] - 0.3, first["upper"] + 0.3]
    assert len(artists(chart, "known")) == 12


def test_rank_sets_say_first_whose_place_is_sure():
    table = pd.DataFrame(
        {"lower": [1, 2, 2], "rank": [1, 2, 3], "upper": [1, 3, 5]}, ["a", "b", "c"]
    )
    said = charts.rank_sets(table, EN).caption
    assert said.startswith("Surest places: a (1); least sure: c (2–5).")
    alike = pd.DataFrame(
        {"lower": [1, 2, 3], "rank": [1, 2, 3], "upper": [1, 5, 6]}, ["a", "b", "c"]
    )
    told = charts.rank_sets(alike, EN).caption
    assert told.startswith("Surest places: a (1); least sure: b (2–5) and c (3–6).")


def test_changes_beyond_chance_are_full_dots_and_told_first():
    table = SCORES.table
    sure = table.index[table["beyond_chance"]]
    chart = charts.score_changes(SCORES, EN, limit=40)
    faces = {
        float(dot.get_xdata()[0]): dot.get_markerfacecolor() for dot in artists(chart, "known")
    }
    full = sorted(x for x, face in faces.items() if face != "white")
    assert full == pytest.approx(sorted(table.loc[sure, "estimate"]))
    assert chart.alt.startswith(f"{len(sure)} of 40 changes are beyond chance.")
    assert "20 more changes are not drawn." in charts.score_changes(SCORES, EN).alt


def test_weights_by_rules_and_data_stand_in_one_row():
    chart = MADE["weight_systems"](EN)
    drawn = sorted(float(m.get_xdata()[0]) for m in artists(chart, "weight"))
    assert drawn == pytest.approx(sorted(100 * SYSTEMS.table["implied"]))
    assert chart.alt.startswith("The largest share of the differences is that of A3.")


def test_a_part_that_does_not_fit_its_group_is_told_first():
    table = AUDIT.table.assign(own=[0.2, 0.5, NAN], reason=["closer_to_another", "", "alone"])
    chart = charts.correlation_audit(table.assign(other=0.4), EN)
    assert chart.alt.startswith("1 of 2 parts does not go with its own group most. A1: +0.20")


def test_the_line_of_moran_has_its_slope():
    (line,) = artists(MADE["moran"](EN), "line")
    slope = np.polyfit(line.get_xdata(), line.get_ydata(), 1)[0]
    assert slope == pytest.approx(BESIDE.statistic)
    rising = pd.Series(np.abs(np.arange(40.0) - 20), index=UNITS)
    assert "Neighbours are alike more" in charts.moran(drivers.moran(rising, ROW), EN).alt


def test_a_curve_has_a_dot_for_every_choice_of_every_specification():
    rows = [len(row.get_xdata()) for row in artists(MADE["specification_curve"](EN), "choice")]
    assert rows == [4, 4, 4, 4, 4]  # two outcomes, one control, two samples, of eight
    estimates = np.concatenate(
        [a.get_ydata() for a in artists(MADE["specification_curve"](EN), "known")]
    )
    assert sorted(estimates) == pytest.approx(sorted(CURVE.table["estimate"]))


def test_overlap_is_drawn_with_and_without():
    alt = MADE["external"](EN).alt
    assert "whole index, without what it contains of the outcome" in alt
    assert "whole index as published" in alt


# --- what there is to relate ---------------------------------------------------------------------


def ranks(**columns):
    return pd.DataFrame(columns, index=[f"u{i}" for i in range(len(next(iter(columns.values()))))])


def test_bounds_of_tau_hold_for_every_completion():
    full = ranks(x=[1, 2, 3, 4, 5, 6], y=[2, 1, 4, 3, 6, 5]).astype(float)
    low, high = full.copy(), full.copy()
    low.loc[["u1", "u4"]], high.loc[["u1", "u4"]] = 1.0, 6.0
    bounds = relations.tau_bounds(low["x"], high["x"], low["y"], high["y"])
    true = full["x"].corr(full["y"], method="kendall")
    assert bounds["low"] < true < bounds["high"]
    known = relations.tau_bounds(full["x"], full["x"], full["y"], full["y"])
    assert known["low"] == known["high"] == pytest.approx(true)
    assert known["settled"] == 1.0
    tied = full["x"].replace(2.0, 1.0)  # a tie that is known is no gap in what is known
    same = relations.tau_bounds(tied, tied, full["y"], full["y"])
    assert same["settled"] == 1.0
    assert same["low"] == same["high"]


def test_weighting_thirds_undoes_a_lopsided_selection():
    rng = np.random.default_rng(1)
    n = 63
    x = pd.Series(np.arange(1.0, n + 1), index=[f"p{i}" for i in range(n)])
    y = (x + rng.normal(0, 18, n)).rank()
    kept = x[(x <= 21) | (x.astype(int) % 4 == 0)]
    found = relations.selection(kept, y, n)
    assert found["thirds"]["n"].tolist() == [21, 5, 5]
    assert found["n"] == len(kept)
    assert found["balanced"] != pytest.approx(found["spearman"])
    only_first = relations.selection(x[x <= 20], y, n)
    assert np.isnan(only_first["balanced"])
    everyone = relations.selection(x, y, n)
    assert everyone["balanced"] == pytest.approx(everyone["spearman"])


def test_pairs_give_n_in_every_cell_and_no_figure_below_five():
    table = ranks(
        PAR_INDEX=[1.0, 2, 3, 4, 5, 6, 7, 8],
        SIPAS=[2.0, 1, 4, 3, 6, 5, 8, 7],
        PAPI=[1.0, 2, 3, NAN, NAN, NAN, NAN, NAN],
    )
    found = relations.matrix(table).set_index(["x", "y"])
    assert found["n"].tolist() == [8, 3, 3]
    assert found["reason"].tolist() == ["", "too_few_rows", "too_few_rows"]
    assert found.loc[("PAR_INDEX", "SIPAS"), "low"] > 0


@pytest.mark.parametrize("n", [5, 16, 63])
def test_smallest_clear_relation_is_where_the_test_turns(n):
    from scipy.stats import norm, t

    least, found = relations.smallest_clear(n)
    p = 2 * t.sf(least * np.sqrt((n - 2) / (1 - least**2)), n - 2)
    assert p == pytest.approx(0.05)
    # a true relation of that size is found four times in five
    away = np.arctanh(found) / np.sqrt(1.06 / (n - 3))
    assert norm.sf(norm.ppf(0.975) - away) == pytest.approx(0.8)


def test_slopes_are_those_of_the_rank_rank_regression():
    rng = np.random.default_rng(2)
    x = pd.Series(rng.permutation(30) + 1.0)
    y = (x + rng.normal(0, 5, 30)).rank()
    found = relations.slopes(relations.fits(pd.DataFrame({"a": x, "b": y}))).iloc[0]
    assert found["slope"] == pytest.approx(x.corr(y), abs=1e-9)  # no ties: slope is the rho
    assert found["low"] < found["slope"] < found["high"]


def test_holding_the_common_cause_fixed_takes_the_relation_away():
    rng = np.random.default_rng(3)
    cause = pd.Series(rng.normal(size=400))
    table = pd.DataFrame(
        {
            "x": (cause + rng.normal(0, 0.4, 400)).rank(),
            "y": (cause + rng.normal(0, 0.4, 400)).rank(),
        }
    )
    found = relations.partial(table, "x", "y", cause)
    assert found["slope_low"] > 0.7
    assert found["given_low"] < found["given_slope"] < 0.25
    assert relations.partial(table.head(9), "x", "y", cause)["reason"] == "too_few_rows"


def study(frame, groups, pooled=None):
    return one_index.Study(
        index="PAR_INDEX",
        year=2021,
        level="area",
        frame=frame,
        pooled=pooled if pooled is not None else frame.reset_index().head(0).assign(year=0),
        n_units=63,
        absent=(),
        ranks=pd.Series(dtype=float),
        thirds=one_index.thirds(pd.Series(dtype=float), 63),
        maxima=pd.Series(NAN, index=frame.columns.drop("total")),
        groups=groups,
        criteria_set="x",
    )


FRAME = PARTS.assign(total=TOTAL).rename_axis("province_id")


def test_thin_groups_are_merged_with_their_neighbour_or_refused():
    place = ranking.rank(TOTAL).astype(int)
    letters = pd.Series(np.select([place <= 3, place <= 22], ["A", "B"], "C"), index=place.index)
    found = one_index.grouped(study(FRAME, letters))
    assert found.counts.to_dict() == {"C": 18, "A+B": 22}
    assert found.merged == ("A+B",)
    assert found.strongest is not None
    assert found.table["odds_ratio"].notna().all()
    alone = one_index.grouped(study(FRAME, pd.Series("A", index=FRAME.index)))
    assert alone.strongest is None
    assert alone.counts.to_dict() == {"A": 40}


def test_changes_within_provinces_are_told_from_differences_between_them():
    rng = np.random.default_rng(4)
    rows = []
    for unit in range(25):
        level = rng.normal(0, 5)
        for year in range(2018, 2023):
            own = rng.normal()
            # A2 differs between provinces only; A1 moves together with the rest within them
            rows.append((f"u{unit}", year, own, level, 3 * own + level + rng.normal(0, 0.5)))
    pooled = pd.DataFrame(rows, columns=["province_id", "year", "A1", "A2", "A3"])
    pooled["total"] = pooled[["A1", "A2", "A3"]].sum(axis=1)
    frame = pooled[pooled["year"].eq(2022)].set_index("province_id")[["A1", "A2", "A3", "total"]]
    within = one_index.within(study(frame, pd.Series("", index=frame.index), pooled), wild_draws=99)
    assert within is not None
    found = within.table
    assert set(within.fits) == {"A1", "A3"}
    assert found.loc["A1", "places"] > 0
    assert found.loc["A1", "p_wild_bh"] < 0.05
    # no draw was as large; the figures themselves count as one
    assert found.loc["A1", "p_wild"] == pytest.approx(1 / 100)
    assert found.loc["A2", "reason"] != ""


# --- tables made by hand -------------------------------------------------------------------------


def made_scores(index, year, frame, criteria_set="set"):
    """Rows of ``scores`` for a wide frame with a column ``total``."""
    long = frame.rename_axis("province_id").reset_index()
    long = long.melt("province_id", var_name="component", value_name="score")
    place = ranking.rank(frame["total"]).astype("Int64")
    of_total = long["component"].eq("total")
    long["rank_published"] = long["province_id"].map(place).where(of_total)
    blank = pd.array([pd.NA] * len(long), dtype="Int64")
    return long.assign(
        index_id=index,
        year=year,
        criteria_set=criteria_set,
        rank_low=long["rank_published"],
        rank_high=long["rank_published"],
        rank_computed=blank,
        max_score=NAN,
        group_published="",
        group_computed="",
    )


def tree(index, codes, level, criteria_set="set", maximum=NAN):
    return pd.DataFrame(
        {"criteria_set": criteria_set, "index_id": index, "code": codes, "level": level,
         "parent": "total", "max_score": maximum}
    )  # fmt: skip


UNITS_63 = pd.DataFrame({"province_id": UNITS, "region_id": ["north"] * 10 + ["south"] * 30})


def tables(scores, components):
    """Tables by hand, as a study takes them."""
    return SimpleNamespace(scores=scores, components=components, units=lambda year: UNITS_63)


def test_what_sipas_gives_in_par_index_is_taken_out_and_the_change_is_told():
    rng = np.random.default_rng(7)
    sipas = pd.Series(rng.uniform(70, 95, 40), index=UNITS)
    own = pd.Series(rng.uniform(60, 70, 40), index=UNITS)  # nothing to do with SIPAS
    par = pd.DataFrame({"total": own + 0.5 * sipas})
    scores = pd.concat(
        [made_scores("PAR_INDEX", 2023, par), made_scores("SIPAS", 2023, sipas.to_frame("total"))]
    )
    known = tree("PAR_INDEX", ["sipas"], "score_source", maximum=50.0)
    found = relations.shared_points(tables(scores, known), 2023, draws=99)
    assert (found.published, found.maximum, found.assumed) == (0, 50.0, False)
    assert found.result.change["spearman_with"] > 0.7
    assert abs(found.result.change["spearman_without"]) < 0.35
    # the criteria set of that year is silent: the maximum of another is taken, and said
    other = known.assign(criteria_set="another")
    assert relations.shared_points(tables(scores, other), 2023, draws=9).assumed
    few = scores[scores["province_id"].isin(UNITS[:7])]
    assert relations.shared_points(tables(few, known), 2023) is None


def test_parts_of_papi_are_set_against_the_places_of_others():
    rng = np.random.default_rng(8)
    papi = pd.DataFrame(rng.normal(5, 1, (40, 3)), index=UNITS, columns=["D1", "D5", "D6"])
    papi["total"] = papi.sum(axis=1)
    par = (papi["D5"] + rng.normal(0, 0.3, 40)).to_frame("total")
    scores = pd.concat([made_scores("PAPI", 2020, papi), made_scores("PAR_INDEX", 2021, par)])
    known = tree("PAPI", ["D1", "D5", "D6"], "area")
    found = {
        (level, i, y): r for level, i, y, r in relations.papi_parts(tables(scores, known), 2020)
    }
    later = found[("area", "PAR_INDEX", 2021)]
    assert later.table["spearman"].idxmax() == "D5"  # more points, better (smaller) place
    assert later.table.loc["D5", "spearman_p_bh"] < 0.001
    assert found[("area", "PAR_INDEX", 2020)] is None
    assert relations.procedures_fixed(scores, relations.ranks_of(scores, 2021), 2021) == {}


def test_gaps_name_leader_region_and_last_year():
    units = [*UNITS[:4], UNITS[20]]
    now = pd.DataFrame({"A1": [5.0, 9, 7, 8, 6], "A2": [4.0, 4, 2, 3, 8]}, index=units)
    now["total"] = now.sum(axis=1)
    before = now.assign(A1=now["A1"] + 1.0, total=now["total"] + 1.0)
    scores = pd.concat(
        [
            made_scores("PAR_INDEX", 2021, before, "old"),
            made_scores("PAR_INDEX", 2022, now, "new"),
        ]
    )
    known = pd.concat([tree("PAR_INDEX", ["A1", "A2"], "area", name) for name in ("old", "new")])
    found = gaps.gaps(tables(scores, known), UNITS[0], 2022)
    told = {gap.kind: gap for gap in found}
    assert told["leader"].unit == UNITS[20]
    assert told["leader"].result.gap == pytest.approx(-5.0)
    assert told["region"].n == 3  # only its own region, without itself
    assert told["region"].result.table["gap"].to_dict() == {"A1": -3.0, "A2": 1.0}
    assert told["before"].broken
    assert told["before"].result.gap == pytest.approx(-1.0)
    best = gaps.gaps(tables(scores, known), UNITS[20], 2022)
    assert "leader" not in {gap.kind for gap in best}
    few = scores[scores["province_id"].ne(UNITS[3])]
    assert "region" not in {gap.kind for gap in gaps.gaps(tables(few, known), UNITS[0], 2022)}


# --- the notebooks on the shipped figures --------------------------------------------------------


def run(root, project, name, monkeypatch, **values):
    """Run a notebook's cells here; give its HTML."""
    from parstudy.display import page

    shown = []
    monkeypatch.setenv("PARSTUDY_PROJECT", str(project))
    monkeypatch.setattr(page, "_display", shown.append)
    notebook = json.loads((root / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    scope = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), scope)
            if "parameters" in cell["metadata"].get("tags", []):
                assert values.keys() <= scope.keys()
                scope.update(values)
    return "\n".join(bundle.get("text/html", "") for bundle in shown)


def test_drivers_say_who_is_in_the_data_and_what_selection_does(root, shipped, monkeypatch):
    html = run(
        root, shipped.project.root, "drivers", monkeypatch,
        index="PAR_INDEX", year=2020, level="score_source", lang="en",
    )  # fmt: skip
    assert "10 of 63 provinces have all parts and the total of 2020." in html
    assert (
        "first third of the country: 10 provinces; in the middle: no province; in the last" in html
    )
    assert "Berkson" in html
    assert "no part is clear against the rest" in html
    assert "p-values are therefore not shown" in html
    for id in ("shares-table", "main-effects", "shapley", "leave-one-out", "item-rest-table",
               "regression-table", "together-table", "robustness-table"):  # fmt: skip
        assert f'id="{id}"' in html, id
    # what the figures do not allow is said, once each
    for sentence in ("nothing can be pooled", "Groups are not modelled", "needs 20 parts or more",
                     "The data hold no standard errors of PAR INDEX"):  # fmt: skip
        assert html.count(sentence) == 1, sentence


def test_sentences_name_parts_in_the_language_of_the_page(root, shipped, monkeypatch):
    html = run(
        root, shipped.project.root, "drivers", monkeypatch,
        index="PAR_INDEX", year=2020, level="score_source", lang="vi",
    )  # fmt: skip
    turned = re.search("Dấu đổi tùy cách xét đối với: ([^;]+);", html)[1]
    assert "Điểm thẩm định" in turned
    for code in ("appraisal", "socioeconomic"):
        assert code not in re.sub("<[^>]+>", "", html)
    # what the data do not show is not claimed
    assert "không thành phần nào có hơn một nửa số tỉnh đạt điểm tối đa" in html or (
        "đã biết điểm tối đa" not in html
    )


def test_components_at_their_maximum_are_counted_where_it_is_known():
    frame = pd.DataFrame(
        {"A1": [2.0] * 6 + [1.0] * 4, "A2": range(10), "A3": [5.0] * 10, "total": range(10)}
    )
    what = study(frame, pd.Series("", index=frame.index))
    known = pd.Series({"A1": 2.0, "A2": 20.0, "A3": NAN})
    found = one_index.at_maximum(dataclasses.replace(what, maxima=known))
    assert found.to_dict() == {"A1": 6, "A2": 0}


def test_sets_of_places_of_sipas_rest_on_an_assumption_that_is_said(root, shipped, monkeypatch):
    html = run(
        root, shipped.project.root, "drivers", monkeypatch,
        index="SIPAS", year=2022, level="part", lang="en",
    )  # fmt: skip
    assert "Assumption, not a published figure: the 37,000 people asked" in html
    assert 'id="rank-sets"' in html


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_relations_of_indices_on_what_is_shipped(root, shipped, monkeypatch, lang):
    html = run(root, shipped.project.root, "index_relations", monkeypatch, year=2023, lang=lang)
    for id in ("known-places", "spearman-pairs", "rank-rank", "rank-rank-table", "by-year",
               "selection-check"):  # fmt: skip
        assert f'id="{id}"' in html, id
    assert "parstudy fetch papi" in html
    lead = re.search('class="ps-lead">([^<]*)<', html)[1]
    # who reads the headline alone is told of the common points and of the provinces not known
    caution = {"vi": "PAR INDEX chứa điểm SIPAS", "en": "PAR INDEX contains points of SIPAS"}[lang]
    assert caution in lead
    known = relations.ranks_of(shipped.scores, 2023)[["PAR_INDEX", "SIPAS"]].dropna()
    assert f"{63 - len(known)} " in lead
    least, _found = relations.smallest_clear(len(known))
    assert Language(lang).number(least) in html
    number = relations.shared_points(shipped, 2023).result.change
    assert Language(lang).signed(number["spearman_without"]) in html


def test_a_pilot_is_not_called_a_ranking_of_all_provinces(root, shipped, monkeypatch):
    html = run(
        root, shipped.project.root, "national_overview", monkeypatch,
        index="SIPAS", year=2015, lang="en",
    )  # fmt: skip
    assert "Only 10 of 63 provinces are ranked in SIPAS 2015." in html
    assert "all provinces</h1>" not in html
    assert "hatched: not ranked this year" in html


def test_of_contradicting_figures_the_first_is_the_one_taken(shipped):
    scores = shipped.scores.set_index(["index_id", "year", "province_id", "component"])
    taken = {"score": "score", "rank": "rank_published", "change_rank": "change_rank_published"}
    checked = 0
    for row in shipped.findings.to_dict("records"):
        column = taken.get(row["code"].removeprefix("conflict_"))
        key = (row["index_id"], row["year"], row["unit_id"], row["component"])
        if row["code"].startswith("conflict_") and column and key in scores.index:
            assert float(row["found"].split()[0]) == pytest.approx(float(scores.loc[key, column]))
            checked += 1
    assert checked >= 10


def test_a_year_without_any_pair_says_so(root, shipped, monkeypatch):
    html = run(root, shipped.project.root, "index_relations", monkeypatch, year=2013, lang="en")
    assert "Places of only one index are known" in html
    assert "<table" in html
