"""The commands about noise: `compare`, `noise` and `export`."""

from __future__ import annotations

import random
from dataclasses import replace
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
from ..machine.facts import this_machine_facts
from ..plan.cell import known_name
from ..run.folder import default_folder
from ..tables.frame import BASELINE
from ..tables.pytest_benchmark import EXPORT_FORMATS
from ..text.message import say
from ..text.table import TABLE_FORMATS
from .options import OutOption, RunArgument, SelectionOptions, TimeoutOption, positive_number, takes_selection
from .output import print_or_splice_tables

Repeats = Annotated[str, typer.Option("--repeats", metavar="N", help="Processes per cell and side.")]


def register(app: typer.Typer) -> None:
    app.command("compare", epilog="Example: gradmark compare results/before results/after --fail-if-slower 10%")(
        compare_runs
    )
    app.command("noise", epilog="Example: gradmark noise -p linear_regression -b numpy_hand -b jax_grad/jit")(
        measure_noise
    )
    app.command("export", epilog="Example: gradmark export results/curated > curated.json")(export_run)


@takes_selection()
def compare_runs(
    a: Annotated[str, typer.Argument(metavar="RUN_A", help="A run folder; with --run a checkout of gradmark.")],
    b: Annotated[str, typer.Argument(metavar="RUN_B", help="Another one.")],
    selection: SelectionOptions,
    fail_if_slower: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT", help="Exit with status 1 if a cell is slower by more, such as 10%. Needs 10 repeats."
        ),
    ] = None,
    across_machines: Annotated[
        bool,
        typer.Option("--across-machines", help="Accept other machines and variables."),
    ] = False,
    across_threads: Annotated[bool, typer.Option("--across-threads", help="Accept other thread counts.")] = False,
    form: Annotated[str | None, typer.Option("--format", metavar="NAME", help="md, latex or html.")] = None,
    measure: Annotated[
        bool, typer.Option("--run", help="Measure two checkouts alternately. Only then can cells be selected.")
    ] = False,
    repeats: Repeats = "10",
    timeout: TimeoutOption = None,
    out: OutOption = None,
) -> None:
    """Compare two runs cell by cell. With --run: measure two checkouts alternately, and compare those."""
    limit = percent_limit(fail_if_slower) if fail_if_slower else None
    if form:
        known_name("format", form, list(TABLE_FORMATS))
    folders = Path(a), Path(b)
    if measure:
        count = positive_number("--repeats", repeats, int)
        if limit and count < LEAST_REPEATS_FOR_GATE:
            raise UsageError(
                f"--fail-if-slower: needs at least {LEAST_REPEATS_FOR_GATE} repeats; leave out --repeats {count}"
            )
        selection.add_folders()
        chosen = selections_per_backend(selection, timeout)
        folders = run_interleaved(folders, new_pair_folder(out, "compare"), ("a", "b"), chosen, count)
    elif out or timeout or selection != SelectionOptions():
        raise UsageError("options that select cells need --run, and two checkouts instead of run folders")
    runs = read_measurement(folders[0]), read_measurement(folders[1])
    pair = check_comparable(*runs, across_machines, across_threads)
    compared = compare_cells(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    if not any(cell.ratio for cell in compared):
        raise UsageError(f"{a} and {b}: no cell has a time in both")
    if limit:
        require_repeats(compared)
    print_or_splice_tables([verdict_table(compared, (pair.a.name, pair.b.name), pair.notes)], form)
    failed = gate_failures(compared, limit) if limit else []
    for failure in failed:
        say(failure)
    raise typer.Exit(1 if failed else 0)


@takes_selection()
def measure_noise(
    selection: SelectionOptions, repeats: Repeats = "10", timeout: TimeoutOption = None, out: OutOption = None
) -> None:
    """Measure this machine's noise.

    Measures the same cells in two pairs of runs. The first pair tells how far equal runs differ. The second pair tests
    it: how many cells would be called different. Exit status 1 if 1 % or more would, or if most cells are too noisy.
    """
    count = positive_number("--repeats", repeats, int)
    if count < LEAST_REPEATS_FOR_VERDICT:
        raise UsageError(f"--repeats {count}: a verdict needs at least {LEAST_REPEATS_FOR_VERDICT}")
    selection = replace(selection, backend=selection.backend or [BASELINE.partition("/")[0]])
    selection.plan()  # wrong input ends here, not in the first subprocess
    chosen = selections_per_backend(selection, timeout)
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
    folder: RunArgument, form: Annotated[str, typer.Option("--format", metavar="NAME")] = "pytest-benchmark"
) -> None:
    """Print a run as JSON for pytest-benchmark. Its `compare` and CI actions read it."""
    known_name("format", form, list(EXPORT_FORMATS))
    print(EXPORT_FORMATS[form](Path(folder)))


def selections_per_backend(selection: SelectionOptions, timeout: str | None) -> list[list[str]]:
    """The options of `gradmark run` for one backend after the other: those that were chosen, or all that are installed."""
    by_backend: dict[str, list[str]] = {}
    for choice in selection.backend or [name for name in backends.names() if not backends.absence(name, "cpu")]:
        by_backend.setdefault(choice.partition("/")[0], []).append(choice)
    more = ["--timeout", timeout] if timeout else []
    return [[*replace(selection, backend=choices).arguments(), *more] for choices in by_backend.values()]


def new_pair_folder(out: str | None, what: str) -> Path:
    """The folder that two or more runs go into. Raises UsageError where something is in it."""
    folder = Path(out).resolve() if out else default_folder(what)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {shown_path(folder)}: not an empty folder; choose another")
    return folder


def run_interleaved(
    checkouts: tuple[Path, Path], parent: Path, names: tuple[str, str], chosen: list[list[str]], repeats: int
) -> tuple[Path, Path]:
    """Measure two checkouts alternately; the folders of the two runs."""
    folders = parent / names[0], parent / names[1]
    seed = random.SystemRandom().randrange(2**32)
    places = checkouts[0].resolve(), checkouts[1].resolve()
    measure_interleaved(InterleavedRuns(places, folders, chosen, repeats, seed, tell=say))
    return folders
