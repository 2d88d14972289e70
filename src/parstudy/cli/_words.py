"""In which language the command speaks: ``PARSTUDY_LANG``, else the locale; English otherwise.

Its own words go through the catalogue of reports. Errors are English sentences wherever they are
raised, far below the command; their patterns, with holes for what is different each time, stand in
a catalogue of their own (``errors.po``), by which they are told in the other language.
"""

from __future__ import annotations

import argparse
import os
import re
from functools import cache

from parstudy.errors import ParstudyError
from parstudy.facts.languages import SOURCE, languages
from parstudy.text import defer

VARIABLE = "PARSTUDY_LANG"

_CLEAR = 7  # letters and spaces that a pattern with holes has of its own
_HOLE = re.compile(r"\{(\w+)\}")
_LINE = re.compile(
    r"(?:(?P<place>[^:;]+): )?(?P<message>.*?)(?:; found (?P<found>.*?))?"
    r"(?:; expected (?P<expected>.*?))?(?:\. (?P<advice>[A-Z].*))?",
    re.DOTALL,
)
_SINGLE = {
    "error": defer("error"),
    "warning": defer("warning"),
    "info": defer("remark"),
    "failed": defer("failed"),
    "row": defer("row"),
    "column": defer("column"),
}
"""Words that are told only inside of a line or a sentence: alone they may be a value to type."""
_IN_PLACES = {
    "sheet": defer("sheet"),
    "table": defer("table"),
    "page": defer("page"),
    "row": defer("row"),
    "rows": defer("rows"),
    "column": defer("column"),
    "columns": defer("columns"),
    "line": defer("line"),
}
"""Words by which a place in a file is named; what follows them is a number, a letter or a name."""
_STATUSES = {
    "new": defer("new"),
    "replaced": defer("replaced"),
    "unchanged": defer("unchanged"),
    "kept": defer("kept"),
}
"""Words in front of what was fetched."""
_IN_PLACE = re.compile(rf"\b({'|'.join(_IN_PLACES)})(?= (?:['\"0-9]|[A-Z]{{1,3}}\b))")
_LONG = 2_000  # characters of a line that is no sentence
_FINDING = re.compile(r"(error|warning|info): (\w+): (.*?)(?: \[(.*)\])?", re.DOTALL)
_FAILED = re.compile(r"(\[\d+/\d+\]) failed (\S+): (.*)", re.DOTALL)
_STORY = re.compile("; (?:found|expected) ")
_FETCHED = re.compile(f"({'|'.join(_STATUSES)}): (.*)", re.DOTALL)
_HEADED = re.compile(r"(\w+(?:: .*  # |: ))(.*)", re.DOTALL)
_MEANT = re.compile(r"(.* -> )([^()]+?)(?: \((.*)\))?", re.DOTALL)
_ARGPARSE = (
    defer("usage: "),
    defer("options"),
    defer("positional arguments"),
    defer("show this help message and exit"),
    defer("%(prog)s: error: %(message)s\n"),
    defer("argument %(argument_name)s: %(message)s"),
    defer("the following arguments are required: %s"),
    defer("unrecognized arguments: %s"),
    defer("expected one argument"),
    defer("expected at least one argument"),
    defer("invalid choice: %(value)r (choose from %(choices)s)"),
    defer("invalid %(type)s value: %(value)r"),
)
"""What the parser of the command line says by itself."""


def code() -> str:
    """Code of the language in which the command speaks."""
    for variable in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        said = os.environ.get(variable, "")
        if said:  # the first that says anything decides
            found = re.split(r"[^a-z]", said.lower())[0]
            return found if found in languages() else SOURCE
    return SOURCE


def text(msgid: str, /, **values: object) -> str:
    """A sentence in the language of the command, its holes filled."""
    if code() == SOURCE:  # without the catalogues, whose reading takes its time
        return _filled(msgid, values)
    from parstudy.display.words import Language

    return str(Language(code()).text(msgid, **values))


def _filled(message: str, values: dict[str, object]) -> str:
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), message)


def teach_parser() -> None:
    """Let the parser of the command line say its own words in the language of the command."""
    known = set() if code() == SOURCE else set(_ARGPARSE)
    # it looks its words up by this name, in what is installed with Python, which has only English
    argparse._ = lambda message: text(message) if message in known else message  # type: ignore[attr-defined]


# --- errors --------------------------------------------------------------------------------------


def worded(error: ParstudyError) -> str:
    """An error in the language of the command; what has no translation stays English."""
    if code() == SOURCE:
        return str(error)
    place, message = _place(error.place), _message(error.message)
    line = f"{place}: {message}" if place else message
    if error.found:
        line += text("; found {found}", found=_found(error.found))
    if error.expected:
        line += text("; expected {expected}", expected=_alternatives(error.expected))
    if error.advice:
        line += f". {told(error.advice)}"
    return line


