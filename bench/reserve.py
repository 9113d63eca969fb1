"""Some disk space kept back while a run goes on, so that a full disk leaves room to say so in the journal."""

from __future__ import annotations

import os
from pathlib import Path

NAME = ".reserve"
BYTES = 2**16


def keep(folder: Path) -> None:
    """Take the space. Raises OSError where there is none."""
    with open(folder / NAME, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, BYTES) if hasattr(os, "posix_fallocate") else file.write(bytes(BYTES))


def release(folder: Path) -> None:
    """Give it back; nothing happens where it is gone."""
    (folder / NAME).unlink(missing_ok=True)
