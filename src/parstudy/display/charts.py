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
    "groups_bar",
    "item_rest",
    "lost_points",
    "position_strip",
    "rank_path",
    "rank_regression",
    "ranking_bars",
    "region_strip",
    "score_path",
    "tile_map",
    "variance_shares",
]
