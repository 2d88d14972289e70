"""Which reading of a file's tables is taken: all are read strictly, and their proofs decide.

For each table: its readings (:func:`parstudy.intake._guess.readings`) go through the strict
reader one by one. What breaks a rule there, or whose ranks go against its scores, is dropped.
The rest is weighed: errors of the checks first, then figures confirmed by sums, ranks and means,
then columns that stay unread. One best reading is taken; several are a question to somebody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy.dataset.checks import within
from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.intake import _guess
from parstudy.intake._guess import Branch, Guess, Question, Reading
from parstudy.intake._proposed import Numbered, proposed
from parstudy.releases import toml
from parstudy.releases.folder import read_spec, tables_key
from parstudy.releases.formats.grid import Grid
from parstudy.releases.model import RawRelease

if TYPE_CHECKING:
    import pandas as pd

# maxima that a ministry prints may miss the whole by half a point
_SLACK = 0.5
_FEW_DOUBTS = 3
_PROPOSED = f"(proposed) {toml.NAME}"
TITLE = "title_not_understood"
"""Reason code of a title with words that are not understood."""


@dataclass(frozen=True)
class Source:
    """A file that was opened: its path, format and tables, and what is to be read of it.

    What the strict reader made of a ``release.toml`` is kept, and what the checks say of that:
    several readings of a table, and the one that is taken, may say the same.
    """

    path: Path
    form: str
    opened: list[Grid]
    index: str
    year: int
    ocr: bool = False
    known: dict[str, RawRelease] = field(default_factory=dict, repr=False)
    findings: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def read(self, text: str) -> RawRelease:
        """What the strict reader makes of the file by a ``release.toml``.

        Raises
        ------
        ReleaseError
            What it refuses of the file; ``not_understood`` for what it refuses of the guess.
        """
        if text not in self.known:
            try:
                spec = toml.parse(text, self.path.parent.resolve(), _PROPOSED)
                tables = {tables_key(entry): self.opened for entry in spec.files}
                self.known[text] = read_spec(spec, tables)
            except ReleaseError as error:
                if not error.place.startswith(_PROPOSED):
                    raise
                # nobody wrote that file
                raise ReleaseError(
                    "not_understood",
                    "what its headings and rows seem to say does not fit together",
                    place=self.path.name,
                    found=f"{error.message}: {error.found}".strip(": "),
                    expected="each component and measure in one column or row",
                    advice="Say in release.toml which column holds what: docs/release-toml.md",
                ) from error
        return self.known[text]

    def prove(self, text: str) -> pd.DataFrame:
        """What the checks say of that."""
        if text not in self.findings:
            self.findings[text] = within.prove(self.read(text))
        return self.findings[text]


@dataclass(frozen=True)
class Weighed:
    """One reading of one table, and what speaks for it.

    Attributes
    ----------
    reading : Reading
        The interpretation.
    release : RawRelease or None
        What the strict reader made of it; nothing if it refused.
    error : ReleaseError or None
        Why it was dropped.
    broken, kept, unread : int
        Errors of the checks, figures that a proof confirms, columns that are not read.
    proofs : tuple of str
        The same for people.
    """

    reading: Reading[list[Guess]]
    release: RawRelease | None = field(default=None, repr=False)
    error: ReleaseError | None = None
    broken: int = 0
    kept: int = 0
    unread: int = 0
    proofs: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[int, int, int]:
        """The smaller, the better."""
        return self.broken, -self.kept, self.unread

    def figures(self) -> list[tuple[Any, ...]]:
        """What it reads, for comparing two readings."""
        assert self.release is not None
        keys = ["year", "unit_text", "component", "measure", "text"]
        rows = self.release.figures[keys].itertuples(index=False)
        return sorted(tuple(map(str, row)) for row in rows)


@dataclass(frozen=True)
class Chosen:
    """The reading of a file that was taken.

    Attributes
    ----------
    guesses : list of (int, Guess)
        Tables that are read, with the number of each in the file.
    toml : str
        The ``release.toml`` that reads them so.
    release : RawRelease
        What it reads.
    findings : DataFrame
        What the checks of the reading say.
    ties : TieRule
        How equal scores are ranked.
    weighed : tuple of (str, list of Weighed)
        Tables that could be read in several ways.
    left : tuple of str
        Why columns of tables are not read of which none is.
    """

    guesses: Numbered
    toml: str = ""
    release: Any = field(default=None, repr=False)
    findings: Any = field(default=None, repr=False)
    ties: Any = None
    weighed: tuple[tuple[str, list[Weighed]], ...] = ()
    left: tuple[str, ...] = ()

    def explained(self) -> tuple[str, ...]:
        """How it was decided, line by line.

        For each table that is read: the role of each row and then of each column, both by the
        names that they have in the file, whichever way round the provinces stand. For each table
        with a line that can be two things: every reading with its answers, the best first; why
        it was dropped, or what its figures prove, how many errors the checks find, how many
        columns it leaves unread. The reading with the fewest errors is taken, of these the one
        with most figures proven, then the one that leaves least unread.
        """
        lines = []
        for _, guess in self.guesses:
            lines += [f"{guess.grid.where or guess.grid.file}: roles"]
            lines += [f"  {place}: {role}" for place, role in guess.roles]
        for where, found in self.weighed:
            lines.append(f"{where}: {len(found)} readings")
            for one in sorted(found, key=lambda w: (w.error is not None, w.weight)):
                told = f"dropped: {one.error}" if one.error else ", ".join(one.proofs)
                lines.append(f"  {one.reading}: {told}")
        return tuple(lines)


def choose(
    path: Path,
    form: str,
    opened: list[Grid],
    index: str,
    year: int,
    accepted: Collection[str] = (),
    *,
    ocr: bool = False,
) -> Chosen:
    """Read a file in the way that its own figures prove best.

    Raises
    ------
    ReleaseError
        What the strict reader refuses; or the reason code of a question that nothing decides,
        with what ``release.toml`` says for each answer.
    """
    source = Source(path, form, opened, index, year, ocr)
    guesses: Numbered = []
    weighed, left = [], list[str]()
    for number, table in sorted(enumerate(opened, 1), key=lambda one: one[1].hidden):
        if table.hidden and guesses:
            continue
        found = _guess.readings(partial(_interpreted, table, source))
        if len(found) > 1:
            tried = [_weigh(source, number, reading) for reading in found]
            weighed.append((table.where or table.file, tried))
            best = _best(tried)
        elif isinstance(found[0].result, ReleaseError):
            raise found[0].result
        else:
            best = found[0]
        guesses += [(number, one) for one in best.result if one.entry]
        left += [doubt for one in best.result if not one.entry for doubt in one.doubts]
    if not guesses:
        return Chosen([], weighed=tuple(weighed), left=tuple(left))
    text, release = _read(source, guesses)
    ranked, ties = _n_ranked(release), within.tie_rule(release)
    if ranked != release.n_ranked or ties.rule not in ("", release.ties):
        text, release = _read(source, guesses, ranked, ties.rule)
    _one_value(release, guesses)
    findings = source.prove(text)
    _not_contradicted(release, findings, path)
    if TITLE not in accepted:
        _titles_understood(guesses)
    return Chosen(guesses, text, release, findings, ties, tuple(weighed))


def _interpreted(table: Grid, source: Source, branch: Branch) -> Any:
    """Guesses of one table, or why it can't be interpreted so."""
    try:
        found = _guess.guess(table, source.index, source.year, branch)
    except ReleaseError as error:
        return error
    other = _of_another(table, found, source)
    if other and _guess.mentions(table, source.index):
        return _two_indices(table, source.index, other)
    if other:
        return []
    for one in found if source.ocr else ():
        one.entry.update({"certainty": "doubtful", "note": "OCR"})
        # a running number is no figure: one misread should not stop the reading
        one.entry.pop("number_column", None)
    return found


