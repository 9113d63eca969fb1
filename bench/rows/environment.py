"""What a run folder says of its run beside the rows: environment.json and sources.json.

They may come from elsewhere: a member that is known here has the type that is stated here, or the file is refused, by
every command alike. Members that are not known are kept and never shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypedDict

import msgspec

from ..data.files import Count, Positive, Seconds, decode_file, is_there

ENVIRONMENT_FILE = "environment.json"
SOURCES_FILE = "sources.json"

Line = Annotated[str, msgspec.Meta(max_length=100_000)]
"""A text that is shown, such as a command line."""


class StoredSelection(TypedDict, total=False):
    """The options of the selection, as they were typed. problems, backends: folders of the user's own."""

    problem: list[str] | None
    backend: list[str] | None
    operation: list[str] | None
    dtype: list[str] | None
    device: list[str] | None
    threads: list[str] | None
    profile: str | None
    problems: str | None
    backends: str | None


class StoredSettings(TypedDict, total=False):
    """How a run is done, by the fields of `Run`. interleaved: the mark that two runs share which were measured in turns."""

    selection: StoredSelection | None
    profile: Line
    repeats: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    timeout_s: Positive
    limit_s: Positive | None
    memory_limit_bytes: Count | None
    seed: int
    memory_follows: bool | None
    interleaved: Line


class CellSeconds(TypedDict, total=False):
    seconds: Seconds
    first_call_s: Seconds


class Environment(TypedDict, total=False):
    """The machine, the software and the run. cells: how many were planned. slowest_cells: name → its seconds.

    imported: the files that workers imported → their digests. parts: of a merged run, what is each one's own.
    """

    time: Line | None
    cpu: Line | None
    cores: Count | None
    cpus_usable: Count | None
    memory_bytes: Count | None
    os: Line | None
    libc: Line | None
    python: Line | None
    versions: dict[Line, Line]
    blas: list[dict[str, Any]]
    git_commit: Line | None
    variables: dict[Line, Line]
    clock: dict[str, Any]
    load: list[Seconds]
    command: Line | None
    settings: StoredSettings | None
    decisions: dict[Line, Line]
    cells: Count
    resumed: list[dict[str, Any]]
    effective_threads: dict[Line, Count]
    breakdown_s: dict[Line, Seconds]
    slowest_cells: dict[Line, CellSeconds]
    imported: dict[Line, Line]
    parts: list[dict[str, Any]]


def read_environment(folder: Path) -> dict[str, Any]:
    """What environment.json holds, nothing without the file. Raises UsageError with the member that is not as stated."""
    path = folder / ENVIRONMENT_FILE
    if not is_there(path):
        return {}
    decode_file(path, Environment)
    return decode_file(path, dict[str, Any])


def read_sources(folder: Path) -> dict[str, str]:
    """The texts of sources.json by their paths, none without the file. Raises UsageError."""
    path = folder / SOURCES_FILE
    return decode_file(path, dict[str, str]) if is_there(path) else {}
