"""The page that a notebook writes: words, tables, charts, numbered sources, colophon.

Everything goes out as ``text/html`` with all text escaped, so it looks the same in JupyterLab,
under papermill and in a published report. What the publisher needs to know travels beside the
HTML under the MIME type :data:`MIME`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from markupsafe import Markup, escape

import parstudy
from parstudy.display.addresses import name_of_page
from parstudy.display.blocks import Blocks, Moment
from parstudy.display.chart import Chart
from parstudy.display.colophon import colophon, plain
from parstudy.display.colophon import command as made_by
from parstudy.display.columns import Columns
from parstudy.display.tables import Column, Table, build_table, check_id
from parstudy.display.terms import INVENTED, SOURCE_KINDS
from parstudy.display.ways import Group, bar
from parstudy.display.words import Language, defer, is_missing
from parstudy.errors import ParstudyError
from parstudy.records import records

if TYPE_CHECKING:
    import pandas as pd


MIME = "application/vnd.parstudy.page+json"

# what most pages say or leave unsaid; stated once above the list instead of behind every source
_PUBLISHERS_TERMS = "publisher's terms"
_LICENCES = {
    "other (not open); only the few rows seen are cited": defer(
        "other (not open); only the few rows seen are cited"
    ),
    "official paper": defer("official paper"),
}
_LOCATOR_WORDS = {
    "row": defer("row {n}"),
    "page": defer("page {n}"),
    "table": defer("table {n}"),
    "column": defer("column {n}"),
    "sheet": defer("sheet {n}"),
}
_LOCATOR = re.compile(r"\b(row|page|table|column|sheet) ('[^']*'|\d+(?:, \d+)*)")
_LAST_PLACE = re.compile(r"(.* row |.*!)(\d+|[A-Z]+\d+)")
_LOCATORS_SHOWN = 8
_COPIED = "figures.csv row "  # of what was copied from a page by hand: says where to look it up
_CITED_EACH = 3


class Publishable(Protocol):
    """What a page needs of a dataset."""

    @property
    def sources(self) -> pd.DataFrame:
        """Table ``sources``."""

    @property
    def synthetic(self) -> bool:
        """Whether the data is invented."""

    @property
    def fingerprint(self) -> str:
        """Hex digest of the data."""


class Citations:
    """Numbers sources in the order in which they are cited.

    Parameters
    ----------
    sources : DataFrame
        Table ``sources``; ``source_id`` is the key.
    """

    def __init__(self, sources: pd.DataFrame) -> None:
        watched = getattr(sources, "rows_by", None)  # one of a dataset, which tells what is read
        self._known: Mapping[str, Mapping[Any, Any]] = (
            watched("source_id")
            if watched is not None
            else {str(row["source_id"]): row for row in records(sources)}
        )
        self._added: dict[str, dict[Any, Any]] = {}
        self._locators: dict[str, set[str]] = {}

    def __contains__(self, source_id: object) -> bool:
        """Whether a source can be cited."""
        return source_id in self._added or source_id in self._known

    def add(self, source: Mapping[str, Any]) -> None:
        """Make a source citable from which no figure comes.

        Parameters
        ----------
        source : Mapping
            Row as in the table ``sources``.

        Raises
        ------
        ParstudyError
            ``source_twice`` if its id stands for another source.
        """
        key = str(source["source_id"])
        if key not in self:
            self._added[key] = dict(source)
        elif self._row(key) != dict(source):
            raise ParstudyError("source_twice", "one id for two sources", found=repr(key))

    def _row(self, key: str) -> dict[Any, Any]:
        return dict(self._added[key] if key in self._added else self._known[key])

    def number(self, source_id: str, locators: Iterable[str] = ()) -> int:
        """Give the number of a source, a new one when it is cited for the first time.

        Parameters
        ----------
        source_id : str
            Key of the source.
        locators : iterable of str
            Where in the source the figures stand.

        Raises
        ------
        ParstudyError
            ``unknown_source``.
        """
        if source_id not in self:
            raise ParstudyError("unknown_source", "unknown source", found=repr(source_id))
        self._locators.setdefault(source_id, set()).update(
            text for text in locators if not is_missing(text)
        )
        return list(self._locators).index(source_id) + 1

    def cited(self) -> list[tuple[int, dict[Any, Any], list[str]]]:
        """Cited sources: number, row of the table, sorted locators."""
        return [
            (number, self._row(source_id), sorted(locators, key=_natural))
            for number, (source_id, locators) in enumerate(self._locators.items(), start=1)
        ]

    def __len__(self) -> int:
        return len(self._locators)


class Page:
    """One page of a report, written from top to bottom.

    Parameters
    ----------
    lang : str or Language
        ``vi`` or ``en``.
    notebook : str
        Name of the notebook, without suffix.
    parameters : Mapping
        Parameters of this run, in the order to be shown.
    dataset : Publishable
        Where the figures come from: its ``sources``, ``synthetic`` and ``fingerprint``.
    out : callable, optional
        Takes each MIME bundle; default is IPython's display.

    Raises
    ------
    ParstudyError
        ``unknown_language``.
    """

    def __init__(
        self,
        lang: str | Language,
        notebook: str,
        parameters: Mapping[str, Any],
        dataset: Publishable,
        *,
        out: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.language = lang if isinstance(lang, Language) else Language(lang)
        # a copy of a notebook does not know its name or where it lies, who runs it does
        self._called = os.environ.get("PARSTUDY_NOTEBOOK") or notebook
        self.notebook = PurePath(self._called).stem
        self.parameters = {key: plain(value) for key, value in parameters.items()}
        self.citations = Citations(dataset.sources)
        self.columns = Columns(self.language, self.cite, parameters.get("year"))
        self._title = ""
        self._synthetic = bool(dataset.synthetic)
        self._dataset = dataset
        self._out = _display if out is None else out
        self._blocks = Blocks()
        self._unnamed = 0
        self._missing_shown = False
        self._operators: dict[str, None] = {}
        self._finished: Moment | None = None
        banner = Markup("")
        if self._synthetic:
            banner = Markup(
                '<p class="ps-synthetic" role="note"><strong>SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH</strong> '
                "{}</p>"
            ).format(self.language.text(INVENTED))
        self._emit(
            Markup('<div class="ps-page" lang="{}">{}</div>').format(self.language.code, banner),
            start={
                "lang": self.language.code,
                "notebook": self.notebook,
                "parameters": self.parameters,
                "synthetic": self._synthetic,
                "version": parstudy.__version__,
            },
        )

    @property
    def synthetic(self) -> bool:
        """Whether the figures of the page are invented."""
        return self._synthetic

    def title(
        self,
        text: str,
        summary: str = "",
        ways: Iterable[Group] = (),
        *,
        first: Iterable[tuple[str, str]] = (),
        picture: Chart | None = None,
    ) -> None:
        """Show the title of the page, its finding, and the ways onward.

        Parameters
        ----------
        text : str
            Title.
        summary : str
            The finding in a sentence or two; also what lists of reports say of the page.
        ways : iterable of Group
            Those that only this page knows; see `parstudy.display.ways.bar`.
        first : iterable of (str, str)
            Instead of the summary on the page itself: what a reader asks, and the answers.
        picture : Chart, optional
            A small one beside the answers.
        """
        lead = Markup('\n<p class="ps-lead">{}</p>').format(summary) if summary else Markup("")
        asked = Markup("\n").join(
            Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in first
        )
        if asked:
            lead = Markup('\n<dl class="ps-lead">{}</dl>').format(asked)
        if picture is not None:
            self._blocks.add(picture.id, "figures")
            lead = Markup('\n<div class="ps-glance">{}\n{}</div>').format(
                lead, Markup(picture._repr_html_())
            )
        self._title = _text(text)
        onward = bar(self.language, self.notebook, self.parameters, ways)
        self._emit(
            Markup("<h1>{}</h1>{}{}").format(text, lead, onward),
            plain=_text(Markup("<h1>{}</h1>{}").format(text, summary)),
            title={"title": _text(text), "summary": _text(summary)},
        )

    def heading(self, text: str, level: int = 2) -> None:
        """Show a heading of level 2 to 4.

        Raises
        ------
        ParstudyError
            ``bad_heading`` for another level.
        """
        if level not in (2, 3, 4):
            raise ParstudyError(
                "bad_heading", "no such heading level", found=str(level), expected="2, 3 or 4"
            )
        self._emit(Markup("<h{}>{}</h{}>").format(level, text, level))

    def say(self, *paragraphs: str, note: bool = False) -> None:
        """Show paragraphs; ``note`` makes them small remarks. Text is escaped, markup kept."""
        name = Markup(' class="ps-note"') if note else Markup("")
        self._emit(
            Markup("\n").join(Markup("<p{}>{}</p>").format(name, text) for text in paragraphs)
        )

    def state(self, msgid: str, /, **values: object) -> None:
        """Show a sentence of the catalogue with its holes filled: ``say(language.text(…))``."""
        self.say(self.language.text(msgid, **values))

    def nstate(
        self, singular: str, plural: str, n: int, /, *, none: str = "", **values: object
    ) -> None:
        """Show a sentence that depends on a count: ``say(language.ntext(…))``.

        ``none`` is the message where there is nothing to count; it is marked with ``defer``.
        """
        self.say(self.language.ntext(singular, plural, n, none=none, **values))

    def remark(self, msgid: str, /, **values: object) -> None:
        """Show a sentence of the catalogue as a small remark."""
        self.say(self.language.text(msgid, **values), note=True)

    def for_operators(self, msgid: str, /, **values: object) -> None:
        """Keep a sentence for who runs the program: it stands in one closed box at the end.

        What is between backticks is a command.
        """
        self._operators[self.language.text(msgid, **values)] = None

    def points(self, items: Iterable[str]) -> None:
        """Show a list of points."""
        entries = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
        if entries:
            self._emit(Markup("<ul>{}</ul>").format(entries))

    def text(self, **texts: str) -> str:
        """Choose the text in the language of the page: ``page.text(vi="Hạng", en="Rank")``.

        Where it is not given in that language, the fallback's is taken.

        Raises
        ------
        ParstudyError
            ``no_text`` if there is none, ``unknown_language``.
        """
        for code in texts:
            Language(code)
        found = self.language.chosen(texts)
        if not found:
            raise ParstudyError(
                "no_text",
                "no text in the language of the page",
                found=", ".join(texts),
                expected=self.language.code,
            )
        return found

    def show(self, *blocks: Any, id: str = "", caption: str | Markup = "", alt: str = "") -> None:
        """Show tables, charts, and what other libraries make.

        Run again in a live notebook, a block replaces the one with the same id.

        Parameters
        ----------
        *blocks
            :class:`Table`, :class:`Chart`, DataFrame, Series, Styler, figure or axes of
            matplotlib, grid of seaborn, result of statsmodels, or anything with ``_repr_html_``.
        id, caption, alt : str
            HTML id, words and text alternative of a single block that has none of its own. What
            has an id must be in the published page.

        Raises
        ------
        ParstudyError
            ``duplicate_id`` if the same run of a cell has shown that id already;
            ``not_showable``.
        """
        for block in blocks:
            if isinstance(block, Table):
                self._blocks.add(block.id, "tables")
                self._missing_shown |= block.has_missing
            elif isinstance(block, Chart):
                self._blocks.add(block.id, "figures")
            else:
                self._show_foreign(block, id, caption, alt)
                continue
            self._emit(Markup(block._repr_html_()), plain=_text(block.caption))

    def figure(
        self, figure: Any, *, alt: str = "", caption: str | Markup = "", id: str = ""
    ) -> None:
        """Show a figure of matplotlib or seaborn, and close it, so that it is shown once.

        Parameters
        ----------
        figure : Figure, Axes or grid of seaborn
            What to show.
        alt : str
            What the picture shows, with its numbers, for who cannot see it; made from its title,
            axes and marks if it is not given.
        caption, id : str
            Text below the picture, HTML id.

        Raises
        ------
        ParstudyError
            ``not_showable``, ``empty_figure``, ``no_alternative_text``, ``duplicate_id``.
        """
        from parstudy.display.foreign import block_of_figure

        if id:
            check_id(id)
            self._blocks.add(id, "figures")
        shown = block_of_figure(figure, self.language, id, caption, alt)
        self._emit(shown.html, plain=shown.plain)

    def _show_foreign(self, block: Any, id: str, caption: str | Markup, alt: str) -> None:
        from parstudy.display.foreign import block_of_object, figure_of, table_of_frame

        if figure_of(block) is not None:
            self.figure(block, alt=alt, caption=caption, id=id)
            return
        if id:
            check_id(id)
            self._blocks.add(id, "tables")
        if type(block).__name__ in ("DataFrame", "Series") and hasattr(block, "iloc"):
            self._unnamed += 1
            named = id or f"table-{self._unnamed}"
            table = table_of_frame(block, self.language, named, caption)
            self._missing_shown |= table.has_missing
            self._emit(Markup(table._repr_html_()), plain=_text(caption))
            return
        shown = block_of_object(block, id, caption)
        self._emit(shown.html, plain=shown.plain)

    def table(
        self,
        id: str,
        caption: str,
        frame: pd.DataFrame,
        columns: Sequence[Column],
        *,
        notes: Iterable[str | Markup] = (),
        highlight: Callable[[Mapping[str, Any]], bool] | None = None,
        looked_up: bool = False,
    ) -> None:
        """Show a data frame as a table: what `parstudy.display.tables.build_table` makes of it."""
        self.show(
            build_table(
                id,
                caption,
                frame,
                columns,
                self.language,
                notes=notes,
                highlight=highlight,
                looked_up=looked_up,
            )
        )

    def cite(self, *source_ids: Any, figures: pd.DataFrame | None = None) -> Markup:
        """Give numbered links to sources, to be put into a text.

        Parameters
        ----------
        *source_ids : str or missing
            Sources; a missing one (a figure that is not there) gives nothing.
        figures : DataFrame, optional
            Rows of the table ``figures``: cites their ``source_id`` and lists their ``locator``
            in the list of sources.

        Returns
        -------
        Markup
            For example ``[3] [5]`` as links, ``[1]–[16]`` for many in a row; empty if nothing is
            cited.

        Raises
        ------
        ParstudyError
            ``unknown_source``.
        """
        used: dict[str, list[str]] = {str(key): [] for key in source_ids if not is_missing(key)}
        if figures is not None:
            for row in records(figures[["source_id", "locator"]]):
                if not is_missing(row["source_id"]):
                    used.setdefault(str(row["source_id"]), []).append(row["locator"])
        numbered = sorted(self.citations.number(key, where) for key, where in used.items())
        if not numbered:
            return Markup("")
        links = Markup(" ").join(map(_links, _in_a_row(numbered)))
        return Markup('<span class="ps-cite">{}</span>').format(links)

    def finish(self, command: str | None = None) -> None:
        """Show what signs mean, the sources and how the page was made; at the end.

        Parameters
        ----------
        command : str, optional
            How to make the page again; by default ``parstudy report`` with the parameters.

        Raises
        ------
        ParstudyError
            ``page_finished`` the second time in one run of a cell; a cell can be run again.
        """
        now = Moment.now()
        if self._finished == now:
            raise ParstudyError("page_finished", "the page is finished already")
        self._finished = now
        # of what was read for this page; who does not know that knows what all of it is
        fingerprint = str(getattr(self._dataset, "reads", self._dataset).fingerprint)
        made = colophon(
            self.language,
            self.notebook,
            self.parameters,
            fingerprint,
            command or made_by(self._called, self.parameters),
            self._title,
        )
        parts = [self._sources(), made]
        if self._operators:
            parts.insert(1, self._for_operators())
        if self._missing_shown:
            parts.insert(
                0,
                Markup('<p class="ps-note"><span class="ps-missing">{}</span> {}</p>').format(
                    self.language.missing, self.language.missing_text
                ),
            )
        finish = {
            "figures": self._blocks.ids("figures"),
            "tables": self._blocks.ids("tables"),
            "sources": len(self.citations),
            "fingerprint": fingerprint,
        }
        self._emit(Markup("\n").join(parts), finish=finish)

    # --- inside ------------------------------------------------------------------------------

    def _emit(self, html: Markup, plain: str | None = None, **events: Any) -> None:
        plain = _text(html) if plain is None else plain
        bundle: dict[str, Any] = {"text/html": str(html), "text/plain": plain}
        if events:
            bundle[MIME] = events
        self._out(bundle)

    def _sources(self) -> Markup:
        heading = Markup('<h2 class="ps-sources-heading">{}</h2>').format(
            self.language.text("Sources")
        )
        cited = self.citations.cited()
        if not cited:
            return heading + Markup("<p>{}</p>").format(
                self.language.text("No source is cited on this page.")
            )
        entries = Markup("\n").join(
            Markup('<li id="ps-source-{0}" value="{0}">{1}</li>').format(
                number, self._source(row, locators)
            )
            for number, row, locators in cited
        )
        if any(row.get("licence") == _PUBLISHERS_TERMS for _, row, _ in cited):
            heading += Markup('<p class="ps-note">{}</p>').format(
                self.language.text(
                    "Pages without a licence of their own stay under their publishers' terms; "
                    "only figures are taken from them, as facts."
                )
            )
        names = [name_of_page(_url(row)) for _, row, _ in cited if is_missing(row.get("title"))]
        if any(name.startswith("[") for name in names):
            heading += Markup('<p class="ps-note">{}</p>').format(
                self.language.text(
                    "In brackets: the words in the address of a page whose title was not seen."
                )
            )
        return Markup('{}\n<ol class="ps-sources">\n{}\n</ol>').format(heading, entries)

    def _source(self, row: Mapping[Any, Any], locators: list[str]) -> Markup:
        language = self.language
        url = _url(row)
        title = name_of_page(url) if is_missing(row.get("title")) else str(row["title"])
        parts = [link(url, title)]
        kind = row.get("kind")
        if not is_missing(row.get("publisher")):
            parts.append(escape(row["publisher"]))
        if not is_missing(kind):
            parts.append(
                escape(language.text(SOURCE_KINDS[kind]) if kind in SOURCE_KINDS else str(kind))
            )
        if not is_missing(row.get("published_on")):
            parts.append(
                escape(language.text("published {date}", date=language.date(row["published_on"])))
            )
        licence = row.get("licence")
        if not is_missing(licence) and licence != _PUBLISHERS_TERMS:
            terms = language.text(_LICENCES[licence]) if licence in _LICENCES else str(licence)
            parts.append(escape(language.text("licence: {licence}", licence=terms)))
        unprinted = []  # of use beside a link or a file, not on paper
        if not is_missing(row.get("retrieved_on")):
            retrieved = language.text("retrieved {date}", date=language.date(row["retrieved_on"]))
            unprinted.append(("ps-locator", retrieved))
        if locators:
            shown, rest = locators[:_LOCATORS_SHOWN], len(locators) - _LOCATORS_SHOWN
            where = "; ".join(self._locator(text) for text in _rows_together(shown))
            if rest > 0:
                where = language.ntext(
                    "{places} and {n} more place",
                    "{places} and {n} more places",
                    rest,
                    places=where,
                )
            copied = all(text.startswith(_COPIED) for text in locators)
            unprinted.append(("ps-locator ps-copied" if copied else "ps-locator", where))
        return Markup(" · ").join(parts) + Markup("").join(
            Markup('<span class="{}"> · {}</span>').format(*piece) for piece in unprinted
        )

    def _locator(self, text: str) -> str:
        return _LOCATOR.sub(
            lambda found: self.language.text(_LOCATOR_WORDS[found[1]], n=found[2]), text
        )

    def _for_operators(self) -> Markup:
        """Closed box with what concerns only who runs the program."""
        items = Markup("").join(
            Markup("<li>{}</li>").format(
                Markup("").join(
                    Markup("<code>{}</code>").format(piece) if odd % 2 else escape(piece)
                    for odd, piece in enumerate(text.split("`"))
                )
            )
            for text in self._operators
        )
        return Markup(
            '<details class="ps-operators"><summary>{}</summary>\n<ul>{}</ul></details>'
        ).format(self.language.text("For operators of the program"), items)


def _url(row: Mapping[Any, Any]) -> str:
    """Address of a source; empty where it has none."""
    return "" if is_missing(row.get("url")) else str(row["url"]).strip()


def _in_a_row(numbers: Iterable[int]) -> list[list[int]]:
    """Numbers, those that follow each other together.

    >>> _in_a_row([1, 2, 5])
    [[1, 2], [5]]
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _links(run: Sequence[int]) -> Markup:
    """Links to sources whose numbers follow each other: of many the first and the last."""
    if len(run) <= _CITED_EACH:
        return Markup(" ").join(
            Markup('<a href="#ps-source-{0}">[{0}]</a>').format(number) for number in run
        )
    return Markup(
        '<a href="#ps-source-{0}" data-through="{1}">[{0}]</a>–<a href="#ps-source-{1}">[{1}]</a>'
    ).format(run[0], run[-1])


