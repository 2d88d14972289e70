"""What MathJax takes and the setter of formulas does not, in words that it knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

MACROS = {"mbox": r"\text{#1}", "substack": r"{\begin{array}{c}#1\end{array}}"}
"""Commands that the setter lacks."""

LONG = 30
"""Letters of LaTeX from which on a formula within a line may be wider than a phone."""

_OPERATOR = re.compile(r"\\DeclareMathOperator(\*?)\s*\{?\s*(\\[a-zA-Z]+)\s*\}?\s*\{([^{}]*)\}")
_DEFINED = re.compile(r"\\def\s*(\\[a-zA-Z]+)((?:#\d)*)\s*(?=\{)")
_LIKE = {"smallmatrix": "matrix", "split": "aligned"}
_NAMED = re.compile(rf"\\(begin|end)\{{({'|'.join(_LIKE)})\}}")
_REQUIRED = re.compile(r"\\require\{[^{}]*\}")
# in text, as MathJax finds them; not in code
_REFERENCE = re.compile(r"(`+)(?:(?!\1).)*\1|(?<![\\$])(\\(?:eq)?ref)\{([^{}\s]+)\}", re.DOTALL)
_NOT_SET = {"pre", "code", "script", "style", "textarea", "math", "svg", "kbd"}
_MARK = re.compile(r"\$|\\[(\[]")
_IN_HTML = re.compile(
    r"\\\((?P<within>.+?)\\\)|\\\[(?P<own>.+?)\\\]|\$\$(?P<line>[^$]+)\$\$"
    r"|(?<![\\$\w])\$(?![\d.,]+\s+[^\W\d_]{2,})(?P<dollars>(?=\S)[^$\n]+?(?<=\S))\$(?![\w$])",
    re.DOTALL,
)


def as_known(latex: str) -> str:
    r"""LaTeX with definitions as the setter reads them.

    Parameters
    ----------
    latex : str
        A formula.

    Examples
    --------
    >>> print(as_known(r"\DeclareMathOperator{\Var}{Var}\def\x#1{\mathbf{#1}}"))
    \providecommand{\Var}{\operatorname{Var}}\providecommand{\x}[1]{\mathbf{#1}}
    """
    latex = _OPERATOR.sub(r"\\providecommand{\2}{\\operatorname\1{\3}}", latex)
    latex = _DEFINED.sub(_provided, latex)
    latex = _NAMED.sub(lambda m: rf"\{m[1]}{{{_LIKE[m[2]]}}}", _REQUIRED.sub("", latex))
    return latex.replace(r"\newcommand", r"\providecommand")


def _provided(found: re.Match[str]) -> str:
    arguments = found[2].count("#")
    return rf"\providecommand{{{found[1]}}}" + (f"[{arguments}]" if arguments else "")


def with_references(source: str) -> str:
    r"""Markdown in which references to equations stand as formulas.

    Parameters
    ----------
    source : str
        Markdown.

    Examples
    --------
    >>> print(with_references(r"By (\ref{eq:a}), `\ref{b}` and \eqref{eq:b}"))
    By $\eqref{eq:a}$, `\ref{b}` and $\eqref{eq:b}$
    """
    if r"ref{" not in source:
        return source
    source = re.sub(r"\((\\ref\{[^{}\s]+\})\)", r"\1", source)
    return _REFERENCE.sub(
        lambda found: found[0] if found[1] else rf"$\eqref{{{found[3]}}}$", source
    )


def set_formulas(body: Any, formula: Callable[..., str]) -> None:
    """Set the formulas in the texts of an output; code and sums of money stay.

    Parameters
    ----------
    body : lxml element
        Changed in place.
    formula : callable
        Gives the HTML of a formula, ``block`` or not.
    """
    for element in list(body.iter()):
        texts = [(child, child.tail or "") for child in element]
        marked = [(c, t) for c, t in [(None, element.text or ""), *texts] if _MARK.search(t)]
        if marked and not any(_is_code(e) for e in (element, *element.iterancestors())):
            for child, text in marked:
                _set(element, child, text, formula)


def _set(element: Any, before: Any, text: str, formula: Callable[..., str]) -> None:
    """Put formulas into a text of an element: its first, or that behind one of its children."""
    from lxml import html as lxml_html

    pieces, end = [], 0
    for found in _IN_HTML.finditer(text):
        kind = found.lastgroup or ""
        pieces += [Markup.escape(text[end : found.start()])]
        pieces += [Markup(formula(found[kind], block=kind in {"own", "line"}))]
        end = found.end()
    if not pieces:
        return
    made = lxml_html.fragments_fromstring("".join([*pieces, Markup.escape(text[end:])]))
    words = made.pop(0) if isinstance(made[0], str) else ""
    if before is None:
        element.text = words
    else:
        before.tail = words
    place = 0 if before is None else element.index(before) + 1
    for child in reversed(made):
        element.insert(place, child)


def _is_code(element: Any) -> bool:
    classes = (element.get("class") or "").split()
    return element.tag in _NOT_SET or bool({"tex2jax_ignore", "mathjax_ignore"} & {*classes})
