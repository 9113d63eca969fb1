"""The files of a run folder, beside the journal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from . import RESULTS, ROOT, UsageError, environment, tables
from .plan import Plan


def default(profile: str) -> Path:
    """`results/<date>T<time>_<profile>`, with a number behind it where that exists."""
    stem = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}_{profile}"
    names = [stem, *(f"{stem}_{n}" for n in range(2, 100))]
    return next(RESULTS / name for name in names if not (RESULTS / name).exists())


def create(folder: Path) -> None:
    """Make an empty run folder. Raises UsageError where something is there already, or cannot be."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {shown(folder)}: exists and is not an empty folder; nothing was overwritten")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "journal.jsonl").touch()
    except OSError as error:
        raise UsageError(f"--out {shown(folder)}: {error.strerror}") from None


def describe(folder: Path, plan: Plan, settings: dict[str, object]) -> None:
    """Write environment.json and sources.json: what is measured, on what, with which code."""
    cells = (*plan.cells, *plan.absent)
    problems = sorted({cell.problem for cell in cells})
    content = {**environment.describe(), "command": environment.command(), "settings": settings}
    content["decisions"] = environment.decisions()
    write_json(folder / "environment.json", content)
    write_json(folder / "sources.json", environment.sources(problems))


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def summarise(folder: Path) -> None:
    """Write measurements.csv and tables.md from the journal, and into environment.json the threads that were read back."""
    rows = tables.load(folder)
    environment_json = folder / "environment.json"
    content = json.loads(environment_json.read_text())
    ran = rows.dropna(subset=["effective_threads"])
    read_back = zip(ran["backend"], ran["threads"], ran["effective_threads"], strict=True)
    content["effective_threads"] = {f"{name} of {asked}": int(effective) for name, asked, effective in read_back}
    write_json(environment_json, content)
    (folder / "measurements.csv").write_text(tables.render(rows, "csv"))
    (folder / "tables.md").write_text(tables.render(rows, "md"))


def shown(folder: Path) -> str:
    """The folder as the user would type it from the checkout."""
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
