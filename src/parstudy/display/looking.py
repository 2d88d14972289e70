"""Extension of IPython: a picture takes along what it shows, so that words can be made of it.

Loaded by who runs a notebook for a report. It changes nothing that is seen; in the metadata of
the output stands what :mod:`parstudy.display.figure_words` says to who cannot see the picture.
"""

from __future__ import annotations

from typing import Any

from parstudy.display.figure_words import METADATA, facts_of_figure


def load_ipython_extension(shell: Any) -> None:
    """Look at every matplotlib figure that the shell shows; called by IPython."""
    formatter = shell.display_formatter.mimebundle_formatter
    formatter.for_type_by_name("matplotlib.figure", "Figure", _looked_at)


def _looked_at(figure: Any, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        facts = facts_of_figure(figure)
    # a figure that is drawn in a way that nobody has foreseen is shown all the same
    except Exception:
        return {}, {}
    return {}, {METADATA: {"figure": facts}}
