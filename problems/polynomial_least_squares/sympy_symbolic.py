"""The term of one point is (s − Σⱼ xⱼ tʲ)²/2, the polynomial by Horner's rule."""

from sympy import Rational

from .. import Expression


def objective(params, data):
    *rest, total = params["x"]
    for c in reversed(rest):
        total = total * data["t"] + c
    return Expression(Rational(1, 2) * (data["s"] - total) ** 2, combine="sum")
