"""The traps as one would write them in autograd."""

import autograd.numpy as np
from autograd.scipy.special import expit, i0, logsumexp


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


def quotient(params, data):
    return data["a"] / params["x"]


def hypot(params, data):
    x = params["x"]
    return np.hypot(x[0], x[1])


def cumprod(params, data):
    return np.sum(np.cumprod(params["x"]))


def cumprod_weighted(params, data):
    return np.sum(np.array([1, 2, 3, 4]) * np.cumprod(params["x"]))


def mean_of_rows(params, data):
    return np.sum(np.mean(data["kelvin"], axis=0) * params["x"])


def logsumexp_weighted(params, data):
    return logsumexp(params["x"], b=data["w"][0])


def logsumexp_by_weights(params, data):
    return logsumexp(params["x"], b=params["w"])


def expm1(params, data):
    return np.expm1(params["x"])


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    return np.sum(values**3 * (u @ vectors) ** 2)


def mean_square(params, data):
    return np.mean((data["X"] @ params["x"] - data["y"]) ** 2)


def bessel(params, data):
    return i0(3 * params["x"])


def sinc(params, data):
    return np.sinc(params["x"])


def gaussian(params, data):
    return np.exp(-(np.linalg.norm(params["x"]) ** 2))


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
    "small_quotient_*": {
        "*": ("wrong", "x² underflows to 0, and a/0 is infinite"),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "cumprod_*": {
        "*": ("error", "autograd has no derivative of np.cumprod"),
    },
    "mean_of_a_million": {
        "eager:gradient:float32": (
            "wrong",
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
        ),
    },
    "zero_weight_of_largest": {
        "*": ("wrong", "the weight is 0 where eˣ overflows, and 0 · ∞ is NaN"),
    },
    "by_zero_weight": {
        "*": ("error", "autograd's logsumexp is differentiated by its exponents only, and takes no traced weights"),
    },
    "expm1_at_minus_40": {
        "*": ("wrong", "the derivative is expm1(x) + 1, which is rounded to 0"),
    },
    "double_eigenvalue": {
        "eager:gradient:float64": ("wrong", "1/(λᵢ − λⱼ) of a double eigenvalue is infinite, times 0"),
        "eager:gradient:float32": ("wrong", "autograd's derivative of eigh returns float64"),
    },
    "column_minus_row": {
        "eager:gradient:float64": (
            "wrong",
            "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word",
        ),
        "eager:gradient:float32": ("wrong", "autograd's derivative of np.mean returns float64"),
    },
    "sinc_at_0": {
        "*": ("wrong", "the formula of the derivative is 0/0 at 0"),
    },
    "gaussian_at_0": {
        "*": ("wrong", "the derivative of ‖x‖ at 0 is 0/0"),
    },
}
