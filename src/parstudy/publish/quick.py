"""Importing the notebook libraries in a fifth of the time."""

from __future__ import annotations

import importlib
import sys
from typing import Any

# jsonschema tries to import it, and does without; it builds a grammar of internationalised web
# addresses, which takes longer than a whole report and which no notebook needs
_SLOW = "rfc3987_syntax"


def quick_import(name: str) -> Any:
    """Import a module that needs nbformat.

    Parameters
    ----------
    name : str
        For example ``nbformat`` or ``papermill.execute``.

    Returns
    -------
    module
    """
    if "jsonschema" in sys.modules or _SLOW in sys.modules:
        return importlib.import_module(name)
    sys.modules[_SLOW] = None  # type: ignore[assignment]
    try:
        return importlib.import_module(name)
    finally:
        # only for this import: who wants it later gets it
        del sys.modules[_SLOW]
