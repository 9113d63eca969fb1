"""Options that several commands have, and how their texts are read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from . import UsageError

Problems = Annotated[
    list[str] | None, typer.Option("--problem", "-p", metavar="PROBLEM[:INSTANCE]", help="Repeatable.")
]
Backends = Annotated[list[str] | None, typer.Option("--backend", "-b", metavar="BACKEND[/VARIANT]", help="Repeatable.")]
Operations = Annotated[list[str] | None, typer.Option("--operation", help="Repeatable.")]
Dtypes = Annotated[list[str] | None, typer.Option("--dtype", help="float64 or float32; repeatable.")]
Devices = Annotated[list[str] | None, typer.Option("--device", help="cpu or cuda; repeatable.")]
Threads = Annotated[list[str] | None, typer.Option("--threads", help="1 unless given; repeatable.")]
Profile = Annotated[str, typer.Option("--profile", help="quick, standard or rigorous.")]
Folder = Annotated[str | None, typer.Option("--problems", metavar="DIR", help="A folder of problems of your own.")]
MemoryLimit = Annotated[
    str | None, typer.Option("--memory-limit", metavar="SIZE", help="Of a worker, such as 2GB; more is an error.")
]
Timeout = Annotated[str | None, typer.Option("--timeout", metavar="SECONDS", help="For one cell, prepare to check.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="On standard error only what failed.")]
Json = Annotated[bool, typer.Option("--json", help="Rows as JSON on standard output, rather than tables.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute the references again.")]
RunFolder = Annotated[str, typer.Argument(metavar="RUN", help="A run folder, such as results/curated.")]


def number(option: str, text: str, kind: type[int] | type[float]) -> Any:
    """A positive number from the command line. Raises UsageError."""
    try:
        value = kind(text)
    except ValueError:
        value = kind(0)
    if not 0 < value < float("inf"):
        what = "a whole number of at least 1" if kind is int else "a positive number of seconds"
        raise UsageError(f"{option} {text}: expected {what}")
    return value
