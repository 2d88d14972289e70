"""What users of pandas, seaborn, scipy and statsmodels type first works on the tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import parstudy as ps
from parstudy.dataset import Dataset


@pytest.fixture
def rows(complete: Dataset) -> pd.DataFrame:
    """Totals of one year, as the table ``scores`` has them."""
    scores = complete.scores
    return scores[
        (scores.index_id == "PAR_INDEX") & (scores.year == 2023) & (scores.component == "total")
    ]


@pytest.fixture
def frame(complete: Dataset) -> pd.DataFrame:
    return complete.frame("PAR_INDEX", 2023)


def regplot(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    import seaborn as sns

    return sns.regplot(rows, x="score", y="rank_published", ci=None).collections


def scatter(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    return rows.plot.scatter("rank_published", "score").collections


def heatmap(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    import seaborn as sns

    return sns.heatmap(frame.corr(numeric_only=True)).collections


def spearman(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    from scipy import stats

    return stats.spearmanr(rows["score"], rows["rank_published"]).statistic < -0.99


def formula(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    import statsmodels.formula.api as smf

    fit = smf.ols("rank_published ~ score + change_rank_computed", rows).fit(cov_type="HC3")
    return fit.params["score"] < 0


def ols(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    import statsmodels.api as sm

    return sm.OLS(frame["rank"], sm.add_constant(frame[["A1", "A2"]])).fit().rsquared > 0


def by_region(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    return frame.groupby("region_id")[["score", "rank"]].mean().shape == (6, 2)


def pivot(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    totals = ds.scores[ds.scores.component.eq("total") & ds.scores.index_id.eq("PAR_INDEX")]
    wide = totals.pivot(index="province_id", columns="year", values="rank_published")
    return len(wide) == 63 and -1 <= wide.corr().iloc[0, 1] <= 1


def merge(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    own = pd.DataFrame({"Tỉnh": ds.units(2023)["name_vi"], "grdp": np.arange(63.0)})
    own["province_id"] = ps.resolve_column(own["Tỉnh"])
    both = frame.merge(own, on="province_id", validate="one_to_one")
    return len(both) == 63 and (both["Tỉnh"] == both["name_vi"]).all()


def ordered(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    return frame.sort_values("rank")["score"].is_monotonic_decreasing


def excel(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    path = Path("frame.xlsx")
    frame.to_excel(path, index=False)
    return pd.read_excel(path, engine="openpyxl")["rank"].to_list() == frame["rank"].to_list()


def query(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    found = ds.scores.query("index_id == 'SIPAS' and year == 2023 and rank_published <= 10")
    return len(found[found.component.eq("total")]) >= 10


def describe(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    return frame.describe().loc["count", "rank"] == 63 and rows.describe().shape[1] > 5


def quantiles(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    return pd.qcut(rows["rank_published"], 3, labels=["first", "middle", "last"]).notna().all()


def panel_ols(rows: pd.DataFrame, frame: pd.DataFrame, ds: Dataset) -> Any:
    linearmodels = pytest.importorskip("linearmodels")
    panel = ds.panel("PAR_INDEX")
    model = linearmodels.PanelOLS(
        panel["rank"], panel[["A1", "A2"]], entity_effects=True, time_effects=True
    )
    return model.fit(cov_type="clustered", cluster_entity=True).params["A1"] < 0


HABITS = (
    *(regplot, scatter, heatmap, spearman, formula, ols, by_region, pivot, merge),
    *(ordered, excel, query, describe, quantiles, panel_ols),
)


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_a_line_that_users_of_pandas_type_works(
    habit: Callable[[pd.DataFrame, pd.DataFrame, Dataset], Any],
    rows: pd.DataFrame,
    frame: pd.DataFrame,
    complete: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = habit(rows, frame, complete)
    plt.close("all")
    assert found is not None
    assert np.all(found) if isinstance(found, (bool, np.bool_)) else len(found)


def test_there_are_fifteen() -> None:
    assert len(HABITS) == 15
