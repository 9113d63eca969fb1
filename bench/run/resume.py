"""Resuming a run: its own selection and settings, unless others are given, and what its journal lacks.

The files of a run folder may come from elsewhere: what is read here is checked like what is typed. A user's own folder of
problems or backends is code, so it is never taken from a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import UsageError
from ..data.files import is_there
from ..machine.facts import machine_differences, machine_facts, this_machine_facts
from ..machine.limits import LIMITS_FILE, read_limits
from ..machine.variables import code_variables, variable_differences
from ..plan.cell import profile_settings
from ..rows.environment import ENVIRONMENT_FILE, StoredSettings, read_environment, read_sources
from ..rows.journal import JOURNAL, MEMORY_JOURNAL, Journal
from ..rows.step_curves import read_step_curves

SELECTION_OPTIONS = ("problem", "backend", "operation", "dtype", "device", "threads")
FOLDER_OPTIONS = ("problems", "backends")
NOT_OF_A_RUN = ("selection", "interleaved")  # of the settings
NEEDED = ("profile", "repeats", "timeout_s", "seed")
"""The settings without which a run cannot go on."""


@dataclass(frozen=True)
class EarlierRun:
    """What environment.json says of a run: what was chosen, and the fields of `Run`."""

    selection: dict[str, Any]
    settings: dict[str, Any]


def read_earlier(folder: Path, typed: Mapping[str, Any]) -> EarlierRun:
    """The run in a folder. Raises UsageError where it cannot be resumed, here, with the options that were typed."""
    if not is_there(folder / JOURNAL) or not is_there(folder / ENVIRONMENT_FILE):
        raise UsageError(f"--resume {folder}: expected a run folder, with journal.jsonl and environment.json in it")
    content = read_environment(folder)
    read_everything(folder)
    if content.get("parts"):
        raise UsageError(f"--resume {folder}: a merged run is not resumed; resume its parts, and merge them again")
    found = content.get("settings") or {}
    selection = found.get("selection")
    if selection is None:
        raise UsageError(f"--resume {folder}: cannot be resumed; environment.json lacks its selection")
    for name in FOLDER_OPTIONS:
        if selection.get(name) and not typed.get(name):
            raise UsageError(f"--resume {folder}: the run has {name} of your own; add --{name} DIR")
    if differences := machine_differences(machine_facts(content), this_machine_facts()):
        raise UsageError(
            f"--resume {folder}: measured on another machine ({differences}); a run has one machine: start a new one here"
        )
    if differences := variable_differences(content.get("variables"), code_variables()):
        raise UsageError(
            f"--resume {folder}: measured with other environment variables ({differences}); set them as they were, or "
            "start a new run"
        )
    lacking = [name for name in NEEDED if name not in found]
    if lacking:
        raise UsageError(f"{folder}/environment.json: member settings: object missing required field {lacking[0]}")
    known = {name: value for name, value in found.items() if name in StoredSettings.__annotations__}
    settings = profile_settings(found["profile"]) | {n: v for n, v in known.items() if n not in NOT_OF_A_RUN}
    return EarlierRun({name: selection.get(name) for name in SELECTION_OPTIONS}, settings)


def read_everything(folder: Path) -> None:
    """What cannot be read is refused before anything is changed."""
    for name in (JOURNAL, MEMORY_JOURNAL):
        Journal(folder / name).rows()
    read_sources(folder)
    read_step_curves(folder)
    read_limits(folder / LIMITS_FILE)
