"""The files of a run folder, beside the journal."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from . import RESULTS, ROOT, UsageError, environment, escape, formats, limits, reserve, resume, tables
from .breakdown import Breakdown
from .journal import Journal
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
        reserve.keep(folder)
    except OSError as error:
        raise UsageError(f"--out {shown(folder)}: {error.strerror}") from None


def describe(folder: Path, plan: Plan, settings: dict[str, object]) -> None:
    """Write environment.json and sources.json: what is measured, on what, with which code. Raises UsageError."""
    content = {**environment.describe(), "command": environment.command(), "settings": settings}
    content |= {"decisions": environment.decisions(), "cells": len(plan.cells) + len(plan.absent)}
    try:
        write_json(folder / "environment.json", content)
        write_json(folder / "sources.json", environment.sources(problems_of(plan)))
        limits.keep(folder)
    except OSError as error:
        raise UsageError(f"--out {shown(folder)}: {error.strerror}") from None


def describe_again(folder: Path, plan: Plan) -> None:
    """Add to environment.json that the run was resumed, and to sources.json what it runs now."""
    content = resume.environment_of(folder)
    earlier = content.get("resumed")
    content["resumed"] = [*(earlier if isinstance(earlier, list) else []), resume.note()]
    write_json(folder / "environment.json", content)
    try:
        known = json.loads((folder / "sources.json").read_text())
    except (OSError, ValueError, RecursionError):
        known = {}
    write_json(folder / "sources.json", {**known, **environment.sources(problems_of(plan))})


def problems_of(plan: Plan) -> list[str]:
    return sorted({cell.problem for cell in (*plan.cells, *plan.absent)})


def write_json(path: Path, content: object) -> None:
    write(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write(path: Path, text: str) -> None:
    """Replace a file as a whole, so that an interruption leaves the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def summarise(folder: Path, rows: pd.DataFrame, spent: Breakdown) -> None:
    """Write measurements.csv and tables.md, and into environment.json the threads as read back and where the time went."""
    write(folder / "measurements.csv", formats.render(rows, "csv"))
    about = "".join(f"{escape.markdown(line)}\n\n" for line in heading(folder, rows))
    write(folder / "tables.md", about + formats.render(rows, "md"))
    environment_json = folder / "environment.json"
    content = json.loads(environment_json.read_text())
    ran = rows.dropna(subset=["effective_threads"])
    read_back = zip(ran["backend"], ran["threads"], ran["effective_threads"], strict=True)
    content["effective_threads"] = {f"{name} of {asked}": int(effective) for name, asked, effective in read_back}
    content["breakdown_s"] = {name: round(seconds, 3) for name, seconds in spent.seconds.items()}
    write_json(environment_json, content)


def heading(folder: Path, rows: pd.DataFrame) -> list[str]:
    """What stands above the tables of a run: machine, date and versions as far as they are known, and what is missing."""
    content = known_environment(folder)
    versions = content.get("versions")
    known = versions if isinstance(versions, dict) else {}
    used = environment.libraries(known)
    facts = [f"{content.get('cpu')}, {content.get('cpus_usable')} CPUs", *(content.get(k) for k in ("time", "python"))]
    lines = [", ".join(str(fact) for fact in [*facts, used] if fact)] if content else []
    planned, found = content.get("cells"), len(rows.groupby(tables.CELL)) if len(rows) else 0
    if isinstance(planned, int) and found < planned:
        lines.append(f"INCOMPLETE: {found} of {planned} cells have a row; gradmark run --resume does the others")
    if Journal(folder / "journal.jsonl").is_torn():
        lines.append("INCOMPLETE: the last line of the journal is cut off")
    return [f"{folder.resolve().name}: {lines[0]}", *lines[1:]] if content else lines


def known_environment(folder: Path) -> dict[str, Any]:
    """What environment.json holds, nothing where it is not there or damaged: the rows can be read without it."""
    try:
        return resume.environment_of(folder)
    except UsageError:
        return {}


def shown(folder: Path) -> str:
    """The folder as the user would type it from the checkout."""
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)
