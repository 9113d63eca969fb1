"""The traps as expressions. log(1 + eᶻ) in its stable form is a function of its own, with the derivative (1 + tanh z/2)/2.

The first of the entries whose exponentials are summed is the largest.
"""

from sympy import Abs, Float, Function, Integer, Max, Ne, Piecewise, cos, exp, log, sin, sqrt, tanh

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
}
