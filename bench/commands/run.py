"""The commands that run cells: `run`, `check` and `scale`."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import BEGAN, UsageError
from ..data.files import shown_path
from ..machine.memory_limit import parse_size
from ..plan.profile import PROFILES, profile_settings
from ..plan.selection import Plan, Selection, chosen_cases, ladder_cases
from ..run.folder import Run, create_folder, default_folder, describe_resumed, describe_run
from ..run.memory_pass import memory_plan, memory_run
from ..run.progress import row_line
from ..run.reserve import release_reserve
from ..run.resume import SELECTION_OPTIONS, EarlierRun, read_earlier, reopen_folder
from ..run.time_spent import TimeSpent, write_slowest_cells
from ..tables.frame import count_statuses, load_rows
from ..tables.summary import write_summary
from ..text.names import known_name
from ..truth.extended import require_extended
from .common import (
    checking_run,
    execute_run,
    exit_status,
    print_rows_as_json,
    print_run_tables,
    selected_plan,
    unexpected_rows,
)
from .options import (
    BackendOption,
    DeviceOption,
    DtypeOption,
    JsonOption,
    MemoryLimitOption,
    NoCacheOption,
    OperationOption,
    ProblemOption,
    ProblemsFolderOption,
    ProfileOption,
    QuietOption,
    ThreadsOption,
    TimeoutOption,
    positive_number,
)

IMPORT_S = time.perf_counter() - BEGAN


def register(app: typer.Typer) -> None:
    app.command("run", epilog="Example: gradmark run -p linear_regression:real -b jax_grad --dtype float32")(run_cells)
    app.command("check", epilog="Example: gradmark check -p xor_mlp -b jax_grad/jit")(check_cells)
    app.command("scale", epilog="Example: gradmark scale logistic_regression -b numpy_hand -b jax_grad/jit")(
        scale_problem
    )


def run_cells(
    problem: ProblemOption = None,
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    profile: Annotated[str | None, typer.Option(help="quick (unless given), standard or rigorous.")] = None,
    problems_folder: ProblemsFolderOption = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: TimeoutOption = None,
    limit: MemoryLimitOption = None,
    memory: Annotated[
        bool, typer.Option("--memory", help="Measure peak memory too, afterwards, with a fresh process per cell.")
    ] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="The run folder; it must be empty or new.")] = None,
    resumed: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Go on with this run: what is missing, what crashed, timed out or ended in an error, and what has other "
            "sources, library versions or settings by now. Its own selection and settings hold unless others are given.",
        ),
    ] = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Check and time cells, and write a run folder with tables."""
    if out and resumed:
        raise UsageError("--out and --resume: a run is resumed in its own folder; leave out --out")
    spent = TimeSpent()
    spent.seconds["importing"] = IMPORT_S
    with spent.phase("planning"):
        require_extended()
        earlier = read_earlier(Path(resumed), problems_folder) if resumed else None
        typed = dict(zip(SELECTION_OPTIONS, (problem, backend, operation, dtype, device, threads), strict=True))
        selection = (earlier.selection if earlier else {}) | {name: what for name, what in typed.items() if what}
        settings = run_settings(earlier, profile, repeats, timeout, limit)
        settings["memory_follows"] = bool(memory or settings["memory_follows"])
        problem, backend, operation, dtype, device, threads = (selection.get(name) for name in SELECTION_OPTIONS)
        chosen = selected_plan(
            problem, backend, operation, dtype, device, threads, settings["profile"], problems_folder
        )
        folder = open_run_folder(
            out, resumed, chosen, settings | {"selection": {**selection, "problems": problems_folder}}
        )
    this = Run(name=folder.name, folder=folder, spent=spent, **settings)
    stopped = execute_run(chosen, this, quiet)
    if this.memory_follows and not stopped:
        stopped = execute_run(memory_plan(chosen, this), memory_run(this), quiet)
    if stopped and not this.journal.path.exists():  # the folder was deleted meanwhile
        raise typer.Exit(stopped)
    report_run(this, quiet=quiet, json=json, note=left_out_note(chosen, this.profile))
    raise typer.Exit(stopped or exit_status(folder))


