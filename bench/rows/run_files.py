"""What environment.json says of a run. Its content may come from elsewhere, so it is checked like what is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import UsageError
from ..data.typed import decode_file
from .journal import LONGEST_LINE

JOURNAL = "journal.jsonl"
MEMORY_JOURNAL = "memory.jsonl"


def read_environment(folder: Path) -> dict[str, Any]:
    """The content of a run's environment.json. Raises UsageError."""
    path = folder / "environment.json"
    if not (folder / "journal.jsonl").is_file() or not path.is_file():
        raise UsageError(f"--resume {folder}: expected a run folder, with journal.jsonl and environment.json in it")
    return decode_file(path, dict[str, Any], LONGEST_LINE)


def known_environment(folder: Path) -> dict[str, Any]:
    """What environment.json holds, nothing where it is not there or damaged: the rows can be read without it."""
    try:
        return read_environment(folder)
    except UsageError:
        return {}
