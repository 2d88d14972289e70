"""Whose reports they are: name and logo above a finished page, a footer below it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from parstudy.facts import languages
from parstudy.settings import Office, Texts

_STYLE = """\
<style>
.ps-office { display: flex; align-items: center; gap: 0.75rem; font-weight: 600; }
.ps-office, .ps-office-footer { padding: 0.75rem 1.25rem; }
.ps-office img { max-height: 3rem; max-width: 10rem; }
.ps-office-footer { font-size: 0.875rem; border-top: 1px solid currentColor; }
</style>
"""


def with_office(html: str, office: Office | None, codes: Sequence[str]) -> str:
    """The page with the office's name, logo and footer; unchanged if it has none of them.

    Parameters
    ----------
    html : str
        A whole document.
    office : Office or None
        Whose it is.
    codes : sequence of str
        Languages of the page; one that has several shows the one that is chosen.
    """
    if office is None or office == Office():
        return html
    name, footer = _spoken(office.name, codes), _spoken(office.footer, codes)
    alt = languages.best(office.name, codes[0]) or "logo"
    logo = Markup('<img src="{}" alt="{}">').format(office.logo, "" if name else alt)
    # a region with a name: the banner of the page is the bar below it
    above = Markup('<div class="ps-office" role="region" aria-label="{}">{}{}</div>\n').format(
        alt, logo if office.logo else "", Markup("<span>{}</span>").format(name) if name else ""
    )
    below = Markup('<footer class="ps-office-footer">{}</footer>\n').format(footer)
    html = html.replace("</head>", f"{_STYLE}</head>", 1)
    if name or office.logo:
        html = html.replace("<body>\n", f"<body>\n{above}", 1)
    if footer:
        start, end, rest = html.rpartition("</body>")
        html = f"{start}{below}{end}{rest}"
    return html


def _spoken(texts: Texts, codes: Sequence[str]) -> Markup:
    if not texts:
        return Markup("")
    if len(codes) == 1:
        return Markup("{}").format(languages.best(texts, codes[0]))
    return Markup("").join(
        Markup('<span class="t" lang="{}">{}</span>').format(code, languages.best(texts, code))
        for code in codes
    )
