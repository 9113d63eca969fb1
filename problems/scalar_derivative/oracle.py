"""The functions and their derivatives in extended precision."""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return (x + 3) * x + 5


def square(params, data):
    return np.multiply(params["x"], params["x"])


def sine_squared(params, data):
    return (1 - np.cos(2 * params["x"])) / 2
