"""`gradmark steps`: the error of finite differences by step size, and what theory predicts.

A formula of order p errs by T hᵖ from truncation and by R/h from the rounding of f. The rule of thumb, T and R like |f|,
puts the best step at ε^(1/(p+1)) and its error at ε^(p/(p+1)). Beside it stands what f itself predicts: its truncation, by
the same formula in extended precision at each step, and its rounding, which is f less f in extended precision nearby.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

import backends
import problems
from backends.differences import sweep

from .. import RESULTS, UsageError
from ..data.inputs import load_inputs
from ..data.store import flatten
from ..measure.cell import task_of
from ..plan.cell import Cell
from ..plan.selection import load_problem
from ..text.table import Table
from ..truth.reference import load_reference

STEPS_FOLDER = RESULTS / "steps"
UNEXPLAINED = "not explained"
SWEPT_DTYPES = ("float64", "float32")
DECADES = np.arange(0, -16.25, -0.5)
NEARBY = 10.0 ** np.linspace(-0.2, 0.2, 6)  # steps within a half decade, since a single one may be right by chance
MOST_SWEPT_VARIABLES, MOST_SWEPT_NUMBERS = 200, 100_000
WITHIN_STEP, WITHIN_ERROR = 10.0, 3.0
ORDER_OFF = 0.5  # less than stated, and a formula is another one
SHORT, PAIRS, CLEAR = (
    0.1,
    3,
    1e-15,
)  # the order is measured on so many pairs of steps from there on, if they truncate more

# variant → how many roundings of f the formula adds up, as a root mean square.
ROUNDINGS = {"forward": math.sqrt(2), "central": math.sqrt(2) / 2, "five_point": math.sqrt(2 * 64 + 2) / 12}


@dataclass(frozen=True)
class StepCurve:
    """Errors (norm-wise, relative) of one variant on one case in one dtype, and what was predicted of the best step.

    rule_step, rule_error: from ε alone. step, error: from the function's own derivatives and rounding.
    order, stated_order: of the truncation in the step, as found in extended precision, and as the formula's should be.
    """

    case: str
    variant: str
    dtype: str
    steps: np.ndarray
    errors: np.ndarray
    rule_step: float
    rule_error: float
    step: float
    error: float
    order: float = math.nan
    stated_order: int = 0

    @property
    def best(self) -> tuple[float, float]:
        """(step, error) at the lowest point."""
        i = int(np.nanargmin(self.errors))
        return float(self.steps[i]), float(self.errors[i])

    def verdict(self) -> str:
        """Whether the rule predicts the best step and its error, or the errors of f do, or neither.

        For polynomials of low degree nothing is truncated, so a long step is exact to rounding.
        """
        if self.variant == "complex_step":
            return "no best step" if self.short_steps() <= WITHIN_ERROR * self.rule_error else UNEXPLAINED
        if self.order < self.stated_order - ORDER_OFF:  # not for NaN: nothing is truncated
            return f"{UNEXPLAINED}: order {self.order:.1f} instead of {self.stated_order}"
        if self.is_near(self.rule_step, self.rule_error):
            return "as predicted"
        last_place = 2 * float(np.finfo(self.dtype).eps)
        if max(self.error, self.best[1]) <= last_place:
            return "exact to rounding"
        return "explained" if self.is_near(self.step, self.error) else UNEXPLAINED

    def short_steps(self) -> float:
        """The largest error of the steps below √ε/10, of which the square is nothing beside ε."""
        return float(np.nanmax(self.errors[self.steps < math.sqrt(np.finfo(self.dtype).eps) / 10]))

    def row(self) -> dict[str, Any]:
        """What a run folder keeps of it (`rows/step_curves.py`)."""
        problem, _, instance = self.case.partition(":")
        names = {"problem": problem, "instance": instance, "method": f"numpy_fd/{self.variant}", "dtype": self.dtype}
        best = None if self.variant == "complex_step" else self.rule_step
        return {**names, "h": list(self.steps), "error": list(self.errors), "predicted": best}

    def is_near(self, step: float, error: float) -> bool:
        """Within a factor of 10 in the step and of 3 in the error."""
        measured_step, measured = self.best
        far = abs(math.log10(measured_step / step)) > math.log10(WITHIN_STEP)
        return not far and 1 / WITHIN_ERROR <= measured / error <= WITHIN_ERROR


def step_cases(choice: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The instances of PROBLEM[:INSTANCE] whose gradients can be swept, and why the others cannot. Raises UsageError."""
    name, colon, instance_name = choice.partition(":")
    problem = load_problem(name)
    wanted = [problem.instance(instance_name)] if colon else problem.instances
    found, left_out = [], []
    for instance in wanted:
        reason = unfit(name, instance)
        if reason:
            left_out.append(f"{name}:{instance.name}: {reason}")
        else:
            found.append((name, instance.name))
    if not found:
        raise UsageError(f"{choice}: no instance to sweep: {'; '.join(left_out)}")
    return found, left_out


