"""The blocks of a page that have an id, in a notebook whose cells are run again and again."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Literal

from parstudy.errors import ParstudyError

Kind = Literal["figures", "tables"]


@dataclass(frozen=True)
class Moment:
    """One run of one cell; empty outside a notebook.

    Attributes
    ----------
    cell : str
        Id of the cell, where the editor tells it.
    count : int
        Number of the run.
    """

    cell: str = ""
    count: int = 0

    @classmethod
    def now(cls) -> Moment:
        """The run of the cell that is running."""
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
        if shell is None:
            return cls()
        parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
        cell = (parent.get("metadata") or {}).get("cellId") or ""
        return cls(str(cell), int(shell.execution_count))


@dataclass
class Blocks:
    """Ids of the tables and figures that a page shows, each with the run that showed it last."""

    _shown: dict[str, tuple[Kind, Moment]] = field(default_factory=dict)

    def add(self, id: str, kind: Kind) -> None:
        """Take up a block; one that a cell showed when it ran before is replaced.

        Raises
        ------
        ParstudyError
            ``duplicate_id`` if the same run of a cell has shown the id already. Whether two cells
            show one id is seen when the page is published.
        """
        now = Moment.now()
        if id in self._shown and self._shown[id][1] == now:
            raise ParstudyError("duplicate_id", "two tables or charts with one id", found=repr(id))
        # what this cell showed when it ran before is no longer to be seen
        for other, (_, then) in list(self._shown.items()):
            if now.cell and then.cell == now.cell and then.count != now.count:
                del self._shown[other]
        self._shown[id] = (kind, now)

    def ids(self, kind: Kind) -> list[str]:
        """Ids of one kind, in the order in which they were first shown."""
        return [id for id, (of, _) in self._shown.items() if of == kind]
