"""A researcher opens a notebook in JupyterLab and chooses Run All."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/province_report.ipynb"
# Lạng Sơn 2021, the notebook's own parameters
FIGURES = ("87,11", "23/63", "87,07%", "31/63", "36/63", "39/63")
SETTINGS = {
    # cells that are out of sight would not be in the page
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
    },
}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def jupyterlab(folder: Path, private: Path, project: Path) -> Iterator[str]:
    """JupyterLab on a folder, with no settings but ours; gives its address."""
    for name, content in SETTINGS.items():
        path = private / "config" / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "IPYTHONDIR": str(private / "ipython"),
        "PARSTUDY_PROJECT": str(project),
    }
    environment.pop("MPLBACKEND", None)
    port, token = _free_port(), secrets.token_hex(8)
    log = private / "jupyterlab.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={token}",
                f"--ServerApp.root_dir={folder}",
                "--LabApp.news_url=",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            ],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_up(server, f"{address}/api?token={token}", log)
            yield f"{address}/lab/tree/{{}}?reset&token={token}"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_until_up(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")


def test_run_all_shows_the_figures(browser: Any, tmp_path: Path) -> None:
    source, project = ROOT / NOTEBOOK, ROOT
    # from any folder: a copy, which may be changed by running it
    folder = tmp_path / "somewhere else"
    folder.mkdir()
    shutil.copy(source, folder)
    with jupyterlab(folder, tmp_path, project) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(address.format(source.name))
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        # a cell that is run while there is no kernel yet is not run at all
        page.get_by_text(re.compile(r"\| Idle")).first.wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        # the last thing that a page shows
        page.locator(".jp-OutputArea .ps-colophon").wait_for(timeout=120_000, state="attached")
        outputs = page.locator(".jp-Notebook .jp-OutputArea")
        assert outputs.locator("[data-mime-type*=error], [data-mime-type*=stderr]").count() == 0
        figures = outputs.locator("figure.ps-figure img").all()
        assert figures
        for figure in figures:
            assert figure.evaluate("i => i.decode().then(() => i.naturalWidth)") > 100
            assert figure.get_attribute("alt")
        assert outputs.locator("table.ps-table td").count() > 0
        assert outputs.locator("h1").count() == 1
        shown = " ".join(outputs.all_inner_texts())
        for figure_text in FIGURES:
            assert figure_text in shown, figure_text
        page.close()


def test_a_changed_covariance_changes_table_words_and_picture(browser: Any, tmp_path: Path) -> None:
    """Of the regression cell of `drivers`, run again with another covariance."""
    folder = tmp_path / "somewhere else"
    folder.mkdir()
    shutil.copy(ROOT / "notebooks/drivers.ipynb", folder)
    with jupyterlab(folder, tmp_path, ROOT) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(address.format("drivers.ipynb"))
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        page.get_by_text(re.compile(r"\| Idle")).first.wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.locator(".jp-OutputArea .ps-colophon").wait_for(timeout=120_000, state="attached")
        cell = page.locator(".jp-CodeCell", has=page.locator("#regression-table"))
        before = _shown(cell)
        assert "(HC3)" in before["words"]
        line = cell.locator(".cm-line", has_text='cov_type="HC3"')
        line.get_by_text('"HC3"', exact=True).dblclick()
        page.keyboard.type("classical")
        assert 'cov_type="classical"' in cell.locator(".cm-content").inner_text()
        page.keyboard.press("Control+Enter")
        cell.get_by_text("cổ điển (phương sai bằng nhau)").first.wait_for(timeout=60_000)
        after = _shown(cell)
        assert cell.locator("[data-mime-type*=error]").count() == 0
        for what in ("table", "words", "picture"):
            assert after[what] != before[what], what
        page.close()


def _shown(cell: Any) -> dict[str, str]:
    """What the outputs of a cell show: cells of the table, words below it, the picture."""
    return {
        "table": " ".join(cell.locator("#regression-table td").all_inner_texts()),
        "words": " ".join(cell.locator("figcaption, .ps-note").all_inner_texts()),
        "picture": str(cell.locator("figure.ps-figure img").first.get_attribute("src")),
    }
