"""The same functions in forms without traps. (1 − cos x)/x² = ½ − x²/24 + x⁴/720 − …; 0ʸ for y = 2 and 1."""

import numpy as np


def softplus_naive(params, data):
    return softplus_stable(params, data)


def softplus_stable(params, data):
    x = params["x"]
    above = np.real(x) > 0
    return np.where(above, x, 0) + np.log1p(np.exp(np.where(above, -x, x)))


def cancellation(params, data):
    """By its series, as 2 sin²(x/2)/x² cancels in the derivative; at 1e-4 the next term is 1e-29 of it."""
    x = params["x"]
    square = x * x
    return 0.5 - square / 24 + square * square / 720 - square * square * square / 40320


def where_sqrt(params, data):
    x = params["x"]
    positive = x > 0
    return np.sum(np.where(positive, np.sqrt(np.where(positive, x, 1)), 0 * x))


def where_sqrt_safe(params, data):
    return where_sqrt(params, data)


def norm(params, data):
    x = params["x"]
    size = np.sum(x * x)
    positive = size > 0
    return np.where(positive, np.sqrt(np.where(positive, size, 1)), 0 * size)


def absolute(params, data):
    x = params["x"]
    return np.where(x > 0, x, -x)


def relu(params, data):
    x = params["x"]
    return np.where(x > 0, x, 0 * x)


def power(params, data):
    x = params["x"]
    return np.where(params["y"] == 2, x * x, x)


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
    x = params["x"]
    positive = x > 0
    slope = np.where(positive, 1 / (2 * np.sqrt(np.where(positive, x, 1))), 0 * x)
    return {"x": slope}, {"x": np.where(x == 0, np.inf, slope)}


def where_sqrt_safe_gradient_bounds(params, data):
    return where_sqrt_gradient_bounds(params, data)


def norm_gradient_bounds(params, data):
    """At 0, of two variables: the largest square in the unit ball, so that nothing passes that is no subgradient."""
    side = np.sqrt(0 * params["x"] + 0.5)
    return {"x": -side}, {"x": side}


def absolute_gradient_bounds(params, data):
    return {"x": 0 * params["x"] - 1}, {"x": 0 * params["x"] + 1}


def relu_gradient_bounds(params, data):
    return {"x": 0 * params["x"]}, {"x": 0 * params["x"] + 1}
