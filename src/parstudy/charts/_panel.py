"""Axes that make no ticks before one is drawn: most panels write their scales themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis

_TICKS = ("majorTicks", "minorTicks")


@contextmanager
def _none_made(axis: Any) -> Iterator[None]:
    """Let an axis go through the ticks that it has; matplotlib's would make the first ones."""
    lacking = [name for name in _TICKS if name not in vars(axis)]
    for name in lacking:
        setattr(axis, name, [])
    yield
    for name in lacking:
        delattr(axis, name)


class _Late:
    """An axis whose ticks get their look, and are cut to the panel, when they are made."""

    def set_clip_path(self, path: Any, transform: Any = None) -> None:
        """Cut the ticks to a path."""
        with _none_made(self):
            super().set_clip_path(path, transform)  # type: ignore[misc]

    def set_tick_params(self, *args: Any, **look: Any) -> None:
        """Give the ticks a look."""
        with _none_made(self):
            super().set_tick_params(*args, **look)  # type: ignore[misc]

    def _get_tick(self: Any, major: bool) -> Any:
        tick = super()._get_tick(major)  # type: ignore[misc]
        tick.set_clip_path(self.axes.patch)
        return tick


class _X(_Late, XAxis):
    pass


class _Y(_Late, YAxis):
    pass


class Panel(Axes):
    """What matplotlib's axes are, for less."""

    def __init__(self, *args: Any, **look: Any) -> None:
        super().__init__(*args, **look)
        for spine in self.spines.values():
            spine.get_spine_transform()  # it takes its place when it is asked, as ticks do

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _X(self, clear=False), _Y(self, clear=False)
        for spine in (self.spines.bottom, self.spines.top):
            spine.register_axis(self.xaxis)
        for spine in (self.spines.left, self.spines.right):
            spine.register_axis(self.yaxis)
