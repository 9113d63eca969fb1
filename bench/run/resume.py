"""Resuming a run: its own selection and settings, unless others are given, and what its journal lacks.

The files of a run folder may come from elsewhere: what is read here is checked like what is typed. A user's own folder of
problems or backends is code, so it is never taken from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from .. import UsageError
from ..data.files import Count, Positive, refusal
from ..machine.facts import machine_differences, machine_facts, this_machine_facts
from ..plan.cell import profile_settings
from ..rows.journal import Journal, read_environment

SELECTION_OPTIONS = ("problem", "backend", "operation", "dtype", "device", "threads")
FOLDER_OPTIONS = ("problems", "backends")


class Chosen(msgspec.Struct):
    """The options of the selection, as they were typed. problems, backends: folders of the user's own."""

    problem: list[str] | None = None
    backend: list[str] | None = None
    operation: list[str] | None = None
    dtype: list[str] | None = None
    device: list[str] | None = None
    threads: list[str] | None = None
    problems: str | None = None
    backends: str | None = None


class Settings(msgspec.Struct, kw_only=True):
    """What environment.json says of how a run is done."""

    selection: Chosen
    profile: str
    repeats: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    timeout_s: Positive
    limit_s: Positive | None = None
    memory_limit_bytes: Count | None = None
    seed: int
    memory_follows: bool | None = None


@dataclass(frozen=True)
class EarlierRun:
    """What environment.json says of a run: what was chosen, and the fields of `Run`."""

    selection: dict[str, Any]
    settings: dict[str, Any]


def read_earlier(folder: Path, typed: Mapping[str, Any]) -> EarlierRun:
    """The run in a folder. Raises UsageError where it cannot be resumed, here, with the options that were typed."""
    content = read_environment(folder)
    Journal(folder / "journal.jsonl").rows()  # refused before anything is changed
    if content.get("parts"):
        raise UsageError(f"--resume {folder}: a merged run is not resumed; resume its parts, and merge them again")
    found = content.get("settings")
    selection = found.get("selection") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(selection, dict):
        raise UsageError(f"--resume {folder}: cannot be resumed; environment.json lacks its selection")
    for name in FOLDER_OPTIONS:
        if selection.get(name) and not typed.get(name):
            raise UsageError(f"--resume {folder}: the run has {name} of your own; add --{name} DIR")
    if differences := machine_differences(machine_facts(content), this_machine_facts()):
        raise UsageError(
            f"--resume {folder}: measured on another machine ({differences}); a run has one machine: start a new one here"
        )
    try:
        settings = msgspec.structs.asdict(msgspec.convert(found, Settings))
    except msgspec.ValidationError as error:
        raise refusal(f"{folder}/environment.json", error, found, Settings) from None
    chosen = msgspec.structs.asdict(settings.pop("selection"))
    settings = profile_settings(settings["profile"]) | settings
    return EarlierRun({name: chosen[name] for name in SELECTION_OPTIONS}, settings)
