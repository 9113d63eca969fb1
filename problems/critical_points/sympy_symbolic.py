"""The four functions, as they are written."""

from sympy import Rational

from .. import Expression


def cubic(params, data):
    x = params["x"]
    return Expression(x**3 - 3 * x**2 + 2)


def bowl(params, data):
    x, y = params["p"]
    return Expression(x**4 + x**2 + x * y + y**2 - 3 * x)


def saddle(params, data):
    x, y = params["p"]
    return Expression(x * y + Rational(1, 3) * x**3 - y)


def monkey_saddle(params, data):
    x, y = params["p"]
    return Expression(x**3 - 3 * x * y**2)
