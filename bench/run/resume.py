"""Going on with a run: its own selection and settings, unless others are given, and what its journal lacks.

The files of a run folder may come from elsewhere: what is read here is checked like what is typed. A folder of problems is
code, so it is never taken from a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from .. import UsageError
from ..data.typed import Count, Positive, refusal
from ..machine.facts import command_line, cpu_model, describe_machine
from ..plan.profile import PROFILES, profile_settings
from ..rows.journal import Journal
from ..rows.run_files import read_environment
from ..text.escape import shown_value
from ..text.names import known_name
from .reserve import keep_reserve

SELECTION_OPTIONS = ("problem", "backend", "operation", "dtype", "device", "threads")


class Chosen(msgspec.Struct):
    """The options of the selection, as they were typed. problems: a folder of problems."""

    problem: list[str] | None = None
    backend: list[str] | None = None
    operation: list[str] | None = None
    dtype: list[str] | None = None
    device: list[str] | None = None
    threads: list[str] | None = None
    problems: str | None = None


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
    """What environment.json says of a run: what was chosen, and the fields of `orchestrator.Run`."""

    selection: dict[str, Any]
    settings: dict[str, Any]


def read_earlier(folder: Path, problems_folder: str | None) -> EarlierRun:
    """The run in a folder. Raises UsageError where it cannot be resumed, here, by this gradmark."""
    content = read_environment(folder)
    Journal(folder / "journal.jsonl").rows()  # refused before anything is changed
    found = content.get("settings")
    selection = found.get("selection") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(selection, dict):
        raise UsageError(f"--resume {folder}: an earlier gradmark made it, and did not write down what was chosen")
    if selection.get("problems") and not problems_folder:
        raise UsageError(f"--resume {folder}: it has problems of a folder of its own; add --problems DIR")
    if content.get("cpu") != cpu_model():
        raise UsageError(
            f"--resume {folder}: measured on {shown_value(content.get('cpu'))}, and this is another machine"
        )
    try:
        settings = msgspec.structs.asdict(msgspec.convert(found, Settings))
    except msgspec.ValidationError as error:
        raise refusal(f"{folder}/environment.json", error, found, Settings) from None
    chosen = msgspec.structs.asdict(settings.pop("selection"))
    profile = known_name("profile", settings.pop("profile"), tuple(PROFILES))
    return EarlierRun({name: chosen[name] for name in SELECTION_OPTIONS}, profile_settings(profile) | settings)


def reopen_folder(folder: Path) -> None:
    """Make sure that the folder can be written to. Raises UsageError."""
    try:
        keep_reserve(folder)
    except OSError as error:
        raise UsageError(f"--resume {folder}: {error.strerror}") from None


def resumption_note() -> dict[str, Any]:
    """What environment.json says of a resumption."""
    facts = describe_machine()
    kept = ("versions", "git_commit", "load", "python")
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command_line(),
        **{name: facts[name] for name in kept},
    }
