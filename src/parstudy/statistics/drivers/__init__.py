"""What goes with rank: identities, relations, regressions; tables in, frozen results out."""

from __future__ import annotations

from parstudy.statistics.drivers._external import External, external
from parstudy.statistics.drivers._formula import (
    FormulaRegression,
    Predictions,
    contrast,
    formula_regression,
    predict,
)
from parstudy.statistics.drivers._groups import GroupModel, group_model
from parstudy.statistics.drivers._identity import IdentityCheck, ItemRest, identity_check, item_rest
from parstudy.statistics.drivers._ols import CONSTANT, Regression, condition_number, regression, vif
from parstudy.statistics.drivers._panel import Panel, panel
from parstudy.statistics.drivers._power import correlation_power, smallest_correlation
from parstudy.statistics.drivers._rank_rank import RankRank, rank_rank
from parstudy.statistics.drivers._rank_regression import (
    RankRegression,
    rank_regression,
)
from parstudy.statistics.drivers._select import Selection, select
from parstudy.statistics.drivers._space import Moran, conley_errors, moran, nearest
from parstudy.statistics.drivers._variants import (
    Mundlak,
    SpecificationCurve,
    mundlak,
    specification_curve,
)
from parstudy.statistics.inference import adjust_pvalues

__all__ = [
    "CONSTANT",
    "External",
    "FormulaRegression",
    "GroupModel",
    "IdentityCheck",
    "ItemRest",
    "Moran",
    "Mundlak",
    "Panel",
    "Predictions",
    "RankRank",
    "RankRegression",
    "Regression",
    "Selection",
    "SpecificationCurve",
    "adjust_pvalues",
    "condition_number",
    "conley_errors",
    "contrast",
    "correlation_power",
    "external",
    "formula_regression",
    "group_model",
    "identity_check",
    "item_rest",
    "moran",
    "mundlak",
    "nearest",
    "panel",
    "predict",
    "rank_rank",
    "rank_regression",
    "regression",
    "select",
    "smallest_correlation",
    "specification_curve",
    "vif",
]
