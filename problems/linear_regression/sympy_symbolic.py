"""The term of one sample is (x·θ − y)²/2; the objective is its mean."""

from sympy import Rational

from .. import Expression


def objective(params, data):
    residual = sum(x * t for x, t in zip(data["X"], params["theta"], strict=True)) - data["y"]
    return Expression(Rational(1, 2) * residual**2, combine="mean")


def plain(params, data):
    return objective(params, data)
