"""What a check found and expected, in words: the table of findings holds figures and signs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from parstudy.display.words import Language, defer

_N = r"[-+]?\d+(?:\.\d+)?"
_BARE = re.compile(r"(?:(?<=^)|(?<=≠ )|(?<=≈ )|(?<=; ))(?=[1-9]|0\.)")
"""Where a change begins that has no sign."""
_FOUND = {
    "rank_impossible": (
        rf"(?P<rank>{_N}) \((?P<score>{_N})\)",
        defer("rank {rank}, score {score}"),
    ),
    "rank_order": (
        rf"(?P<unit>[\w-]+) (?P<rank>\d+): (?P<score>{_N})",
        defer("{unit}: rank {rank}, score {score}"),
    ),
    "percent_disagrees": (rf"(?P<share>{_N})", defer("{share}%")),
}
"""Kind of finding -> form of what was found, and how it is said."""
_EXPECTED = {
    "percent_disagrees": (
        rf"(?P<share>{_N}) \((?P<points>{_N})/(?P<most>{_N})\)",
        defer("{share}% ({points} of {most} points)"),
    ),
    "change_disagrees": (
        rf"(?P<change>{_N}) \((?P<before>{_N}) → (?P<now>{_N})\)",
        defer("{change} (from {before} to {now})"),
    ),
    "sipas_points_disagree": (
        rf"(?P<points>{_N}) \((?P<share>{_N})% × (?P<most>{_N})\)",
        defer("{points} ({share}% of {most} points)"),
    ),
}
_EXPECTED["sipas_points_near"] = _EXPECTED["sipas_points_disagree"]
_SHARING = re.compile(r"(?P<unit>[\w-]+): (?P<score>[^;]+)")
_BOUNDS = {
    "≥": (defer("rank {n} or further down"), defer("{n} or more")),
    "≤": (defer("rank {n} or further up"), defer("{n} or less")),
}


def found(language: Language, row: Mapping[str, Any]) -> str:
    """What a check found, as a reader says it; ids and decimal points stay."""
    code, text = str(row["code"]), str(row["found"])
    if "change" in code:
        text = _BARE.sub("+", text)
    if code == "rank_shared":
        return _shared(language, str(row["message"]), text)
    if "conflict" in code or "rounding" in code:
        first, _, others = re.sub(r" [≠≈] ", "\0", text, count=1).partition("\0")
        return language.text("{first}, elsewhere {others}", first=first, others=others)
    return _of_what(language, row, _said(language, _FOUND.get(code), text))


def _of_what(language: Language, row: Mapping[str, Any], said: str) -> str:
    """Whether a change is one of rank or of score: +5 may be either."""
    if row["code"] != "change_disagrees":
        return said
    if "change_rank" in str(row["message"]):
        return language.text("rank: {change}", change=said)
    return language.text("score: {change}", change=said)


def _shared(language: Language, message: str, text: str) -> str:
    """Which rank two provinces are said to have, with the score of each."""

    def scored(match: re.Match[str]) -> str:
        if match["score"].strip() == "–":
            return language.text("{unit} (no score found)", unit=match["unit"])
        return language.text("{unit} (score {score})", **match.groupdict())

    rank = message.removeprefix("rank ").partition(" ")[0]
    return language.text("rank {rank}: {units}", rank=rank, units=_SHARING.sub(scored, text))


def expected(language: Language, row: Mapping[str, Any]) -> str:
    """What a check expected, as a reader says it."""
    code, text = str(row["code"]), str(row["expected"])
    if text[:1] in _BOUNDS:
        of_rank, of_amount = _BOUNDS[text[0]]
        said = of_rank if code.startswith("rank") else of_amount
        return language.text(said, n=text[1:].strip())
    return _of_what(language, row, _said(language, _EXPECTED.get(code), text))


def _said(language: Language, form: tuple[str, str] | None, text: str) -> str:
    """The text with what has the form said in words."""
    if form is None:
        return text
    pattern, message = form
    groups = {name: rf"\g<{name}>" for name in re.compile(pattern).groupindex}
    return re.sub(pattern, language.text(message, **groups), text)
