"""``parstudy.toml``: what a project says of itself; each key checked, none needed."""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import ParstudyError, ProjectError
from parstudy.facts.languages import languages
from parstudy.facts.provinces import resolve
from parstudy.project import Project
from parstudy.text import suggest

NAME = "parstudy.toml"
FOCUS = "lang-son"
"""Province with a report for every index year, if the project names no other."""

_KINDS = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}
_LOGO_LIMIT = 500_000  # bytes; it is in every report
_TEXTS = 'text, or a text for each language such as { vi = "…", en = "…" }'
_SHAPE: Mapping[str, Any] = {
    "office": {"name": _TEXTS, "logo": str, "footer": _TEXTS},
    "reports": {"languages": [str], "focus": str},
    "notebooks": [{"name": str, "title": _TEXTS, "parameters": [dict]}],
    "inputs": [{"file": str, "title": str, "publisher": str, "url": str, "published_on": str}],
}
"""Every key, and what stands behind it."""

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Office:
    """Whose reports they are.

    Attributes
    ----------
    name, footer : mapping of str to str
        Shown above and below each page, by language code.
    logo : str
        The picture as a data URI; empty if there is none.
    """

    name: Texts = field(default_factory=dict)
    footer: Texts = field(default_factory=dict)
    logo: str = ""


@dataclass(frozen=True)
class OwnNotebook:
    """A notebook that the project adds.

    Attributes
    ----------
    name : str
        File name without ``.ipynb``.
    title : mapping of str to str
        Heading of its reports on the page that lists all, by language code.
    parameters : tuple of mapping
        For what the main job runs it: every combination of the values in a set is one report.
    place : str
        Where it stands, for messages.
    """

    name: str
    title: Texts
    parameters: tuple[Mapping[str, Sequence[Any]], ...]
    place: str


@dataclass(frozen=True)
class Settings:
    """What a project says of itself.

    Attributes
    ----------
    office : Office
        Whose reports they are.
    languages : tuple of str
        Languages of the reports.
    focus : str
        Slug of the province with a report for every index year.
    notebooks : tuple of OwnNotebook
        Its own notebooks.
    inputs : mapping of str to mapping
        What is known of the files in ``data/own``, by file name.
    """

    office: Office = Office()
    languages: tuple[str, ...] = tuple(languages())
    focus: str = FOCUS
    notebooks: tuple[OwnNotebook, ...] = ()
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read(project: Project) -> Settings:
    """Read and check the file; what it leaves out is as without it.

    Raises
    ------
    ProjectError
        ``bad_toml``, ``unknown_key``, ``wrong_type``, ``wrong_value``, ``missing_key``,
        ``missing_file``, with file and key.
    """
    path = project.root / NAME
    if not path.is_file():
        return Settings()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ProjectError(
            "bad_toml", "the file is not valid TOML", place=NAME, found=str(error)
        ) from None
    _check(found, _SHAPE, "")
    office, reports = found.get("office", {}), found.get("reports", {})
    return Settings(
        office=Office(
            name=_texts(office.get("name", {})),
            footer=_texts(office.get("footer", {})),
            logo=_logo(project.root, office["logo"]) if office.get("logo") else "",
        ),
        languages=_languages(reports.get("languages", [*languages()])),
        focus=_focus(reports.get("focus", FOCUS)),
        notebooks=_notebooks(found.get("notebooks", [])),
        inputs={
            _needed(entry, "file", f"[[inputs]] {n}"): entry
            for n, entry in enumerate(found.get("inputs", []), 1)
        },
    )


def _check(value: Any, shape: Any, key: str) -> None:
    """Compare with the shape, key by key."""
    if shape is _TEXTS:
        texts = value if isinstance(value, dict) else {}
        if not isinstance(value, str) and not (
            texts and all(isinstance(text, str) for text in texts.values())
        ):
            raise _wrong("wrong_type", "wrong type", key, value, _TEXTS)
        _known_keys(texts, languages(), key)
    elif isinstance(shape, Mapping):
        _of_type(value, dict, key)
        _known_keys(value, shape, key)
        for name, inner in value.items():
            _check(inner, shape[name], f"{key}.{name}".lstrip("."))
    elif isinstance(shape, list):
        _of_type(value, list, key)
        for n, inner in enumerate(value, 1):
            _check(inner, shape[0], f"{key} {n}")
    else:
        _of_type(value, shape, key)


def _of_type(value: Any, kind: type, key: str) -> None:
    words: dict[type, str] = {dict: "a table", list: "a list", str: "text"}
    if not isinstance(value, kind):
        raise _wrong("wrong_type", "wrong type", key, value, words[kind])


def _known_keys(table: Mapping[str, Any], known: Mapping[str, Any], key: str) -> None:
    for name in table:
        if name not in known:
            raise ProjectError(
                "unknown_key",
                "unknown key",
                place=f"{NAME}, {key}" if key else NAME,
                found=repr(name),
                expected=suggest(name, known),
            )


def _wrong(code: str, message: str, key: str, found: Any, expected: str) -> ProjectError:
    return ProjectError(code, message, place=f"{NAME}, {key}", found=repr(found), expected=expected)


def _texts(value: str | Texts) -> Texts:
    return dict.fromkeys(languages(), value) if isinstance(value, str) else value


def _needed(entry: Mapping[str, Any], key: str, place: str) -> Any:
    if not entry.get(key):
        raise ProjectError("missing_key", f"no {key!r}", place=f"{NAME}, {place}")
    return entry[key]


def _languages(codes: Sequence[str]) -> tuple[str, ...]:
    for code in codes or [""]:
        if code not in languages():
            expected = " or ".join(languages())
            raise _wrong("wrong_value", "no such language", "reports.languages", code, expected)
    return tuple(dict.fromkeys(codes))


def _focus(text: str) -> str:
    try:
        return resolve(text).province_id
    except ParstudyError as error:
        raise ProjectError.of(error, place=f"{NAME}, reports.focus") from None


def _logo(root: Path, name: str) -> str:
    """A picture as a data URI, so that pages stay whole."""
    key = "office.logo"
    path = root / name
    if not path.is_file():
        raise ProjectError("missing_file", "no such file", place=f"{NAME}, {key}", found=name)
    data = path.read_bytes()
    kind = next((k for start, k in _KINDS.items() if data.lstrip().startswith(start)), "")
    if not kind or (kind.endswith("xml") and b"<svg" not in data):
        raise _wrong("wrong_value", "no picture that a page can show", key, name, "PNG, JPEG, SVG")
    if len(data) > _LOGO_LIMIT:
        found = f"{len(data) // 1000} kB"
        expected = f"at most {_LOGO_LIMIT // 1000} kB, since each report holds it"
        raise _wrong("wrong_value", "the picture is too large", key, found, expected)
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _notebooks(entries: Sequence[Mapping[str, Any]]) -> tuple[OwnNotebook, ...]:
    found: dict[str, OwnNotebook] = {}
    for n, entry in enumerate(entries, 1):
        place = f"[[notebooks]] {n}"
        name = str(_needed(entry, "name", place)).removesuffix(".ipynb")
        if name in found:
            raise _wrong("wrong_value", "a notebook twice", place, name, "one entry a notebook")
        sets = tuple(
            {key: value if isinstance(value, list) else [value] for key, value in one.items()}
            for one in entry.get("parameters", ())
        )
        found[name] = OwnNotebook(name, _texts(entry.get("title", {})), sets, f"{NAME}, {place}")
    return tuple(found.values())
