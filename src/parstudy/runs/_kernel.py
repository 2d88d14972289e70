"""A papermill engine that starts each kernel in a known state, whatever the machine is like.

Registered with papermill under :data:`ENGINE`. Differences from papermill's own: the kernel is
this very Python (a kernel spec of the same name in the user's home may be another), its
environment and folder are given to the kernel alone (papermill changes those of the whole
process), it talks over sockets that no other kernel can take, and it leaves no files behind.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

ENGINE = "parstudy"

_SOCKET_PATH = 100
"""Longest path of a socket that every system takes."""

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def kernel_environment(project: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment for a kernel.

    One thread per kernel, since there is a kernel per core. No backend of matplotlib from
    outside: pictures would not come back. Same hashes, time zone and encoding everywhere.
    """
    environment = dict(os.environ if base is None else base)
    environment.pop("MPLBACKEND", None)
    environment.update(dict.fromkeys(_THREADS, "1"))
    environment.update(
        PARSTUDY_PROJECT=str(project),
        PYTHONHASHSEED="0",
        PYTHONUTF8="1",
        TZ="UTC",
        PYDEVD_DISABLE_FILE_VALIDATION="1",
    )
    return environment


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells; when interrupted, forgets the cell before its kernel is stopped.

    Otherwise the forgotten cell would report, on its way out, that its kernel has died.
    """

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


class _Engine(NBClientEngine):  # type: ignore[misc]
    """Executes one notebook in a kernel of its own."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        folder: str,
        environment: Mapping[str, str],
        start_timeout: int,
        **_: Any,
    ) -> Any:
        """Execute a notebook; what papermill calls."""
        from papermill.log import logger

        # what the kernel process itself says (not the notebook) is wanted only if it dies
        with (
            tempfile.TemporaryDirectory(prefix="ps-", ignore_cleanup_errors=True) as private,
            (Path(private) / "kernel.log").open("w+b") as log,
        ):
            client = _Client(
                nb_man,
                km=_kernel_manager(kernel_name, Path(private)),
                kernel_name=kernel_name,
                startup_timeout=start_timeout,
                timeout=None,
                # the kernel has nothing left to save
                shutdown_kernel="immediate",
                extra_arguments=["--HistoryManager.enabled=False"],
                record_timing=False,
                log=logger,
            )
            try:
                return client.execute(
                    cleanup_kc=True,
                    cwd=folder,
                    env={**environment, "IPYTHONDIR": str(Path(private) / "ipython")},
                    stdout=log,
                    stderr=log,
                )
            except RuntimeError as error:
                log.seek(0)
                said = log.read().decode("utf-8", errors="replace").strip()
                error.add_note(f"The kernel said:\n{said}" if said else "The kernel said nothing.")
                raise
            finally:
                if client.km is not None and client.km.has_kernel:
                    # starting it was interrupted: nbclient cleans up only what has started
                    client._cleanup_kernel()


def _kernel_manager(kernel_name: str, private: Path) -> Any:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    manager = AsyncKernelManager(
        kernel_name=kernel_name, connection_file=str(private / "kernel.json")
    )
    if os.name == "posix" and len(str(private)) < _SOCKET_PATH - 10:
        # free TCP ports are found, given back and taken again: two kernels can get the same one
        manager.transport = "ipc"
        manager.ip = str(private / "k")
    manager._kernel_spec = KernelSpec(
        argv=[
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
        ],
        display_name="Python 3",
        language="python",
        metadata={"debugger": False},
    )
    return manager


def register() -> str:
    """Make the engine known to papermill; returns its name."""
    papermill_engines.register(ENGINE, _Engine)
    return ENGINE


__all__ = ["ENGINE", "kernel_environment", "register"]
