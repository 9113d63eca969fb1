"""From a selection on the command line to cells: which to run, and for the others why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import backends
import problems

from .. import UsageError
from ..data.files import NAME
from ..data.inputs import inputs_source
from .cell import DEVICES, DTYPES, NEEDED_OPTIONS, OPERATIONS, OPTIONS, PROFILES, Absence, Cell, absence_of, known_name


@dataclass(frozen=True)
class Selection:
    """What the command line asked for; an empty tuple means all that the profile covers."""

    problems: tuple[str, ...] = ()
    backends: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)
    threads: tuple[int, ...] = (1,)
    profile: str = "quick"


@dataclass(frozen=True)
class Plan:
    """The cells to run, in order, and the absent ones with their reasons."""

    cells: tuple[Cell, ...]
    absent: dict[Cell, Absence] = field(default_factory=dict)


def make_plan(selection: Selection) -> Plan:
    """All cells of the selection. Raises UsageError for anything unknown, and when nothing is left."""
    check_selection(selection)
    absent: dict[Cell, Absence] = {}
    cells = []
    is_quick = selection.profile == "quick"
    for cell in selected_cells(selection):
        is_unasked = is_quick and not is_named(cell, selection)
        reason = absence_of(cell, known_failures=not is_quick) or (slow_cell(cell) if is_unasked else None)
        if reason:
            absent[cell] = reason
        else:
            cells.append(cell)
    if not cells and not absent:
        raise UsageError(nothing_to_do(selection))
    for name in {cell.problem for cell in cells}:
        inputs_source(name)  # now: what is edited from here on is not the code that runs
    return Plan(tuple(cells), absent)


def nothing_to_do(selection: Selection) -> str:
    """Why a selection is empty: of an operation that the instances lack, or that the profile leaves out."""
    everything = replace(selection, operations=(), profile="standard")
    offered = list(dict.fromkeys(operation for *_, operation in chosen_cases(everything)))
    lacking = [operation for operation in selection.operations if operation not in offered]
    if lacking:
        return f"nothing to do: {', '.join(lacking)}: expected one of {', '.join(offered)}, which these instances have"
    return "nothing to do in this profile: try --profile standard, or name an --operation or an instance"


def check_selection(selection: Selection) -> None:
    """Raise UsageError for the first unknown name."""
    known_name("profile", selection.profile, tuple(PROFILES))
    for operation in selection.operations:
        known_name("operation", operation, OPERATIONS)
    for dtype in selection.dtypes:
        known_name("dtype", dtype, DTYPES)
    for device in dict.fromkeys(selection.devices):
        known_name("device", device, DEVICES)


def selected_cells(selection: Selection) -> Iterator[Cell]:
    """Every cell of the selection, in the order of the tables."""
    cases = chosen_cases(selection)
    methods = chosen_methods(selection.backends, everything=PROFILES[selection.profile].everything)
    dtypes = dict.fromkeys(selection.dtypes or PROFILES[selection.profile].dtypes)
    for problem, instance, operation in cases:
        for backend, variant in methods:
            for dtype in dtypes:
                for device in dict.fromkeys(selection.devices):
                    for threads in dict.fromkeys(selection.threads):
                        yield Cell(problem, instance, operation, backend, variant, dtype, device, threads)


def chosen_methods(wanted: Sequence[str], *, everything: bool) -> list[tuple[str, str]]:
    """(backend, variant) for each of `backend[/variant]`, or all that the profile covers."""
    methods = []
    for choice in wanted or backends.names():
        backend, slash, variant = choice.partition("/")
        if backend not in backends.names():
            more = "" if backends.folders() else "; or give --backends DIR, for one of your own"
            raise UsageError(problems.unknown("backend", backend, list(backends.names())) + more)
        known_variants = backends.load(backend).VARIANTS
        if slash:
            variants = [known_name(f"variant of {backend}", variant, tuple(known_variants))]
        else:
            variants = [name for name, each in known_variants.items() if everything or each.quick]
        methods += [(backend, variant) for variant in variants]
    return list(dict.fromkeys(methods))


def chosen_cases(selection: Selection) -> list[tuple[str, str, str]]:
    """(problem, instance, operation). A named instance or operation is taken whatever the profile covers."""
    everything = PROFILES[selection.profile].everything
    cases = []
    if not selection.problems and (folders := problems.misnamed()):
        raise UsageError(problems.misnaming(folders[0].name))
    for choice in selection.problems or problems.names():
        name, colon, instance_name = choice.partition(":")
        problem = load_problem(name)
        instances = [problem.instance(instance_name)] if colon else problem.instances
        for instance in instances:
            covered = instance.operations if everything or colon or selection.operations else instance.quick
            cases += [
                (name, instance.name, operation)
                for operation in covered
                if operation in (selection.operations or covered)
            ]
    return list(dict.fromkeys(cases))


def load_problem(name: str) -> problems.Problem:
    """The problem, with its folder checked. Raises UsageError or ProblemError."""
    adapters, folders = backends.names(), backends.folders()
    problem = problems.load(name)
    problems.check_folder(problem, adapters, folders)
    for instance in problem.instances:
        if not NAME.fullmatch(instance.name):  # its rows could not be read again
            raise UsageError(f"instance {instance.name!r} of {name}: expected a name of letters, digits and _ . + = -")
        for operation, options in instance.operations.items():
            known_name(f"operation of {name}:{instance.name}", operation, OPERATIONS)
            if wrong := wrong_options(operation, options):
                raise UsageError(f"{problems.shown(name)}/__init__.py, instance {instance.name}: {wrong}")
    return problem


def wrong_options(operation: str, options: Mapping[str, Any]) -> str:
    """What is wrong with the options of an operation, as a sentence; empty if they are right."""
    known = OPTIONS.get(operation, ())
    takes = f"{operation} takes {', '.join(known) or 'no options'}"
    for option in options:
        if option not in known:
            return f"{takes}; found {option!r}"
    lacking = [option for option in known if option in NEEDED_OPTIONS and option not in options]
    return f"{takes}; found no {lacking[0]}: write {{{operation!r}: {{{lacking[0]!r}: …}}}}" if lacking else ""


def ladder_cases(name: str) -> list[str]:
    """`problem:instance` for every size of the problem's ladder. Raises UsageError where it has none."""
    problem = load_problem(name)
    if not problem.ladder:
        others = [other for other in problems.names() if problems.load(other).ladder]
        raise UsageError(f"{name} has no ladder of sizes; problems with one: {', '.join(others)}")
    return [f"{name}:{instance.name}" for instance in problem.ladder.instances()]


def is_named(cell: Cell, selection: Selection) -> bool:
    """Whether the cell's instance, operation or variant was typed."""
    return (
        f"{cell.problem}:{cell.instance}" in selection.problems
        or cell.operation in selection.operations
        or cell.method in selection.backends
    )


def slow_cell(cell: Cell) -> Absence | None:
    """The absence of a cell that its instance or implementation declares to take long and to tell little."""
    problem = problems.load(cell.problem)
    slow = problems.slowness(problem, problem.instance(cell.instance), cell.backend, backends.folders())
    why = problems.matching(slow, cell.pattern)
    return Absence("omitted", f"{why} (--profile standard runs it)") if why else None
