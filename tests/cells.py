"""Which cells the tests run, found in the registry: there is no list to enter a problem or a backend in.

Nothing here loads inputs or a framework: this runs whenever tests are collected. Sizes are those that instances declare
as `work`; what declares none is small.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

import backends
import problems
from bench.plan.cell import DTYPES, Cell, absence_of, expected_status
from bench.plan.selection import Plan, Selection, make_plan
from bench.truth.iterations import FIRST_DERIVATIVES

LARGE = 1e5  # numbers read and written
LARGEST = 1e6  # numbers that are tested at all: the references of more take half a minute
LARGEST_OF_ALL_STEPS = 1e7
COMPILES_FOR_SECONDS = ("compile", "xla")  # variants, of any backend
NAMES = [name for name in problems.names() if name != "pitfalls"]
"""The problems that are made to be right; `pitfalls` has tests of its own."""

Case = tuple[str, str, str]
"""problem, instance, operation."""

Method = tuple[str, str]
"""backend, variant."""


def size_of(instance: problems.Instance, operation: str) -> float:
    """How many numbers the operation reads and writes at least, zero where the instance does not say."""
    work = instance.work.get(operation)
    return work.numbers * max(1, work.times) if work else 0.0


def numbers_of(instance: problems.Instance, operation: str) -> float:
    """The same for one of its steps."""
    work = instance.work.get(operation)
    return work.numbers if work else 0.0


def is_small(case: Case) -> bool:
    name, instance, operation = case
    return size_of(problems.load(name).instance(instance), operation) <= LARGE


def takes_steps(case: Case) -> bool:
    return "steps" in problems.load(case[0]).instance(case[1]).operations[case[2]]


def kind_of(case: Case) -> str:
    return problems.load(case[0]).instance(case[1]).kind


def smallest_cases(name: str) -> list[Case]:
    """Every operation of every function, once: on its first instance, unless another is not half as large.

    So a matrix of one column, which is as good as its transpose, does not stand for one that is hardly larger.
    Options by other names, and another layout of the data, take another way through a backend, and are cases of their own.
    """
    found: dict[tuple, tuple[float, Case]] = {}
    for instance in problems.load(name).instances:
        for operation, options in instance.operations.items():
            key = (instance.function, instance.kind, instance.arranged, operation, *sorted(options))
            size = size_of(instance, operation)
            if key not in found or size < found[key][0] / 2:
                found[key] = size, (name, instance.name, operation)
    return [case for _, case in found.values()]


def derivatives(name: str) -> list[Case]:
    """Of the smallest cases one for each function: its first derivative."""
    found: dict[str, Case] = {}
    for case in smallest_cases(name):
        if case[2] != "value":
            found.setdefault(problems.load(name).instance(case[1]).function, case)
    return list(found.values())


def further_cases(name: str) -> list[Case]:
    """On every small instance, whatever is special about it, its first derivative and its last operation."""
    cases = []
    for instance in problems.load(name).instances:
        operations = [operation for operation in instance.operations if operation != "value"]
        cases += [(name, instance.name, operation) for operation in (operations[0], operations[-1])]
    return [case for case in dict.fromkeys(cases) if is_small(case)]


def typical_methods() -> list[Method]:
    """(backend, variant) for each variant that stands for its backend."""
    return [(name, variant) for name in backends.names() for variant in backends.typical_variants(name)]


def parameters(cells: Iterable[Cell]) -> list:
    """Cells as parameters of a test; quick where their variant stands for its backend, in float64, without differences."""
    quick = [(name, variant) for name, variant in typical_methods() if is_exact(name, variant)]
    marks = {True: (), False: (pytest.mark.slow,)}
    return [
        pytest.param(each, id=each.name, marks=marks[(each.backend, each.variant) in quick and each.dtype == "float64"])
        for each in cells
    ]


def is_exact(name: str, variant: str) -> bool:
    return backends.load(name).VARIANTS[variant].accuracy == "exact"


def all_methods() -> list[Method]:
    return [(name, variant) for name in backends.names() for variant in backends.load(name).VARIANTS]


def methods_of(problem: str, instance: str, operation: str) -> list[Method]:
    """The methods that have this case: all but those that lack the file, omit it, or lack the operation."""
    found = ((method, absence_of(cell_of((problem, instance, operation), method))) for method in all_methods())
    return [method for method, absence in found if not absence or absence.status != "omitted"]


def cell_of(case: Case, method: Method, dtype: str = "float64") -> Cell:
    return Cell(*case, *method, dtype, "cpu", 1)


def typical_cells() -> Iterator[Cell]:
    """Every function, operation and backend; the first derivative of each problem also in float32."""
    for name in NAMES:
        for method in typical_methods():
            yield from (cell_of(case, method) for case in smallest_cases(name))
            yield from (cell_of(case, method, "float32") for case in derivatives(name)[:1])


def variant_cells() -> Iterator[Cell]:
    """Every variant on one problem for each kind and operation, and on the first derivative of each problem.

    The latter shows what of a problem's text a variant cannot trace, or compute with complex numbers; what compiles for
    seconds does that for each kind alone.
    """
    everything = [case for name in NAMES for case in smallest_cases(name) if is_small(case)]
    firsts = [derivatives(name)[0] for name in NAMES]
    for method in all_methods():
        one_each: dict[tuple[str, str], Case] = {}
        for case in everything:
            place = kind_of(case), case[2]
            if place not in one_each and is_right(cell_of(case, method)):
                one_each[place] = case
        dtypes = DTYPES[:1] if method[1] in COMPILES_FOR_SECONDS else DTYPES
        yield from (cell_of(case, method, dtype) for case in one_each.values() for dtype in dtypes)
        if is_particular(method):
            yield from (cell_of(case, method) for case in firsts)


def further_cells() -> Iterator[Cell]:
    """Typical variants on every other small instance; no descents by differences, which are many evaluations."""
    for name in NAMES:
        for method in typical_methods():
            exact = is_exact(*method)
            yield from (cell_of(case, method) for case in further_cases(name) if exact or not takes_steps(case))


def is_particular(method: Method) -> bool:
    """Whether a variant does not run a text as Python does, and can be tried with every problem."""
    variant = backends.load(method[0]).VARIANTS[method[1]]
    return method[1] not in COMPILES_FOR_SECONDS and (variant.compiled or variant.accuracy != "exact")


def is_right(cell: Cell) -> bool:
    return not absence_of(cell) and expected_status(cell)[0] == "ok"


def is_endless(cell: Cell) -> bool:
    """Whether only `gradmark check --profile standard` runs it: a large case, or in differences many large evaluations."""
    instance = problems.load(cell.problem).instance(cell.instance)
    exact = is_exact(cell.backend, cell.variant)
    numbers, of_all_steps = numbers_of(instance, cell.operation), size_of(instance, cell.operation)
    return numbers > LARGEST or of_all_steps > (LARGEST_OF_ALL_STEPS if exact else LARGEST)


def is_slow(cell: Cell) -> bool:
    """Whether it compiles for seconds, is large, or is said once more by a variant that does not stand for its backend.

    That is float32, and any dtype where the variant runs a text as Python does. Much less is large for differences that
    take many evaluations; what is compiled, in tenths of a second, is quick for first derivatives in float64 alone.
    """
    method, instance = (cell.backend, cell.variant), problems.load(cell.problem).instance(cell.instance)
    variant, first = backends.load(cell.backend).VARIANTS[cell.variant], cell.operation in FIRST_DERIVATIVES
    quick = variant.quick
    return (
        cell.variant in COMPILES_FOR_SECONDS
        or (variant.compiled and (cell.dtype == "float32" or not first))
        or size_of(instance, cell.operation) > (LARGE if quick else LARGE / 10)
        or (method not in typical_methods() and (cell.dtype == "float32" or not is_particular(method)))
    )


@functools.cache
def tested_cells() -> list:
    """All of these as parameters of a test, `slow` where they are; what is known to be absent is left out."""
    with registry_asked_once():
        return found_cells()


@functools.cache
def plan_of(selection: Selection) -> Plan:
    """The plan of a selection, made once."""
    with registry_asked_once():
        return make_plan(selection)


@contextmanager
def registry_asked_once() -> Iterator[None]:
    """What is asked thousands of times is remembered inside: the problems, and what is installed."""
    with (
        patch.object(problems, "load", functools.cache(problems.load)),
        patch.object(backends, "is_installed", functools.cache(backends.is_installed)),
    ):
        yield


def found_cells() -> list:
    quick = [cell for cell in (*typical_cells(), *variant_cells()) if not is_slow(cell)]
    everything = dict.fromkeys([*quick, *typical_cells(), *variant_cells(), *further_cells()])
    chosen = set(quick)
    return [
        pytest.param(cell, id=cell.name, marks=[] if cell in chosen else pytest.mark.slow)
        for cell in everything
        if not absence_of(cell) and not is_endless(cell)
    ]
