"""The annex as one HTML file that opens and prints without network."""

from __future__ import annotations

from markupsafe import Markup

from parstudy.plans import _docx, _form
from parstudy.plans._model import Plan

_STYLE = """
@page{size:A4 landscape;margin:12mm}
body{font:15px/1.5 "Times New Roman","Liberation Serif",serif;color:#000;background:#fff;
margin:0 auto;max-width:1180px;padding:16px}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;gap:8px;text-align:center}
.head p,.mid p{margin:0}.mid{text-align:center;margin:18px 0 10px}
h1{font-size:18px;margin:0}h2{font-size:16px;margin:20px 0 6px}
.wrap{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13px}
caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
th,td{border:1px solid #777;padding:4px 6px;vertical-align:top;text-align:left}
td{white-space:pre-line}
thead{display:table-header-group}thead th{background:#d9e2f3;text-align:center;
vertical-align:middle}tr{break-inside:avoid}
tbody th.band{background:#f2f2f2}.c{text-align:center}.note{font-style:italic;font-size:13px;
margin:4px 0}.mark{color:#b00000;font-weight:bold}
.sign{display:flex;justify-content:space-around;text-align:center;margin-top:24px;
min-height:110px;break-inside:avoid}.sign p{margin:0}
"""


def data(plan: Plan) -> bytes:
    """The page in UTF-8, the same bytes each time."""
    issuer = (plan.authority or "Ủy ban nhân dân tỉnh …").upper()
    mark = Markup('<p class="mark">{}</p>').format(_form.SYNTHETIC) if plan.synthetic else ""
    counted = 0
    blocks = []
    cut = _docx.parts(plan)
    for title, wanted, rows in cut:
        columns = _form.used(plan, wanted)
        head = Markup("").join(
            Markup('<th scope="col">{}</th>').format(text)
            for text in ("STT", *(_form.label(c) for c in columns))
        )
        lines = []
        for group in _form.groups(rows):
            lines.append(
                Markup('<tr><th class="band" scope="rowgroup" colspan="{}">{}</th></tr>').format(
                    len(columns) + 1, group.title
                )
            )
            for row in group.rows.to_dict("records"):
                counted += 1
                cells = Markup("").join(
                    Markup("<td{}>{}</td>").format(
                        Markup(' class="c"') if c in _docx.CENTRED else "", _form.cell_text(row, c)
                    )
                    for c in columns
                )
                lines.append(Markup('<tr><td class="c">{}</td>{}</tr>').format(counted, cells))
        notes = Markup("").join(
            Markup('<p class="note">{}</p>').format(text)
            for text in _form.notes(columns, plan if title == cut[-1][0] else None)
        )
        blocks.append(
            Markup(
                '<h2>{}</h2><div class="wrap"><table><caption>{}</caption><thead><tr>{}</tr>'
                "</thead><tbody>{}</tbody></table></div>{}"
            ).format(title, title, head, Markup("\n").join(lines), notes)
        )
    signed = Markup("").join(
        Markup("<div><p><strong>{}</strong></p><p><em>{}</em></p></div>").format(title, hint)
        for title, hint in zip(_form.SIGNED_BY, _form.SIGN_HINTS, strict=True)
    )
    page = Markup(
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>{title}</title><style>{style}</style></head><body>"
        '<div class="head"><p><strong>{issuer}</strong></p>'
        "<p><strong>{nation}</strong><br><strong>{motto}</strong></p></div>"
        '<div class="mid"><p><strong>{annex}</strong></p><h1>{title}</h1><p><em>{annexed}</em></p>'
        '{mark}</div>{blocks}<div class="sign">{signed}</div></body></html>\n'
    ).format(
        title=plan.title or "…",
        style=Markup(_STYLE),
        issuer=issuer,
        nation=_form.NATION,
        motto=_form.MOTTO,
        annex=_form.ANNEX,
        annexed=_form.annexed(plan),
        mark=mark,
        blocks=Markup("\n").join(blocks),
        signed=signed,
    )
    return str(page).encode()
