"""x² + 3x + 5, w·x + b, x², sin²x, x³, x² sin x, x²/eˣ, 1/(1 + e⁻ˣ), x² + 2x + 1.

Products for powers; the sigmoid by tanh, which does not overflow.
"""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return x * x + 3 * x + 5


def square(params, data):
    x = params["x"]
    return x * x


def linear(params, data):
    return params["w"] * data["x"] + params["b"]


def sine_squared(params, data):
    sine = np.sin(params["x"])
    return sine * sine


def cube(params, data):
    x = params["x"]
    return x * x * x


def product(params, data):
    x = params["x"]
    return x * x * np.sin(x)


def quotient(params, data):
    x = params["x"]
    return x * x / np.exp(x)


def sigmoid(params, data):
    return 0.5 * (1 + np.tanh(0.5 * params["x"]))


def shifted_square(params, data):
    x = params["x"]
    return x * x + 2 * x + 1
