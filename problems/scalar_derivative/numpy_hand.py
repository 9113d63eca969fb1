"""(x² + 3x + 5)' = 2x + 3, (x²)' = 2x, (sin²x)' = 2 sin x cos x = sin 2x."""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return x * x + 3 * x + 5


def quadratic_gradient(params, data):
    return {"x": 2 * params["x"] + 3}


def square(params, data):
    x = params["x"]
    return x * x


def square_gradient(params, data):
    return {"x": 2 * params["x"]}


def sine_squared(params, data):
    sine = np.sin(params["x"])
    return sine * sine


def sine_squared_gradient(params, data):
    return {"x": np.sin(2 * params["x"])}
