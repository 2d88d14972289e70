"""Jupyter messages over a stream socket: what a kernel otherwise sends over five ZeroMQ sockets.

A parcel is a channel and the frames of one message, each with its length in front.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

SHELL: Final = 0
IOPUB: Final = 1

KEY: Final = b"parstudy"
"""Signs messages; no secret, since nobody else has the socket."""

_HEAD = struct.Struct(">BI")
_LENGTH = struct.Struct(">Q")


def packed(channel: int, frames: Sequence[bytes | memoryview]) -> bytes:
    """One parcel as bytes."""
    parts: list[bytes | memoryview] = [_HEAD.pack(channel, len(frames))]
    for frame in frames:
        view = memoryview(frame).cast("B")
        parts += [_LENGTH.pack(view.nbytes), view]
    return b"".join(parts)


class Unpacker:
    """Parcels from bytes that arrive in pieces."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._wanted = _HEAD.size

    def feed(self, piece: bytes) -> Iterator[tuple[int, list[bytes]]]:
        """Give the parcels that are whole now: channel and frames."""
        self._held += piece
        while len(self._held) >= self._wanted:
            parcel = self._first()
            if parcel is None:
                return
            yield parcel

    def _first(self) -> tuple[int, list[bytes]] | None:
        channel, count = _HEAD.unpack_from(self._held)
        position = _HEAD.size
        frames = []
        for _ in range(count):
            self._wanted = position + _LENGTH.size
            if len(self._held) < self._wanted:
                return None
            (length,) = _LENGTH.unpack_from(self._held, position)
            position = self._wanted
            # a long frame is not looked at again before all of it is there
            self._wanted = position + length
            if len(self._held) < self._wanted:
                return None
            frames.append(bytes(self._held[position : position + length]))
            position += length
        del self._held[:position]
        self._wanted = _HEAD.size
        return channel, frames
