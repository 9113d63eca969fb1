"""How much there is to do in a cell: its variables, and the work that its instance states."""

from __future__ import annotations

import numpy as np

import problems

from ..data.inputs import load_inputs
from ..rows.row import Row


def describe_work(row: Row) -> None:
    """Note in the row what the mathematics of its cell demand, whoever computes it."""
    instance = problems.load(row.problem).instance(row.instance)
    params = load_inputs(row.problem, row.instance).params
    # An elementwise function is differentiated at all points at once.
    row.variables = len(params) if instance.kind == "elementwise" else sum(array.size for array in params.values())
    work = instance.work.get(row.operation)
    if work:
        size = np.dtype(row.dtype).itemsize
        row.work_flops = float(work.flops * work.times)
        row.products_bytes = float(work.numbers * size * work.times)
        row.one_pass_bytes = float(work.one_pass * size * work.times)
        row.working_set_bytes = float(work.one_pass * size)
