"""How a command is ended from outside: SIGTERM and SIGHUP end it as Ctrl-C does, in the same words, and leave nothing."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from types import FrameType
from typing import Any

ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def interrupt(number: int, frame: FrameType | None) -> None:
    """What Python does at Ctrl-C, at the other signals, too; the exception says which."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    leave_closed_terminal()
    raise KeyboardInterrupt(signal.Signals(number).name)


def leave_closed_terminal() -> None:
    """Write to nowhere what would go to a terminal that is gone, so that the files are still written after it."""
    with suppress(ImportError):
        import termios

        for descriptor in (1, 2):
            try:
                termios.tcgetattr(descriptor)
            except termios.error as error:
                if error.args[0] == errno.EIO:
                    with open(os.devnull, "w") as nowhere:
                        os.dup2(nowhere.fileno(), descriptor)


@contextmanager
def handled(handlers: Mapping[int, Any]) -> Iterator[None]:
    """These handlers are in force inside; threads other than the main one have none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ending_as_interrupt() -> AbstractContextManager[None]:
    """Inside, the other signals raise KeyboardInterrupt as Ctrl-C does. What is ignored, as under nohup, stays ignored."""
    return handled({number: interrupt for number in ENDINGS if signal.getsignal(number) is signal.SIG_DFL})


def interrupt_once() -> AbstractContextManager[None]:
    """The first of the signals inside raises KeyboardInterrupt; until the end of the block later ones do nothing.

    A process that ignores one, as those in the background of a script ignore Ctrl-C, goes on ignoring it.
    """
    heeded = [number for number in ENDINGS if signal.getsignal(number) in (signal.default_int_handler, interrupt)]

    def stop(number: int, frame: FrameType | None) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        interrupt(number, frame)

    return handled(dict.fromkeys(heeded, stop))
