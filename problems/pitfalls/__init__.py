"""Known pitfalls of gradients: one per instance, with the true derivative or subgradients and the reason.

Why it is here: all the other problems are chosen so that every backend can be right. Here most of them are not, in ways that
training code meets: cancellation, overflow, kinks, masks, types that change. What each backend answers was measured, and its
file declares it (EXPECT); an upgrade that changes an answer fails the command that finds it.

params: x (), (n,), (0,), (n, 1) or (n, n), y () for xʸ, and w (n,) where weights are differentiated. data: what the function
names.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .. import Arrays, Instance, Problem, Work


def at(x: float | list, **data: float | list) -> tuple[Arrays, Arrays]:
    """A point, and what is held fixed."""
    return {"x": np.array(x, dtype=float)}, {name: np.array(value) for name, value in data.items()}


def power(y: float) -> tuple[Arrays, Arrays]:
    """xʸ at x = 0."""
    return {"x": np.array(0.0), "y": np.array(y)}, {}


def weighted_at(x: list[float], w: list[float]) -> tuple[Arrays, Arrays]:
    """A point, and weights that are differentiated, too."""
    return {"x": np.array(x), "w": np.array(w)}, {}


def temperatures() -> tuple[Arrays, Arrays]:
    """10⁶ pairs of temperatures in kelvin, as a sensor gives them in float32."""
    kelvin = np.random.default_rng(0).uniform(250, 320, (1_000_000, 2))
    return {"x": np.array([1.0, 1.0])}, {"kelvin": kelvin.astype(np.float32).astype(float)}


def column_of_targets() -> tuple[Arrays, Arrays]:
    """Four samples of a linear model whose weights are a column, as a layer's are."""
    rows = [[1.0, 0.5], [1.0, -1.5], [1.0, 2.0], [1.0, 0.25]]
    return {"x": np.array([[0.5], [-1.0]])}, {"X": np.array(rows), "y": np.array([1.0, -2.0, 0.5, 3.0])}


def trap(name: str, function: str, make, why: str, operations=("gradient",), **more) -> Instance:
    """An instance; `source` says what is known of it."""
    return Instance(
        name=name, make=make, function=function, operations={each: {} for each in operations}, source=why, **more
    )


CANCELS = "cancellation: 1 − cos x has an error of ε, which is divided by x²"
OVERFLOWS = "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"
BOTH_BRANCHES = "both branches of the mask are differentiated, and 0 · ∞ is NaN"
CORNER = "a kink: every number between the two one-sided slopes is a subgradient"
SATURATES = "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"
ABSOLUTE_STEP = "a step suited to x ≈ 1 is below the rounding error of x²"
WIDE_STEP = "a step of ∛ε is larger than x, so the truncation error dominates"
RELATIVE_STEP = "a step of ∛ε |x| is longer than a period"
SUBNORMAL = "the backend flushes subnormal numbers to zero"
SQUARE_RANGE = "the square of an entry is beyond the range of the dtype, though the result is not"
ONLY_AT_0 = "the formula of the derivative is 0/0 at 0; the first derivative may be right and the second not"
BOTH_ORDERS = ("gradient", "hessian")
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


def in_range(name: str, function: str, points: dict, why: str, **data: dict) -> list[Instance]:
    """A trap of the range of numbers: dtype → the point at which its own range is left; `data` in the same way."""
    return [
        trap(
            f"{name}_{dtype}",
            function,
            partial(at, point, **{key: value[dtype] for key, value in data.items()}),
            why,
            omit=only(dtype),
        )
        for dtype, point in points.items()
    ]


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
        *in_range(
            "small_quotient",
            "quotient",
            {"float64": 2e-170, "float32": 2e-25},
            "−a/x² is finite, but x² underflows to 0",
            a={"float64": 3e-250, "float32": 3e-36},
        ),
        *in_range("small_hypot", "hypot", {"float64": [3e-200, 4e-200], "float32": [3e-25, 4e-25]}, SQUARE_RANGE),
        *in_range("large_hypot", "hypot", {"float64": [3e200, -4e200], "float32": [3e25, -4e25]}, SQUARE_RANGE),
        *in_range("large_norm", "norm", {"float64": [3e200, -4e200], "float32": [3e20, -4e20]}, SQUARE_RANGE),
        trap(
            "cumprod_with_0",
            "cumprod",
            partial(at, [1.5, 0.0, -2.0, 3.0]),
            "the products after xᵢ divided by xᵢ are 0/0 at 0; the truth is (1, −10.5, 0, 0)",
        ),
        trap(
            "cumprod_weighted",
            "cumprod_weighted",
            partial(at, [1.5, 0.0, -2.0, 3.0]),
            "the same with the k-th product k times: the truth is (1, −42, 0, 0)",
        ),
        trap(
            "mean_of_a_million",
            "mean_of_rows",
            temperatures,
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
            work={"gradient": Work(flops=2e6, numbers=2e6)},
        ),
        trap(
            "zero_weight_of_largest",
            "logsumexp_weighted",
            partial(at, [1000.0, 1.0, 2.0], w=[[0.0, 1.0, 1.0]]),
            "the weight is 0 where eˣ overflows, and 0 · ∞ is NaN",
        ),
        trap(
            "by_zero_weight",
            "logsumexp_by_weights",
            partial(weighted_at, [0.0, 1.0, 2.0], [0.0, 1.0, 1.0]),
            "the derivative by a weight is eˣ/Σ, also where the weight is 0 and its logarithm −∞",
        ),
        trap("expm1_at_minus_40", "expm1", partial(at, -40.0), "the derivative is expm1(x) + 1, which is rounded to 0"),
        trap(
            "double_eigenvalue",
            "by_eigenvalues",
            partial(at, [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]], u=[[1.0, 2.0, 3.0]]),
            "eigenvectors of a double eigenvalue have no derivative (1/(λᵢ − λⱼ)), but uᵀA³u has one",
        ),
        trap(
            "column_minus_row",
            "mean_square",
            column_of_targets,
            "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word",
        ),
        trap("bessel_at_0", "bessel", partial(at, 0.0), ONLY_AT_0, BOTH_ORDERS, scale=1.0),
        trap("sinc_at_0", "sinc", partial(at, 0.0), ONLY_AT_0, BOTH_ORDERS, scale=1.0),
        trap(
            "gaussian_at_0",
            "gaussian",
            partial(at, [0.0, 0.0]),
            "exp(−‖x‖²) is smooth, but ‖x‖ has no derivative at 0",
            BOTH_ORDERS,
            scale=1.0,
        ),
    ),
)
