"""The journal of a run: one line of JSON per event, appended as it happens.

The journal is the truth; everything else is made from it. It may come from elsewhere, so it is checked when it is read.

Events: `started` and `checked` (a cell is being prepared; its answer was right), `row` (its measurement), `values` (its
result in full precision, for `gradmark show`). Where a number that is not finite says something it is written as a word.
"""

from __future__ import annotations

import gc
import io
import itertools
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .. import UsageError
from ..data.files import UNDECODABLE, Count, is_there, open_regular, parsed, refusal, strict_json
from ..data.store import flatten, unflatten
from ..text.escape import shown_value
from .row import SCHEMA, Row, row_members

JOURNAL = "journal.jsonl"
MEMORY_JOURNAL = "memory.jsonl"
LONGEST_LINE = 2**20  # bytes of a row, which has a few thousand
LARGEST_JOURNAL = 2**30  # bytes of a journal; one of 100 000 rows has some 160 million
READ_BLOCK = 2**16  # bytes that are read at once to find the end of the last line


class Started(msgspec.Struct, forbid_unknown_fields=True, tag_field="event", tag="started"):
    key: str
    repeat: Count
    time: float


class Checked(msgspec.Struct, forbid_unknown_fields=True, tag_field="event", tag="checked"):
    key: str
    repeat: Count


class Values(msgspec.Struct, forbid_unknown_fields=True, tag_field="event", tag="values"):
    key: str
    values: Any


Event = Started | Checked | Row | Values
decode = msgspec.json.Decoder(Event).decode


def decode_event(line: bytes, where: str) -> Event:
    """The event of a line. Raises UsageError."""
    try:
        return decode(line)
    except UNDECODABLE as error:
        raise refused_line(line, where, error) from None


def refused_line(line: bytes, where: str, error: Exception) -> UsageError:
    """Of a row of another schema that is all that matters, whatever its members are."""
    content = parsed(line)
    if isinstance(content, dict) and content.get("event") == "row" and content.get("schema") != SCHEMA:
        found = shown_value(content.get("schema"))
        return UsageError(
            f"{where}: the row has schema {found}; this gradmark reads {SCHEMA}: read it with the gradmark that wrote it"
        )
    return refusal(where, error, content, Row)


