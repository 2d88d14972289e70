"""Pieces of figures that a page hides are left out; pieces that it may hide are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_forms import expected
from test_shown import ROWS, page
from test_spreadsheets import same

from parstudy.errors import ReleaseError
from parstudy.intake import read_release


def beside(path: Path, inside: str, css: str = "") -> Path:
    """A page with something beside each figure of the scores; ``{}`` is the figure."""

    def cell(r: int, c: int, text: str) -> str:
        return f"<td>{inside.format(text) if r and c == 2 else text}</td>"

    return page(path, cell, css)


HIDDEN = [
    "color: #fff",
    "color: WHITE",
    "color: rgb(255 255 255)",
    "color: hsl(0, 0%, 99%)",
    "color: transparent",
    "color: rgba(0, 0, 0, 0)",
    "color: #0000",
    "-webkit-text-fill-color: transparent",
    "-webkit-text-security: disc",
    "filter: opacity(0%)",
    "opacity: .05",
    "content-visibility: hidden",
    "font-size: 1px",
    "font: 0/0 a",
    "position: fixed; left: 200vw",
    "position: absolute; top: -99em",
    "position: absolute; inset: 0 auto auto -100vw",
    "display: inline-block; transform: translateX(-9999px)",
    "margin-left: -9999px",
    "clip-path: circle(0)",
    "transform: scaleY(0)",
    "scale: 0",
    "display: inline-block; height: 1px; width: 1px; overflow: hidden",
]


@pytest.mark.parametrize("style", HIDDEN)
@pytest.mark.parametrize("sheet", [False, True])
def test_a_digit_that_nobody_sees_is_left_out_and_told(
    style: str, sheet: bool, tmp_path: Path
) -> None:
    mark, css = ("class='k'", f".k {{ {style} }}") if sheet else (f"style='{style}'", "")
    path = beside(tmp_path / "a.html", f"{{}}<span {mark}>4</span>", css)
    notes = same(path, expected(ROWS)).release.notes
    assert any("what the page does not show is not read: '4', '4'" in note for note in notes)


@pytest.mark.parametrize(
    "inside",
    [
        "{}<font color=white>4</font>",
        "{}<font color=FFFFFF>4</font>",
        "<font color=white>4<font color=black>{}</font></font>",
        "{}<details><summary></summary>4</details>",
        "{}<details>4<b>4</b></details>",
        "{}<dialog>4</dialog>",
        "{}<div popover>4</div>",
        "{}<ruby><rp>4</rp></ruby>",
        "<svg><title>4</title><text>{}</text></svg>",
    ],
)
def test_a_digit_that_an_element_hides_is_left_out(inside: str, tmp_path: Path) -> None:
    same(beside(tmp_path / "a.html", inside), expected(ROWS))


@pytest.mark.parametrize(
    "css",
    [
        ":is(.k, .l) { display: none }",
        "td > :where(.k) { display: none }",
        "b:not(.l, .m) { display: none }",
        "td:has(> b.k) b { display: none }",
        ".k { color: red; &:not(.l) { display: none } }",
        "td { .k { display: none } }",
        "@media (min-width: 100px) { .k { display: none } }",
        "@media only screen and (width >= 40em) { .k { display: none } }",
        "@media print, screen { .k { display: none } }",
        "@supports (display: grid) { .k { display: none } }",
        "@layer base { .k { display: none } }",
        ":root { --away: none } .k { display: var(--away) }",
        ".k { display: var(--unknown, none) }",
    ],
)
def test_rules_of_all_screens_and_kinds_hide(css: str, tmp_path: Path) -> None:
    same(beside(tmp_path / "a.html", "{}<b class='k'>4</b>", css), expected(ROWS))


@pytest.mark.parametrize(
    ("inside", "css"),
    [
        ("<i class='k'>{}</i>", "@media (prefers-color-scheme: dark) { .k { display: none } }"),
        ("<i class='k'>{}</i>", "@media not screen { .k { display: none } }"),
        ("<i class='k'>{}</i>", ".k::after { display: none } .k:hover { display: none }"),
        ("<i class='k'>{}</i>", "td { background: navy } .k { color: white }"),
        (
            "<i class='k'>{}</i>",
            "tr + tr > td:nth-child(3) { font-size: 0 } .k { font-size: 12px }",
        ),
        (
            "<i class='k'>{}</i>",
            "tr + tr > td:nth-child(3) { color: #fff } .k { color: var(--ink, #111) }",
        ),
        ("<i class='k'>{}</i>", "td { background: url(a.png); color: #fff } .k { color: #fff }"),
        ("<i>{}</i>", "tr { background-image: linear-gradient(#000, #222) } td { color: #fff }"),
        ("<i>{}</i>", "tr { background: color-mix(in srgb, black 80%, blue) } td { color: #fff }"),
        ("<i>{}</i>", "body { background: navy } td { color: light-dark(white, red) }"),
        ("<i style='font-weight: bold; letter-spacing: 1px; color: #c00'>{}</i>", ""),
        ("<i style='position: relative; top: 1px; margin: 0 -1px'>{}</i>", ""),
    ],
)
def test_figures_that_a_page_shows_are_read(inside: str, css: str, tmp_path: Path) -> None:
    same(beside(tmp_path / "a.html", inside, css), expected(ROWS))


@pytest.mark.parametrize(
    ("mark", "css", "found"),
    [
        ("style='position: absolute; left: 3em'", "", "position"),
        ("style='mask-image: linear-gradient(#000, #0000)'", "", "mask-image"),
        ("style='some-new-way: away'", "", "some-new-way"),
        ("style='animation: leave 0s forwards'", "", "animation"),
        ("style='opacity: .3'", "", "opacity"),
        ("style='font-size: 4px'", "", "font-size"),
        ("style='float: left'", "", "float"),
        ("style='margin-left: -20px'", "", "margin-left"),
        ("class='k'", "td { background: url(a.png) } .k { color: white }", "color"),
        ("class='k'", "@media (min-width: 1400px) { .k { display: none } }", ".k"),
        ("class='k'", "@container (width > 1px) { .k { display: none } }", ".k"),
        ("class='k'", "b.k:nth-col(2) { display: none }", "b.k:nth-col(2)"),
        ("class='k'", ".k::first-letter { font-size: 0 }", ".k::first-letter"),
    ],
)
def test_a_figure_of_which_a_piece_may_be_hidden_is_refused(
    mark: str, css: str, found: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as caught:
        read_release(beside(tmp_path / "a.html", f"{{}}<b {mark}>4</b>", css))
    assert caught.value.code == "not_a_number"
    assert f"[text that may be hidden or moved: {found}]" in caught.value.found


@pytest.mark.parametrize(
    "inside",
    [
        "<bdo dir='rtl'>{}</bdo>",
        "<span style='unicode-bidi: bidi-override; direction: rtl'>{}</span>",
        "<span style='display: flex; flex-direction: row-reverse'><b>1</b><i>{}</i></span>",
        "\u202e{}",
    ],
)
def test_a_figure_whose_digits_stand_in_another_order_is_refused(
    inside: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError, match="not a number"):
        read_release(beside(tmp_path / "a.html", inside))


@pytest.mark.parametrize(
    "inside",
    ["<div>{}</div>4", "{}<span style='display: block'>4</span>", "<p>{}</p>4", "{}<ul><li>4</ul>"],
)
def test_figures_on_two_lines_are_not_one(inside: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="not a number"):
        read_release(beside(tmp_path / "a.html", inside))


@pytest.mark.parametrize(
    "mark", ["<sub>1</sub>", "<b style='vertical-align: sub'>1</b>", "<ruby><rt>1</rt></ruby>"]
)
def test_a_digit_that_is_raised_or_lowered_is_a_mark(mark: str, tmp_path: Path) -> None:
    same(beside(tmp_path / "a.html", f"{{}}{mark}"), expected(ROWS))


@pytest.mark.parametrize("picture", ["<canvas>4</canvas>", "<svg><title>4</title></svg>"])
def test_what_stands_within_a_picture_for_old_programs_is_no_text(
    picture: str, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError, match=r"\[picture\]"):
        read_release(beside(tmp_path / "a.html", "{}" + picture))
