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

from .. import (
    BEGAN,
    UsageError,
    breakdown,
    memory_limit,
    memory_pass,
    orchestrator,
    plan,
    reference,
    reserve,
    resume,
    run_folder,
    tables,
    terminal,
)
from ..options import (
    Backends,
    Devices,
    Dtypes,
    Folder,
    Json,
    MemoryLimit,
    NoCache,
    Operations,
    Problems,
    Profile,
    Quiet,
    Threads,
    Timeout,
    number,
)
from .common import finish, print_rows, print_tables, select, unexpected, untimed, verdict

IMPORT_S = time.perf_counter() - BEGAN


def register(app: typer.Typer) -> None:
    app.command("run", epilog="Example: gradmark run -p linear_regression:real -b jax_grad --dtype float32")(run)
    app.command("check", epilog="Example: gradmark check -p xor_mlp -b jax_grad/jit")(check)
    app.command("scale", epilog="Example: gradmark scale logistic_regression -b numpy_hand -b jax_grad/jit")(scale)


def run(
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Annotated[str | None, typer.Option(help="quick (unless given), standard or rigorous.")] = None,
    problems_folder: Folder = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: Timeout = None,
    limit: MemoryLimit = None,
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
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Check and time cells, and write a run folder with tables."""
    if out and resumed:
        raise UsageError("--out and --resume: a run is resumed in its own folder; leave out --out")
    spent = breakdown.Breakdown()
    spent.seconds["importing"] = IMPORT_S
    with spent.phase("planning"):
        reference.require_extended()
        earlier = resume.read(Path(resumed), problems_folder) if resumed else None
        typed = dict(zip(resume.SELECTION, (problem, backend, operation, dtype, device, threads), strict=True))
        selection = (earlier.selection if earlier else {}) | {name: what for name, what in typed.items() if what}
        settings = settings_of(earlier, profile, repeats, timeout, limit)
        settings["memory_follows"] = bool(memory or settings["memory_follows"])
        problem, backend, operation, dtype, device, threads = (selection.get(name) for name in resume.SELECTION)
        chosen = select(problem, backend, operation, dtype, device, threads, settings["profile"], problems_folder)
        folder = opened(out, resumed, chosen, settings | {"selection": {**selection, "problems": problems_folder}})
    this = orchestrator.Run(name=folder.name, folder=folder, spent=spent, **settings)
    stopped = finish(chosen, this, quiet)
    if this.memory_follows and not stopped:
        stopped = finish(memory_pass.plan_of(chosen, this), memory_pass.of_run(this), quiet)
    if stopped and not this.journal.path.exists():  # the folder was deleted meanwhile
        raise typer.Exit(stopped)
    report(this, quiet=quiet, json=json)
    raise typer.Exit(stopped or verdict(folder))


def check(
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    quiet: Quiet = False,
    json: Json = False,
    no_cache: NoCache = False,
) -> None:
    """Check that cells agree with the reference, without timing them."""
    chosen = select(problem, backend, operation, dtype, device, threads, profile, problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, replace(untimed(folder, profile, timeout), fresh=no_cache), quiet)
        rows = tables.load(folder)
        print_rows(folder) if json else print_tables(rows, ["accuracy"])
        if not quiet:
            for row in unexpected(folder):
                print(terminal.line(row), file=sys.stderr)
            print(f"{tables.counts(rows)}{left_out(chosen, profile)}", file=sys.stderr)
        raise typer.Exit(stopped or verdict(folder))


def left_out(chosen: plan.Plan, profile: str) -> str:
    """How many cases of the problems this profile left out, for the line under a check; empty where it is none."""
    checked = {(cell.problem, cell.instance, cell.operation) for cell in (*chosen.cells, *chosen.absent)}
    names = list(dict.fromkeys(problem for problem, _, _ in checked))
    every = set(plan.chosen_cases(plan.Selection(problems=tuple(names), profile="standard")))
    whose = ", ".join(names) if len(names) < 4 else "these problems"
    more = "" if profile == "standard" else "; --profile standard checks all sizes, variants and dtypes"
    return f"; checked {len(checked)} of the {len(every)} cases of {whose}{more}" if every - checked else ""


def scale(
    problem: Annotated[str, typer.Argument(metavar="PROBLEM")],
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    repeats: Annotated[str | None, typer.Option(metavar="N", help="Fresh processes per cell.")] = None,
    timeout: Timeout = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="The run folder; it must be empty or new.")] = None,
) -> None:
    """Time a problem at growing sizes (its gradient, unless told), fit the exponents, and say what overtakes what."""
    reference.require_extended()
    settings = settings_of(None, plan.known("profile", profile, tuple(plan.PROFILES)), repeats, timeout, None)
    settings["memory_follows"] = False
    sizes = plan.ladder(problem, problems_folder)
    operation = operation or ["gradient"]
    chosen = select(sizes, backend, operation, dtype, device, threads, profile, problems_folder)
    typed = dict(zip(resume.SELECTION, (sizes, backend, operation, dtype, device, threads), strict=True))
    folder = opened(out, None, chosen, settings | {"selection": {**typed, "problems": problems_folder}})
    this = orchestrator.Run(name=folder.name, folder=folder, **settings)
    stopped = finish(chosen, this)
    report(this, ["scaling"])
    raise typer.Exit(stopped or verdict(folder))


def settings_of(
    earlier: resume.Earlier | None, profile: str | None, repeats: str | None, timeout: str | None, limit: str | None
) -> dict[str, Any]:
    """The fields of `orchestrator.Run`: those of the run that is resumed, and what was typed. Raises UsageError."""
    found = dict(earlier.settings) if earlier else {"seed": random.SystemRandom().randrange(2**32)}
    if profile or not earlier:
        found |= orchestrator.settings(plan.known("profile", profile or "quick", tuple(plan.PROFILES)))
    if repeats:
        found["repeats"] = number("--repeats", repeats, int)
    if timeout:
        found["timeout_s"] = number("--timeout", timeout, float)
    if limit:
        found["memory_limit_bytes"] = memory_limit.size(limit)
    return found


def opened(out: str | None, resumed: str | None, chosen: plan.Plan, settings: dict[str, Any]) -> Path:
    """The run folder, new or resumed, with what will be measured written down. Raises UsageError."""
    if resumed:
        folder = Path(resumed).resolve()
        resume.reopen(folder)
        run_folder.describe_again(folder, chosen)
        return folder
    folder = Path(out).resolve() if out else run_folder.default(settings["profile"])
    run_folder.create(folder)
    run_folder.describe(folder, chosen, settings)
    return folder


def report(this: orchestrator.Run, kinds: list[str] | None = None, *, quiet: bool = False, json: bool = False) -> None:
    """Print the tables (of these kinds, or all) and where the time went, and write both into the folder where possible."""
    with this.spent.phase("reporting"):
        rows = tables.load(this.folder)
        print_rows(this.folder) if json else print_tables(rows, kinds or [])
    if not quiet:
        print(f"{tables.counts(rows)}; {run_folder.shown(this.folder)}", file=sys.stderr)
    try:
        with this.spent.phase("reporting"):
            reserve.release(this.folder)
            run_folder.summarise(this.folder, rows, this.spent)
    except OSError as error:
        print(
            f"gradmark: the tables could not be written: {error.strerror}; gradmark table makes them", file=sys.stderr
        )
    if not quiet:
        print(this.spent.line(), file=sys.stderr)
