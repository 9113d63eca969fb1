"""What the commands that run cells share: from what was typed to a plan, a run and its exit status."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps as encode
from pathlib import Path

from ..data.store import json_ready
from ..plan.cell import is_expected, profile_settings
from ..plan.selection import Plan, Selection, chosen_cases, make_plan
from ..rows.journal import Journal
from ..rows.row import latest_rows, row_members
from ..rows.run_files import MEMORY_JOURNAL
from ..run.folder import Run
from ..run.orchestrator import Stopped, execute_plan
from ..run.progress import interrupt_once, report_progress
from ..text.splice import splice_into
from ..text.table import TABLE_FORMATS, Table, print_table, to_markdown
from .options import SelectionOptions, positive_number


def selected_plan(selection: SelectionOptions) -> Plan:
    """The plan for what was typed, with the user's own folders added. Raises UsageError."""
    selection.add_folders()
    threads = selection.threads or ["1"]
    return make_plan(
        Selection(
            problems=tuple(selection.problem or ()),
            backends=tuple(selection.backend or ()),
            operations=tuple(selection.operation or ()),
            dtypes=tuple(selection.dtype or ()),
            devices=tuple(selection.device or ["cpu"]),
            threads=tuple(positive_number("--threads", text, int) for text in threads),
            profile=selection.profile_name,
        )
    )


@contextmanager
def checked_cells(
    chosen: Plan,
    profile: str,
    timeout: str | None,
    *,
    values: bool = False,
    fresh: bool = False,
    quiet: bool = False,
) -> Iterator[tuple[Path, int]]:
    """Check these cells without timing them: a run folder that is deleted afterwards, and the exit status.

    Nothing is left out for taking long: that is what the timeout is for.
    """
    settings = profile_settings(profile) | {"repeats": 1, "time": False, "limit_s": None}
    if timeout:
        settings["timeout_s"] = positive_number("--timeout", timeout, float)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = execute_run(chosen, Run(name="", folder=folder, values=values, fresh=fresh, **settings), quiet)
        yield folder, stopped or exit_status(folder)


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


def exit_status(folder: Path) -> int:
    """1 if the status of any row is not what its instance declares, those of the memory pass included."""
    rows = [row for name in ("journal.jsonl", MEMORY_JOURNAL) for row in latest_rows(Journal(folder / name).rows())]
    return 0 if all(is_expected(row.cell, row.status) for row in rows) else 1


def left_out_note(chosen: Plan, profile: str) -> str:
    """How many cases of the problems this profile left out, for the last line of a check or a run; empty without any."""
    checked = {(cell.problem, cell.instance, cell.operation) for cell in (*chosen.cells, *chosen.absent)}
    names = list(dict.fromkeys(problem for problem, _, _ in checked))
    every = set(chosen_cases(Selection(problems=tuple(names), profile="standard")))
    whose = ", ".join(names) if len(names) < 4 else "these problems"
    more = "" if profile == "standard" else "; --profile standard checks all sizes, variants and dtypes"
    return f"; checked {len(checked)} of the {len(every)} cases of {whose}{more}" if every - checked else ""


def print_rows_as_json(folder: Path) -> None:
    """The rows that hold, as a JSON list of objects with the journal's members."""
    rows = latest_rows(Journal(folder / "journal.jsonl").rows())
    print(encode([json_ready(row_members(row)) for row in rows], ensure_ascii=False))


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
