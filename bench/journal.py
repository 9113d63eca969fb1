"""The journal: one line of JSON per event, appended as it happens. It is the truth; everything else is made from it.

Events: `started` and `checked` (a cell is being prepared; its answer was right), `row` (its measurement), `values` (its
result in full precision, for `gradmark show`). Non-finite numbers are written as strings.
"""

from __future__ import annotations

import gc
import itertools
import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from . import UsageError, decode, schema
from .escape import printable, shown
from .plan import Cell
from .schema import Size

LONGEST_LINE = 2**20  # bytes of a row, which has a few thousand
LARGEST_FILE = 2**30  # bytes of a journal; one of 100 000 rows has some 160 million
BLOCK = 2**16  # bytes that are read at once to find the end of the last line
BEGUN = (b'{"event": "started"', b'{"event": "checked"')  # lines that are not needed for the rows
ENVELOPE = ("event", "time")  # what an event's line holds beside the event itself
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
    import_s: Size | None = None
    prepare_s: Size | None = None
    first_call_s: Size | None = None
    rounds: int = 0
    iterations: int = 0
    samples_s: list[float] = field(default_factory=list)
    min_s: Size | None = None
    q1_s: Size | None = None
    median_s: Size | None = None
    q3_s: Size | None = None
    mean_s: Size | None = None
    stddev_s: Size | None = None
    cpu_s: Size | None = None
    objective: float | None = None
    error_relative: Size | None = None
    error_ulp: Size | None = None
    error_explained: Size | None = None
    peak_memory_bytes: int | None = None
    variables: int | None = None
    work_flops: Size | None = None
    products_bytes: Size | None = None
    one_pass_bytes: Size | None = None
    working_set_bytes: Size | None = None
    warnings: list[str] = field(default_factory=list)
    clock_overhead_s: Size | None = None
    schema: int = schema.SCHEMA

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
        """Raises OSError where the whole line could not be written; then nothing of it stays."""
        text = json.dumps(plain({"event": event, **content}), allow_nan=False, ensure_ascii=False) + "\n"
        with open(self.path, "ab", buffering=0) as file:
            end, line = file.seek(0, os.SEEK_END), text.encode(errors="backslashreplace")
            try:
                while line:  # a disk that is nearly full takes a part
                    line = line[file.write(line) :]
            except OSError:
                file.truncate(end)
                raise

    def append_row(self, row: Row) -> None:
        self.append("row", time=time.time(), **asdict(row))

    def is_torn(self) -> bool:
        """Whether the last line has no end, as its writer did not live to finish it."""
        with open(self.path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            return file.read() not in (b"", b"\n")

    def mend(self) -> None:
        """Cut off a last line that its writer did not live to finish."""
        if not self.path.exists():
            return
        with open(self.path, "rb+") as file:
            end = size = file.seek(0, os.SEEK_END)
            tail = b""
            while end and b"\n" not in tail:
                start = max(0, end - BLOCK)
                file.seek(start)
                tail, end = file.read(end - start), start
            whole = end + tail.rfind(b"\n") + 1
            if whole < size:
                file.truncate(whole)

    def events(self, longest: int | None = None) -> Iterator[dict[str, Any]]:
        """All complete lines of this program's own journal."""
        for number, line in self.lines(longest):
            yield parse(line, self.place(number))

    def place(self, number: int) -> str:
        return f"{self.path.name}, line {number}"

    def lines(self, longest: int | None) -> Iterator[tuple[int, bytes]]:
        """(number, line) for every complete line. Raises UsageError for one that is too long.

        longest: the most bytes of a line that are read, None for a journal that this process had written itself.
        """
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            for number in itertools.count(1):
                line = file.readline(-1 if longest is None else longest + 1)
                if longest is not None and len(line) > longest:
                    raise UsageError(
                        f"{self.place(number)}: longer than {longest} bytes, so not a line of a run's journal"
                    )
                if not line.endswith(b"\n"):  # the end, or a line that its writer did not live to finish
                    return
                yield number, line

    def news(self, offset: int) -> tuple[list[dict[str, Any]], int]:
        """The complete lines from a byte offset, and the offset after them; more may be written meanwhile."""
        if not self.path.exists():
            return [], offset
        with open(self.path, "rb") as file:
            file.seek(offset)
            content = file.read()
        content = content[: content.rfind(b"\n") + 1]
        return [parse(line, self.path.name) for line in content.splitlines()], offset + len(content)

    def rows(self, longest: int | None = LONGEST_LINE) -> list[Row]:
        """All rows. Raises UsageError with the line number for one that is none of a schema that is known."""
        if self.path.exists() and self.path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{self.path.name}: larger than {LARGEST_FILE} bytes, so not the journal of a run")
        with uncollected():
            lines = ((number, line) for number, line in self.lines(longest) if not line.startswith(BEGUN))
            rows = (quick_row(line) or careful_row(line, self.place(number)) for number, line in lines)
            return [row for row in rows if row]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without Python's search for garbage, which has nothing to find among new rows and takes a sixth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def parse(line: bytes, where: str) -> dict[str, Any]:
    """The event of a line. Raises UsageError."""
    try:
        event = DECODER.decode(line.decode())
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else printable(str(error))
        raise UsageError(f"{where}: not a line of JSON: {why}") from None
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        raise UsageError(f"{where}: expected an object with a member `event`")
    return event


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have different names; otherwise two readers would see two different rows."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member occurs twice")
    return found


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON; expected it as a string")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=refuse)


