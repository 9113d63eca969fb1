"""x² + 3x + 5, x², sin²x."""

from sympy import sin

from .. import Expression


def quadratic(params, data):
    x = params["x"]
    return Expression(x**2 + 3 * x + 5)


def square(params, data):
    return Expression(params["x"] ** 2)


def sine_squared(params, data):
    return Expression(sin(params["x"]) ** 2)
