"""The file name of a report, from its parameters: no two sets of values have the same.

A name that can be read in one way only stays plain: ``lang-son-2021``, ``PAR_INDEX-2023``. Where
other values would give the same name (``-5`` and ``5``, ``a b`` and ``a-b``), a hash of the values
follows it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from parstudy.facts import provinces
from parstudy.facts.criteria import indices
from parstudy.runs.parameters import Declared, Parameters
from parstudy.text import slug as plain_slug

_LENGTH = 100
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_NUMBERS = {"int", "float"}
_UNITS = ("province", "region")


def file_name(values: Parameters, known: Mapping[str, Declared], notebook: str) -> str:
    """File name of a report, without suffix.

    Parameters
    ----------
    values : Mapping
        A value for every parameter of the notebook; ``lang`` is not in the name.
    known : Mapping
        The parameters that the notebook declares.
    notebook : str
        Name of the notebook: that of a report without parameters.
    """
    named = {n: v for n, v in values.items() if n != "lang" and not _left_out(v, known[n])}
    alone = plain_slug(notebook)
    if not named:
        return alone
    name = "-".join(filter(None, map(_part, named.values())))
    if len(name) <= _LENGTH and name != alone and _is_plain(name, named, known):
        return name
    text = json.dumps(list(named.items()), ensure_ascii=False)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{name[:_LENGTH]}-{digest}".lstrip("-")


def _left_out(value: Any, parameter: Declared) -> bool:
    """Whether it is what it is by default, and that says nothing: no text, no number, no."""
    return not value and type(value) is type(parameter.default) and value == parameter.default


def _part(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "-".join(filter(None, map(_part, value)))
    if isinstance(value, dict):
        return "-".join(filter(None, (_part([k, v]) for k, v in sorted(value.items()))))
    text = "" if value is None else str(value)
    return text if _SAFE.fullmatch(text) else plain_slug(text)


def _is_plain(name: str, named: Parameters, known: Mapping[str, Declared]) -> bool:
    """Whether the values stand in the name unchanged, and no others read like them."""
    if not all(_unchanged(value) for value in named.values()):
        return False
    if any(named[name] not in _units(name) for name in _UNITS if name in named):
        return False
    shapes = tuple((_kind(p), not p.default) for p in known.values() if p.name != "lang")
    numbers = sum(type(value) in (int, float) for value in named.values())
    return _readings(tuple(name.split("-")), shapes) == (numbers, 1)


def _unchanged(value: Any) -> bool:
    if type(value) in (int, float):
        return bool(_NUMBER.fullmatch(str(value)))
    # files of a name in small and in capital letters are one file on many computers
    return type(value) is bool or (
        isinstance(value, str)
        and bool(_SAFE.fullmatch(value))
        and (value == value.lower() or value in indices())
    )


def _kind(parameter: Declared) -> str:
    if parameter.name in _UNITS:
        return parameter.name
    if not parameter.types:
        return "any"
    if not _NUMBERS.isdisjoint(parameter.types):
        return "number"
    return "truth" if parameter.types[0] == "bool" else "text"


@cache
def _units(kind: str) -> frozenset[str]:
    """Slugs that a parameter for a province or a region can have."""
    if kind == "region":
        return frozenset(provinces.regions()["region_id"])
    return frozenset(provinces.registry()["province_id"])


@cache
def _readings(words: Sequence[str], shapes: Sequence[tuple[str, bool]]) -> tuple[int, int]:
    """Most numbers that a reading of the words finds, and how many readings find so many.

    A shape is the kind of a parameter and whether it may be left out.
    """
    if not shapes:
        return (0, 0 if words else 1)
    (kind, optional), rest = shapes[0], shapes[1:]
    found = [_readings(words, rest)] if optional else []
    if kind in {"number", "any"} and words and _NUMBER.fullmatch(words[0]):
        numbers, ways = _readings(words[1:], rest)
        found.append((numbers + 1, ways))
    if kind == "truth" and words and words[0] in {"True", "False"}:
        found.append(_readings(words[1:], rest))
    if kind in {"text", "any", *_UNITS}:
        found += [
            _readings(words[n:], rest)
            for n in range(1, len(words) + 1)
            if kind not in _UNITS or "-".join(words[:n]) in _units(kind)
        ]
    found = [(numbers, ways) for numbers, ways in found if ways]
    most = max((numbers for numbers, _ in found), default=0)
    return most, sum(ways for numbers, ways in found if numbers == most)
