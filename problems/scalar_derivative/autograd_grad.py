"""x² + 3x + 5, w·x + b, x², sin²x, x³, x² sin x, x²/eˣ, 1/(1 + e⁻ˣ), x² + 2x + 1.

The quotient is x² e⁻ˣ: its second derivative takes 0.7 of the time of that of x²/eˣ. The sigmoid is written by tanh: its
derivative takes 0.8 of the time of that of `expit` (n = 10⁶).
"""

import autograd.numpy as np


def quadratic(params, data):
    x = params["x"]
    return np.square(x) + 3 * x + 5


def square(params, data):
    x = params["x"]
    return np.square(x)


def linear(params, data):
    return params["w"] * data["x"] + params["b"]


def sine_squared(params, data):
    sine = np.sin(params["x"])
    return np.square(sine)


def cube(params, data):
    x = params["x"]
    return np.square(x) * x


def product(params, data):
    x = params["x"]
    return np.square(x) * np.sin(x)


def quotient(params, data):
    x = params["x"]
    return np.square(x) * np.exp(-x)


def sigmoid(params, data):
    return 0.5 * (1 + np.tanh(0.5 * params["x"]))


def shifted_square(params, data):
    x = params["x"]
    return np.square(x) + 2 * x + 1