def _two_indices(table: Grid, index: str, other: str) -> ReleaseError:
    """The refusal of a table of one index under a title of another."""
    return ReleaseError(
        "unknown_index",
        f"the title names {index}, and the columns hold parts of {other}: which of them is it?",
        place=f"{table.file} {table.where}".strip(),
        found=", ".join(_guess.headings_beside_names(table)[:8]),
        expected=f"parts of {index}",
        advice=f"If the figures are of {other}, say so: index={other}, or --index {other} on the "
        "command line",
    )


def _of_another(table: Grid, found: Sequence[Guess], source: Source) -> str:
    """Another index as whose table this one is understood better; or nothing."""
    if sum(len(g.doubts) for g in found) < _FEW_DOUBTS:
        return ""
    mentioned = _guess.mentions(table, source.index)
    own = len(_guess.parts_named(table, source.index))
    for other in ("PAR_INDEX", "SIPAS"):
        if other == source.index:
            continue
        # under a title of the one, the headings of the other
        titled = _guess.other_subject(table, source.index, source.year) != other
        theirs_named = len(_guess.parts_named(table, other))
        if mentioned and titled and theirs_named > max(2, own):
            return other
        if mentioned:
            continue
        try:
            theirs = _guess.guess(table, other, source.year, Branch())
        except ReleaseError:
            continue
        if _n_parts(theirs) > _n_parts(found) + 2:
            return other
    return ""


