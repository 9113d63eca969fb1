"""The same functions in forms without traps. (1 − cos x)/x² = ½ − x²/24 + x⁴/720 − …; 0ⁿ is a power of x, whatever n is."""

import numpy as np


def softplus_naive(params, data):
    return softplus_stable(params, data)


def softplus_stable(params, data):
    x = params["x"]
    above = np.real(x) > 0
    return np.where(above, x, 0) + np.log1p(np.exp(np.where(above, -x, x)))


def cancellation(params, data):
    x = params["x"]
    square = x * x
    return 0.5 - square / 24 + square * square / 720 - square * square * square / 40320


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(np.real(x) > 0, np.sqrt(np.where(np.real(x) > 0, x, 1)), 0))


def where_sqrt_safe(params, data):
    return where_sqrt(params, data)


def norm(params, data):
    x = params["x"]
    size = np.sum(x * x)
    return np.sqrt(size) if np.real(size) > 0 else 0 * np.sum(x)


def absolute(params, data):
    x = params["x"]
    return x * np.sign(np.real(x))


def relu(params, data):
    x = params["x"]
    return x * (np.real(x) > 0)


def power(params, data):
    x = params["x"]
    power = 1
    for _ in range(int(np.real(params["y"]))):
        power = power * x
    return power


def square(params, data):
    x = params["x"]
    return np.multiply(x, x)


def cube(params, data):
    x = params["x"]
    return np.multiply(x, x) * x


def sine(params, data):
    return np.sin(params["x"])


def logsumexp_naive(params, data):
    return logsumexp_stable(params, data)


def logsumexp_stable(params, data):
    x = params["x"]
    top = np.max(np.real(x))
    return np.log(np.sum(np.exp(x - top))) + top


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def scaled(params, data):
    x = params["x"]
    return x * x * data["c"]


def weighted(params, data):
    return np.sum(params["x"] * data["n"])


def constant(params, data):
    return params["x"] / 10


def in_place(params, data):
    return np.sum(np.exp(2 * params["x"]))


def squares(params, data):
    x = params["x"]
    return np.sum(np.multiply(x, x))


def masked(params, data):
    x, d = params["x"], data["d"]
    known = ~np.isnan(d)
    return np.where(known, x * x * np.where(known, d, 0), 0)


# Subgradients: the least and the greatest at a kink --------------------------------------------------


def where_sqrt_gradient_bounds(params, data):
    """0 from the left of 0, and infinity from its right."""
    slope = np.zeros_like(params["x"])
    positive = params["x"] > 0
    slope[positive] = 1 / (2 * np.sqrt(params["x"][positive]))
    return {"x": slope}, {"x": np.where(params["x"] == 0, np.inf, slope)}


def where_sqrt_safe_gradient_bounds(params, data):
    return where_sqrt_gradient_bounds(params, data)


def norm_gradient_bounds(params, data):
    """At 0 the unit ball, entry by entry."""
    return {"x": -np.ones_like(params["x"])}, {"x": np.ones_like(params["x"])}


def absolute_gradient_bounds(params, data):
    return {"x": -np.ones_like(params["x"])}, {"x": np.ones_like(params["x"])}


def relu_gradient_bounds(params, data):
    return {"x": np.zeros_like(params["x"])}, {"x": np.ones_like(params["x"])}
