"""Known pitfalls of gradients: one per instance, with the true derivative or subgradients and the reason.

Why it is here: all the other problems are chosen so that every backend can be right. Here most of them are not, in ways that
training code meets: cancellation, overflow, kinks, masks, types that change. What each backend answers was measured, and its
file declares it (EXPECT); an upgrade that changes an answer fails the command that finds it.

params: x (), (n,) or (0,), and y () for xʸ. data: what the function names.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem


def at(x: float | list[float], **data: float | list) -> tuple[Arrays, Arrays]:
    """A point, and what is held fixed."""
    return {"x": np.array(x, dtype=float)}, {name: np.array(value) for name, value in data.items()}


def power(y: float) -> tuple[Arrays, Arrays]:
    """xʸ at x = 0."""
    return {"x": np.array(0.0), "y": np.array(y)}, {}


def trap(name: str, function: str, make, why: str, **more) -> Instance:
    """An instance; `source` says what is known of it."""
    return Instance(name=name, make=make, function=function, operations={"gradient": {}}, source=why, **more)


CANCELS = "cancellation: 1 − cos x has an error of ε, which is divided by x²"
OVERFLOWS = "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"
BOTH_BRANCHES = "both branches of the mask are differentiated, and 0 · ∞ is NaN"
CORNER = "a kink: every number between the two one-sided slopes is a subgradient"
SATURATES = "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"
ABSOLUTE_STEP = "a step suited to x ≈ 1 is below the rounding error of x²"
WIDE_STEP = "a step of ∛ε is larger than x, so the truncation error dominates"
RELATIVE_STEP = "a step of ∛ε |x| is longer than a period"
SUBNORMAL = "the backend flushes subnormal numbers to zero"
ALL_OVERFLOW = {"*": ("wrong", OVERFLOWS)}
UNDERFLOW = 1e-30  # what vanishes beside it counts as zero


def only(dtype: str) -> dict[str, str]:
    """`omit` for an instance whose numbers are of one dtype's range."""
    return {f"*:*:{other}": f"made for {dtype}" for other in ("float64", "float32") if other != dtype}


def softplus(form: str, z: float) -> Instance:
    """log(1 + eᶻ), whose derivative is σ(z)."""
    name = f"softplus_{form}_{'minus_' if z < 0 else ''}{abs(z):g}"
    why = OVERFLOWS if form == "naive" else "a form that keeps eᶻ from overflowing; at 0 its own kinks must not show"
    expect = ALL_OVERFLOW if name == "softplus_naive_1000" else {}
    return trap(name, f"softplus_{form}", partial(at, z), why, scale=UNDERFLOW, expect=expect)


PROBLEM = Problem(
    instances=(
        *(softplus(form, z) for form in ("naive", "stable") for z in (0.0, 40.0, -40.0, 1000.0, -1000.0)),
        trap("cancellation", "cancellation", partial(at, 1e-4), CANCELS),
        trap("where_sqrt", "where_sqrt", partial(at, [0.0, 4.0]), BOTH_BRANCHES),
        trap("where_sqrt_masked", "where_sqrt", partial(at, [-1.0, 4.0]), BOTH_BRANCHES),
        trap(
            "double_where_sqrt",
            "where_sqrt_safe",
            partial(at, [0.0, 4.0]),
            "the remedy: both branches get safe arguments",
        ),
        trap(
            "double_where_sqrt_masked", "where_sqrt_safe", partial(at, [-1.0, 4.0]), "the remedy, at a negative number"
        ),
        trap("norm_at_0", "norm", partial(at, [0.0, 0.0]), "x/‖x‖ is 0/0 at 0", scale=1.0),
        trap("absolute_at_0", "absolute", partial(at, 0.0), CORNER, scale=1.0),
        trap("relu_at_0", "relu", partial(at, 0.0), CORNER, scale=1.0),
        trap("power_0_2", "power", partial(power, 2.0), "the derivative by y is 0² log 0", scale=1.0),
        trap("power_0_1", "power", partial(power, 1.0), "the derivative by x is 1 · 0⁰, by y 0 log 0", scale=1.0),
        trap("square_at_1e8", "square", partial(at, 1e8), ABSOLUTE_STEP),
        trap("cube_at_1e_6", "cube", partial(at, 1e-6), WIDE_STEP),
        trap("sine_at_1e6", "sine", partial(at, 1e6), RELATIVE_STEP),
        trap(
            "logsumexp_naive",
            "logsumexp_naive",
            partial(at, [1000.0, -1000.0, 999.0]),
            OVERFLOWS,
            expect=ALL_OVERFLOW,
        ),
        trap(
            "logsumexp_stable",
            "logsumexp_stable",
            partial(at, [1000.0, -1000.0, 999.0]),
            "the largest entry is subtracted first",
        ),
        trap("sigmoid_at_40", "sigmoid", partial(at, 40.0), SATURATES),
        trap("sigmoid_at_minus_40", "sigmoid", partial(at, -40.0), "σ is small and 1 − σ is 1: no digits are lost"),
        trap("subnormal_float64", "scaled", partial(at, 1.0, c=1.5e-310), SUBNORMAL, omit=only("float64")),
        trap("subnormal_float32", "scaled", partial(at, 1.0, c=1.5e-40), SUBNORMAL, omit=only("float32")),
        trap(
            "integer_data",
            "weighted",
            partial(at, [0.5, 1.5, -2.5], n=[[1, 2, 3]]),
            "an integer array determines the result type",
        ),
        trap(
            "float32_constant",
            "constant",
            partial(at, 3.0),
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        trap(
            "in_place",
            "in_place",
            partial(at, [0.5, -0.5]),
            "the derivative of exp needs the value that was overwritten",
        ),
        trap(
            "no_elements", "squares", partial(at, []), "a sum over nothing is 0, and its gradient is empty", scale=1.0
        ),
        trap("one_element", "squares", partial(at, [3.0]), "an array of one number must keep its shape"),
        trap(
            "nan_in_data",
            "scaled",
            partial(at, [1.0, 2.0, 3.0], c=[1.0, np.nan, 2.0]),
            "the entry with NaN is NaN, and no other",
            kind="elementwise",
            separate=True,
            expect={"*": ("diverged", "right: the entry with NaN is NaN, and no other")},
        ),
        trap(
            "infinity_in_data",
            "scaled",
            partial(at, [1.0, 2.0, 3.0], c=[1.0, np.inf, 2.0]),
            "the entry with infinity is infinite, and no other",
            kind="elementwise",
            separate=True,
            expect={"*": ("diverged", "right: the entry with infinity is infinite, and no other")},
        ),
        trap(
            "nan_masked",
            "masked",
            partial(at, [1.0, 2.0, 3.0], d=[1.0, np.nan, 2.0]),
            BOTH_BRANCHES,
            kind="elementwise",
        ),
    ),
)
