"""Files in which the system tells of itself. What cannot be read is unknown, and costs no cell."""

from __future__ import annotations

from pathlib import Path

PROC, SYS = Path("/proc"), Path("/sys")  # tests plant others
LARGEST = 2**20


def read_system_file(path: Path) -> str:
    """The text of a file; empty where there is none or it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode(errors="replace").strip()
    except (OSError, ValueError):
        return ""


def named_numbers(text: str) -> dict[str, int]:
    """`name number` in each line, as in cpu.stat; other lines are passed over."""
    pairs = [line.split() for line in text.splitlines()]
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}
