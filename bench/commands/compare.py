"""The commands about noise: `compare`, `noise` and `export`."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import typer

import backends

from .. import (
    ROOT,
    UsageError,
    comparable,
    comparison,
    exports,
    formats,
    gate,
    machine,
    noise_floor,
    plan,
    run_folder,
    tables,
    turns,
)
from .. import noise as aa
from ..options import (
    Backends,
    Devices,
    Dtypes,
    Folder,
    Operations,
    Problems,
    Profile,
    RunFolder,
    Threads,
    Timeout,
    number,
)
from .common import select, show_tables

Repeats = Annotated[str, typer.Option("--repeats", metavar="N", help="Fresh processes per cell and side.")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Where the runs go; it must be empty or new.")]


def register(app: typer.Typer) -> None:
    app.command("compare", epilog="Example: gradmark compare results/before results/after --fail-if-slower 10%")(
        compare
    )
    app.command("noise", epilog="Example: gradmark noise -p linear_regression -b numpy_hand -b jax_grad/jit")(noise)
    app.command("export", epilog="Example: gradmark export results/curated > curated.json")(export)


def compare(
    a: Annotated[str, typer.Argument(metavar="RUN_A", help="A run folder; with --run a checkout of gradmark.")],
    b: Annotated[str, typer.Argument(metavar="RUN_B", help="Another one.")],
    fail_if_slower: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help="Exit status 1 if a cell is slower by more, such as 10%; 10 repeats."),
    ] = None,
    across_machines: Annotated[bool, typer.Option("--across-machines", help="Even if the machines differ.")] = False,
    across_threads: Annotated[bool, typer.Option("--across-threads", help="Even if the thread counts differ.")] = False,
    form: Annotated[str | None, typer.Option("--format", help="md, latex or html.")] = None,
    measure: Annotated[
        bool, typer.Option("--run", help="Measure two checkouts in turns; the options below say which cells.")
    ] = False,
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    repeats: Repeats = "10",
    timeout: Timeout = None,
    out: Out = None,
) -> None:
    """Compare two runs cell by cell; with --run, measure two checkouts in turns and compare those."""
    limit = gate.share(fail_if_slower) if fail_if_slower else None
    if form:
        plan.known("format", form, list(formats.FORMATS))
    chosen = selections(problem, backend, operation, dtype, device, threads, profile, problems_folder, timeout)
    folders = Path(a), Path(b)
    if measure:
        count = number("--repeats", repeats, int)
        if limit and count < gate.LEAST_REPEATS:
            raise UsageError(
                f"--fail-if-slower wants at least {gate.LEAST_REPEATS} repeats; leave out --repeats {count}"
            )
        folders = in_turns(folders, opened(out, "compare"), ("a", "b"), chosen, count)
    elif out or any((problem, backend, operation, dtype, device, threads, problems_folder, timeout)):
        raise UsageError("the options that say which cells to measure go with --run, and two checkouts instead of runs")
    runs = comparable.read(folders[0]), comparable.read(folders[1])
    pair = comparable.check(*runs, across_machines, across_threads)
    compared = comparison.compare(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    if not any(cell.ratio for cell in compared):
        raise UsageError(f"{a} and {b} have no cell in common that both have a time for")
    if limit:
        gate.require_repeats(compared)
    show_tables([comparison.table(compared, (pair.a.name, pair.b.name), pair.notes)], form)
    failed = gate.failures(compared, limit) if limit else []
    for failure in failed:
        print(f"gradmark: {failure}", file=sys.stderr)
    raise typer.Exit(1 if failed else 0)


def noise(
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    device: Devices = None,
    threads: Threads = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    repeats: Repeats = "10",
    timeout: Timeout = None,
    out: Out = None,
) -> None:
    """Measure the same cells twice, and twice again: how far they differ here, and how many would be called different.

    The floor is fitted on the first pair and judged on the second. Exit status 1 for 1 % of false alarms or more, and where
    most cells are too noisy to tell.
    """
    count = number("--repeats", repeats, int)
    if count < comparison.LEAST_REPEATS:
        raise UsageError(
            f"--repeats {count}: at least {comparison.LEAST_REPEATS} are needed to call anything different"
        )
    usual = backend or [tables.BASELINE.partition("/")[0]]
    # A mistake is told before the first turn.
    select(problem, usual, operation, dtype, device, threads, profile, problems_folder)
    chosen = selections(problem, usual, operation, dtype, device, threads, profile, problems_folder, timeout)
    parent = opened(out, "noise")
    first = in_turns((ROOT, ROOT), parent, ("fitted_a", "fitted_b"), chosen, count)
    second = in_turns((ROOT, ROOT), parent, ("judged_a", "judged_b"), chosen, count)
    a, b, c, d = (comparable.read(folder).cells for folder in (*first, *second))
    floor = aa.fit((a, b), (c, d), count)
    judged = aa.judge((c, d), floor)
    show_tables([noise_floor.table(floor)])
    show_tables([comparison.table(judged, ("judged_a", "judged_b"), [aa.verdict(judged)])])
    if aa.conclusive(judged):
        noise_floor.write(noise_floor.path_of(machine.here()), floor)
    raise typer.Exit(0 if aa.met(judged) else 1)


def export(
    folder: RunFolder,
    form: Annotated[str, typer.Option("--format", help="pytest-benchmark.")] = "pytest-benchmark",
) -> None:
    """Print a run in another tool's format: pytest-benchmark's JSON, which its `compare` and CI actions read."""
    plan.known("format", form, list(exports.FORMATS))
    print(exports.FORMATS[form](Path(folder)))


def selections(
    problem: list[str] | None,
    backend: list[str] | None,
    operation: list[str] | None,
    dtype: list[str] | None,
    device: list[str] | None,
    threads: list[str] | None,
    profile: str,
    problems_folder: str | None,
    timeout: str | None,
) -> list[list[str]]:
    """The options of `gradmark run` for one backend after the other, those that are installed unless some are named."""
    repeatable = {"-p": problem, "--operation": operation, "--dtype": dtype, "--device": device, "--threads": threads}
    common = [word for option, texts in repeatable.items() for text in texts or () for word in (option, text)]
    common += ["--profile", profile]
    common += ["--problems", str(Path(problems_folder).resolve())] if problems_folder else []
    common += ["--timeout", timeout] if timeout else []
    by_backend: dict[str, list[str]] = {}
    for choice in backend or [name for name in backends.BACKENDS if not backends.absence(name, "cpu")]:
        by_backend.setdefault(choice.partition("/")[0], []).extend(("-b", choice))
    return [[*common, *choices] for choices in by_backend.values()]


def opened(out: str | None, what: str) -> Path:
    """The folder that two or more runs go into. Raises UsageError where something is in it."""
    folder = Path(out).resolve() if out else run_folder.default(what)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"--out {run_folder.shown(folder)}: exists and is not an empty folder; nothing was overwritten"
        )
    return folder


def in_turns(
    checkouts: tuple[Path, Path], parent: Path, names: tuple[str, str], chosen: list[list[str]], repeats: int
) -> tuple[Path, Path]:
    """Measure two checkouts in turns; the folders of the two runs."""
    folders = parent / names[0], parent / names[1]
    seed = random.SystemRandom().randrange(2**32)
    places = checkouts[0].resolve(), checkouts[1].resolve()
    turns.take(turns.Turns(places, folders, chosen, repeats, seed, tell=say))
    return folders


def say(line: str) -> None:
    print(f"gradmark: {line}", file=sys.stderr, flush=True)