def link(url: str, text: str) -> Markup:
    """Give a link if ``url`` is plain http(s), else the text (and the URL behind it).

    A source can be a paper document, and a URL is text that others wrote: ``javascript:`` and
    the like never become a link.
    """
    if _is_web(url):
        if not text or text == url:  # printed once, not again behind itself
            return Markup('<a class="ps-bare" href="{0}" rel="noopener noreferrer">{0}</a>').format(
                url
            )
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, text)
    if not url or url == text:
        return escape(text or url)
    return Markup("{} ({})").format(text, url)


def _is_web(url: str) -> bool:
    if any(char.isspace() or ord(char) < 32 for char in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _display(bundle: dict[str, Any]) -> None:
    from IPython.display import display

    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _text(value: str) -> str:
    return Markup(escape(value)).striptags()


def _rows_together(locators: Iterable[str]) -> list[str]:
    """Name a file once: "f.csv row 1", "f.csv row 2" is "f.csv row 1, 2", and so with cells."""
    rows: dict[str, list[str]] = {}
    for text in locators:
        found = _LAST_PLACE.fullmatch(text)
        if found:
            rows.setdefault(found[1], []).append(found[2])
        else:
            rows.setdefault(text, [])
    return [start + ", ".join(numbers) for start, numbers in rows.items()]


def _natural(text: str) -> tuple[Any, ...]:
    # numbers inside the text count as numbers: row 9 before row 12
    pieces = re.split(r"(\d+)", text)
    return tuple((1, int(piece), "") if piece.isdigit() else (0, 0, piece) for piece in pieces)
