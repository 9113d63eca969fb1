"""The traps as expressions. log(1 + eᶻ) in its stable form is a function of its own, with the derivative (1 + tanh z/2)/2.

The first of the entries whose exponentials are summed is the largest.
"""

import sympy
from sympy import (
    Abs,
    Float,
    Function,
    Integer,
    Max,
    Ne,
    Piecewise,
    besseli,
    cos,
    exp,
    log,
    pi,
    prod,
    sin,
    sqrt,
    tanh,
)

from .. import Expression


class softplus(Function):  # noqa: N801
    """log(1 + eᶻ)."""

    def fdiff(self, argindex=1):
        return (1 + tanh(self.args[0] / 2)) / 2

    def _numpycode(self, printer):
        return f"numpy.logaddexp(0, {printer._print(self.args[0])})"


def softplus_naive(params, data):
    return Expression(log(1 + exp(params["x"])))


def softplus_stable(params, data):
    return Expression(softplus(params["x"]))


def cancellation(params, data):
    x = params["x"]
    return Expression((1 - cos(x)) / x**2)


def where_sqrt(params, data):
    return Expression(sum(Piecewise((sqrt(x), x > 0), (0, True)) for x in params["x"]))


def where_sqrt_safe(params, data):
    roots = (Piecewise((sqrt(Piecewise((x, x > 0), (1, True))), x > 0), (0, True)) for x in params["x"])
    return Expression(sum(roots))


def norm(params, data):
    return Expression(sqrt(sum(x**2 for x in params["x"])))


def absolute(params, data):
    return Expression(Abs(params["x"]))


def relu(params, data):
    return Expression(Max(params["x"], 0))


def power(params, data):
    return Expression(params["x"] ** params["y"])


def square(params, data):
    return Expression(params["x"] ** 2)


def cube(params, data):
    return Expression(params["x"] ** 3)


def sine(params, data):
    return Expression(sin(params["x"]))


def logsumexp_naive(params, data):
    return Expression(log(sum(exp(x) for x in params["x"])))


def logsumexp_stable(params, data):
    x = params["x"]
    top = x[0]
    return Expression(top + log(sum(exp(entry - top) for entry in x)))


def sigmoid(params, data):
    return Expression(1 / (1 + exp(-params["x"])))


def scaled(params, data):
    return Expression(data["c"] * params["x"] ** 2)


def weighted(params, data):
    return Expression(sum(n * x for n, x in zip(data["n"], params["x"], strict=True)), combine="sum")


def constant(params, data):
    return Expression(params["x"] * Float(0.1, 7))


def in_place(params, data):
    y = [exp(x) for x in params["x"]]
    y[:] = [entry * entry for entry in y]
    return Expression(sum(y))


def squares(params, data):
    return Expression(sum((x**2 for x in params["x"]), Integer(0)))


def masked(params, data):
    x, d = params["x"], data["d"]
    return Expression(Piecewise((0, Ne(d, d)), (d * x**2, True)))


def quotient(params, data):
    return Expression(data["a"] / params["x"])


def hypot(params, data):
    x, y = params["x"]
    return Expression(sqrt(x**2 + y**2))


def cumprod(params, data):
    x = params["x"]
    return Expression(sum(prod(x[: k + 1]) for k in range(len(x))))


def cumprod_weighted(params, data):
    x = params["x"]
    return Expression(sum((k + 1) * prod(x[: k + 1]) for k in range(len(x))))


def mean_of_rows(params, data):
    return Expression(sum(x * kelvin for x, kelvin in zip(params["x"], data["kelvin"], strict=True)), combine="mean")


def logsumexp_weighted(params, data):
    return Expression(log(sum(w * exp(x) for w, x in zip(data["w"], params["x"], strict=True))), combine="sum")


def logsumexp_by_weights(params, data):
    return Expression(log(sum(w * exp(x) for w, x in zip(params["w"], params["x"], strict=True))))


def expm1(params, data):
    return Expression(exp(params["x"]) - 1)


def by_eigenvalues(params, data):
    """SymPy has no eigh, and of symbols only roots of a cubic: the power is written out."""
    a, u = (params["x"] + params["x"].T) / 2, data["u"]
    return Expression(u @ a @ a @ a @ u, combine="sum")


def mean_square(params, data):
    prediction = sum(w * x for w, x in zip(data["X"], params["x"][:, 0], strict=True))
    return Expression((prediction - data["y"]) ** 2, combine="mean")


def bessel(params, data):
    return Expression(besseli(0, 3 * params["x"]))


def sinc(params, data):
    return Expression(sympy.sinc(pi * params["x"]))


def gaussian(params, data):
    return Expression(exp(-(sqrt(sum(x**2 for x in params["x"])) ** 2)))


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "softplus_stable_minus_40": {
        "*": ("wrong", "1 + tanh(−20) is rounded to 0: no overflow, but a relative error of 1"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "power_0_2": {
        "*": ("wrong", "the derivative by y is 0² log 0"),
    },
    "power_0_1": {
        "*": ("wrong", "the derivative by x is 1 · 0⁰, by y 0 log 0"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "small_quotient_*": {
        "*": ("wrong", "x² underflows to 0, and a/0 is infinite"),
    },
    "small_hypot_*": {
        "*": ("wrong", "the square root of Σx² is 0, as squares underflow"),
    },
    "large_hypot_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "zero_weight_of_largest": {
        "*": ("wrong", "the weight is 0 where eˣ overflows, and 0 · ∞ is NaN"),
    },
    "bessel_at_0": {
        "*": ("error", "lambdify prints no Bessel function as NumPy code"),
    },
    "sinc_at_0": {
        "*": ("wrong", "both branches of the printed np.select are evaluated, and the one for x ≠ 0 is 0/0"),
    },
}
