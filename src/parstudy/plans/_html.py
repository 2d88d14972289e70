"""The annex as one HTML file that opens and prints without network."""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

from parstudy.plans import _form, _model
from parstudy.plans._model import Plan


def as_html(plan: Plan) -> bytes:
    """The page in UTF-8, the same bytes each time."""
    from jinja2 import Environment
    from markupsafe import Markup

    here = files("parstudy.plans")
    source = re.sub(r"\n *", "", here.joinpath("annex.html.j2").read_text(encoding="utf-8"))
    style = here.joinpath("annex.css").read_text(encoding="utf-8")
    page = (
        Environment(autoescape=True)
        .from_string(source)
        .render(
            plan=plan,
            parts=_form.parts(plan),
            form=_form,
            label=_model.label,
            style=Markup(f"\n{style}"),
            number=itertools.count(1).__next__,
        )
    )
    return page.encode()
