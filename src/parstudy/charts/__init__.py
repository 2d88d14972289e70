"""Charts: plain data frames or results and a language in, a :class:`Chart` out."""

from __future__ import annotations

from parstudy.charts._changes import rank_changes, score_changes
from parstudy.charts._checks import composite, cronbach_alpha, identity_check
from parstudy.charts._coverage import coverage_heatmap
from parstudy.charts._curve import specification_curve
from parstudy.charts._evaluation import changes_against_mean, placebo_strip
from parstudy.charts._glance import rank_glance
from parstudy.charts._groups import groups_bar
from parstudy.charts._map import province_map
from parstudy.charts._neighbours import moran
from parstudy.charts._plans import (
    department_bars,
    rank_ladder,
    rank_outlook,
    rung_words,
    way_to_rank,
)
from parstudy.charts._position import position_strip
from parstudy.charts._profile import component_profile, lost_points
from parstudy.charts._rank_rank import rank_rank
from parstudy.charts._rank_sets import rank_sets
from parstudy.charts._regions import region_strip
from parstudy.charts._regressions import (
    coefficients,
    external,
    group_model,
    item_rest,
    rank_regression,
    selection,
)
from parstudy.charts._results import draw
from parstudy.charts._sentences import (
    clear_of_rest,
    held_fixed,
    influential,
    method,
    moves_most,
    outcome_words,
    panel_method,
    relation,
    sentences,
    taken_out,
    tells_most,
)
from parstudy.charts._series import rank_path
from parstudy.charts._suggested import correlation_audit, weight_systems
from parstudy.charts._tiles import tile_map
from parstudy.charts._weights import (
    effective_weights,
    gap_decomposition,
    leave_one_out,
    main_effects,
    shapley,
    variance_shares,
)
from parstudy.display.chart import Chart

__all__ = [
    "Chart",
    "changes_against_mean",
    "clear_of_rest",
    "coefficients",
    "component_profile",
    "composite",
    "correlation_audit",
    "coverage_heatmap",
    "cronbach_alpha",
    "department_bars",
    "draw",
    "effective_weights",
    "external",
    "gap_decomposition",
    "group_model",
    "groups_bar",
    "held_fixed",
    "identity_check",
    "influential",
    "item_rest",
    "leave_one_out",
    "lost_points",
    "main_effects",
    "method",
    "moran",
    "moves_most",
    "outcome_words",
    "panel_method",
    "placebo_strip",
    "position_strip",
    "province_map",
    "rank_changes",
    "rank_glance",
    "rank_ladder",
    "rank_outlook",
    "rank_path",
    "rank_rank",
    "rank_regression",
    "rank_sets",
    "region_strip",
    "relation",
    "rung_words",
    "score_changes",
    "selection",
    "sentences",
    "shapley",
    "specification_curve",
    "taken_out",
    "tells_most",
    "tile_map",
    "variance_shares",
    "way_to_rank",
    "weight_systems",
]
