"""What goes with rank: identities, relations, regressions; tables in, frozen results out."""

from __future__ import annotations

from parstudy._statistics import adjust_pvalues
from parstudy.drivers._external import External, external
from parstudy.drivers._groups import GroupModel, group_model
from parstudy.drivers._identity import IdentityCheck, ItemRest, identity_check, item_rest
from parstudy.drivers._ols import Regression, condition_number, regression, vif
from parstudy.drivers._panel import Panel, panel
from parstudy.drivers._rank_rank import RankRank, rank_rank
from parstudy.drivers._rank_regression import RankRegression, rank_regression, score_frame
from parstudy.drivers._select import Selection, select

__all__ = [
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
    "score_frame",
    "select",
    "vif",
]
