"""Kernels that are processes of their own, started in a known state.

The kernel is this very Python (a kernel spec of the same name in the user's home may be another),
it talks over sockets that no other kernel can take, and it leaves no files behind.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SOCKET_PATH = 100
"""Longest path of a socket that every system takes."""

PLAIN = ("--HistoryManager.enabled=False",)
"""Arguments of ipykernel that no notebook can notice."""

ARGUMENTS = (
    *PLAIN,
    # pictures say what they show; named, not imported: who shows things stands above this room
    "--IPKernelApp.extra_extensions=parstudy.display.looking",
)
"""Arguments of ipykernel for reports."""

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


def kernel_manager(kernel_name: str, private: Path) -> Any:
    """Manager of a kernel whose files lie in a private folder."""
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


def is_this_python(kernel_name: str) -> bool:
    """Whether a kernel of that name would be this Python, and nothing more."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return False
    program, *arguments = spec.argv or [""]
    plain = {"python", "python3", f"python3.{sys.version_info.minor}"}
    same = program in plain or os.path.realpath(program) == os.path.realpath(sys.executable)
    return (
        same
        and not spec.env
        and [a for a in arguments if a != "-Xfrozen_modules=off"]
        == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    )
