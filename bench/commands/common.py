"""What the commands that run cells share: from what was typed to a plan, a run and its exit status."""

from __future__ import annotations

import sys
from json import dumps as encode
from pathlib import Path

import pandas as pd

import problems

from ..data.tree import json_ready
from ..plan.profile import profile_settings
from ..plan.selection import Plan, Selection, is_expected, make_plan
from ..rows.journal import Journal
from ..rows.row import Row, latest_rows, row_members
from ..rows.run_files import MEMORY_JOURNAL
from ..run.folder import Run
from ..run.interrupt import interrupt_once
from ..run.orchestrator import Stopped, execute_plan
from ..run.progress import report_progress
from ..tables.run_tables import tables_of_kinds
from ..text.splice import splice_into
from ..text.table import TABLE_FORMATS, Table, to_markdown
from ..text.terminal import print_table
from .options import positive_number


def selected_plan(
    chosen: list[str] | None,
    backends: list[str] | None,
    operations: list[str] | None,
    dtypes: list[str] | None,
    devices: list[str] | None,
    threads: list[str] | None,
    profile: str,
    folder: str | None,
) -> Plan:
    """The plan for what was typed. Raises UsageError."""
    if folder:
        problems.add_folder(Path(folder).resolve())
    return make_plan(
        Selection(
            problems=tuple(chosen or ()),
            backends=tuple(backends or ()),
            operations=tuple(operations or ()),
            dtypes=tuple(dtypes or ()),
            devices=tuple(devices or ("cpu",)),
            threads=tuple(positive_number("--threads", text, int) for text in threads or ("1",)),
            profile=profile,
        )
    )


def checking_run(folder: Path, profile: str, timeout: str | None, values: bool = False) -> Run:
    """A run that only checks. It has no limit on what takes long: that is what the timeout is for."""
    settings = profile_settings(profile) | {"repeats": 1, "time": False, "values": values, "limit_s": None}
    if timeout:
        settings["timeout_s"] = positive_number("--timeout", timeout, float)
    return Run(name="", folder=folder, **settings)


def execute_run(chosen: Plan, run: Run, quiet: bool = False) -> int:
    """Execute the run under a progress display; 0 if it ran to its end, else the exit status that this deserves."""
    total = len(chosen.cells) * run.repeats + len(chosen.absent)
    try:
        with interrupt_once(), report_progress(run, total, quiet=quiet):
            execute_plan(chosen, run)
    except KeyboardInterrupt:
        print("gradmark: interrupted; the run folder holds what was measured", file=sys.stderr)
        return 130
    except Stopped as reason:
        print(f"gradmark: {reason}; the journal holds what was measured until then", file=sys.stderr)
        return 1
    return 0


def unexpected_rows(folder: Path) -> list[Row]:
    """Rows whose status is not what their instance declares, those of the memory pass included."""
    journals = (folder / "journal.jsonl", folder / MEMORY_JOURNAL)
    rows = [row for path in journals for row in latest_rows(Journal(path).rows())]
    return [row for row in rows if not is_expected(row.cell, row.status)]


def exit_status(folder: Path) -> int:
    """The exit status that the rows deserve."""
    return 1 if unexpected_rows(folder) else 0


def print_rows_as_json(folder: Path) -> None:
    """The rows that hold, as a JSON list of objects with the journal's members."""
    rows = latest_rows(Journal(folder / "journal.jsonl").rows())
    print(encode([json_ready(row_members(row)) for row in rows], ensure_ascii=False))


def print_run_tables(rows: pd.DataFrame, kinds: list[str]) -> None:
    for each in tables_of_kinds(rows, kinds):
        print_table(each)


def print_or_splice_tables(
    found: list[Table], form: str | None = None, into: str | None = None, command: str = ""
) -> None:
    """Print the tables, in a format, or splice them into a file, where it names the command."""
    if into:
        splice_into(Path(into), "\n".join(to_markdown(each) for each in found), command)
    elif form:
        print("\n".join(TABLE_FORMATS[form](each) for each in found))
    else:
        for each in found:
            print_table(each)
