"""The traps as one would write them in PyTorch."""

import torch


def softplus_naive(params, data):
    return torch.log(1 + torch.exp(params["x"]))


def softplus_stable(params, data):
    return torch.nn.functional.softplus(params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - torch.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return torch.sum(torch.where(x > 0, torch.sqrt(x), 0.0))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = torch.where(x > 0, x, 1.0)
    return torch.sum(torch.where(x > 0, torch.sqrt(safe), 0.0))


def norm(params, data):
    return torch.linalg.vector_norm(params["x"])


def absolute(params, data):
    return torch.abs(params["x"])


def relu(params, data):
    return torch.relu(params["x"])


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return torch.sin(params["x"])


def logsumexp_naive(params, data):
    return torch.log(torch.sum(torch.exp(params["x"])))


def logsumexp_stable(params, data):
    return torch.logsumexp(params["x"], 0)


def sigmoid(params, data):
    return torch.sigmoid(params["x"])


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return torch.sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * torch.tensor(0.1, dtype=torch.float32)


def in_place(params, data):
    y = torch.exp(params["x"])
    y *= y
    return torch.sum(y)


def squares(params, data):
    x = params["x"]
    return torch.sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return torch.where(torch.isnan(d), 0.0, d * x * x)


def quotient(params, data):
    return data["a"] / params["x"]


def hypot(params, data):
    x = params["x"]
    return torch.hypot(x[0], x[1])


def cumprod(params, data):
    return torch.sum(torch.cumprod(params["x"], 0))


def cumprod_weighted(params, data):
    return torch.sum(torch.tensor([1, 2, 3, 4]) * torch.cumprod(params["x"], 0))


def mean_of_rows(params, data):
    return torch.sum(torch.mean(data["kelvin"], dim=0) * params["x"])


def logsumexp_weighted(params, data):
    return torch.logsumexp(params["x"] + torch.log(data["w"][0]), 0)


def logsumexp_by_weights(params, data):
    return torch.logsumexp(params["x"] + torch.log(params["w"]), 0)


def expm1(params, data):
    return torch.expm1(params["x"])


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = torch.linalg.eigh((x + x.T) / 2)
    return torch.sum(values**3 * (u @ vectors) ** 2)


def mean_square(params, data):
    return torch.mean((data["X"] @ params["x"] - data["y"]) ** 2)


def bessel(params, data):
    return torch.special.i0(3 * params["x"])


def sinc(params, data):
    return torch.sinc(params["x"])


def gaussian(params, data):
    return torch.exp(-(torch.linalg.vector_norm(params["x"]) ** 2))


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "where_sqrt": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "where_sqrt_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "compile:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "in_place": {
        "*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "by_zero_weight": {
        "*": ("wrong", "the logarithm of a weight of 0 has the slope 1/0, times e^{−∞} = 0"),
    },
    "expm1_at_minus_40": {
        "*": ("wrong", "the derivative is expm1(x) + 1, which is rounded to 0"),
    },
    "double_eigenvalue": {
        "*": ("wrong", "1/(λᵢ − λⱼ) of a double eigenvalue is infinite, times 0"),
    },
    "column_minus_row": {
        "*": ("wrong", "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word"),
    },
    "sinc_at_0": {
        "*:hessian": ("wrong", "the formula of the derivative is 0/0 at 0"),
    },
    "gaussian_at_0": {
        "*:hessian": ("wrong", "the derivative of x/‖x‖ at 0 is 0/0"),
    },
}
