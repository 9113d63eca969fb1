"""One row: the measurement of a cell in one process, as a journal holds it."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, get_type_hints

from .. import UsageError
from ..data.readers import SCHEMA, Size, migrate_row, name_reader, reader_of
from ..plan.cell import Cell
from ..text.escape import printable, shown_value
from .decode import row_decoder

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
    schema: int = SCHEMA

    @property
    def cell(self) -> Cell:
        return Cell(**{name.name: getattr(self, name.name) for name in fields(Cell)})


def new_row(cell: Cell, key: str, run: str, repeat: int, **found: Any) -> Row:
    return Row(key=key, run=run, repeat=repeat, **asdict(cell), **found)


def parse_event(line: bytes, where: str) -> dict[str, Any]:
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


def latest_rows(rows: list[Row]) -> list[Row]:
    """The rows that count where a run was resumed: of a cell those of its last key, and of a repeat the last."""
    cells = [(r.problem, r.instance, r.operation, r.backend, r.variant, r.dtype, r.device, r.threads) for r in rows]
    keys = {cell: row.key for cell, row in zip(cells, rows, strict=True)}
    found = {(cell, row.repeat): row for cell, row in zip(cells, rows, strict=True) if row.key == keys[cell]}
    return list(found.values())


IDENTITY = tuple(field.name for field in fields(Cell) if field.type == "str")
READERS = {name: reader_of(hint) for name, hint in get_type_hints(Row, include_extras=True).items()}
READERS |= dict.fromkeys(IDENTITY, name_reader)
KNOWN_VALUES: dict[str, tuple[Any, ...]] = {"status": STATUSES, "schema": (SCHEMA,)}
quick_row = row_decoder(Row, get_type_hints(Row, include_extras=True) | KNOWN_VALUES, IDENTITY)


def careful_row(line: bytes, where: str) -> Row | None:
    """The row of a line, None where it holds another event. Raises UsageError where it holds neither."""
    event = parse_event(line, where)
    return row_of_event(event, where) if event["event"] == "row" else None


def defaults() -> dict[str, Any]:
    """The members of a row that an older row may lack, with their defaults."""
    plain = {field.name: field.default for field in fields(Row) if field.default is not MISSING}
    made = {field.name: field.default_factory() for field in fields(Row) if field.default_factory is not MISSING}
    return plain | made


def row_of_event(event: dict[str, Any], where: str = "journal.jsonl") -> Row:
    """The row of an event. Raises UsageError where the schema, a member or its type is not one that is known."""
    content = dict(event)
    for name in ENVELOPE:
        content.pop(name, None)
    content = migrate_row(content, READERS.keys(), defaults, where)
    for name, read in READERS.items():
        try:
            content[name] = read(content[name])
        except ValueError as expected:
            found = shown_value(content[name])
            raise UsageError(f"{where}: member {name}: expected {expected}, got {found}") from None
    if content["status"] not in STATUSES:
        found = shown_value(content["status"])
        raise UsageError(f"{where}: member status: expected one of {', '.join(STATUSES)}, got {found}")
    return Row(**content)
