"""The functions and their gradients in extended precision, monomial by monomial."""

import numpy as np


def cubic(params, data):
    x = params["x"]
    return x**3 - 3 * x**2 + 2


def cubic_gradient(params, data):
    return {"x": 3 * params["x"] ** 2 - 6 * params["x"]}


def bowl(params, data):
    x, y = params["p"]
    return x**4 + x**2 + x * y + y**2 - 3 * x


def bowl_gradient(params, data):
    x, y = params["p"]
    return {"p": np.stack([4 * x**3 + 2 * x + y - 3, x + 2 * y])}


def saddle(params, data):
    x, y = params["p"]
    return x * y + x**3 / 3 - y


def saddle_gradient(params, data):
    x, y = params["p"]
    return {"p": np.stack([y + x**2, x - 1])}


def monkey_saddle(params, data):
    x, y = params["p"]
    return x**3 - 3 * x * y**2


def monkey_saddle_gradient(params, data):
    x, y = params["p"]
    return {"p": np.stack([3 * x**2 - 3 * y**2, -6 * x * y])}