def check_cells(
    problem: ProblemOption = None,
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    profile: ProfileOption = "quick",
    problems_folder: ProblemsFolderOption = None,
    timeout: TimeoutOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
    no_cache: NoCacheOption = False,
) -> None:
    """Check that cells agree with the reference, without timing them."""
    chosen = selected_plan(problem, backend, operation, dtype, device, threads, profile, problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = execute_run(chosen, replace(checking_run(folder, profile, timeout), fresh=no_cache), quiet)
        rows = load_rows(folder)
        print_rows_as_json(folder) if json else print_run_tables(rows, ["accuracy"])
        if not quiet:
            for row in unexpected_rows(folder):
                print(row_line(row), file=sys.stderr)
            print(f"{count_statuses(rows)}{left_out_note(chosen, profile)}", file=sys.stderr)
        raise typer.Exit(stopped or exit_status(folder))


def left_out_note(chosen: Plan, profile: str) -> str:
    """How many cases of the problems this profile left out, for the line under a check or a run; empty where it is none."""
    checked = {(cell.problem, cell.instance, cell.operation) for cell in (*chosen.cells, *chosen.absent)}
    names = list(dict.fromkeys(problem for problem, _, _ in checked))
    every = set(chosen_cases(Selection(problems=tuple(names), profile="standard")))
    whose = ", ".join(names) if len(names) < 4 else "these problems"
    more = "" if profile == "standard" else "; --profile standard checks all sizes, variants and dtypes"
    return f"; checked {len(checked)} of the {len(every)} cases of {whose}{more}" if every - checked else ""


def scale_problem(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM")],
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    profile: ProfileOption = "quick",
    problems_folder: ProblemsFolderOption = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: TimeoutOption = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="The run folder; it must be empty or new.")] = None,
) -> None:
    """Time a problem at growing sizes (its gradient, unless told), fit the exponents, and say what overtakes what."""
    require_extended()
    settings = run_settings(None, known_name("profile", profile, tuple(PROFILES)), repeats, timeout, None)
    settings["memory_follows"] = False
    sizes = ladder_cases(problem, problems_folder)
    operation = operation or ["gradient"]
    chosen = selected_plan(sizes, backend, operation, dtype, device, threads, profile, problems_folder)
    typed = dict(zip(SELECTION_OPTIONS, (sizes, backend, operation, dtype, device, threads), strict=True))
    folder = open_run_folder(out, None, chosen, settings | {"selection": {**typed, "problems": problems_folder}})
    this = Run(name=folder.name, folder=folder, **settings)
    stopped = execute_run(chosen, this)
    report_run(this, ["scaling"])
    raise typer.Exit(stopped or exit_status(folder))


def run_settings(
    earlier: EarlierRun | None, profile: str | None, repeats: str | None, timeout: str | None, limit: str | None
) -> dict[str, Any]:
    """The fields of `orchestrator.Run`: those of the run that is resumed, and what was typed. Raises UsageError."""
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
    """Print the tables (of these kinds, or all) and where the time went, and write both into the folder where possible."""
    with this.spent.phase("reporting"):
        rows = load_rows(this.folder)
        print_rows_as_json(this.folder) if json else print_run_tables(rows, kinds or [])
    if not quiet:
        print(f"{count_statuses(rows)}{note}; {shown_path(this.folder)}", file=sys.stderr)
    try:
        with this.spent.phase("reporting"):
            release_reserve(this.folder)
            write_summary(this.folder, rows, this.spent)
            write_slowest_cells(this.folder, this.spent)
    except OSError as error:
        print(
            f"gradmark: the tables could not be written: {error.strerror}; gradmark table makes them", file=sys.stderr
        )
    if not quiet:
        print("\n".join(line for line in (this.spent.line(), this.spent.slowest_line()) if line), file=sys.stderr)
