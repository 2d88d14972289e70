"""Findings of the checks as a table, for every page that shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from parstudy.dataset.checks import sentence
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.terms import Names
from parstudy.pages import _finding_words

_ID_IN_BRACKETS = re.compile(r"(?<=\()([\w-]+)(?=\))")


def findings_table(
    page: Page, frame: pd.DataFrame, names: Names, caption: str, id: str = "findings"
) -> Table:
    """Findings as a table: what, where, printed, expected, sources.

    Parameters
    ----------
    page : Page
        Whose language and sources.
    frame : DataFrame
        Rows of the table ``findings``.
    names : Names
        Of provinces, regions and the nation.
    caption, id : str
        Of the table.
    """
    columns, _ = page.columns, page.language.text
    known = {source for ids in frame["source_ids"] for source in ids.split()}

    def where(row: Mapping[str, Any]) -> Cell:
        """Index, year, unit and, where it is not the whole index, component."""
        told = [f"{terms.short(row['index_id'])} {row['year']}"]
        told += [names(row["unit_id"])] if row["unit_id"] else []
        if row["component"] and row["component"] != "total":
            told.append(
                terms.component_label(page.language, row["component"], row["index_id"], row["year"])
            )
        return ", ".join(told)

    def printed(text: str) -> Cell:
        """What a check says, with names for ids and links for sources."""
        return Markup("").join(
            page.cite(piece)  # the id of a source becomes a numbered link
            if piece in known
            else Markup.escape(terms.as_printed(page.language, names.in_text(piece)))
            for piece in _ID_IN_BRACKETS.split(text)
        )

    return build_table(
        id,
        caption,
        frame,
        [
            Column(_("What"), format=lambda r: page.language.text(sentence(r["code"]))),
            Column(_("Where"), format=where, row_header=True),
            Column(_("Found"), format=lambda r: printed(_finding_words.found(page.language, r))),
            Column(
                _("Expected"), format=lambda r: printed(_finding_words.expected(page.language, r))
            ),
            columns.links(lambda r: page.cite(*r["source_ids"].split())),
        ],
        page.language,
        looked_up=bool(frame["severity"].eq("info").all()),
        notes=[_("Where sources contradict each other, the figure named first is the one taken.")]
        if frame["code"].str.startswith("conflict_").any()
        else [],
    )
