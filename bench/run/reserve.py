"""Some disk space kept back while a run goes on, so that a full disk leaves room to say so in the journal."""

from __future__ import annotations

import os
from pathlib import Path

RESERVE_FILE = ".reserve"
RESERVE_BYTES = 2**16


def keep_reserve(folder: Path) -> None:
    """Take the space. Raises OSError where there is none."""
    with open(folder / RESERVE_FILE, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES) if hasattr(os, "posix_fallocate") else file.write(
            bytes(RESERVE_BYTES)
        )


def release_reserve(folder: Path) -> None:
    """Give it back; nothing happens where it is gone."""
    (folder / RESERVE_FILE).unlink(missing_ok=True)
