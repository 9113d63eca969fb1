"""Options that several commands have, and how their texts are read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .. import UsageError

ProblemOption = Annotated[
    list[str] | None, typer.Option("--problem", "-p", metavar="PROBLEM[:INSTANCE]", help="Repeatable.")
]
BackendOption = Annotated[
    list[str] | None, typer.Option("--backend", "-b", metavar="BACKEND[/VARIANT]", help="Repeatable.")
]
OperationOption = Annotated[list[str] | None, typer.Option("--operation", help="Repeatable.")]
DtypeOption = Annotated[list[str] | None, typer.Option("--dtype", help="float64 or float32; repeatable.")]
DeviceOption = Annotated[list[str] | None, typer.Option("--device", help="cpu or cuda; repeatable.")]
ThreadsOption = Annotated[list[str] | None, typer.Option("--threads", help="1 unless given; repeatable.")]
ProfileOption = Annotated[str, typer.Option("--profile", help="quick, standard or rigorous.")]
ProblemsFolderOption = Annotated[
    str | None, typer.Option("--problems", metavar="DIR", help="A folder of problems of your own.")
]
MemoryLimitOption = Annotated[
    str | None, typer.Option("--memory-limit", metavar="SIZE", help="Of a worker, such as 2GB; more is an error.")
]
TimeoutOption = Annotated[
    str | None, typer.Option("--timeout", metavar="SECONDS", help="For one cell, prepare to check.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="On standard error only what failed.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Rows as JSON on standard output, rather than tables.")]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Compute the references again.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as results/curated.")]


def positive_number(option: str, text: str, kind: type[int] | type[float]) -> Any:
    """A positive number from the command line. Raises UsageError."""
    try:
        value = kind(text)
    except ValueError:
        value = kind(0)
    if not 0 < value < float("inf"):
        what = "a whole number of at least 1" if kind is int else "a positive number of seconds"
        raise UsageError(f"{option} {text}: expected {what}")
    return value
