"""RK4, a trace of every stage."""

import autograd.numpy as np


def slope(x, y):
    """y₁' = x₁, yᵢ' = xᵢ yᵢ₋₁."""
    return x * np.concatenate([np.ones(1, y.dtype), y[:-1]])


def objective(params, data):
    x = params["x"]
    y = np.zeros(len(x), x.dtype)
    for h in data["h"]:
        first = slope(x, y)
        second = slope(x, y + 0.5 * h * first)
        third = slope(x, y + 0.5 * h * second)
        fourth = slope(x, y + h * third)
        y = y + h / 6 * (first + 2 * (second + third) + fourth)
    return y[-1]
