"""The command in another language: help, messages and errors; what has no translation is found."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from parstudy.cli import _parser, _words, main
from parstudy.errors import ParstudyError, RunError

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import extract_errors


@pytest.fixture
def vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_words.VARIABLE, "vi")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({}, "en"),
        ({"PARSTUDY_LANG": "vi"}, "vi"),
        ({"PARSTUDY_LANG": "en", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"LC_ALL": "vi_VN", "LANG": "C"}, "vi"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_is_said_or_that_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], code: str
) -> None:
    for name in (_words.VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _words.code() == code


def helps(capsys: pytest.CaptureFixture[str]) -> str:
    out = ""
    for words in ([], ["report"], ["batch"], ["add"], ["plan"], ["plan", "new"], ["prune"]):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
        out += capsys.readouterr().out
    return out


def test_help_is_in_vietnamese(vietnamese: None, capsys: pytest.CaptureFixture[str]) -> None:
    out = helps(capsys)
    assert "cách dùng: parstudy" in out
    assert "tên sổ tay" in out
    english = re.findall(r"\b(?:usage|options|the|and|with|show|name of)\b[^\n]*", out)
    assert [line for line in english if not line.startswith("options of")] == []


def test_help_in_english_is_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(_words.VARIABLE, "en")
    out = helps(capsys)
    assert "usage: parstudy" in out
    assert "show this help message and exit" in out
    assert not re.search("[ăâđêôơư]", out)


def test_nothing_is_printed_past_the_catalogue(root: Path) -> None:
    past = []
    for path in sorted((root / "src" / "parstudy" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call)
            if called and getattr(node.func, "id", "") in {"print", "input"}:  # type: ignore[union-attr]
                past += [f"{path.name}: {text}" for text in map(_literal, node.args) if text]  # type: ignore[union-attr]
            for keyword in node.keywords if called else ():  # type: ignore[union-attr]
                if keyword.arg in {"help", "title", "description"} and _literal(keyword.value):
                    past.append(f"{path.name}: {_literal(keyword.value)}")
    allowed = ("parstudy", "PDF")
    assert [line for line in past if not line.endswith(allowed)] == []


def _literal(node: ast.expr) -> str:
    """Words that stand in an expression itself, not in a call of the catalogue."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(p.value) for p in parts if isinstance(p, ast.Constant))
    return text.strip() if re.search("[a-z]{4}", text.replace("parstudy", "")) else ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["report", "--province", "Lạng Sen", "--year", "2021"], "Các tên gần nhất: Lạng Sơn"),
        (["--project", "none", "build"], "none: thư mục đã nêu không phải dự án parstudy"),
        (["plan", "check", "none.csv"], "none.csv: không có kế hoạch này"),
        (["report", "--notebook", "driver", "--year", "2021"], "Có phải ý bạn là drivers?"),
        (["batch", "--provinces", "lang-son"], "Trên dòng lệnh: --year GIÁ_TRỊ"),
    ],
)
def test_errors_are_in_vietnamese(
    vietnamese: None, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "expected" not in error
    assert "found" not in error


def test_an_error_keeps_all_that_it_says(vietnamese: None) -> None:
    error = RunError(
        "missing_parameter",
        "no value for the parameter 'year'",
        place="x.ipynb",
        found="lang, province",
        expected="int or None",
        advice="On the command line: --year VALUE",
    )
    assert _words.worded(error) == (
        "x.ipynb: chưa có giá trị cho tham số 'year'; thấy lang, province; cần int hoặc None. "
        "Trên dòng lệnh: --year GIÁ_TRỊ"
    )
    unknown = ParstudyError("x", "something nobody has translated", found="{braces}")
    assert _words.worded(unknown) == "something nobody has translated; thấy {braces}"


@pytest.mark.parametrize(
    ("head", "names", "why"),
    [
        ("Bộ", ["Bộ Tài chính", "Bộ Nội vụ", "Bộ Y tế"], "một bảng về các bộ, ngành"),
        (
            "Đơn vị",
            ["Huyện Chi Lăng", "Huyện Bình Gia", "Huyện Lộc Bình"],
            "tên không phải của tỉnh, thành phố nào: 'Huyện Chi Lăng'",
        ),
        ("Ghi chú", ["2", "3", "4"], "số liệu bên cạnh số thứ tự, không có tên tỉnh, thành phố"),
    ],
)
def test_why_no_table_is_read_is_in_vietnamese(
    vietnamese: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    head: str,
    names: list[str],
    why: str,
) -> None:
    path = tmp_path / "a.csv"
    rows = [f"{n};{name};{90 - n / 10}" for n, name in enumerate(names, 1)]
    path.write_text("\n".join(["PAR INDEX 2021;;", f"STT;{head};Điểm", *rows]), encoding="utf-8")
    (tmp_path / "data/raw").mkdir(parents=True)
    assert main(["--project", str(tmp_path), "add", str(path)]) == 2
    error = capsys.readouterr().err
    assert f"thấy tệp (5 x 3); {why}" in error
    assert "not" not in error.replace("docs", "")


def test_what_is_read_is_told_in_vietnamese(
    vietnamese: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    names = ["Hà Nội", "Lạng Sơn", "Cà Mau", "Huế"]
    rows = [f"{n};{name};{90 - n}" for n, name in enumerate(names, 1)]
    head = ["PAR INDEX 2025;;", "STT;Tỉnh;Cải cách thể chế"]
    path.write_text("\n".join([*head, *rows]), encoding="utf-8")
    (tmp_path / "data/raw").mkdir(parents=True)
    assert main(["--project", str(tmp_path), "add", str(path)]) == 0
    told = capsys.readouterr().out
    assert "cột 3: 'Cải cách thể chế' -> A2 percent (trên 20, nhiều hơn điểm của một" in told


def test_an_error_of_a_batch_is_told_as_well(vietnamese: None) -> None:
    line = "vi/x/y: cell 3 stopped with ValueError; found no data. See y.error.txt"
    assert _words.worded_line(line) == (
        "vi/x/y: ô 3 dừng vì ValueError; thấy no data. Xem y.error.txt"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "warning: rank_shared: PAR_INDEX 2015 x total: rank 3 is claimed for a and for b; "
            "found a: 1; b: – [figures.csv row 2]\n",
            "cảnh báo: rank_shared: PAR_INDEX 2015 x total: hạng 3 được nêu cho cả a và b; "
            "thấy a: 1; b: – [figures.csv dòng 2]\n",
        ),
        (
            "error: above_maximum: PAR_INDEX 2023 x A4: a.csv row 9: score above the component's "
            "maximum; found 9.9; expected ≤ 9 [a.csv row 9; b.xlsx sheet 'PL1'!C3; and 2 more]\n",
            "lỗi: above_maximum: PAR_INDEX 2023 x A4: a.csv dòng 9: điểm cao hơn điểm tối đa của "
            "thành phần; thấy 9.9; cần ≤ 9 [a.csv dòng 9; b.xlsx trang tính 'PL1'!C3; và 2 nữa]\n",
        ),
        (
            "warning: parts_do_not_add_up: PAR_INDEX 2023 x total: A1, A2 do not add up to the "
            "total; found 1 + 2 = 3; expected 4\n",
            "cảnh báo: parts_do_not_add_up: PAR_INDEX 2023 x total: A1, A2 cộng lại không bằng "
            "tổng điểm; thấy 1 + 2 = 3; cần 4\n",
        ),
        (
            "warning: conflict_rank: PAR_INDEX 2023 x total: sources contradict each other on the "
            "rank; found 1 (a) ≠ 2 (b)\n",
            "cảnh báo: conflict_rank: PAR_INDEX 2023 x total: các nguồn mâu thuẫn nhau về thứ "
            "hạng; thấy 1 (a) ≠ 2 (b)\n",
        ),
        (
            "  sheet 'PL1' column C: 'Tổng điểm' -> total score\n",
            "  trang tính 'PL1' cột C: 'Tổng điểm' -> total score\n",
        ),
        (
            "  sheet 'PL1' column D 'Ghi chú': not understood, not read\n",
            "  trang tính 'PL1' cột D 'Ghi chú': không hiểu, không đọc\n",
        ),
        (
            "  a.xlsx row 4 'Điểm': the title is of one source of points (survey), not read\n",
            "  a.xlsx dòng 4 'Điểm': tiêu đề chỉ nói về một nguồn điểm (survey), không đọc\n",
        ),
        ("[2/9] made en/x/y (1.5 s)\n", "[2/9] đã tạo en/x/y (1.5 giây)\n"),
        (
            "  note: en/x/y and 3 more: cell 2: an empty picture is left out",
            "  ghi chú: en/x/y và 3 báo cáo nữa: ô 2: bỏ một hình trống",
        ),
        (
            "waiting: another parstudy changes /a",
            "đang chờ: một lệnh parstudy khác đang thay đổi /a",
        ),
        ("  from /a/b\n", "  nguồn: /a/b\n"),
        (
            "  new: 14 releases, PAPI 2011–2024, 21891 figures\n",
            "  mới: 14 bản công bố, PAPI 2011–2024, 21891 số liệu\n",
        ),
        ("  kept: boundaries\n", "  giữ lại: boundaries\n"),
        (
            "geo: Boundaries of the 63 provinces and the 34 units",
            "geo: Địa giới 63 tỉnh, thành phố và 34 đơn vị",
        ),
        (
            "par: nothing was registered: /a: there is no CSV file; found none",
            "par: chưa ghi nhận được gì: /a: không có tệp CSV; thấy none",
        ),
        ("    year: int = 2021  # index year", "    year: int = 2021  # năm đánh giá"),
        ("  first = 'what nobody has translated'\n", "  first = 'what nobody has translated'\n"),
    ],
)
def test_lines_of_the_library_are_told_as_well(vietnamese: None, line: str, told: str) -> None:
    assert _words.told_lines(line) == told