def unfit(name: str, instance: problems.Instance) -> str | None:
    """Why the error of an instance's gradient cannot be swept."""
    if "gradient" not in instance.operations:
        return "it has no gradient"
    if instance.kind != "scalar":
        return "it is elementwise or vector-valued, so each entry would need its own step"
    given = load_inputs(name, instance.name)
    numbers = sum(array.size for array in (*given.params.values(), *given.data.values()))
    variables = sum(array.size for array in given.params.values())
    if variables > MOST_SWEPT_VARIABLES or numbers > MOST_SWEPT_NUMBERS:
        limits = f"(limit {MOST_SWEPT_VARIABLES}), {numbers} numbers (limit {MOST_SWEPT_NUMBERS})"
        return f"too large: {variables} variables {limits}"
    return None


def step_curves(problem: str, instance: str) -> Iterator[StepCurve]:
    """All variants in both dtypes; a complex step only where the function is analytic."""
    for dtype in SWEPT_DTYPES:
        cell = Cell(problem, instance, "gradient", "numpy_fd", "central", dtype, "cpu", 1)
        task = task_of(cell)
        truth = flat_vector(load_reference(problem, instance, "gradient", dtype).value)
        noise, size = rounding_of_function(task), vector_norm(truth)
        if not size:
            raise UsageError(f"{problem}:{instance}: the gradient is zero, so it has no relative error")
        for variant in sweep.VARIANTS:
            if variant != "complex_step" or is_analytic(cell):
                yield measure_curve(task, variant, truth, noise, f"{problem}:{instance}")


def is_analytic(cell: Cell) -> bool:
    """Whether the adapter accepts the complex step of this cell."""
    try:
        backends.load("numpy_fd").prepare(task_of(replace(cell, variant="complex_step")))
    except backends.Unsupported:
        return False
    return True


def flat_vector(tree: Any) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in flatten(tree).values()]).astype(np.longdouble)


def measure_curve(task: backends.Task, variant: str, truth: np.ndarray, noise: float, case: str) -> StepCurve:
    """Measure the errors of one variant, and predict them."""
    dtype = next(iter(task.params.values())).dtype
    order, placed = sweep.VARIANTS[variant], sweep.placed(task)
    size = vector_norm(truth)

    def error(h: float) -> float:
        found = sweep.gradient(placed, variant, h)
        return math.nan if found is None else vector_norm(flat_vector(found) - truth) / size

    errors = [np.sqrt(np.mean([error(float(h * near)) ** 2 for near in NEARBY])) for h in 10.0**DECADES]
    epsilon = float(np.finfo(dtype).eps)
    exact = variant == "complex_step"
    truncation = np.array(
        [] if exact else [vector_norm(truncated(task, variant, h) - truth) / size for h in 10.0**DECADES]
    )
    step, least = (math.nan, math.nan) if exact else predicted(truncation, variant, noise, truth)
    return StepCurve(
        case,
        variant,
        dtype.name,
        10.0**DECADES,
        np.array(errors),
        rule_step=math.nan if exact else epsilon ** (1 / (order + 1)),
        rule_error=max(4 * epsilon, 4 * noise_of_gradient(task, noise)) if exact else epsilon ** (order / (order + 1)),
        step=step,
        error=least,
        order=order_of(truncation),
        stated_order=order,
    )


def noise_of_gradient(task: backends.Task, noise: float) -> float:
    """The relative rounding of f, which an exact derivative shares."""
    value = abs(float(extended_function(task)(dict(task.params))))
    return noise / value if value else 0.0


