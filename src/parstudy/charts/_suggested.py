"""Charts of weights that data suggest, and of how the parts of a tree go together."""

from __future__ import annotations

from typing import Any, Unpack

from parstudy.charts._drawn import Frame, pictures
from parstudy.charts._marks import DIAMOND, DOT, Bar, Data, Dot, Line
from parstudy.charts._parts import in_percent
from parstudy.charts._rows import Axis, RowChart
from parstudy.display.chart import GREEN, GREY, ORANGE, SKY, Chart
from parstudy.display.words import Language, defer

_SYSTEMS = ("implied", "pca", "equal_correlation", "covariance_share")


@pictures("weight-systems")
def weight_systems(systems: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw weights by the rules beside those that data suggest.

    Parameters
    ----------
    systems : WeightSystems or DataFrame
        Table with ``part`` (index or column) and ``implied, pca, equal_correlation,
        covariance_share`` as fractions.
    limit : int
        At most so many parts are drawn, those from which most of the differences come.
    """
    chart = RowChart(systems, language, **frame)
    table = in_percent(chart.table("part", *_SYSTEMS), *_SYSTEMS)
    shown = chart.largest(table, "covariance_share", none="no part with a share")

    def words(value: str, row: Data) -> str:
        """Share of the differences and the three weights."""
        implied, pca, equal = (language.percent(row[name], 0) for name in _SYSTEMS[:3])
        return language.text(
            "{value} of the differences (weight by the rules {implied}, by the first component "
            "{pca}, for equal correlations {equal})",
            value=value,
            implied=implied,
            pca=pca,
            equal=equal,
        )

    most = shown.iloc[0]
    name = str(chart.names.get(str(most["part"]), most["part"]))
    return chart.picture(
        shown,
        [
            Bar("covariance_share", SKY, language.text("share of the differences in the total")),
            Dot("implied", language.text("weight by the rules"), DIAMOND, gid="weight"),
            Dot(
                "pca",
                language.text("by the first component"),
                {**DOT, "marker": "^", "color": ORANGE},
            ),
            Dot(
                "equal_correlation",
                language.text("for equal correlations with the total"),
                {**DOT, "marker": "s", "color": GREEN, "markersize": 6},
            ),
        ],
        Axis(language.text("share of all parts"), percent=True),
        value=lambda row: language.percent(row["covariance_share"], 0),
        words=words,
        alt=defer("The largest share of the differences is that of {most}. {values}"),
        caption=defer(
            "Weights of the parts, all in standard deviations so that they compare: by the rules "
            "of the index, by the first principal component, and such that all parts correlate "
            "alike with the total. Bars are shares of the variance of the total, no effects."
        ),
        notes=[chart.n(), chart.left()],
        holes={"most": name},
        finding=language.text(
            "The largest share of the differences is that of {name} ({share}).",
            name=name,
            share=language.percent(most["covariance_share"], 0),
        ),
    )


@pictures("correlation-audit")
def correlation_audit(audit: Any, language: Language, **frame: Unpack[Frame]) -> Chart:
    """Draw how each part goes with its own group and with the nearest other one.

    Parameters
    ----------
    audit : CorrelationAudit or DataFrame
        Table with ``part`` (index or column) and ``own, other, other_group, reason``.
    limit : int
        At most so many parts are drawn, those that fit their group least.
    """
    chart = RowChart(audit, language, **frame)
    table = chart.table("part", "own", "other", "other_group", "reason")
    shown = chart.largest(table, "own", ascending=True, none="no part with others in its group")
    odd = int(table["reason"].isin(["against_own", "closer_to_another"]).sum())
    known = int(table["own"].notna().sum())

    def words(value: str, row: Data) -> str:
        """Both correlations, where there is another group."""
        if not row["other_group"]:
            return value
        return language.text(
            "{value} with its own group ({group}: {other})",
            value=value,
            group=chart.names.get(str(row["other_group"]), str(row["other_group"])),
            other=language.signed(row["other"], 2),
        )

    return chart.picture(
        shown,
        [
            Line("own", "other", look={"color": GREY, "linestyle": "-", "linewidth": 1}, gid="gap"),
            Dot("other", language.text("with the nearest other group"), DIAMOND, gid="other"),
            Dot("own", language.text("with the rest of its own group")),
        ],
        Axis(language.text("correlation")),
        value=lambda row: language.signed(row["own"], 2),
        words=words,
        alt=defer("{found} {values}"),
        caption=defer(
            "How each part goes with the others of its group and with the group it goes with most "
            "besides. A part that runs against its own group, or with another one more, measures "
            "something else than its place in the tree says."
        ),
        notes=[chart.n(), chart.left()],
        holes={
            "found": language.ntext(
                "{n} of {all} parts does not go with its own group most.",
                "{n} of {all} parts do not go with their own group most.",
                odd,
                all=language.number(known, 0),
            )
        },
    )