@dataclass(frozen=True)
class Journal:
    """An append-only file. Every line is one write, so that a reader never sees two events mixed."""

    path: Path

    def opened(self, flags: int = os.O_RDONLY) -> io.FileIO:
        """The file, unbuffered. Raises OSError where it is no regular file."""
        mode = "rb" if flags == os.O_RDONLY else "ab" if flags & os.O_APPEND else "rb+"
        return io.FileIO(open_regular(self.path, flags), mode)

    def read(self) -> io.BufferedReader:
        """The file, to be read. Raises UsageError where it is no regular file."""
        try:
            return io.BufferedReader(self.opened())
        except OSError as error:
            raise UsageError(f"{self.path.parent}: {self.path.name}: {error.strerror}") from None

    def create(self) -> None:
        """Make it, empty, where it is not there. Raises OSError."""
        self.opened(os.O_WRONLY | os.O_APPEND | os.O_CREAT).close()

    def append(self, event: str, **content: Any) -> None:
        """Raises OSError where the whole line could not be written; then nothing of it stays."""
        line = f"{strict_json(json_ready({'event': event, **content}))}\n".encode()
        with self.opened(os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
            end = file.seek(0, os.SEEK_END)
            try:
                while line:  # a disk that is nearly full takes a part
                    line = line[file.write(line) :]
            except OSError:
                file.truncate(end)
                raise

    def append_row(self, row: Row) -> None:
        row.time = time.time()
        self.append("row", **row_members(row))

    def is_torn(self) -> bool:
        """Whether the last line has no end, as its writer did not live to finish it."""
        with self.read() as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            return file.read() not in (b"", b"\n")

    def mend(self) -> None:
        """Cut off a last line that its writer did not live to finish."""
        if not is_there(self.path):
            return
        with self.opened(os.O_RDWR) as file:
            end = size = file.seek(0, os.SEEK_END)
            tail = b""
            while end and b"\n" not in tail:
                start = max(0, end - READ_BLOCK)
                file.seek(start)
                tail, end = file.read(end - start), start
            whole = end + tail.rfind(b"\n") + 1
            if whole < size:
                file.truncate(whole)

    def events(self, longest: int | None = None) -> Iterator[Event]:
        """All complete lines. Raises UsageError with the line's number for one that is none of this program's."""
        name = self.path.name  # once: a tenth of the time
        for number, line in self.lines(longest):
            yield decode_event(line, f"{name}, line {number}")

    def lines(self, longest: int | None) -> Iterator[tuple[int, bytes]]:
        """(number, line) for every complete line. Raises UsageError for one that is too long.

        longest: the most bytes of a line that are read, None for a journal that this process had written itself.
        """
        if not is_there(self.path):
            return
        with self.read() as file:
            for number in itertools.count(1):
                line = file.readline(-1 if longest is None else longest + 1)
                if longest is not None and len(line) > longest:
                    where = f"{self.path.name}, line {number}"
                    raise UsageError(f"{where}: longer than {longest} bytes, so not a line of a run's journal")
                if not line.endswith(b"\n"):  # the end, or a line that its writer did not live to finish
                    return
                yield number, line

    def news(self, offset: int) -> tuple[list[Event], int]:
        """The complete lines from a byte offset, and the offset after them; more may be written meanwhile."""
        if not is_there(self.path):
            return [], offset
        with self.read() as file:
            file.seek(offset)
            content = file.read()
        content = content[: content.rfind(b"\n") + 1]
        return [decode_event(line, self.path.name) for line in content.splitlines()], offset + len(content)

    def rows(self, longest: int | None = LONGEST_LINE) -> list[Row]:
        """All rows. Raises UsageError with the line's number for one that is none of this program's."""
        if is_there(self.path) and self.path.lstat().st_size > LARGEST_JOURNAL:
            raise UsageError(f"{self.path.name}: larger than {LARGEST_JOURNAL} bytes, so not the journal of a run")
        with without_gc():
            return [event for event in self.events(longest) if type(event) is Row]


@contextmanager
def without_gc() -> Iterator[None]:
    """Without Python's search for garbage, which has nothing to find among new rows and takes a sixth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def latest_rows(rows: list[Row]) -> list[Row]:
    """The rows that count where a run was resumed: of a cell those of its last key, and of a repeat the last."""
    cells = [
        (r.problem, r.instance, r.operation, r.backend, r.variant, r.dtype, r.device, r.threads, r.machine)
        for r in rows
    ]
    keys = {cell: row.key for cell, row in zip(cells, rows, strict=True)}
    found = {(cell, row.repeat): row for cell, row in zip(cells, rows, strict=True) if row.key == keys[cell]}
    return list(found.values())


def json_ready(tree: Any) -> Any:
    """`tree` with non-finite numbers as strings, so that it is JSON."""
    if isinstance(tree, dict):
        return {name: json_ready(leaf) for name, leaf in tree.items()}
    if isinstance(tree, list | tuple):
        return [json_ready(leaf) for leaf in tree]
    if isinstance(tree, float) and not math.isfinite(tree):
        return str(tree)
    return tree


def read_values(journal: Journal) -> dict[str, Any]:
    """key → the value of its cell, of every cell that has one."""
    return {event.key: event.values for event in journal.events() if type(event) is Values}


def value_arrays(values: Any) -> Any:
    """Nested lists of a journal → arrays; numbers that are not finite are words there."""
    return unflatten({path: np.array(leaf, dtype=float) for path, leaf in flatten(values).items()})
