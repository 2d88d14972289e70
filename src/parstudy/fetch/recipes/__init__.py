"""How the files of each fetch name become release folders: one recipe a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from parstudy.fetch._model import Prepared, Provenance
from parstudy.fetch.recipes import geo, papi, pci

RECIPES: Mapping[str, Callable[[Mapping[str, Path], Provenance], list[Prepared]]] = {
    "papi": papi.RECIPE.prepare,
    "pci": pci.RECIPE.prepare,
    "geo": geo.prepare,
}
"""Recipes of pinned files by fetch name; panels of the Hub have one recipe for all, `panel`."""

__all__ = ["RECIPES"]