def latest(rows: list[Row]) -> list[Row]:
    """The rows that count where a run was resumed: of a cell those of its last key, and of a repeat the last."""
    cells = [(r.problem, r.instance, r.operation, r.backend, r.variant, r.dtype, r.device, r.threads) for r in rows]
    keys = {cell: row.key for cell, row in zip(cells, rows, strict=True)}
    found = {(cell, row.repeat): row for cell, row in zip(cells, rows, strict=True) if row.key == keys[cell]}
    return list(found.values())


IDENTITY = tuple(field.name for field in fields(Cell) if field.type == "str")
READERS = {name: schema.reader(hint) for name, hint in get_type_hints(Row, include_extras=True).items()}
READERS |= dict.fromkeys(IDENTITY, schema.name)
KNOWN: dict[str, tuple[Any, ...]] = {"status": STATUSES, "schema": (schema.SCHEMA,)}
quick_row = decode.decoder(Row, get_type_hints(Row, include_extras=True) | KNOWN, IDENTITY)


def careful_row(line: bytes, where: str) -> Row | None:
    """The row of a line, None where it holds another event. Raises UsageError where it holds neither."""
    event = parse(line, where)
    return to_row(event, where) if event["event"] == "row" else None


def defaults() -> dict[str, Any]:
    """The members of a row that an older row may lack, with their defaults."""
    plain = {field.name: field.default for field in fields(Row) if field.default is not MISSING}
    made = {field.name: field.default_factory() for field in fields(Row) if field.default_factory is not MISSING}
    return plain | made


def to_row(event: dict[str, Any], where: str = "journal.jsonl") -> Row:
    """The row of an event. Raises UsageError where the schema, a member or its type is not one that is known."""
    content = dict(event)
    for name in ENVELOPE:
        content.pop(name, None)
    content = schema.migrate(content, READERS.keys(), defaults, where)
    for name, read in READERS.items():
        try:
            content[name] = read(content[name])
        except ValueError as expected:
            found = shown(content[name])
            raise UsageError(f"{where}: member {name}: expected {expected}, got {found}") from None
    if content["status"] not in STATUSES:
        found = shown(content["status"])
        raise UsageError(f"{where}: member status: expected one of {', '.join(STATUSES)}, got {found}")
    return Row(**content)
