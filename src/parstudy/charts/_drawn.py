"""What every function that draws has in common: the look of a picture, and words on its arguments.

A picture documents what is its own. :func:`drawn` fills in the rest, so that ``help()`` is complete
while each common sentence stands here once.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeAlias, TypedDict, TypeVar

from markupsafe import Markup

from parstudy.display.chart import Chart, style
from parstudy.errors import ParstudyError

_P = ParamSpec("_P")
_R = TypeVar("_R")

Names: TypeAlias = Mapping[str, str] | None
Caption: TypeAlias = str | Markup | None
SHOWN = 20
"""Rows that a picture has at most, unless it is told otherwise."""


class Frame(TypedDict, total=False):
    """What may be set of every picture of a result, see :func:`pictures`."""

    names: Names
    limit: int
    id: str
    caption: Caption
    confidence: float | None


_PARAMETERS = {
    "language": ("Language", "Language of the picture."),
    "names": ("mapping of str to str, optional", "Names of the rows in that language."),
    "limit": ("int", "At most so many rows are drawn; a note says how many are not."),
    "name": ("str", "Name of the province in that language."),
    "highlight": ("str, optional", "Province to stress."),
    "synthetic": ("bool", "Whether to mark the picture as made of invented figures."),
    "id": ("str", "HTML id."),
    "caption": ("str or Markup, optional", "Text instead of the usual caption."),
    "confidence": ("float, optional", "Level of the intervals of a table that does not say it."),
}
_SECTIONS = {
    "Returns": "Chart\n    The picture with its text alternative and its caption.",
    "Raises": "ParstudyError\n"
    "    ``nothing_to_show`` if nothing is known, ``missing_column`` or ``not_a_table`` if what\n"
    "    is given lacks something.",
}


def drawn(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate a function that draws: in the look of all pictures, with a complete docstring.

    Parameters
    ----------
    function : callable
        Its docstring says what is its own; of its parameters those named in the list of common
        ones need no words, nor do the sections ``Returns`` and ``Raises`` if they are as usual.

    Returns
    -------
    callable
    """
    if function.__doc__:  # python -OO leaves none
        function.__doc__ = _completed(function, function.__doc__)

    @wraps(function)
    def inside(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Draw in the look of all pictures."""
        with style():
            return function(*args, **kwargs)

    return inside


def pictures(
    id: str, *, limit: int = SHOWN
) -> Callable[[Callable[_P, Chart]], Callable[_P, Chart]]:
    """Decorate a function that draws a result, ``f(result, language, *, …, **frame)``.

    Parameters
    ----------
    id : str
        HTML id of the picture if none is given.
    limit : int
        Rows at most if it is not said.

    Returns
    -------
    callable
        As of :func:`drawn`; ``frame`` comes with all that is in :class:`Frame`, and its parts are
        parameters in the signature that ``help()`` shows.
    """
    usual: dict[str, object] = {
        "names": None, "limit": limit, "id": id, "caption": None, "confidence": None,
    }  # fmt: skip

    def decorate(function: Callable[_P, Chart]) -> Callable[_P, Chart]:
        """Give the function its usual frame."""
        signature = inspect.signature(function)
        *own, _ = signature.parameters.values()
        kind = inspect.Parameter.KEYWORD_ONLY
        frame = [inspect.Parameter(n, kind, default=value) for n, value in usual.items()]
        shown = signature.replace(parameters=[*own, *frame])

        @wraps(function)
        def inside(*args: _P.args, **kwargs: _P.kwargs) -> Chart:
            """Draw with the usual values of what is not said."""
            return function(*args, **(usual | kwargs))  # type: ignore[arg-type]

        inside.__signature__ = shown  # type: ignore[attr-defined]
        return drawn(inside)

    return decorate


def _completed(function: Callable[..., object], doc: str) -> str:
    """Docstring with entries for all parameters, in their order, and all sections."""
    parts = re.split(r"\n\n(\w+)\n-+\n", inspect.cleandoc(doc))
    sections = {**_SECTIONS, **dict(zip(parts[1::2], parts[2::2], strict=True))}
    own: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", sections.pop("Parameters", "")):
        names = entry.partition("\n")[0].partition(" : ")[0]
        own |= dict.fromkeys(names.split(", "), entry)
    common = {name: f"{name} : {kind}\n    {text}" for name, (kind, text) in _PARAMETERS.items()}
    said = common | own
    entries = [said[name] for name in inspect.signature(function).parameters if name in said]
    ordered = {"Parameters": "\n".join(dict.fromkeys(entries)), **sections}
    return "\n\n".join(
        [parts[0], *(f"{title}\n{'-' * len(title)}\n{text}" for title, text in ordered.items())]
    )


def nothing_known(id: str, missing: str) -> ParstudyError:
    """Error of a picture that has nothing to draw.

    Parameters
    ----------
    id : str
        HTML id of the picture.
    missing : str
        What there is none of.

    Returns
    -------
    ParstudyError
        ``nothing_to_show``.
    """
    return ParstudyError(
        "nothing_to_show",
        missing,
        place=f"chart {id}",
        advice="Say in words that there is nothing to show",
    )
