"""What goes with rank: identities, relations, regressions; tables in, frozen results out."""

from __future__ import annotations

from parstudy.statistics.drivers._external import External, external
from parstudy.statistics.drivers._groups import GroupModel, group_model
from parstudy.statistics.drivers._identity import IdentityCheck, ItemRest, identity_check, item_rest
from parstudy.statistics.drivers._ols import CONSTANT, Regression, condition_number, regression, vif
from parstudy.statistics.drivers._panel import Panel, panel
from parstudy.statistics.drivers._rank_rank import RankRank, rank_rank
from parstudy.statistics.drivers._rank_regression import (
    RankRegression,
    rank_regression,
)
from parstudy.statistics.drivers._select import Selection, select
from parstudy.statistics.inference import adjust_pvalues

__all__ = [
    "CONSTANT",
    "External",
    "GroupModel",
    "IdentityCheck",
    "ItemRest",
    "Panel",
    "RankRank",
    "RankRegression",
    "Regression",
    "Selection",
    "adjust_pvalues",
    "condition_number",
    "external",
    "group_model",
    "identity_check",
    "item_rest",
    "panel",
    "rank_rank",
    "rank_regression",
    "regression",
    "select",
    "vif",
]
