"""papermill engines on warm kernels, where the system has them.

``papermill --engine parstudy-fork`` takes anybody's notebook: the first run in a process is as
slow as any other, the next ones start where its imports ended. :func:`execute` is for our own
runs. Differences from papermill's own: the environment and the folder are given to the
kernel alone (papermill changes those of the whole process), and nothing is left behind.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbformat import from_dict
from nbformat.v4 import upgrade
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.execute import raise_for_execution_errors, remove_error_markers
from papermill.parameterize import parameterize_notebook

from parstudy.kernels import MAY_FAIL
from parstudy.kernels.ordinary import ARGUMENTS, is_this_python, kernel_manager
from parstudy.kernels.processes import limit_memory
from parstudy.kernels.warm import ForkedManager, NotForked, Template, can_fork
from parstudy.leavings import mark, temporary

FORK_ENGINE = "parstudy-fork"
_KERNEL = "python3"

_shared: dict[tuple[tuple[str, str], ...], Template] = {}
"""Templates that this process has started for others' notebooks, by their environment."""


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells; when interrupted, forgets the cell before its kernel is stopped.

    Otherwise the forgotten cell would report, on its way out, that its kernel has died.
    """

    at: int | None = None
    """Position of the cell that is executed, or was the last."""

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        """Execute one cell, and keep in mind which."""
        self.at = cell_index
        return super().execute_cell(cell, cell_index, **options)

    def papermill_execute_cells(self) -> None:
        """Execute all cells; after an interrupt leave no task that waits for one."""
        try:
            super().papermill_execute_cells()
        except (KeyboardInterrupt, SystemExit):
            loop = ensure_event_loop()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            raise

    def set_widgets_metadata(self) -> None:
        """Called after the last cell: a kernel that came here may say what it has imported."""
        super().set_widgets_metadata()
        if isinstance(self.km, ForkedManager):
            self.km.gently = True


class ForkEngine(NBClientEngine):  # type: ignore[misc]
    """Executes anybody's notebook in a fork of a warm process, else in a kernel of its own."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute a notebook; what papermill calls."""
        if can_fork() and is_this_python(kernel_name):
            environment = dict(os.environ)
            key = tuple(sorted(environment.items()))
            try:
                if key not in _shared:
                    _shared[key] = Template.start(environment, private=False)
                return _forked(nb_man, _shared[key], _known_by(nb_man.nb), **options)
            except NotForked as error:
                from papermill.log import logger

                logger.info("an ordinary kernel: %s", error)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def _forked(nb_man: Any, template: Template, key: str, **options: Any) -> Any:
    from papermill.log import logger

    wanted = {
        name: options[name]
        for name in ("log_output", "stdout_file", "stderr_file")
        if options.get(name) is not None
    }
    client = _Client(
        nb_man,
        km=ForkedManager(template, key),
        timeout=options.get("execution_timeout") or options.get("timeout"),
        startup_timeout=options.get("start_timeout", 60),
        log=logger,
        **wanted,
    )
    return client.execute(cleanup_kc=True, cwd=str(Path.cwd()))


def _known_by(nb: Any) -> str:
    """What runs of one notebook have in common: its code, not the parameters."""
    code = [
        cell.source
        for cell in nb.cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", ())
    ]
    return hashlib.sha256("\0".join(code).encode("utf-8", "surrogatepass")).hexdigest()


@atexit.register
def _close_shared() -> None:
    while _shared:
        _shared.popitem()[1].close()


