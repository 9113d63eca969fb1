"""One row: the measurement of a cell in one process, as a journal holds it.

The types are what msgspec holds a journal's line to: a row may come from anywhere. A member that comes later gets a default
here, which older rows then have; where a member changes its meaning or goes, raise SCHEMA.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, fields
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_type_hints

import msgspec

from ..data.files import CallSeconds, Count, Distance, Name, Seconds, Size
from ..plan.cell import DEVICES, DTYPES, Cell

SCHEMA = 2
STATUSES = ("ok", "wrong", "diverged", "error", "timeout", "crashed", "unavailable", "omitted")
SEVERITY = ("wrong", "crashed", "timeout", "error", "unavailable", "omitted", "diverged", "ok")
"""The same, the worst first."""
NOT_RUN = ("unavailable", "omitted")
TOLD = ("objective", "error_relative", "error_ulp", "error_explained")
"""The members whose being infinite or NaN says something, which JSON has no numbers for; elsewhere it means unknown."""

Label = Annotated[str, msgspec.Meta(pattern=r"\A\w{1,20}\Z")]

if TYPE_CHECKING:  # what they are once a row is read, and while it is measured
    Status: TypeAlias = str
    Dtype: TypeAlias = str
    Device: TypeAlias = str
    Told: TypeAlias = float | None
    ToldSize: TypeAlias = float | None
else:  # what a line may hold
    Status, Dtype, Device = Literal[STATUSES], Literal[DTYPES], Literal[DEVICES]
    Told, ToldSize = float | Literal["nan", "inf", "-inf"] | None, Distance | Literal["nan", "inf"] | None


class Row(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="event", tag="row"):
    """The measurement of one cell in one process. Times in seconds, memory in bytes; None where nothing was measured.

    time: when it was journaled, in seconds since 1970. machine: on which of a merged run's machines, if it has several.
    """

    time: float = 0.0
    key: str
    run: str
    problem: Name
    instance: Name
    operation: Name
    backend: Name
    variant: Name
    dtype: Dtype
    device: Device
    threads: Count
    effective_threads: Count | None
    repeat: Count
    isolated: bool
    status: Status
    reason: str
    import_s: Seconds | None
    prepare_s: Seconds | None
    first_call_s: Seconds | None
    rounds: Count
    iterations: Count
    samples_s: list[CallSeconds]
    min_s: CallSeconds | None
    q1_s: CallSeconds | None
    median_s: CallSeconds | None
    q3_s: CallSeconds | None
    mean_s: CallSeconds | None
    stddev_s: Seconds | None
    cpu_s: Seconds | None
    objective: Told
    error_relative: ToldSize
    error_ulp: ToldSize
    error_explained: ToldSize
    peak_memory_bytes: Count | None
    variables: Count | None
    work_flops: Size | None
    products_bytes: Size | None
    one_pass_bytes: Size | None
    working_set_bytes: Size | None
    clock_overhead_s: Seconds | None
    machine: Label = ""
    warnings: list[str]
    schema: Literal[2]

    def __post_init__(self) -> None:
        for name in TOLD:
            if type(value := getattr(self, name)) is str:
                setattr(self, name, float(value))

    @property
    def cell(self) -> Cell:
        return Cell(**{name.name: getattr(self, name.name) for name in fields(Cell)})


UNKNOWN = dict.fromkeys(name for name, hint in get_type_hints(Row).items() if NoneType in get_args(hint))
"""The members of a row that was not measured yet."""


def new_row(cell: Cell, key: str, run: str, repeat: int, **found: Any) -> Row:
    begun = {"isolated": True, "status": "ok", "reason": "", "samples_s": [], "warnings": [], "schema": SCHEMA}
    counts = {"rounds": 0, "iterations": 0}
    return Row(key=key, run=run, repeat=repeat, **{**UNKNOWN, **begun, **counts, **asdict(cell), **found})


def stated_ranges(hint: Any) -> Iterator[tuple[float, float]]:
    """The least and the greatest number that a type takes, where it states both."""
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.ge is not None and meta.le is not None:
            yield meta.ge, meta.le
    for part in get_args(hint):
        yield from stated_ranges(part)


RANGES = {
    name: found
    for name, hint in get_type_hints(Row, include_extras=True).items()
    for found in stated_ranges(hint)
    if name in UNKNOWN or name == "samples_s"
}


def told(error: float) -> float:
    """An error that is no number, or too large for one."""
    return error if math.isnan(error) or error < 0 else math.inf


def row_members(row: Row) -> dict[str, Any]:
    """What is journaled of a row: null for what no reader would take, as that is a number that is unknown."""
    members = msgspec.structs.asdict(row)
    if not row.machine:  # so that an older gradmark reads what is not merged
        del members["machine"]
    for name, (least, most) in RANGES.items():
        if name == "samples_s":
            members[name] = [sample for sample in members[name] if least <= sample <= most]
        elif members[name] is not None and not least <= members[name] <= most:
            members[name] = told(members[name]) if name in TOLD else None
    return members
