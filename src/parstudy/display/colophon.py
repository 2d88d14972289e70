"""How a page was made, so that it can be made again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

import parstudy
from parstudy.display.ways import beside
from parstudy.display.words import Language

_FINGERPRINT_SHOWN = 12
_NAMED_OPTIONS = frozenset({"province", "year", "index", "level", "lang"})


def colophon(
    language: Language,
    notebook: str,
    parameters: Mapping[str, Any],
    fingerprint: str,
    command: str,
    title: str = "",
) -> Markup:
    """Write the section that says from what a page was made, and how to make it again.

    Parameters
    ----------
    language : Language
        Language of the words.
    notebook : str
        Name of the notebook.
    parameters : Mapping
        Parameters of the run, plain values.
    fingerprint : str
        Fingerprint of the data; empty if the page uses none.
    command : str
        How to make the page again, see :func:`command`.
    title : str
        Title by which another text cites the page; that of the notebook if it has none.

    Returns
    -------
    Markup
    """
    given = Markup(", ").join(
        Markup("<code>{}={}</code>").format(key, _shown(value)) for key, value in parameters.items()
    )
    data = Markup('<code title="{}">{}</code>').format(
        fingerprint, fingerprint[:_FINGERPRINT_SHOWN]
    )
    # so that the same figures are found again
    cited = language.text(
        "“{title}”, made with parstudy {version} from data with fingerprint {fingerprint}.",
        title=title or notebook,
        version=parstudy.__version__,
        fingerprint=fingerprint[:_FINGERPRINT_SHOWN],
    )
    entries = [
        (language.text("Notebook"), Markup("<code>{}</code>").format(notebook)),
        (language.text("Parameters"), given or language.missing),
        *([(language.text("Data fingerprint"), data)] if fingerprint else []),
        (language.text("Program"), Markup("parstudy {}").format(parstudy.__version__)),
        (language.text("Make it again"), Markup("<code>{}</code>").format(command)),
        *([(language.text("To cite this page"), escape(cited))] if fingerprint else []),
        (
            language.text("To take along"),
            Markup("").join(
                Markup('<span class="ps-step">{}</span>').format(beside(words, suffix))
                for words, suffix in (
                    (language.text("all tables (.xlsx)"), ".xlsx"),
                    (language.text("the report as a Word document (.docx)"), ".docx"),
                    (language.text("the executed notebook (.ipynb)"), ".ipynb"),
                )
            ),
        ),
    ]
    # on paper the command says all of the rest, and links lead nowhere
    paper = {language.text("Make it again"), language.text("To cite this page")}
    body = Markup("\n").join(
        Markup("<div{}><dt>{}</dt><dd>{}</dd></div>").format(
            "" if term in paper else Markup(' class="ps-screen"'), term, what
        )
        for term, what in entries
    )
    return Markup('<section class="ps-colophon">\n<h2>{}</h2>\n<dl>\n{}\n</dl>\n</section>').format(
        language.text("How this page was made"), body
    )


def plain(value: Any) -> Any:
    """Parameter as a plain value: no numpy in what is handed to the publisher."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    return str(value)


def command(notebook: str, parameters: Mapping[str, Any]) -> str:
    r"""Write the command that makes a page again.

    Parameters
    ----------
    notebook : str
        Name or path of the notebook, as the command takes it.
    parameters : Mapping
        Parameters of the run, plain values.

    Examples
    --------
    >>> command("mine/regions.ipynb", {"year": 2021, "weights": {"A1": 2}})
    'parstudy report --notebook mine/regions.ipynb --year 2021 -p weights \'{"A1": 2}\''
    """
    words = ["parstudy", "report"]
    if notebook != "province_report":
        words += ["--notebook", notebook]
    for key, value in parameters.items():
        if value is None or value == "":
            continue
        # those that the command names; the rest of a notebook's parameters go by -p
        named = key in _NAMED_OPTIONS
        words += [f"--{key}", *_arguments(value)] if named else ["-p", key, _written(value)]
    return shlex.join(words)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return _written(value)
    return " ".join(_arguments(value)) if value is not None else ""


def _arguments(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
