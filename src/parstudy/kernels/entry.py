"""What papermill finds by its entry point: a name, behind which the engine is loaded when used.

papermill loads the engines of others while it is being imported itself, so nothing of papermill
may be imported here.
"""

from __future__ import annotations

from typing import Any


class ForkEngine:
    """The engine ``parstudy-fork``; see :mod:`parstudy.kernels.engine`."""

    @classmethod
    def execute_notebook(cls, *arguments: Any, **options: Any) -> Any:
        """Execute a notebook; what papermill calls."""
        from parstudy.kernels.engine import ForkEngine as Engine

        return Engine.execute_notebook(*arguments, **options)
