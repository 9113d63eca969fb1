"""The rule for the step: h = factor · ε^power · s · max(1, |x|), where s = 1 unless the function says otherwise.

No rule that looks at x alone survives: x² at 1e8 needs h > 0.5, sin at 1e6 needs h < 2e-4. So the step is tried. The error
of a difference D is estimated as the change of D with h/2 or h/3, for its truncation, plus ε|f|/hᵈ, for its rounding. Where
that is more than thirty times what the formula can reach, s is the power of ten with the least error.

Where the point is going to move, as in a descent, s is 1 unless that step leaves no digit at all: else s would follow the
rounding of the point where the descent begins, and be wrong where it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .formulas import Formula, Line

Step = Callable[[Any], Any]

SLACK = 30  # times the error that the formula can reach: a step within it is good enough
MOST_TRIED = 1000  # variables; trying the steps of 2410 took half a minute for a gradient of half a second
MOST_WORK = (
    2 * 10**8
)  # variables times numbers of data; trying steps at 10⁵ × 100 took 70 to 140 s for a gradient of one
NO_DIGIT = 0.1  # relative error of a step that does not show the derivative
GAIN = 10  # times less error, or the usual step stays
WIDEST = 0.1  # of max(1, |x|)
DOUBT = 3  # times the estimated error
LADDER = [10.0**k for k in (*range(-1, -13, -1), *range(1, 9))]


def stepper(dtype: Any, formula: Formula, scale: Any = 1.0, absolute: float | None = None) -> Step:
    """x → h, with x + h representable: then h is the step that is taken. Or `absolute`, which an instance may state."""
    if absolute:
        return lambda x: np.full_like(x, absolute)[()]
    unit = dtype.type(formula.factor * np.finfo(dtype).eps ** formula.power) * scale
    unit = unit.astype(dtype) if np.ndim(unit) else dtype.type(unit)

    def step(x: Any) -> Any:
        h = unit * larger_of_one(abs(x))
        return (x + h) - x

    return step


def larger_of_one(size: Any) -> Any:
    """max(1, size); for one number by comparison, ten times faster than NumPy's function."""
    if size.ndim:
        return np.maximum(size, 1)
    return size if size > 1 else size.dtype.type(1)


def trial(line: Line, x: Any, formula: Formula, scale: Any) -> tuple[Any, Any]:
    """(D, an estimate of its error ≥ 0) at the step of this scale; NaN where the step is nothing or leaves the domain."""
    dtype = x.dtype
    h = stepper(dtype, formula, scale)(x)
    here = line(x)
    slope = formula.apply(line, x, h, here)
    finer = [formula.apply(line, x, (x + h / n) - x, here) for n in (2, 3)]  # two, as one agrees now and then by chance
    truncation = np.maximum(abs(slope - finer[0]), abs(slope - finer[1])) * (2**formula.order / (2**formula.order - 1))
    size = abs(here) if formula.needs_here else np.maximum(abs(line(x + h)), abs(line(x - h)))
    rounding = np.maximum(np.finfo(dtype).eps * size, np.finfo(dtype).smallest_subnormal)
    return slope, truncation + rounding / abs(h) ** formula.derivative


def acceptable(formula: Formula, dtype: Any, moves: bool) -> float:
    """The error, relative to the largest derivative, up to which the usual step is good enough."""
    return NO_DIGIT if moves else float(SLACK * np.finfo(dtype).eps ** (formula.order * formula.power))


def better(line: Line, x: Any, formula: Formula, slope: Any, error: Any) -> Any:
    """The scale of the least error on the ladder, 1 where that is no great gain; shaped like x.

    slope, error: of the usual step. Where it leaves a digit, others have to agree with it. Where it leaves none, they are no
    wider than WIDEST, as over many periods chance finds one, and have the least product of the absolute and the relative
    error: the relative one alone prefers the steep slope of a plateau that rounding made.
    """
    found, least = np.ones_like(x), product(slope, error) / GAIN**2
    usual, doubt, known = slope, DOUBT * error, leaves_a_digit(slope, error)
    unit = formula.factor * np.finfo(x.dtype).eps ** formula.power
    for scale in LADDER:
        slope, error = trial(line, x, formula, scale)
        plausible = np.where(known, abs(slope - usual) <= doubt, scale * unit <= WIDEST)
        both = product(slope, error)
        gain = plausible & leaves_a_digit(slope, error) & (both < least)
        found, least = np.where(gain, scale, found), np.where(gain, both, least)
    return found[()]


def leaves_a_digit(slope: Any, error: Any) -> Any:
    return error <= NO_DIGIT * abs(slope)  # not for NaN


def product(slope: Any, error: Any) -> Any:
    """error² / |slope|, infinite where that is nothing; in extended precision, as small numbers vanish when squared."""
    error = np.asarray(error, np.longdouble)
    found = error * (error / abs(slope))
    return np.where(np.isnan(found), np.inf, found)


def scale_of_points(line: Line, x: Any, formula: Formula, *, moves: bool = False) -> Any:
    """s for a function of one number, or of points that move by themselves; a plain 1.0 where that is all."""
    with np.errstate(all="ignore"):
        slope, error = trial(line, x, formula, 1.0)
        good = error <= acceptable(formula, x.dtype, moves) * np.max(abs(slope), initial=0)
        if np.all(good):
            return 1.0
        return np.where(good, 1, better(line, x, formula, slope, error)).astype(x.dtype)[()]


def scale_of_entries(lines: list[Line], x: Any, formula: Formula, *, moves: bool = False) -> Any:
    """s for every entry of the vector x, along whose axes `lines` run; 1 for more of them than can be tried."""
    if len(x) > MOST_TRIED:
        return np.ones_like(x)
    with np.errstate(all="ignore"):
        tried = [trial(line, origin, formula, 1.0) for line, origin in zip(lines, x, strict=True)]
        bound = acceptable(formula, x.dtype, moves) * max((abs(slope) for slope, _ in tried), default=0)
        scales = np.ones_like(x)
        for i, (slope, error) in enumerate(tried):
            if not error <= bound:
                scales[i] = better(lines[i], x[i], formula, slope, error)
    return scales
