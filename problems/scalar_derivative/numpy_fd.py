"""x² + 3x + 5, x², sin²x, with products for powers."""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return x * x + 3 * x + 5


def square(params, data):
    x = params["x"]
    return x * x


def sine_squared(params, data):
    sine = np.sin(params["x"])
    return sine * sine
