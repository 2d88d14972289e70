"""What a person brings: a file looked at, read as far as it explains itself, and added.

Guessing is a tool for a person. It ends in a proposed ``release.toml`` which the same strict
readers then read (:mod:`parstudy.releases`), so a wrong guess is seen before anything is written.
"""

from __future__ import annotations

from parstudy.intake.read import Layout, ReadRelease, read_release

__all__ = ["Layout", "ReadRelease", "read_release"]
