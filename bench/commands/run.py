"""The commands that run cells: `run`, `check` and `scale`."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import BEGAN, UsageError
from ..data.files import shown_path
from ..machine.memory_limit import parse_size
from ..plan.cell import PROFILES, profile_settings
from ..plan.selection import Plan, known_name, ladder_cases
from ..run.folder import (
    Run,
    create_folder,
    default_folder,
    describe_resumed,
    describe_run,
    release_reserve,
    reopen_folder,
)
from ..run.memory_pass import memory_plan, memory_run
from ..run.resume import EarlierRun, read_earlier
from ..run.time_spent import TimeSpent, write_slowest_cells
from ..tables.frame import count_statuses, load_rows
from ..tables.run_tables import tables_of_kinds, write_summary
from ..truth.extended import require_extended
from .common import (
    checked_cells,
    execute_run,
    exit_status,
    left_out_note,
    print_or_splice_tables,
    print_rows_as_json,
    selected_plan,
)
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
        chosen = selected_plan(selection)
        folder = open_run_folder(out, resumed, chosen, settings | {"selection": selection.by_option()})
    this = Run(name=folder.name, folder=folder, spent=spent, **settings)
    stopped = execute_run(chosen, this, quiet)
    if this.memory_follows and not stopped:
        stopped = execute_run(memory_plan(chosen, this), memory_run(this), quiet)
    if stopped and not this.journal.path.exists():  # the folder was deleted meanwhile
        raise typer.Exit(stopped)
    report_run(this, quiet=quiet, json=json, note=left_out_note(chosen, this.profile))
    raise typer.Exit(stopped or exit_status(folder))


@takes_selection()
def check_cells(
    selection: SelectionOptions,
    timeout: TimeoutOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Check cells against the reference, without timing them."""
    chosen, profile = selected_plan(selection), selection.profile_name
    with checked_cells(chosen, profile, timeout, fresh=no_cache, quiet=quiet) as (folder, status):
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
    chosen = selected_plan(selection)
    folder = open_run_folder(out, None, chosen, settings | {"selection": selection.by_option()})
    this = Run(name=folder.name, folder=folder, **settings)
    stopped = execute_run(chosen, this)
    report_run(this, ["scaling"])
    raise typer.Exit(stopped or exit_status(folder))


def run_settings(
    earlier: EarlierRun | None, profile: str | None, repeats: str | None, timeout: str | None, limit: str | None
) -> dict[str, Any]:
    """The fields of a `Run`: those of the run that is resumed, and what was typed. Raises UsageError."""
    found = dict(earlier.settings) if earlier else {"seed": random.SystemRandom().randrange(2**32)}
    if profile or not earlier:
        found |= profile_settings(known_name("profile", profile or "quick", tuple(PROFILES)))
    if repeats:
        found["repeats"] = positive_number("--repeats", repeats, int)
    if timeout:
        found["timeout_s"] = positive_number("--timeout", timeout, float)
    if limit:
        found["memory_limit_bytes"] = parse_size(limit)
    return found


def open_run_folder(out: str | None, resumed: str | None, chosen: Plan, settings: dict[str, Any]) -> Path:
    """The run folder, new or resumed, with what will be measured written down. Raises UsageError."""
    if resumed:
        folder = Path(resumed).resolve()
        reopen_folder(folder)
        describe_resumed(folder, chosen)
        return folder
    folder = Path(out).resolve() if out else default_folder(settings["profile"])
    create_folder(folder)
    describe_run(folder, chosen, settings)
    return folder


def report_run(
    this: Run, kinds: list[str] | None = None, *, quiet: bool = False, json: bool = False, note: str = ""
) -> None:
    """Print the tables (of these kinds, or all), where the time went and how many cells have each status.

    The tables and the times go into the folder, too, where it can be written to.
    """
    with this.spent.phase("reporting"):
        rows = load_rows(this.folder)
        print_rows_as_json(this.folder) if json else print_or_splice_tables(tables_of_kinds(rows, kinds or []))
    try:
        with this.spent.phase("reporting"):
            release_reserve(this.folder)
            write_summary(this.folder, rows, this.spent)
            write_slowest_cells(this.folder, this.spent)
    except OSError as error:
        print(f"gradmark: cannot write the tables: {error.strerror}; gradmark table prints them", file=sys.stderr)
    if not quiet:
        print("\n".join(line for line in (this.spent.line(), this.spent.slowest_line()) if line), file=sys.stderr)
        print(f"{count_statuses(rows)}{note}; {shown_path(this.folder)}", file=sys.stderr)