def predicted(truncation: np.ndarray, variant: str, noise: float, truth: np.ndarray) -> tuple[float, float]:
    """(the best step, its error): the least of truncation and rounding on the steps that are swept."""
    blur = ROUNDINGS[variant] * noise * math.sqrt(len(truth)) / vector_norm(truth)
    errors = np.hypot(truncation, blur / 10.0**DECADES)
    i = int(np.argmin(errors))
    return float(10.0 ** DECADES[i]), float(errors[i])


def order_of(truncation: np.ndarray) -> float:
    """p where the truncation is like hᵖ: the median over the longest short steps; NaN where they truncate nothing."""
    pairs = itertools.pairwise(truncation)
    short = [pair for x, pair in zip(DECADES, pairs, strict=False) if 10.0**x <= SHORT][:PAIRS]
    slopes = [math.log10(t / finer) / (DECADES[0] - DECADES[1]) for t, finer in short if min(t, finer) > CLEAR]
    return float(np.median(slopes)) if slopes else math.nan


def truncated(task: backends.Task, variant: str, h: float) -> np.ndarray:
    """What the formula gives for the step h in extended precision: the derivative and the truncation."""
    exact = replace(task, params=widened(task.params), data=widened(task.data))
    found = sweep.gradient(sweep.placed(exact), variant, h)
    assert found is not None
    return flat_vector(found)


def widened(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Floating-point arrays in extended precision."""
    return {name: np.asarray(a, np.longdouble) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def vector_norm(numbers: np.ndarray) -> float:
    return float(np.sqrt(np.sum(numbers * numbers)))


def extended_function(task: backends.Task) -> Callable[[dict], Any]:
    """params → the task's function in extended precision, summed where it has several values."""
    data = widened(task.data)
    return lambda params: np.sum(task.objective(widened(params), data))


def rounding_of_function(task: backends.Task, points: int = 40) -> float:
    """The root mean square of f in the task's dtype less f in extended precision, at points within 1e-3 of the task's."""
    rng, exact = np.random.default_rng(0), extended_function(task)
    squares = []
    for _ in range(points):
        moved = {n: (x + 1e-3 * rng.uniform(-1, 1, x.shape)).astype(x.dtype) for n, x in task.params.items()}
        scalars = {n: x[()] if x.ndim == 0 else x for n, x in moved.items()}
        squares.append(float(np.sum(task.objective(scalars, dict(task.data))) - exact(moved)) ** 2)
    return math.sqrt(sum(squares) / points)


def step_table(found: list[StepCurve], left_out: list[str]) -> Table:
    """Measured and predicted best steps and errors, one row per curve."""
    rows = {}
    for each in found:
        step, error = each.best
        rows[f"{each.case} · {each.variant} · {each.dtype}"] = {
            "best step": f"{step:.1e}",
            "predicted": step_text(each.rule_step),
            "from f": step_text(each.step),
            "error": f"{error:.1e}",
            "predicted error": step_text(each.rule_error),
            "error from f": step_text(each.error),
            "verdict": each.verdict(),
        }
    body = pd.DataFrame.from_dict(rows, orient="index").rename_axis("case · variant · dtype")
    notes = [
        "predicted: ε^(1/(p+1)) and ε^(p/(p+1)) for a formula of order p; from f: by its truncation and rounding errors",
        "as predicted: within a factor of 10 in the step and 3 in the error; explained: the same for the columns from f, "
        "if the truncation error has the order of the formula",
        "best step: on a grid of half decades; error: root mean square over six steps around each",
        *step_legend(found),
        *left_out,
    ]
    least = ("error from f", "from f", "predicted error", "predicted", "error")
    return Table("Step sizes of finite differences", body, tuple(notes), numeric=False, least=least)


def step_legend(found: list[StepCurve]) -> Iterator[str]:
    """What the verdicts that occur mean, beyond the usual ones."""
    verdicts = {each.verdict() for each in found}
    if "exact to rounding" in verdicts:
        yield "exact to rounding: both errors are within 2ε, as the formula is exact for f"
    if "no best step" in verdicts:
        yield "no best step: below √ε/10 all errors are within 3 times the predicted one, max(4ε, 4 × rounding of f)"


def step_text(value: float) -> str:
    return "none" if math.isnan(value) else f"{value:.1e}"
