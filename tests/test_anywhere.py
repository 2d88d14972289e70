"""The command on other people's machines: code pages, closed streams, folders nobody may write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_runs import FINISH, PAGE, write

from parstudy.cli import main
from parstudy.dataset import Dataset

SHEET = """\
Tỉnh, thành phố;Chỉ số CCHC 2021 (%);Xếp hạng
Hải Phòng;91,80;1
Quảng Ninh;91,04;2
Lạng Sơn;86,27;40
"""


@pytest.fixture(scope="module")
def project(shipped: Dataset, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dự án")
    shutil.copytree(shipped.project.root / "data", folder / "data")
    shutil.copytree(root / "notebooks", folder / "notebooks")
    (folder / "bảng điểm.csv").write_text(SHEET, encoding="utf-8")
    return folder


def run(project: Path, *words: str, coding: str, **streams: object) -> tuple[int, bytes, bytes]:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    done = subprocess.run(
        [sys.executable, "-m", "parstudy", *words],
        cwd=project,
        env={**os.environ, "PYTHONIOENCODING": coding, "PYTHONUTF8": "0"},
        **options,  # type: ignore[call-overload]
    )
    return done.returncode, done.stdout or b"", done.stderr or b""


COMMANDS = [
    ["--help"],
    ["batch", "--help"],
    ["check"],
    ["add", "bảng điểm.csv"],
    ["plan", "new", "--province", "Lạng Sơn", "--year", "2021", "--out", "kế hoạch.csv", "--force"],
    ["batch", "--provinces", "Lạng Sen", "--years", "2021"],
]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")
def test_a_name_that_is_no_text_is_told(project: Path, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"a\xff.csv")
    file.write_text(SHEET, encoding="utf-8")
    asked = ["add", "--yes", "--index", "PAR_INDEX", "--year", "2021", str(file)]
    code, _, error = run(project, *asked, coding="utf-8")
    assert rb"a\udcff.csv" in error
    assert b"the name of a file or folder is not UTF-8" in error
    assert code == 2


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("coding", ["cp1258", "ascii"])
def test_no_output_crashes_in_a_code_page(project: Path, words: list[str], coding: str) -> None:
    code, out, error = run(project, *words, coding=coding)
    assert b"Traceback" not in error
    assert code in (0, 2)
    assert out or error
    (out + error).decode(coding)


def test_a_code_page_of_viet_nam_keeps_the_letters(project: Path) -> None:
    _, _, error = run(
        project, "report", "--province", "Lạng Sen", "--year", "2021", coding="cp1258"
    )
    from unicodedata import normalize

    assert "Lạng Sơn" in normalize("NFC", error.decode("cp1258"))
    _, _, error = run(project, "report", "--province", "Lạng Sen", "--year", "2021", coding="ascii")
    assert b"Lang Son" in error


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_a_closed_stream_is_no_crash(project: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m parstudy check --severity error {closed}'],
        cwd=project,
        capture_output=True,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize(
    ("words", "kernels"),
    [("batch --years 2020 2021 --jobs 2", "fork"), ("report --year 2022", "ordinary")],
)
def test_reports_are_made_with_few_open_files_and_no_streams(
    project: Path, words: str, kernels: str
) -> None:
    write(project, PAGE.replace('"f00d"', '""'), FINISH, name=kernels)
    command = f'"{sys.executable}" -m parstudy {words} --lang vi --notebook {kernels}'
    done = subprocess.run(
        ["sh", "-c", f"ulimit -n 64; exec {command} --province lang-son <&- >&- 2>&-"],
        cwd=project,
        env={**os.environ, "PARSTUDY_KERNELS": kernels},
    )
    assert done.returncode == 0
    made = sorted(path.stem for path in (project / "reports" / "vi" / kernels).glob("*.html"))
    assert made == (["lang-son-2020", "lang-son-2021"] if kernels == "fork" else ["lang-son-2022"])


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize("allowed", [12, 16, 20, 24, 28])
def test_too_few_open_files_are_said_to_be_it(project: Path, allowed: int) -> None:
    done = subprocess.run(
        [
            "sh",
            "-c",
            f'ulimit -n {allowed}; exec "{sys.executable}" -m parstudy '
            "report --province hue --year 2021",
        ],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == ("parstudy: too few open files are allowed; allow more: ulimit -n 1024\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full")
def test_a_full_disk_is_one_message(project: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, error = run(project, "check", coding="utf-8", stdout=full)
    assert code == 2
    assert error.decode().splitlines() == ["parstudy: No space left on device"]


@pytest.mark.parametrize("before", [True, False])
def test_the_project_is_named_before_or_behind_the_command(
    project: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    where, what = ["--project", str(project)], ["check", "--severity", "error"]
    assert main([*where, *what] if before else [*what, *where]) == 0
    assert "figures" in capsys.readouterr().out
    plan = ["plan", "check", "none.csv", "--project", str(project / "none")]
    assert main(plan) == 2
    assert "no parstudy project" in capsys.readouterr().err


def test_reports_that_cannot_be_written_are_refused_before_anything_runs(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("data", "notebooks"):
        (tmp_path / name).symlink_to(project / name)
    (tmp_path / "reports").write_text("a file where the folder should be")
    assert main(["--project", str(tmp_path), "report", "--notebook", "data_audit"]) == 2
    error = capsys.readouterr().err
    assert "reports cannot be written" in error
    assert error.count("\n") == 1


# --- set-up scripts ------------------------------------------------------------------------------

FAKE = """\
#!/bin/sh
echo "$@" >> "$FAKE_LOG"
[ "$(wc -l < "$FAKE_LOG")" -ge 3 ] && exit 0
echo "E: $FAKE_SAYS" >&2
exit 100
"""


@pytest.mark.skipif(os.name != "posix", reason="shells of POSIX")
@pytest.mark.parametrize(
    ("says", "code", "calls"),
    [
        ("Could not get lock /var/lib/apt/lists/lock. It is held by process 7", 0, 3),
        ("Unable to locate package chromium", 100, 1),
    ],
)
def test_set_up_waits_for_a_busy_package_manager(
    root: Path, tmp_path: Path, says: str, code: int, calls: int
) -> None:
    for name, text in (("apt-get", FAKE), ("sudo", '#!/bin/sh\nexec "$@"\n')):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PARSTUDY_APT_PAUSE": "0"}
    env |= {"FAKE_LOG": str(tmp_path / "log"), "FAKE_SAYS": says}
    done = subprocess.run(
        ["sh", str(root / "tools" / "apt-get.sh"), "install", "-y", "chromium"],
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    assert len((tmp_path / "log").read_text().splitlines()) == calls
    assert (says in done.stderr) == (code != 0)
