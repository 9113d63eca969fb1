"""Ctrl-C, once: the first one stops a run, and what it stopped is put away before a second one counts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupt_once() -> Iterator[None]:
    """The first Ctrl-C inside raises KeyboardInterrupt; until the end of the block later ones do nothing.

    A process that ignores Ctrl-C, as one in the background of a script does, goes on ignoring it.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
