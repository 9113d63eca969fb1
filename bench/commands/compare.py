"""The commands about noise: `compare`, `noise` and `export`."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import typer

import backends

from .. import ROOT, UsageError
from ..compare.compatibility import check_comparable, read_measurement
from ..compare.interleaved import InterleavedRuns, measure_interleaved
from ..compare.noise import fit_noise, is_conclusive, judge_noise, noise_verdict, target_met
from ..compare.noise_floor import noise_floor_path, noise_floor_table, write_noise_floor
from ..compare.regression_gate import LEAST_REPEATS_FOR_GATE, gate_failures, percent_limit, require_repeats
from ..compare.verdicts import LEAST_REPEATS_FOR_VERDICT, compare_cells, verdict_table
from ..data.files import shown_path
from ..machine.name import this_machine_facts
from ..run.folder import default_folder
from ..tables.frame import BASELINE
from ..tables.pytest_benchmark import EXPORT_FORMATS
from ..text.names import known_name
from ..text.table import TABLE_FORMATS
from .common import print_or_splice_tables, selected_plan
from .options import (
    BackendOption,
    DeviceOption,
    DtypeOption,
    OperationOption,
    ProblemOption,
    ProblemsFolderOption,
    ProfileOption,
    RunArgument,
    ThreadsOption,
    TimeoutOption,
    positive_number,
)

Repeats = Annotated[str, typer.Option("--repeats", metavar="N", help="Fresh processes per cell and side.")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Where the runs go; it must be empty or new.")]


def register(app: typer.Typer) -> None:
    app.command("compare", epilog="Example: gradmark compare results/before results/after --fail-if-slower 10%")(
        compare_runs
    )
    app.command("noise", epilog="Example: gradmark noise -p linear_regression -b numpy_hand -b jax_grad/jit")(
        measure_noise
    )
    app.command("export", epilog="Example: gradmark export results/curated > curated.json")(export_run)


def compare_runs(
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
    problem: ProblemOption = None,
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    profile: ProfileOption = "quick",
    problems_folder: ProblemsFolderOption = None,
    repeats: Repeats = "10",
    timeout: TimeoutOption = None,
    out: Out = None,
) -> None:
    """Compare two runs cell by cell; with --run, measure two checkouts in turns and compare those."""
    limit = percent_limit(fail_if_slower) if fail_if_slower else None
    if form:
        known_name("format", form, list(TABLE_FORMATS))
    chosen = selections_per_backend(
        problem, backend, operation, dtype, device, threads, profile, problems_folder, timeout
    )
    folders = Path(a), Path(b)
    if measure:
        count = positive_number("--repeats", repeats, int)
        if limit and count < LEAST_REPEATS_FOR_GATE:
            raise UsageError(
                f"--fail-if-slower wants at least {LEAST_REPEATS_FOR_GATE} repeats; leave out --repeats {count}"
            )
        folders = run_interleaved(folders, new_pair_folder(out, "compare"), ("a", "b"), chosen, count)
    elif out or any((problem, backend, operation, dtype, device, threads, problems_folder, timeout)):
        raise UsageError("the options that say which cells to measure go with --run, and two checkouts instead of runs")
    runs = read_measurement(folders[0]), read_measurement(folders[1])
    pair = check_comparable(*runs, across_machines, across_threads)
    compared = compare_cells(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    if not any(cell.ratio for cell in compared):
        raise UsageError(f"{a} and {b} have no cell in common that both have a time for")
    if limit:
        require_repeats(compared)
    print_or_splice_tables([verdict_table(compared, (pair.a.name, pair.b.name), pair.notes)], form)
    failed = gate_failures(compared, limit) if limit else []
    for failure in failed:
        print(f"gradmark: {failure}", file=sys.stderr)
    raise typer.Exit(1 if failed else 0)


def measure_noise(
    problem: ProblemOption = None,
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    device: DeviceOption = None,
    threads: ThreadsOption = None,
    profile: ProfileOption = "quick",
    problems_folder: ProblemsFolderOption = None,
    repeats: Repeats = "10",
    timeout: TimeoutOption = None,
    out: Out = None,
) -> None:
    """Measure the same cells twice, and twice again: how far they differ here, and how many would be called different.

    The floor is fitted on the first pair and judged on the second. Exit status 1 for 1 % of false alarms or more, and where
    most cells are too noisy to tell.
    """
    count = positive_number("--repeats", repeats, int)
    if count < LEAST_REPEATS_FOR_VERDICT:
        raise UsageError(
            f"--repeats {count}: at least {LEAST_REPEATS_FOR_VERDICT} are needed to call anything different"
        )
    usual = backend or [BASELINE.partition("/")[0]]
    # A mistake is told before the first turn.
    selected_plan(problem, usual, operation, dtype, device, threads, profile, problems_folder)
    chosen = selections_per_backend(
        problem, usual, operation, dtype, device, threads, profile, problems_folder, timeout
    )
    parent = new_pair_folder(out, "noise")
    first = run_interleaved((ROOT, ROOT), parent, ("fitted_a", "fitted_b"), chosen, count)
    second = run_interleaved((ROOT, ROOT), parent, ("judged_a", "judged_b"), chosen, count)
    a, b, c, d = (read_measurement(folder).cells for folder in (*first, *second))
    floor = fit_noise((a, b), (c, d), count)
    judged = judge_noise((c, d), floor)
    print_or_splice_tables([noise_floor_table(floor)])
    print_or_splice_tables([verdict_table(judged, ("judged_a", "judged_b"), [noise_verdict(judged)])])
    if is_conclusive(judged):
        write_noise_floor(noise_floor_path(this_machine_facts()), floor)
    raise typer.Exit(0 if target_met(judged) else 1)


def export_run(
    folder: RunArgument,
    form: Annotated[str, typer.Option("--format", help="pytest-benchmark.")] = "pytest-benchmark",
) -> None:
    """Print a run in another tool's format: pytest-benchmark's JSON, which its `compare` and CI actions read."""
    known_name("format", form, list(EXPORT_FORMATS))
    print(EXPORT_FORMATS[form](Path(folder)))


def selections_per_backend(
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
    for choice in backend or [name for name in backends.names() if not backends.absence(name, "cpu")]:
        by_backend.setdefault(choice.partition("/")[0], []).extend(("-b", choice))
    return [[*common, *choices] for choices in by_backend.values()]


def new_pair_folder(out: str | None, what: str) -> Path:
    """The folder that two or more runs go into. Raises UsageError where something is in it."""
    folder = Path(out).resolve() if out else default_folder(what)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {shown_path(folder)}: exists and is not an empty folder; nothing was overwritten")
    return folder


def run_interleaved(
    checkouts: tuple[Path, Path], parent: Path, names: tuple[str, str], chosen: list[list[str]], repeats: int
) -> tuple[Path, Path]:
    """Measure two checkouts in turns; the folders of the two runs."""
    folders = parent / names[0], parent / names[1]
    seed = random.SystemRandom().randrange(2**32)
    places = checkouts[0].resolve(), checkouts[1].resolve()
    measure_interleaved(InterleavedRuns(places, folders, chosen, repeats, seed, tell=say))
    return folders


def say(line: str) -> None:
    print(f"gradmark: {line}", file=sys.stderr, flush=True)