class _Engine(NBClientEngine):  # type: ignore[misc]
    """Executes one notebook of ours."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        folder: str,
        environment: Mapping[str, str],
        own: Mapping[str, str],
        start_timeout: int,
        template: Template | None = None,
        timeout: float = 0,
        memory: int = 0,
        **_: Any,
    ) -> Any:
        """Execute a notebook; what papermill calls."""
        # what the kernel process itself says (not the notebook) is wanted only if it dies
        with (
            tempfile.TemporaryDirectory(
                prefix=f"ps{mark()}-", dir=temporary(), ignore_cleanup_errors=True
            ) as private,
            (Path(private) / "kernel.log").open("w+b") as log,
        ):

            def execute(manager: Any, **options: Any) -> Any:
                client = _client(nb_man, manager, kernel_name, start_timeout, timeout)
                return _executed(client, log, cwd=folder, **options)

            if template is not None:
                try:
                    manager = ForkedManager(template, _known_by(nb_man.nb))
                    return execute(manager, memory=memory, env=own)
                except NotForked:
                    pass
            return execute(
                kernel_manager(kernel_name, Path(private)),
                env={**environment, **own, "IPYTHONDIR": str(Path(private) / "ipython")},
                **_limited(memory),
            )


def _limited(memory: int) -> dict[str, Callable[[], None]]:
    """How a process of its own is started with a limit of memory."""
    if not memory or os.name != "posix":
        return {}
    return {"preexec_fn": lambda: limit_memory(memory)}


def _client(
    nb_man: Any, manager: Any, kernel_name: str, start_timeout: int, timeout: float
) -> _Client:
    from papermill.log import logger

    ends = time.monotonic() + timeout
    return _Client(
        nb_man,
        km=manager,
        kernel_name=kernel_name,
        startup_timeout=start_timeout,
        # of the whole run: each cell has what those before it have left
        timeout_func=(lambda cell: max(1, round(ends - time.monotonic()))) if timeout else None,
        # the kernel has nothing left to save
        shutdown_kernel="immediate",
        extra_arguments=list(ARGUMENTS),
        record_timing=False,
        log=logger,
    )


def _executed(client: _Client, log: Any, **options: Any) -> Any:
    manager = client.km
    try:
        nb = client.execute(cleanup_kc=True, stdout=log, stderr=log, **options)
        return _with_usage_errors(_forgiven(nb))
    except RuntimeError as error:
        if isinstance(manager, ForkedManager) and manager.lost:
            raise NotForked("the template has ended") from error
        log.seek(0)
        said = log.read().decode("utf-8", errors="replace").strip()
        error.cell_index = client.at  # type: ignore[attr-defined]
        error.add_note(f"The kernel said:\n{said}" if said else "The kernel said nothing.")
        raise
    finally:
        if client.km is not None and client.km.has_kernel:
            # starting it was interrupted: nbclient cleans up only what has started
            client._cleanup_kernel()


def _forgiven(nb: Any) -> Any:
    """An error that a cell was expected to end in, as the line that it says.

    papermill takes each error for a failure; a traceback would differ from run to run.
    """
    for cell in nb.cells:
        if MAY_FAIL in cell.metadata.get("tags", ()):
            for output in cell.get("outputs", ()):
                if output.output_type == "error":
                    said = f"{output.pop('ename')}: {output.pop('evalue')}\n"
                    del output["traceback"]
                    output.update(output_type="stream", name="stdout", text=said)
    return nb


def _with_usage_errors(nb: Any) -> Any:
    """What IPython only prints: a magic wrongly called or unknown, several errors at once."""
    for cell in nb.cells:
        outputs = cell.get("outputs", ())
        if cell.metadata.get("papermill", {}).get("exception") is not True or any(
            output.output_type == "error" for output in outputs
        ):
            continue
        said = "".join(o.text for o in outputs if o.get("name") == "stderr")
        lines = [line.strip(" |") for line in said.strip().splitlines()]
        groups = (line for line in lines if re.match(r"\w*ExceptionGroup: ", line))
        name, _, message = next(groups, lines[-1] if lines else "").partition(": ")
        if message and name.isidentifier():
            error = {"ename": name, "evalue": message.rstrip("."), "traceback": [said]}
            outputs.append(from_dict({"output_type": "error", **error}))  # type: ignore[no-untyped-call]
    return nb


def execute(nb: Any, parameters: Mapping[str, Any], **options: Any) -> Any:
    """Execute a notebook of ours, as papermill's `execute_notebook` does with files.

    That one writes the notebook as text on its way in and out, which nobody reads here.

    Parameters
    ----------
    nb : NotebookNode
        The notebook; it is not changed.
    parameters : mapping
        What it is to be executed with.
    **options
        Those of the engine: ``folder``, ``environment``, ``own``, ``start_timeout``, and so on.

    Returns
    -------
    NotebookNode

    Raises
    ------
    PapermillExecutionError
        If a cell has failed.
    """
    nb = deepcopy(nb)
    nb = upgrade(nb) or nb  # type: ignore[no-untyped-call]
    if "papermill" not in nb.metadata:
        nb.metadata["papermill"] = {}
    for cell in nb.cells:
        if "tags" not in cell.metadata:
            cell.metadata["tags"] = []
    if parameters:
        nb = parameterize_notebook(nb, parameters, kernel_name=_KERNEL, language="python")
    nb = remove_error_markers(nb)
    nb = _Engine.execute_notebook(nb, _KERNEL, progress_bar=False, **options)
    raise_for_execution_errors(nb, None)
    return nb


__all__ = ["FORK_ENGINE", "ForkEngine", "execute"]
