"""A line for the user on standard error, beside what the command prints."""

from __future__ import annotations

import sys

from .escape import printable


def say(line: str) -> None:
    print(f"gradmark: {printable(line)}", file=sys.stderr, flush=True)
