"""Rows of one case, as a run makes them."""

from __future__ import annotations

from bench.plan.cell import Cell
from bench.rows.row import new_row


def row(method="numpy_hand/plain", instance="textbook", median_s=2e-6, **more):
    backend, variant = method.split("/")
    cell = Cell("linear_regression", instance, "gradient", backend, variant, "float64", "cpu", 1)
    numbers = {"first_call_s": 1e-3, "prepare_s": 1e-4, "error_relative": 1e-16, "error_ulp": 1.0}
    return new_row(cell, "key", "run", more.pop("repeat", 0), median_s=median_s, **{**numbers, **more})


ROWS = [
    row("jax_grad/jit", median_s=1e-6),
    row(),
    row(instance="real", median_s=4e-6),
    row("numpy_fd/central", median_s=None, status="wrong", reason="off | by <half>"),
    row("tf_tape/eager", median_s=None, status="omitted", reason="too slow"),
]

HOSTILE = "\x1b[2J<script>alert(1)</script>|[x](javascript:1)\n\\input{/etc/passwd}$%_^~\u202e\ud800"