def test_a_mistake_in_the_words_of_the_command_line(
    vietnamese: None, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, says in (
        (["report", "--year", "21"], "cần năm đánh giá như 2021"),
        (["report", "--year"], "cần một giá trị"),
        (["reprot"], "lựa chọn không hợp lệ"),
        (["plan", "new"], "thiếu các tham số bắt buộc"),
    ):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 2
        assert says in capsys.readouterr().err


def test_translations_of_errors_lose_nothing(root: Path) -> None:
    catalog = extract_errors.updated("vi", extract_errors.templates(root), root)
    for message in catalog:
        if message.id and message.string:
            holes = sorted(re.findall(r"\{\w+\}", str(message.id)))
            assert sorted(re.findall(r"\{\w+\}", str(message.string))) == holes, message.id
            for command in re.findall(r"--[a-z-]+|docs/[a-z-]+\.md", str(message.id)):
                assert command in str(message.string), message.id


def test_every_error_has_a_translation(root: Path) -> None:
    """Where this fails: run tools/extract_errors.py, and translate what its --list names."""
    catalog = extract_errors.updated("vi", extract_errors.templates(root), root)
    assert extract_errors.untranslated(catalog) == {}


def test_the_parser_knows_english_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(_words.VARIABLE, "vi")
    _parser.parser()
    monkeypatch.setenv(_words.VARIABLE, "en")
    with pytest.raises(SystemExit):
        _parser.parser().parse_args(["report", "--year"])
    assert "expected one argument" in capsys.readouterr().err
