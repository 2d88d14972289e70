"""Kernels that notebooks run on: a process of its own for each, or a child of a warm template.

Nothing here knows what the notebooks are about; :mod:`parstudy.kernels.engine` is a papermill
engine for anybody's notebook.
"""

MAY_FAIL = "raises-exception"
"""Tag of a cell that is expected to end in an error, as Jupyter has it."""
