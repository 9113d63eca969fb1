"""w² − 4w + 4, and the sum over the rows of A of exp(a·x + b)."""

from sympy import exp

from .. import Expression


def parabola(params, data):
    w = params["w"]
    return Expression(w**2 - 4 * w + 4)


def exponentials(params, data):
    exponent = sum(a * x for a, x in zip(data["A"], params["x"], strict=True)) + data["b"]
    return Expression(exp(exponent), combine="sum")
