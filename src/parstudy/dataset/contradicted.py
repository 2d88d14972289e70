"""Findings beside each figure that they touch, so that those of one figure can be read alone."""

from __future__ import annotations

import pandas as pd

WHAT = ("index_id", "year", "unit_id", "component")
"""Columns that say which figure a finding touches."""
_OF = "of_"  # before the columns of the finding itself


def contradicted(findings: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Findings that are more than a remark: a row for each figure that one of them touches.

    Both sides of a contradiction count, not only the unit that it is filed under.

    Parameters
    ----------
    findings, figures : DataFrame
        Tables of the dataset.

    Returns
    -------
    DataFrame
        ``index_id, year, unit_id, component`` of the figure, ``finding`` (number), and the
        columns of the finding.
    """
    own = findings[findings["severity"].ne("info")].reset_index(drop=True)
    named = own["figure_ids"].str.split().explode().rename("figure_id").rename_axis("finding")
    known = figures.loc[figures["figure_id"].isin(set(named)), ["figure_id", *WHAT]]
    sides = named.reset_index().merge(known, on="figure_id")[["finding", *WHAT]]
    # what a finding is filed under, also where it names no figure
    filed = own[list(WHAT)].rename_axis("finding").reset_index()
    touched = pd.concat([filed, sides], ignore_index=True)
    return pd.DataFrame(touched.join(own.add_prefix(_OF), on="finding"))


def findings_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Findings from rows of `contradicted`, each once, in their order."""
    once = rows.drop_duplicates("finding").sort_values("finding")
    own = [str(name) for name in once if str(name).startswith(_OF)]
    bare = {name: name.removeprefix(_OF) for name in own}
    return once[own].rename(columns=bare).reset_index(drop=True)
