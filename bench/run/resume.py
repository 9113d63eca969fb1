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
from ..data.readers import reader_of
from ..machine.facts import cpu_model
from ..plan.cell import PROFILES, profile_settings
from ..plan.selection import known_name
from ..rows.journal import Journal
from ..rows.run_files import read_environment
from ..text.escape import shown_value

SELECTION_OPTIONS = ("problem", "backend", "operation", "dtype", "device", "threads")
FOLDER_OPTIONS = ("problems", "backends")
RESUMED_SETTINGS = {
    "repeats": int,
    "timeout_s": float,
    "limit_s": float | None,
    "memory_limit_bytes": int | None,
    "seed": int,
}
RESUMED_SETTINGS |= {"memory_follows": bool | None}


@dataclass(frozen=True)
class EarlierRun:
    """What environment.json says of a run: what was chosen, and the fields of `orchestrator.Run`."""

    selection: dict[str, Any]
    settings: dict[str, Any]


def read_earlier(folder: Path, typed: Mapping[str, Any]) -> EarlierRun:
    """The run in a folder. Raises UsageError where it cannot be resumed, here, with the options that were typed."""
    content = read_environment(folder)
    Journal(folder / "journal.jsonl").rows()  # refused before anything is changed
    found = content.get("settings")
    selection = found.get("selection") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(selection, dict):
        raise UsageError(f"--resume {folder}: cannot be resumed; environment.json lacks its selection")
    for name in FOLDER_OPTIONS:
        if selection.get(name) and not typed.get(name):
            raise UsageError(f"--resume {folder}: the run has {name} of your own; add --{name} DIR")
    if content.get("cpu") != cpu_model():
        raise UsageError(f"--resume {folder}: measured on {shown_value(content.get('cpu'))}; this machine is another")
    chosen = {name: read_member(folder, name, selection.get(name), list[str] | None) for name in SELECTION_OPTIONS}
    profile = known_name("profile", read_member(folder, "profile", found.get("profile"), str), tuple(PROFILES))
    settings = {name: read_member(folder, name, found.get(name), hint) for name, hint in RESUMED_SETTINGS.items()}
    return EarlierRun(chosen, profile_settings(profile) | settings)


def read_member(folder: Path, name: str, value: Any, hint: Any) -> Any:
    try:
        return reader_of(hint)(value)
    except ValueError as expected:
        raise UsageError(f"{folder}/environment.json: {name}: expected {expected}, got {shown_value(value)}") from None
