"""Charts: plain data frames and a language in, a :class:`Chart` out."""

from __future__ import annotations

from parstudy.display._components import (
    coefficients,
    component_profile,
    component_vs_rank,
    item_rest,
    lost_points,
    rank_regression,
    variance_shares,
)
from parstudy.display._drawing import Chart
from parstudy.display._importance_charts import (
    effective_weights,
    external,
    gap_decomposition,
    group_model,
    leave_one_out,
    main_effects,
    rank_rank,
    rank_sets,
    selection,
    shapley,
)
from parstudy.display._provinces import (
    coverage_heatmap,
    groups_bar,
    position_strip,
    ranking_bars,
    region_strip,
    tile_map,
)
from parstudy.display._series import rank_path, score_path

__all__ = [
    "Chart",
    "coefficients",
    "component_profile",
    "component_vs_rank",
    "coverage_heatmap",
    "effective_weights",
    "external",
    "gap_decomposition",
    "group_model",
    "groups_bar",
    "item_rest",
    "leave_one_out",
    "lost_points",
    "main_effects",
    "position_strip",
    "rank_path",
    "rank_rank",
    "rank_regression",
    "rank_sets",
    "ranking_bars",
    "region_strip",
    "score_path",
    "selection",
    "shapley",
    "tile_map",
    "variance_shares",
]
