"""Gradients with a step that is given, for curves of error against step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from .. import Task
from ..numpy_hand import place
from . import Function, complex_step, stencils
from .formulas import FIRST

VARIANTS = {name: formula.order for name, formula in FIRST.items()} | {"complex_step": 2}
"""variant → the order of its error."""


def placed(task: Task) -> Task:
    return replace(task, params=place(task.params), data=task.arranged(place(task.data)))


def gradient(task: Task, variant: str, h: float) -> dict[str, Any] | None:
    """The gradient of a placed task with the step h, made exact in x + h; None where x + h is x in some entry."""
    params, data = dict(task.params), dict(task.data)
    task = replace(task, variant=variant)
    with np.errstate(all="ignore"):
        if variant == "complex_step":
            return dict(complex_step.gradient_of(task, h)(params, data))
        steps = {name: (x + x.dtype.type(h)) - x for name, x in params.items()}
        if any(np.any(step == 0) for step in steps.values()):
            return None
        function: Function = stencils.rule_of(task)(task.objective, steps)
        return dict(function(params, data))