def _n_parts(found: Sequence[Guess]) -> int:
    """Columns and rows of parts of an index; those of the total name none."""
    entries = [e for g in found for key in ("columns", "labels") for e in g.entry.get(key, ())]
    return sum(e.get("component") not in (None, "total") for e in entries)


def _weigh(source: Source, number: int, reading: Reading[Any]) -> Weighed:
    """Read one interpretation of a table strictly, and see what its figures prove."""
    if isinstance(reading.result, ReleaseError):
        return Weighed(reading, error=reading.result)
    if not any(one.entry for one in reading.result):
        return Weighed(reading, error=_nothing(source.opened[number - 1], reading.result))
    guesses = [(number, one) for one in reading.result]
    try:
        text, release = _read(source, guesses)
        findings = source.prove(text)
        _not_contradicted(release, findings, source.path)
    except ReleaseError as error:
        return Weighed(reading, error=error)
    wrong = findings[findings["severity"].eq("error")]
    unproven = findings[findings["code"].eq("unproven")]
    own = release.figures[release.figures["unit_level"].eq("province")]
    scores = own[own["measure"].isin(("score", "percent"))].drop_duplicates(
        ["unit_text", "component"]
    )
    kept = len(scores) - sum(map(int, unproven["found"]))
    maxima = _maxima_add_up(release)
    unread = sum(len(one.doubts) for one in reading.result)
    proofs = (
        f"{kept} of {len(scores)} figures confirmed",
        f"{len(wrong)} errors of the checks"
        + (f" ({', '.join(dict.fromkeys(wrong['code']))})" if len(wrong) else ""),
        f"{unread} columns or rows not read",
        *(["maxima add up"] if maxima else []),
        *(["maxima do not add up"] if maxima is False else []),
    )
    broken = len(wrong) + (maxima is False)
    return Weighed(reading, release, None, broken, kept + bool(maxima), unread, proofs)


def _nothing(table: Grid, found: Sequence[Guess]) -> ReleaseError:
    """The refusal of a reading by which no column is understood."""
    return ReleaseError(
        "no_columns",
        "none of its columns is understood",
        place=f"{table.file} {table.where}".strip(),
        found="; ".join(doubt for one in found for doubt in one.doubts),
        expected="a heading such as Chỉ số, Tổng điểm, Xếp hạng, or the name or code of "
        "a component",
        advice="Change the headings in a copy, or say in release.toml which column holds what: "
        "docs/release-toml.md",
    )


def _maxima_add_up(release: RawRelease) -> bool | None:
    """Whether printed maxima of the areas, or of the sources, are the whole; nothing if unknown."""
    found = release.components
    found = found[found["max_score"].notna()]
    maxima = dict(zip(found["code"], found["max_score"], strict=True))
    whole = maxima.get("total", 100.0)
    for parts in (criteria.AREAS, ("appraisal", "survey"), ("appraisal", *criteria.SURVEYS)):
        if set(parts) <= set(maxima):
            return bool(abs(sum(maxima[p] for p in parts) - whole) <= _SLACK)
    return None


def _best(tried: list[Weighed]) -> Reading[list[Guess]]:
    """The one best reading; a question if there are several that differ.

    Raises
    ------
    ReleaseError
        Why the first reading was dropped, if all were; or the question that nothing decides.
    """
    sound = sorted((w for w in tried if w.error is None), key=lambda w: w.weight)
    if not sound:
        assert tried[0].error is not None
        raise tried[0].error
    best = [w for w in sound if w.weight == sound[0].weight]
    question = _guess.undecided([w.reading for w in best])
    if question is None or all(w.figures() == best[0].figures() for w in best):
        return best[0].reading
    raise asked(question)


