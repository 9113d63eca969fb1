"""The commands that run cells: `run`, `check` and `scale`; and what others need that check cells on the way."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from .. import BEGAN, UsageError
from ..data.files import shown_path, strict_json
from ..data.temporary import TemporaryFolder
from ..machine.memory_limit import parse_size
from ..plan.cell import is_expected, profile_settings
from ..plan.selection import Plan, Selection, chosen_cases, ladder_cases
from ..rows.journal import MEMORY_JOURNAL, Journal, json_ready, latest_rows
from ..rows.row import row_members
from ..run.folder import Run, TimeSpent, begin_run, finish_folder
from ..run.orchestrator import memory_plan, memory_run
from ..run.progress import execute_run
from ..run.resume import EarlierRun, read_earlier
from ..tables.frame import count_statuses, load_rows
from ..tables.run_tables import tables_of_kinds, write_summary
from ..text.message import say
from ..truth.extended import require_extended
from .options import (
    JsonOption,
    MemoryLimitOption,
    NoCacheOption,
    OutOption,
    QuietOption,
    RepeatsOption,
    SelectionOptions,
    TimeoutOption,
    positive_number,
    takes_selection,
)
from .output import print_or_splice_tables

IMPORT_S = time.perf_counter() - BEGAN


def register(app: typer.Typer) -> None:
    app.command("run", epilog="Example: gradmark run -p linear_regression:real -b jax_grad --dtype float32")(run_cells)
    app.command("check", epilog="Example: gradmark check -p xor_mlp -b jax_grad/jit")(check_cells)
    app.command("scale", epilog="Example: gradmark scale logistic_regression -b numpy_hand -b jax_grad/jit")(
        scale_problem
    )


@takes_selection()
def run_cells(
    selection: SelectionOptions,
    repeats: RepeatsOption = None,
    timeout: TimeoutOption = None,
    limit: MemoryLimitOption = None,
    memory: Annotated[bool, typer.Option("--memory", help="Then measure peak memory, in new processes.")] = False,
    out: OutOption = None,
    resumed: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Resume RUN: measure the cells that are missing, failed, or whose code, libraries or settings changed. "
            "RUN's selection and settings hold unless others are given.",
        ),
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Check and time cells. Writes a run folder with tables."""
    if out and resumed:
        raise UsageError("--out and --resume: a run is resumed in its own folder; leave out --out")
    spent = TimeSpent()
    spent.seconds["importing"] = IMPORT_S
    with spent.phase("planning"):
        require_extended()
        earlier = None
        if resumed:
            earlier = read_earlier(Path(resumed), selection.by_option())
            lacking = {name: what for name, what in earlier.selection.items() if not getattr(selection, name)}
            selection = replace(selection, **lacking)
        settings = run_settings(earlier, selection.profile, repeats, timeout, limit)
        settings["memory_follows"] = bool(memory or settings["memory_follows"])
        selection = replace(selection, profile=settings["profile"])
        typed, chosen = selection.by_option(), selection.plan()
        this = begin_run(chosen, settings, typed, spent, out, resumed)
        this.reasons = json
    stopped = execute_run(chosen, this, quiet)
    if this.memory_follows and not stopped:
        stopped = execute_run(memory_plan(chosen, this), memory_run(this), quiet)
    if stopped and not this.journal.path.exists():  # the folder was deleted meanwhile
        raise typer.Exit(stopped)
    status = stopped or exit_status(this.folder)
    report_run(this, quiet=quiet, json=json, note=left_out_note(chosen, this.profile))
    raise typer.Exit(status)


