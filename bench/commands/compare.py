"""The commands about noise: `compare`, `noise` and `export`."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

import backends

from .. import ROOT, UsageError
from ..compare.compatibility import ComparablePair, check_comparable, read_measurement
from ..compare.exports import comparison_csv, comparison_json
from ..compare.interleaved import InterleavedRuns, measure_interleaved
from ..compare.noise import fit_noise, is_conclusive, judge_noise, noise_verdict, target_met
from ..compare.noise_floor import noise_floor_path, noise_floor_table, write_noise_floor
from ..compare.regression_gate import (
    LEAST_REPEATS_FOR_GATE,
    RegressionGate,
    gate_failures,
    read_gate,
    require_patterns,
    require_repeats,
)
from ..compare.verdicts import (
    CHANGED,
    LEAST_REPEATS_FOR_VERDICT,
    NAMES_OF,
    ComparedCell,
    compare_cells,
    select_places,
    verdict_table,
)
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
    only_changed: Annotated[
        bool, typer.Option("--only-changed", help="Leave out cells that are the same or too noisy to tell.")
    ] = False,
    fail_if_slower: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[PATTERN=]PERCENT",
            help="Exit with status 1 if a cell is slower by more, such as 10%, or if a cell of RUN_A is absent, not run or "
            "worse in RUN_B. 'xor_mlp:*=5%' is for cells with such names; the last pattern that fits holds; repeatable. "
            "Needs 10 repeats.",
        ),
    ] = None,
    allow_missing: Annotated[
        bool,
        typer.Option("--allow-missing", help="Then accept cells that are absent, omitted or unavailable in RUN_B."),
    ] = False,
    across_machines: Annotated[
        bool, typer.Option("--across-machines", help="Accept other machines and variables.")
    ] = False,
    across_threads: Annotated[bool, typer.Option("--across-threads", help="Accept other thread counts.")] = False,
    form: Annotated[str | None, typer.Option("--format", metavar="NAME", help="md, latex or html.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one line per cell.")] = False,
    measure: Annotated[bool, typer.Option("--run", help="Measure two checkouts alternately.")] = False,
    repeats: Annotated[
        str | None, typer.Option("--repeats", metavar="N", help="With --run: processes per cell and side; default 10.")
    ] = None,
    timeout: TimeoutOption = None,
    out: OutOption = None,
) -> None:
    """Compare two runs cell by cell. With --run: measure two checkouts alternately, and compare those.

    Options that select cells say what --run measures, and else which cells of the two runs are compared.
    """
    gate = read_gate(fail_if_slower, allow_missing) if fail_if_slower else None
    require_one_form(form, json, csv)
    if allow_missing and not gate:
        raise UsageError("--allow-missing: it eases --fail-if-slower; add that, such as --fail-if-slower 10%")
    folders = Path(a), Path(b)
    selection.add_folders()
    if measure:
        count = repeats_to_measure(repeats, gate)
        chosen = selections_per_backend(selection, timeout)
        folders = run_interleaved(folders, new_pair_folder(out, "compare"), ("a", "b"), chosen, count)
    elif out or timeout or repeats or selection.profile:
        options = "--profile, --repeats, --timeout and --out"
        raise UsageError(f"{options} need --run, and two checkouts instead of run folders")
    runs = read_measurement(folders[0]), read_measurement(folders[1])
    pair = check_comparable(*runs, across_machines, across_threads)
    if not measure:
        pair = selected_pair(pair, selection)
    compared = compare_cells(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    failures = judge_gate(gate, pair, compared) if gate else None
    if not failures and not any(cell.ratio for cell in compared):
        raise UsageError(f"{a} and {b}: no cell has a time in both")
    shown = [cell for cell in compared if not only_changed or cell.verdict in CHANGED]
    if json:
        print(comparison_json(pair, shown, failures))
    elif csv:
        print(comparison_csv(shown), end="")
    else:
        names = (pair.a.name, pair.b.name)
        print_or_splice_tables([verdict_table(compared, names, pair.notes, only_changed=only_changed)], form)
    for failure in failures or []:
        say(failure)
    raise typer.Exit(1 if failures else 0)


def repeats_to_measure(typed: str | None, gate: RegressionGate | None) -> int:
    """What was typed of --repeats, or ten. Raises UsageError where it is too few for a gate."""
    count = int(positive_number("--repeats", typed, int)) if typed else LEAST_REPEATS_FOR_GATE
    if gate and count < LEAST_REPEATS_FOR_GATE:
        raise UsageError(
            f"--fail-if-slower: needs at least {LEAST_REPEATS_FOR_GATE} repeats; leave out --repeats {count}"
        )
    return count


def require_one_form(form: str | None, json: bool, csv: bool) -> None:
    if form:
        known_name("format", form, list(TABLE_FORMATS))
    if sum(map(bool, (form, json, csv))) > 1:
        raise UsageError("--format, --json and --csv: give one of them")


def selected_pair(pair: ComparablePair, selection: SelectionOptions) -> ComparablePair:
    """The pair with the cells alone that the options name. Raises UsageError for names that neither run has."""
    wanted = {name: typed for name, typed in selection.by_option().items() if name in NAMES_OF and typed}
    places = set(select_places([*pair.a.cells, *pair.b.cells], wanted))
    a, b = (
        replace(run, cells={place: cell for place, cell in run.cells.items() if place in places})
        for run in (pair.a, pair.b)
    )
    return replace(pair, a=a, b=b)


def judge_gate(gate: RegressionGate, pair: ComparablePair, compared: list[ComparedCell]) -> list[str]:
    """What fails the gate. Raises UsageError where it cannot judge."""
    require_patterns(gate, {**pair.a.cells, **pair.b.cells})
    require_repeats(compared, gate)
    return gate_failures(compared, pair.a.cells, pair.b.cells, gate)


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
