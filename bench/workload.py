"""How much there is to do in a cell: its variables, and the work that its instance states."""

from __future__ import annotations

import numpy as np

import problems

from . import inputs
from .journal import Row


def describe(row: Row) -> None:
    """Note in the row what the mathematics of its cell demand, whoever computes it."""
    instance = problems.load(row.problem).instance(row.instance)
    params = inputs.load(row.problem, row.instance).params
    # An elementwise function is differentiated at all points at once.
    row.variables = len(params) if instance.kind == "elementwise" else sum(array.size for array in params.values())
    work = instance.work.get(row.operation)
    if work:
        size = np.dtype(row.dtype).itemsize
        row.work_flops = float(work.flops * work.times)
        row.products_bytes = float(work.numbers * size * work.times)
        row.one_pass_bytes = float(work.one_pass * size * work.times)
        row.working_set_bytes = float(work.one_pass * size)
