"""x² + 3x + 5, w·x + b, x², sin²x, x³, x² sin x, x²/eˣ, 1/(1 + e⁻ˣ), x² + 2x + 1."""

from sympy import exp, sin

from .. import Expression


def quadratic(params, data):
    x = params["x"]
    return Expression(x**2 + 3 * x + 5)


def square(params, data):
    return Expression(params["x"] ** 2)


def linear(params, data):
    return Expression(params["w"] * data["x"] + params["b"])


def sine_squared(params, data):
    return Expression(sin(params["x"]) ** 2)


def cube(params, data):
    return Expression(params["x"] ** 3)


def product(params, data):
    x = params["x"]
    return Expression(x**2 * sin(x))


def quotient(params, data):
    x = params["x"]
    return Expression(x**2 / exp(x))


def sigmoid(params, data):
    return Expression(1 / (1 + exp(-params["x"])))


def shifted_square(params, data):
    x = params["x"]
    return Expression(x**2 + 2 * x + 1)
