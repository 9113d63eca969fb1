"""What the commands that run cells share: from what was typed to a plan, a run and its exit status."""

from __future__ import annotations

import sys
from dataclasses import asdict
from json import dumps as encode
from pathlib import Path

import pandas as pd

import problems

from .. import formats, interrupt, orchestrator, plan, splice, tables, terminal
from ..journal import Row, latest, plain
from ..options import number
from ..table import Table


def select(
    chosen: list[str] | None,
    backends: list[str] | None,
    operations: list[str] | None,
    dtypes: list[str] | None,
    devices: list[str] | None,
    threads: list[str] | None,
    profile: str,
    folder: str | None,
) -> plan.Plan:
    """The plan for what was typed. Raises UsageError."""
    if folder:
        problems.add_folder(Path(folder).resolve())
    return plan.make_plan(
        plan.Selection(
            problems=tuple(chosen or ()),
            backends=tuple(backends or ()),
            operations=tuple(operations or ()),
            dtypes=tuple(dtypes or ()),
            devices=tuple(devices or ("cpu",)),
            threads=tuple(number("--threads", text, int) for text in threads or ("1",)),
            profile=profile,
        )
    )


def untimed(folder: Path, profile: str, timeout: str | None, values: bool = False) -> orchestrator.Run:
    """A run that only checks. It has no limit on what takes long: that is what the timeout is for."""
    settings = orchestrator.settings(profile) | {"repeats": 1, "time": False, "values": values, "limit_s": None}
    if timeout:
        settings["timeout_s"] = number("--timeout", timeout, float)
    return orchestrator.Run(name="", folder=folder, **settings)


def finish(chosen: plan.Plan, run: orchestrator.Run, quiet: bool = False) -> int:
    """Execute the run under a progress display; 0 if it ran to its end, else the exit status that this deserves."""
    total = len(chosen.cells) * run.repeats + len(chosen.absent)
    try:
        with interrupt.once(), terminal.progress(run, total, quiet=quiet):
            orchestrator.execute(chosen, run)
    except KeyboardInterrupt:
        print("gradmark: interrupted; the run folder holds what was measured", file=sys.stderr)
        return 130
    except orchestrator.Stopped as reason:
        print(f"gradmark: {reason}; the journal holds what was measured until then", file=sys.stderr)
        return 1
    return 0


def unexpected(folder: Path) -> list[Row]:
    """Rows whose status is not what their instance declares, those of the memory pass included."""
    journals = (folder / "journal.jsonl", folder / orchestrator.MEMORY_JOURNAL)
    rows = [row for path in journals for row in latest(tables.Journal(path).rows())]
    return [row for row in rows if not plan.is_expected(row.cell, row.status)]


def verdict(folder: Path) -> int:
    """The exit status that the rows deserve."""
    return 1 if unexpected(folder) else 0


def print_rows(folder: Path) -> None:
    """The rows that hold, as a JSON list of objects with the journal's members."""
    rows = latest(tables.Journal(folder / "journal.jsonl").rows())
    print(encode([plain(asdict(row)) for row in rows], ensure_ascii=False))


def print_tables(rows: pd.DataFrame, kinds: list[str]) -> None:
    for each in tables.of_kinds(rows, kinds):
        terminal.print_table(each)


def show_tables(found: list[Table], form: str | None = None, into: str | None = None, command: str = "") -> None:
    """Print the tables, in a format, or splice them into a file, where it names the command."""
    if into:
        splice.into(Path(into), "\n".join(formats.to_markdown(each) for each in found), command)
    elif form:
        print("\n".join(formats.FORMATS[form](each) for each in found))
    else:
        for each in found:
            terminal.print_table(each)