def _message(message: str) -> str:
    """What went wrong; a place may go before it, and lines of what was counted may follow."""
    first, *more = message.split("\n")
    words = told(first)
    if words == first and ": " in first:
        place, _, said = first.partition(": ")
        words = f"{_place(place)}: {told(said)}"
    return "\n".join([words, *(_told_line(line) for line in more)])


def _place(place: str) -> str:
    """Where something is: a sentence, or words of places between names and numbers."""
    words = told(place)
    if words != place:
        return words
    return _placed(place)


def _placed(place: str) -> str:
    return _IN_PLACE.sub(lambda word: text(_IN_PLACES[word[1]]), place)


def worded_line(line: str) -> str:
    """An error that is a line of text already, as those of a batch are."""
    parts = None if code() == SOURCE else _LINE.fullmatch(line)
    if parts is None:
        return line
    given = {name: part or "" for name, part in parts.groupdict().items()}
    return worded(ParstudyError("", given.pop("message"), **given))


def told_lines(text: str) -> str:
    """Lines that the library has put together, such as findings and remarks, in this language."""
    return "".join(map(_told_line, text.splitlines(keepends=True)))


def _told_line(line: str) -> str:
    said = line.strip()
    if not said or len(said) > _LONG:
        return line
    if finding := _FINDING.fullmatch(said):
        severity, kind, rest, places = finding.groups()
        words = f"{_single(severity)}: {kind}: {worded_line(rest)}"
        if places:
            words += f" [{'; '.join(map(_place, places.split('; ')))}]"
    elif failed := _FAILED.fullmatch(said):
        words = f"{failed[1]} {_single('failed')} {failed[2]}: {worded_line(failed[3])}"
    elif line.startswith("  from "):
        words = text("from {source}", source=said.removeprefix("from "))
    elif line[0] == " " and (fetched := _FETCHED.fullmatch(said)):
        words = f"{text(_STATUSES[fetched[1]])}: {told(fetched[2])}"
    elif line[0] == " " and (meant := _MEANT.fullmatch(said)):
        # a column, what it was taken for, and by what
        words = f"{meant[1]}{told(meant[2])}"
        words += f" ({'; '.join(map(told, meant[3].split('; ')))})" if meant[3] else ""
    elif (words := told(said)) == said and (headed := _HEADED.fullmatch(said)):
        # a name in front of a title, a parameter in front of what is said of it
        words = f"{headed[1]}{told(headed[2])}"
    if line[0] == " " and _IN_PLACE.search(said.partition(": ")[0]):
        place, _, rest = words.partition(": ")
        words = f"{_placed(place)}: {rest}" if rest else words
    return line.replace(said, words, 1)


def _found(found: str) -> str:
    """What was found: a sentence, or one of several tables each."""
    whole = told(found)
    if whole != found:
        return whole
    return "; ".join(_placed(told(part)) for part in found.split("; "))


def _alternatives(expected: str) -> str:
    whole = told(expected)
    if whole != expected:
        return whole
    return text(" or ").join(told(part) for part in expected.split(" or "))


def told(sentence: str) -> str:
    """A sentence of an error in the language of the command, as far as its pattern is known."""
    for pattern, names, translated in _patterns(code()):
        match = pattern.fullmatch(sentence)
        if match:
            # what fills a hole may be such a sentence as well
            values = (_single(value) for value in match.groups())
            return _filled(translated, dict(zip(names, values, strict=True)))
    return sentence


def _single(value: str) -> str:
    """What fills a hole: one word of those that we know, or a sentence."""
    if value in _SINGLE:
        return text(_SINGLE[value])
    return worded_line(value) if _STORY.search(value) else told(value)


def _own_words(template: str) -> str:
    return _HOLE.sub("", template)


@cache
def _patterns(lang: str) -> list[tuple[re.Pattern[str], list[str], str]]:
    """Patterns of errors with their translations, those that say most in their own words first."""
    from babel.messages.pofile import read_po

    from parstudy.display.words import catalogue_path

    path = catalogue_path(lang).with_name("errors.po")
    if not path.is_file():
        return []
    with path.open("rb") as file:
        found = {str(m.id): str(m.string) for m in read_po(file, locale=lang) if m.id and m.string}
    patterns = []
    # "no {key}" fits too much; what begins like a sentence ("See {file}") is an advice
    clear = [
        t for t in found if t[0].isupper() or len(_own_words(t)) >= _CLEAR or t == _own_words(t)
    ]
    for template in sorted(clear, key=lambda t: (-len(_own_words(t)), t)):
        pieces = _HOLE.split(template)
        own, names = pieces[::2], pieces[1::2]
        pattern = re.compile("(.+?)".join(map(re.escape, own)), re.DOTALL)
        patterns.append((pattern, names, found[template]))
    return patterns