@takes_selection()
def check_cells(
    selection: SelectionOptions,
    timeout: TimeoutOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Check cells against the reference, without timing them."""
    chosen, profile = selection.plan(), selection.profile_name
    with checked_cells(chosen, profile, timeout, fresh=no_cache, quiet=quiet, reasons=json) as (folder, status):
        rows = load_rows(folder)
        print_rows_as_json(folder) if json else print_or_splice_tables(tables_of_kinds(rows, ["accuracy"]))
        if not quiet:
            print(f"{count_statuses(rows)}{left_out_note(chosen, profile)}", file=sys.stderr)
        raise typer.Exit(status)


@takes_selection(without="problem")
def scale_problem(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM", help="A problem with a ladder of sizes.")],
    selection: SelectionOptions,
    repeats: RepeatsOption = None,
    timeout: TimeoutOption = None,
    out: OutOption = None,
) -> None:
    """Time a problem at growing sizes. Fits exponents, and says which backend overtakes which.

    Times the gradient, unless --operation names others.
    """
    require_extended()
    selection.add_folders()
    settings = run_settings(None, selection.profile, repeats, timeout, None) | {"memory_follows": False}
    operations = selection.operation or ["gradient"]
    selection = replace(selection, problem=ladder_cases(problem), operation=operations, profile=settings["profile"])
    chosen = selection.plan()
    this = begin_run(chosen, settings, selection.by_option(), TimeSpent(), out, None)
    stopped = execute_run(chosen, this)
    report_run(this, ["scaling"])
    raise typer.Exit(stopped or exit_status(this.folder))


def run_settings(
    earlier: EarlierRun | None, profile: str | None, repeats: str | None, timeout: str | None, limit: str | None
) -> dict[str, Any]:
    """The fields of a `Run`: those of the run that is resumed, and what was typed. Raises UsageError."""
    found = dict(earlier.settings) if earlier else {"seed": random.SystemRandom().randrange(2**32)}
    if profile or not earlier:
        found |= profile_settings(profile or "quick")
    if repeats:
        found["repeats"] = positive_number("--repeats", repeats, int)
    if timeout:
        found["timeout_s"] = positive_number("--timeout", timeout, float)
    if limit:
        found["memory_limit_bytes"] = parse_size(limit)
    return found


def report_run(
    this: Run, kinds: list[str] | None = None, *, quiet: bool = False, json: bool = False, note: str = ""
) -> None:
    """Print the tables (of these kinds, or all), where the time went and how many cells have each status.

    The tables and the times go into the folder first, where it can be written to: a terminal may be gone by now.
    """
    with this.spent.phase("reporting"):
        rows = load_rows(this.folder)
        tables = [] if json else tables_of_kinds(rows, kinds or [])
    complete_folder(this, rows)
    print_rows_as_json(this.folder) if json else print_or_splice_tables(tables)
    if not quiet:
        print("\n".join(line for line in (this.spent.line(), this.spent.slowest_line()) if line), file=sys.stderr)
        print(f"{count_statuses(rows)}{note}; {shown_path(this.folder)}", file=sys.stderr)


def complete_folder(this: Run, rows: pd.DataFrame) -> None:
    """Write what is known at the end of a run, and its tables, where the folder can be written to."""
    try:
        with this.spent.phase("reporting"):
            ran = rows.dropna(subset=["effective_threads"])
            threads = zip(ran["backend"], ran["threads"], ran["effective_threads"], strict=True)
            finish_folder(this, {f"{name} of {asked}": int(effective) for name, asked, effective in threads})
            write_summary(this.folder, rows)
    except OSError as error:
        where = Path(error.filename).name if isinstance(error.filename, str) else "the tables"
        say(f"{where}: {error.strerror}; gradmark table prints the tables")


@contextmanager
def checked_cells(
    chosen: Plan,
    profile: str,
    timeout: str | None,
    *,
    values: bool = False,
    fresh: bool = False,
    quiet: bool = False,
    reasons: bool = True,
) -> Iterator[tuple[Path, int]]:
    """Check these cells without timing them: a run folder that is deleted afterwards, and the exit status.

    Nothing is left out for taking long: that is what the timeout is for. reasons: as in `Run`.
    """
    settings = profile_settings(profile) | {"repeats": 1, "time": False, "limit_s": None}
    if timeout:
        settings["timeout_s"] = positive_number("--timeout", timeout, float)
    with TemporaryFolder() as folder:
        run = Run(name="", folder=folder, values=values, fresh=fresh, reasons=reasons, **settings)
        stopped = execute_run(chosen, run, quiet)
        yield folder, stopped or exit_status(folder)


def exit_status(folder: Path) -> int:
    """1 if the status of any row is not what its instance declares, those of the memory pass included."""
    rows = [row for name in ("journal.jsonl", MEMORY_JOURNAL) for row in latest_rows(Journal(folder / name).rows())]
    return 0 if all(is_expected(row.cell, row.status) for row in rows) else 1


def left_out_note(chosen: Plan, profile: str) -> str:
    """How many cases the cells are of, for the last line of a check or a run; empty where the profile left none out.

    It follows the number of cells by status: a case is an instance and an operation, with a cell for each backend.
    """
    checked = {(cell.problem, cell.instance, cell.operation) for cell in (*chosen.cells, *chosen.absent)}
    names = list(dict.fromkeys(problem for problem, _, _ in checked))
    every = set(chosen_cases(Selection(problems=tuple(names), profile="standard")))
    whose = ", ".join(names) if len(names) < 4 else "these problems"
    more = "" if profile == "standard" else "; --profile standard checks all sizes, variants and dtypes"
    of = f": cells of {len(checked)} of the {len(every)} cases (instance × operation) of {whose}"
    return f"{of}{more}" if every - checked else ""


def print_rows_as_json(folder: Path) -> None:
    """The rows that hold, as a JSON list of objects with the journal's members."""
    rows = latest_rows(Journal(folder / "journal.jsonl").rows())
    print(strict_json([json_ready(row_members(row)) for row in rows]))
