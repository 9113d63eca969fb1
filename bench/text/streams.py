"""Standard output and standard error: what they cannot show is replaced, and their loss ends a command with one line.

A terminal's encoding may lack signs such as µ; the one who reads may leave early, the disk be full, the descriptor closed.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import unicodedata
from contextlib import suppress
from typing import TextIO

REPLACED = "gradmark.replaced"  # the name of our error handler
STAND_INS = {
    "µ": "u", "μ": "u", "×": "x", "÷": "/", "·": ".", "•": "*", "±": "~", "−": "-", "–": "-", "—": "-", "†": "+", "°": "'",
    "…": "~", "≤": "<", "≥": ">", "≠": "!=", "∞": "inf", "→": "->", "ε": "eps", "∝": "~", "∇": "grad ", "Σ": "sum ",
    "∂": "d", "√": "sqrt ", "‘": "'", "’": "'", "“": '"', "”": '"', "─": "-", "━": "-", "│": "|",
}  # fmt: skip
"""Sign → what stands for it, of the same width where tables use it."""


class OutputLost(Exception):
    """Standard output takes no more; the message says why. Exit status 1."""


def replace_signs(error: UnicodeError) -> tuple[str, int]:
    """A handler for `codecs`: text for the signs that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(stand_in, error.object[error.start : error.end])), error.end


def stand_in(sign: str) -> str:
    """ASCII for a sign: what is stated above, a letter without its accent, a raised digit as a digit, or `?`."""
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return STAND_INS.get(sign) or (plain if plain.isprintable() and plain else "?")


class StandardOutput(io.TextIOWrapper):
    """Raises OutputLost, and writes to nowhere from then on, so that the end of the process is quiet."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise self.lost(error) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise self.lost(error) from None

    def lost(self, error: OSError) -> OutputLost:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        why = "it is closed" if error.errno == errno.EBADF else error.strerror
        return OutputLost(f"cannot write to standard output: {why}")


class StandardError(io.TextIOWrapper):
    """Messages are lost where nobody takes them; what they are about goes on."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def guard_streams() -> None:
    """Put these in place of Python's own; a stream that is something else, as in a test, stays."""
    codecs.register_error(REPLACED, replace_signs)
    sys.stdout = guarded(sys.stdout, 1, StandardOutput)
    sys.stderr = guarded(sys.stderr, 2, StandardError)


def guarded(stream: TextIO | None, descriptor: int, kind: type[io.TextIOWrapper]) -> TextIO:
    if stream is None:  # closed, as by >&-; else a file that is opened later would get its number
        only_read = os.open(os.devnull, os.O_RDONLY)
        os.dup2(only_read, descriptor)
        return kind(open(descriptor, "wb", closefd=False), "utf-8", REPLACED)
    if type(stream) is not io.TextIOWrapper:
        return stream
    encoding, by_line, at_once = stream.encoding, stream.line_buffering, stream.write_through
    return kind(stream.detach(), encoding, REPLACED, line_buffering=by_line, write_through=at_once)
