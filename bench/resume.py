"""Going on with a run: its own selection and settings, unless others are given, and what its journal lacks.

The files of a run folder may come from elsewhere: what is read here is checked like what is typed. A folder of problems is
code, so it is never taken from a file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import UsageError, environment, orchestrator, plan, reserve, schema
from .journal import LONGEST_LINE, Journal

SELECTION = ("problem", "backend", "operation", "dtype", "device", "threads")
SETTINGS = {"repeats": int, "timeout_s": float, "limit_s": float | None, "memory_limit_bytes": int | None, "seed": int}
SETTINGS |= {"memory_follows": bool | None}


@dataclass(frozen=True)
class Earlier:
    """What environment.json says of a run: what was chosen, and the fields of `orchestrator.Run`."""

    selection: dict[str, Any]
    settings: dict[str, Any]


def read(folder: Path, problems_folder: str | None) -> Earlier:
    """The run in a folder. Raises UsageError where it cannot be resumed, here, by this gradmark."""
    content = environment_of(folder)
    Journal(folder / "journal.jsonl").rows()  # refused before anything is changed
    found = content.get("settings")
    selection = found.get("selection") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(selection, dict):
        raise UsageError(f"--resume {folder}: an earlier gradmark made it, and did not write down what was chosen")
    if selection.get("problems") and not problems_folder:
        raise UsageError(f"--resume {folder}: it has problems of a folder of its own; add --problems DIR")
    if content.get("cpu") != environment.cpu_model():
        raise UsageError(
            f"--resume {folder}: measured on {schema.shown(content.get('cpu'))}, and this is another machine"
        )
    chosen = {name: member(folder, name, selection.get(name), list[str] | None) for name in SELECTION}
    profile = plan.known("profile", member(folder, "profile", found.get("profile"), str), tuple(plan.PROFILES))
    settings = {name: member(folder, name, found.get(name), hint) for name, hint in SETTINGS.items()}
    return Earlier(chosen, orchestrator.settings(profile) | settings)


def member(folder: Path, name: str, value: Any, hint: Any) -> Any:
    try:
        return schema.reader(hint)(value)
    except ValueError as expected:
        raise UsageError(f"{folder}/environment.json: {name}: expected {expected}, got {schema.shown(value)}") from None


def environment_of(folder: Path) -> dict[str, Any]:
    """The content of a run's environment.json. Raises UsageError."""
    path = folder / "environment.json"
    if not (folder / "journal.jsonl").is_file() or not path.is_file():
        raise UsageError(f"--resume {folder}: expected a run folder, with journal.jsonl and environment.json in it")
    try:
        if path.stat().st_size > LONGEST_LINE:
            raise ValueError(f"larger than {LONGEST_LINE} bytes")
        content = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"--resume {folder}: environment.json: {error or 'nested too deeply'}") from None
    if not isinstance(content, dict):
        raise UsageError(f"--resume {folder}: environment.json: expected an object")
    return content


def reopen(folder: Path) -> None:
    """Make sure that the folder can be written to. Raises UsageError."""
    try:
        reserve.keep(folder)
    except OSError as error:
        raise UsageError(f"--resume {folder}: {error.strerror}") from None


def note() -> dict[str, Any]:
    """What environment.json says of a resumption."""
    facts = environment.describe()
    kept = ("versions", "git_commit", "load", "python")
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": environment.command(),
        **{name: facts[name] for name in kept},
    }
