"""The traps as one would write them in autograd."""

import autograd.numpy as np
from autograd.scipy.special import expit, logsumexp


def softplus_naive(params, data):
    return np.log(1 + np.exp(params["x"]))


def softplus_stable(params, data):
    return np.logaddexp(0, params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - np.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


def norm(params, data):
    return np.linalg.norm(params["x"])


def absolute(params, data):
    return np.abs(params["x"])


def relu(params, data):
    return np.maximum(params["x"], 0)


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return np.sin(params["x"])


def logsumexp_naive(params, data):
    return np.log(np.sum(np.exp(params["x"])))


def logsumexp_stable(params, data):
    return logsumexp(params["x"])


def sigmoid(params, data):
    return expit(params["x"])


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return np.sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * np.float32(0.1)


def in_place(params, data):
    y = np.exp(params["x"])
    y[:] = y * y
    return np.sum(y)


def squares(params, data):
    x = params["x"]
    return np.sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return np.where(np.isnan(d), 0, d * x * x)


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "where_sqrt": {
        "eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "where_sqrt_masked": {
        "eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "double_where_sqrt": {
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "double_where_sqrt_masked": {
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "relu_at_0": {
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.maximum divides a mask by a number, so the result is float64",
        ),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "integer_data": {
        "eager:gradient:float32": ("wrong", "an integer array determines the result type"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "in_place": {
        "*": ("error", "a traced array cannot be assigned to"),
    },
    "nan_masked": {
        "eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
}