def asked(question: Question) -> ReleaseError:
    """A question to somebody, with what ``release.toml`` says for each answer."""
    answers = "; ".join(f"{told}: {line}" if line else told for told, line in question.answers)
    return ReleaseError(
        question.code,
        question.asked,
        place=question.place,
        found=question.found,
        expected=f"one of {len(question.answers)} answers that no figure of the file decides",
        advice=f"Say in release.toml which: {answers} (docs/add-a-release.md)",
    )


def _not_contradicted(release: RawRelease, findings: pd.DataFrame, path: Path) -> None:
    """Refuse a guess whose own ranks speak against it: a column was taken for another, then."""
    ranks = release.figures["measure"].eq("rank") & release.figures["year"].eq(release.year)
    against = findings[findings["code"].isin(["rank_order", "rank_impossible"])]
    # one wrong score moves every rank behind it by one; a wrong column moves them far
    far = [_distance(f, e) > 3 for f, e in zip(against["found"], against["expected"], strict=True)]
    against = against[far]
    if len(against) > max(2, 0.25 * int(ranks.sum())):
        first = against.iloc[0]
        raise ReleaseError(
            "contradiction",
            f"{len(against)} of {int(ranks.sum())} ranks do not follow from the scores: a column "
            "may be another than its heading says",
            place=str(first["figure_ids"]) or path.name,
            found=f"rank {first['found']} of {first['unit_id']}",
            expected=str(first["expected"]),
            advice="Say in release.toml which column holds what: docs/release-toml.md",
        )


def _one_value(release: RawRelease, guesses: Numbered) -> None:
    """Refuse two tables of the same columns with other figures: two years, or two indices.

    Tables of different shape that disagree in places are findings, not a reason to refuse.
    """
    shapes = [
        tuple(
            sorted(
                (str(c.get("component")), str(c["measure"]), str(c.get("year"))) for c in columns
            )
        )
        for _, g in guesses
        if (columns := g.entry.get("columns", []))
    ]
    apart = within.two_values(release)
    if len(shapes) == len(set(shapes)) or len(apart) <= 3:
        return
    one, other = apart[-1]
    raise ReleaseError(
        "two_values",
        f"two tables give different figures for {one['unit_text']} {one['component']} "
        f"{one['measure']}: they may be of different years or indices",
        place=str(one["locator"]),
        found=str(one["text"]),
        expected=f"{other['text']}, as at {other['locator']}",
        advice="Say in release.toml what each table holds: docs/release-toml.md",
    )


def _titles_understood(guesses: Numbered) -> None:
    """Ask about a table whose title, or a note, says something of its figures.

    Raises
    ------
    ReleaseError
        ``title_not_understood``.
    """
    for _, guess in guesses:
        if guess.unknown:
            raise ReleaseError(
                TITLE,
                "the title or a note says something that is not understood: are these figures "
                "the results of the index?",
                place=f"{guess.grid.file} {guess.grid.where}".strip(),
                found=guess.unknown,
                expected="a title of which each word is known, and no note against it",
                advice=f"If they are, say so: --accept {TITLE}, or name the columns in "
                "release.toml: docs/release-toml.md. If not, do not add the file",
            )


def _distance(found: str, expected: str) -> int:
    """Places between a printed rank and the nearest that would fit."""
    rank = int(re.findall("[0-9]+", found)[0])
    ends = [int(n) for n in re.findall("[0-9]+", expected)]
    return max(0, ends[0] - rank, rank - ends[-1])


def _n_ranked(release: RawRelease) -> int:
    """How many units the file ranks: said by "23/63", else by ranks 1 to n without a gap."""
    own = release.figures[release.figures["unit_level"].eq("province")]
    of = own.loc[own["measure"].eq("of"), "value"]
    if len(of) and of.nunique() == 1:
        return int(of.iloc[0])
    ranks = own.loc[own["measure"].eq("rank") & own["component"].eq("total"), "value"]
    if len(ranks) and sorted(set(ranks)) == list(range(1, len(ranks) + 1)):
        return len(set(ranks))
    return release.n_ranked


def _read(
    source: Source, guesses: Numbered, n_ranked: int | None = None, ties: str = ""
) -> tuple[str, RawRelease]:
    """The ``release.toml`` of guesses, and what the strict reader reads by it."""
    told = source.path, source.form, source.index, source.year
    text = proposed(*told, guesses, n_ranked=n_ranked, ties=ties)
    return text, source.read(text)
