"""The journal: one line of JSON per event, appended as it happens. It is the truth; everything else is made from it.

Events: `started` and `checked` (a cell is being prepared; its answer was right), `row` (its measurement), `values` (its
result in full precision, for `gradmark show`). Non-finite numbers are written as strings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from . import UsageError
from .plan import Cell

SCHEMA = 1
STATUSES = ("ok", "wrong", "diverged", "error", "timeout", "crashed", "unavailable", "omitted")


@dataclass
class Row:
    """The measurement of one cell in one process. Times in seconds, memory in bytes; None where nothing was measured."""

    key: str
    run: str
    problem: str
    instance: str
    operation: str
    backend: str
    variant: str
    dtype: str
    device: str
    threads: int
    effective_threads: int | None = None
    repeat: int = 0
    isolated: bool = True
    status: str = "ok"
    reason: str = ""
    prepare_s: float | None = None
    first_call_s: float | None = None
    rounds: int = 0
    iterations: int = 0
    samples_s: list[float] = field(default_factory=list)
    min_s: float | None = None
    q1_s: float | None = None
    median_s: float | None = None
    q3_s: float | None = None
    mean_s: float | None = None
    stddev_s: float | None = None
    cpu_s: float | None = None
    objective: float | None = None
    error_relative: float | None = None
    error_ulp: float | None = None
    peak_memory_bytes: int | None = None
    warnings: list[str] = field(default_factory=list)
    schema: int = SCHEMA

    @property
    def cell(self) -> Cell:
        return Cell(**{name.name: getattr(self, name.name) for name in fields(Cell)})


def row_of(cell: Cell, key: str, run: str, repeat: int, **found: Any) -> Row:
    return Row(key=key, run=run, repeat=repeat, **asdict(cell), **found)


def plain(tree: Any) -> Any:
    """`tree` with non-finite numbers as strings, so that it is JSON."""
    if isinstance(tree, dict):
        return {name: plain(leaf) for name, leaf in tree.items()}
    if isinstance(tree, list | tuple):
        return [plain(leaf) for leaf in tree]
    if isinstance(tree, float) and not math.isfinite(tree):
        return str(tree)
    return tree


class Journal:
    """An append-only file. Every line is one write, so that a reader never sees two events mixed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, event: str, **content: Any) -> None:
        line = json.dumps(plain({"event": event, **content}), allow_nan=False, ensure_ascii=False) + "\n"
        with open(self.path, "ab", buffering=0) as file:
            file.write(line.encode())

    def append_row(self, row: Row) -> None:
        self.append("row", **asdict(row))

    def mend(self) -> None:
        """Cut off a last line that its writer did not live to finish."""
        if not self.path.exists():
            return
        with open(self.path, "rb+") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)

    def events(self) -> Iterator[dict[str, Any]]:
        """All complete lines. Raises UsageError with the line number for one that is no event."""
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield parse(line, f"{self.path.name}, line {number}")

    def news(self, offset: int) -> tuple[list[dict[str, Any]], int]:
        """The complete lines from a byte offset, and the offset after them; more may be written meanwhile."""
        if not self.path.exists():
            return [], offset
        with open(self.path, "rb") as file:
            file.seek(offset)
            content = file.read()
        content = content[: content.rfind(b"\n") + 1]
        return [parse(line, self.path.name) for line in content.splitlines()], offset + len(content)

    def rows(self) -> list[Row]:
        """All rows. Raises UsageError for a row of another schema."""
        return [to_row(event) for event in self.events() if event["event"] == "row"]


def parse(line: bytes, where: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not a line of JSON: {error}") from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise UsageError(f"{where}: expected an object with a member `event`")
    return event


def to_row(event: dict[str, Any]) -> Row:
    """The row of an event. Raises UsageError where the schema or the members are not this version's."""
    content = {name: value for name, value in event.items() if name != "event"}
    if content.get("schema") != SCHEMA:
        raise UsageError(f"a row has schema {content.get('schema')!r}; this gradmark reads schema {SCHEMA}")
    names = {field.name for field in fields(Row)}
    if set(content) != names:
        raise UsageError(f"a row has members {sorted(set(content) ^ names)} too many or too few for schema {SCHEMA}")
    for name, value in content.items():
        if name.endswith("_s") or name in ("objective", "error_relative", "error_ulp"):
            content[name] = number(value)
    if content["status"] not in STATUSES:
        raise UsageError(f"a row has status {content['status']!r}; expected one of {', '.join(STATUSES)}")
    return Row(**content)


def number(value: Any) -> Any:
    """The inverse of `plain` for one number or a list of them."""
    if isinstance(value, list):
        return [number(item) for item in value]
    return float(value) if isinstance(value, str) and value in ("nan", "inf", "-inf") else value
