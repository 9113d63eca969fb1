"""The same functions in forms without traps: ball arithmetic loses no digits, so the plain definition mostly is one."""

import numpy as np
from scipy import special


def softplus_naive(params, data):
    return np.logaddexp(0, params["x"])


def softplus_stable(params, data):
    return np.logaddexp(0, params["x"])


def cancellation(params, data):
    half = np.sinc(params["x"] / (2 * np.pi))
    return half * half / 2


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(x > 0, np.sqrt(x), 0))


def where_sqrt_safe(params, data):
    return where_sqrt(params, data)


def norm(params, data):
    size = np.sum(params["x"] ** 2)
    return np.where(size > 0, np.sqrt(size), 0)


def absolute(params, data):
    return np.abs(params["x"])


def relu(params, data):
    return np.maximum(params["x"], 0)


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] ** 2


def cube(params, data):
    return params["x"] ** 3


def sine(params, data):
    return np.sin(params["x"])


def logsumexp_naive(params, data):
    return special.logsumexp(params["x"])


def logsumexp_stable(params, data):
    return special.logsumexp(params["x"])


def sigmoid(params, data):
    return special.expit(params["x"])


def scaled(params, data):
    return params["x"] ** 2 * data["c"]


def weighted(params, data):
    return np.sum(params["x"] * data["n"])


def constant(params, data):
    return params["x"] / 10


def in_place(params, data):
    return np.sum(np.exp(2 * params["x"]))


def squares(params, data):
    return np.sum(params["x"] ** 2)


def masked(params, data):
    return np.where(np.isnan(data["d"]), 0, params["x"] ** 2 * data["d"])


def quotient(params, data):
    return data["a"] * params["x"] ** -1


def hypot(params, data):
    return np.sqrt(np.sum(params["x"] ** 2))


def cumprod(params, data):
    """x₀ + x₀x₁ + … by Horner's rule."""
    total = 0
    for x in params["x"][::-1]:
        total = x * (1 + total)
    return total


def cumprod_weighted(params, data):
    total, n = 0, len(params["x"])
    for k in range(n, 0, -1):
        total = params["x"][k - 1] * (k + total)
    return total


def mean_of_rows(params, data):
    return np.sum(np.mean(data["kelvin"], axis=0) * params["x"])


def logsumexp_weighted(params, data):
    return np.log(np.sum(np.exp(params["x"]) * data["w"]))


def logsumexp_by_weights(params, data):
    return np.log(np.sum(np.exp(params["x"]) * params["w"]))


def expm1(params, data):
    return np.exp(params["x"]) - 1


def by_eigenvalues(params, data):
    """uᵀA³u = (Au)ᵀA(Au) of the symmetric part."""
    a, u = (params["x"] + params["x"].T) / 2, data["u"][0]
    image = a @ u
    return image @ (a @ image)


def mean_square(params, data):
    residual = (data["X"] @ params["x"])[:, 0] - data["y"]
    return np.mean(residual**2)


def bessel(params, data):
    return special.iv(0, 3 * params["x"])


def sinc(params, data):
    return np.sinc(params["x"])


def gaussian(params, data):
    return np.exp(-np.sum(params["x"] ** 2))


# Subgradients that are narrower than those which both sides of the kink span -------------------------


def norm_gradient_bounds(params, data):
    """At 0, of two variables: the largest square in the unit ball, so that nothing passes that is no subgradient.

    The automatic interval is that of each variable by itself, [−1, 1]², whose corners are longer than any subgradient.
    """
    x = params["x"]
    size = np.sum(x * x)
    slope, side = x / np.sqrt(np.where(size > 0, size, 1)), np.sqrt(0 * x + 0.5)
    return {"x": np.where(size > 0, slope, -side)}, {"x": np.where(size > 0, slope, side)}
