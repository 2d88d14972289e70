"""Which picture belongs to a result of the statistics."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from parstudy.charts import (
    _changes,
    _checks,
    _curve,
    _neighbours,
    _rank_rank,
    _rank_sets,
    _regressions,
    _suggested,
    _weights,
)
from parstudy.display.chart import Chart
from parstudy.display.words import Language
from parstudy.errors import StatisticsError
from parstudy.statistics import change, drivers, importance, ranking, uncertainty, weights


@singledispatch
def draw(result: Any, language: Language) -> Chart:
    """Draw a result of the statistics as the picture of its kind.

    Parameters
    ----------
    result : Result
        Of :mod:`parstudy.statistics.drivers` or :mod:`parstudy.statistics.importance`.
    language : Language
        Language of the picture.

    Returns
    -------
    Chart

    Raises
    ------
    StatisticsError
        ``no_chart`` when there is no picture for this kind of result.
    """
    raise StatisticsError("no_chart", f"no picture for a {type(result).__name__}")


for _kind, _picture in (
    (drivers.External, _regressions.external),
    (drivers.GroupModel, _regressions.group_model),
    (drivers.IdentityCheck, _checks.identity_check),
    (drivers.ItemRest, _regressions.item_rest),
    (drivers.Moran, _neighbours.moran),
    (drivers.Panel, _regressions.coefficients),
    (drivers.RankRank, _rank_rank.rank_rank),
    (drivers.RankRegression, _regressions.rank_regression),
    (drivers.Regression, _regressions.coefficients),
    (drivers.Selection, _regressions.selection),
    (drivers.SpecificationCurve, _curve.specification_curve),
    (importance.Composite, _checks.composite),
    (importance.CronbachAlpha, _checks.cronbach_alpha),
    (importance.EffectiveWeights, _weights.effective_weights),
    (importance.GapDecomposition, _weights.gap_decomposition),
    (importance.LeaveOneOut, _weights.leave_one_out),
    (importance.MainEffects, _weights.main_effects),
    (importance.Shapley, _weights.shapley),
    (importance.VarianceShares, _weights.variance_shares),
    (change.RankChanges, _changes.rank_changes),
    (change.ScoreChanges, _changes.score_changes),
    (change.Shrinkage, _rank_sets.rank_sets),
    (ranking.RankSets, _rank_sets.rank_sets),
    (uncertainty.IndexUncertainty, _rank_sets.rank_sets),
    (weights.CorrelationAudit, _suggested.correlation_audit),
    (weights.WeightSystems, _suggested.weight_systems),
):
    draw.register(_kind, _picture)
