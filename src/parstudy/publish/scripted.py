"""Pages with a script of their own, in all languages at once: the index and the comparison."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from parstudy.display.words import LANGUAGES
from parstudy.facts import languages
from parstudy.facts.phrases import bound
from parstudy.publish.exporter import TEMPLATES, script_hash


def with_script(name: str, **values: Any) -> str:
    """Render ``template/<name>``: its page with its style and script inside.

    Parameters
    ----------
    name : str
        ``index`` or ``compare``: folder with ``<name>.html.j2``, ``<name>.css``, ``<name>.js``.
    **values
        What the page needs.

    Returns
    -------
    str
        A document whose policy lets only its own script run.
    """
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader([TEMPLATES / name, TEMPLATES / "shared"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["languages"] = LANGUAGES
    environment.filters["bound"] = bound
    script = environment.get_template(f"{name}.js").render(**values)
    styles = ("base.css", "two_languages.css", f"{name}.css")
    return environment.get_template(f"{name}.html.j2").render(
        css="\n".join(environment.get_template(style).render().strip() for style in styles),
        script=script,
        script_hash=script_hash(script),
        names={code: languages.name(code) for code in LANGUAGES},
        **values,
    )


def inert_json(data: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element, whatever its texts hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c")
