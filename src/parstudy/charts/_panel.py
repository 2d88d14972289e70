"""Axes for panels that set their limits and write their scales themselves, as most do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from parstudy.display.lettering import Words

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


class _Edge(Rectangle):
    """What a panel's artists are cut to; matplotlib would work out anew for each where it is."""

    _place: Any = None

    def set_transform(self, t: Any) -> None:
        """Set where it is."""
        super().set_transform(t)
        self._place = None

    def get_transform(self) -> Any:
        """Where it is."""
        if self._place is None:
            self._place = super().get_transform()
        return self._place


class Panel(Axes):
    """What matplotlib's axes are, for less."""

    def __init__(self, *args: Any, **look: Any) -> None:
        super().__init__(*args, **look)
        self._autotitlepos = False  # a panel has no title that could be in the way
        for spine in self.spines.values():
            spine.get_spine_transform()  # it takes its place when it is asked, as ticks do

    def _gen_axes_patch(self) -> _Edge:
        return _Edge((0.0, 0.0), 1.0, 1.0)

    def _init_axis(self) -> None:
        self.xaxis, self.yaxis = _X(self, clear=False), _Y(self, clear=False)
        for spine in (self.spines.bottom, self.spines.top):
            spine.register_axis(self.xaxis)
        for spine in (self.spines.left, self.spines.right):
            spine.register_axis(self.yaxis)

    def plot(self, *given: Any, **look: Any) -> list[Line2D]:
        """Draw a line; one with a colour of its own is made without looking for the next one."""
        if len(given) != 2 or "color" not in look:
            return super().plot(*given, **look)
        line = Line2D(*given, **look)
        self.add_line(line)
        self._request_autoscale_view()  # type: ignore[attr-defined]
        return [line]

    def text(self, x: float, y: float, s: str, **look: Any) -> Words:  # type: ignore[override]
        """Write words, which may stand outside of the panel."""
        words = Words(x, y, s, **{"transform": self.transData, "clip_on": False, **look})
        self._add_text(words)  # type: ignore[attr-defined]
        return words

    def add_collection(self, collection: Any, autolim: Any = True) -> Any:
        """Add artists in one."""
        return super().add_collection(collection, autolim=autolim if self._looks() else False)

    def _update_line_limits(self, line: Any) -> None:
        if self._looks():
            super()._update_line_limits(line)  # type: ignore[misc]

    def _update_patch_limits(self, patch: Any) -> None:
        if self._looks():
            super()._update_patch_limits(patch)  # type: ignore[misc]

    def _looks(self) -> bool:
        """Whether its limits are those of what is drawn."""
        return self.get_autoscalex_on() or self.get_autoscaley_on()
