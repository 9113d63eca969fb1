"""The traps with the derivatives that the textbook gives, written down as they stand there.

log(1 + eᶻ)′ = eᶻ/(1 + eᶻ) = (1 + tanh z/2)/2; ((1 − cos x)/x²)′ = (sin x − 2(1 − cos x)/x)/x²; √x′ = 1/2√x; ‖x‖′ = x/‖x‖;
|x|′ = sign x; max(x, 0)′ = [x > 0]; ∂xʸ = (y xʸ⁻¹, xʸ log x); x²′ = 2x; x³′ = 3x²; sin′ = cos;
log Σ exp xᵢ has exp xᵢ / Σ exp xⱼ;
σ′ = σ(1 − σ); (c x²)′ = 2cx; (Σ n x)′ = n; (e^{2x})′ = 2e^{2x}.
"""

import numpy as np


def softplus_naive(params, data):
    return np.log(1 + np.exp(params["x"]))


def softplus_naive_gradient(params, data):
    z = np.exp(params["x"])
    return {"x": z / (1 + z)}


def softplus_stable(params, data):
    return np.logaddexp(0, params["x"])


def softplus_stable_gradient(params, data):
    return {"x": 0.5 * (1 + np.tanh(0.5 * params["x"]))}


def cancellation(params, data):
    x = params["x"]
    return (1 - np.cos(x)) / (x * x)


def cancellation_gradient(params, data):
    x = params["x"]
    return {"x": (np.sin(x) - 2 * (1 - np.cos(x)) / x) / (x * x)}


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def where_sqrt_gradient(params, data):
    x = params["x"]
    return {"x": np.where(x > 0, 0.5 / np.sqrt(x), 0)}


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


def where_sqrt_safe_gradient(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1)
    return {"x": np.where(x > 0, 0.5 / np.sqrt(safe), 0)}


def norm(params, data):
    return np.linalg.norm(params["x"])


def norm_gradient(params, data):
    x = params["x"]
    return {"x": x / np.linalg.norm(x)}


def absolute(params, data):
    return np.abs(params["x"])


def absolute_gradient(params, data):
    return {"x": np.sign(params["x"])}


def relu(params, data):
    return np.maximum(params["x"], 0)


def relu_gradient(params, data):
    x = params["x"]
    return {"x": np.where(x > 0, np.ones_like(x), np.zeros_like(x))}


def power(params, data):
    return params["x"] ** params["y"]


def power_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": y * x ** (y - 1), "y": x**y * np.log(x)}


def square(params, data):
    return params["x"] * params["x"]


def square_gradient(params, data):
    return {"x": 2 * params["x"]}


def cube(params, data):
    x = params["x"]
    return x * x * x


def cube_gradient(params, data):
    x = params["x"]
    return {"x": 3 * x * x}


def sine(params, data):
    return np.sin(params["x"])


def sine_gradient(params, data):
    return {"x": np.cos(params["x"])}


def logsumexp_naive(params, data):
    return np.log(np.sum(np.exp(params["x"])))


def logsumexp_naive_gradient(params, data):
    weights = np.exp(params["x"])
    return {"x": weights / np.sum(weights)}


def logsumexp_stable(params, data):
    x = params["x"]
    top = x[np.argmax(x)]
    return top + np.log(np.sum(np.exp(x - top)))


def logsumexp_stable_gradient(params, data):
    x = params["x"]
    weights = np.exp(x - np.max(x))
    return {"x": weights / np.sum(weights)}


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def sigmoid_gradient(params, data):
    s = sigmoid(params, data)
    return {"x": s * (1 - s)}


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def scaled_gradient(params, data):
    return {"x": 2 * data["c"] * params["x"]}


def weighted(params, data):
    return np.sum(data["n"] * params["x"])


def weighted_gradient(params, data):
    return {"x": data["n"][0] * np.ones_like(params["x"])}


def constant(params, data):
    return params["x"] * np.float32(0.1)


def constant_gradient(params, data):
    return {"x": np.float32(0.1) * np.ones_like(params["x"])}


def in_place(params, data):
    y = np.exp(params["x"])
    y *= y
    return np.sum(y)


def in_place_gradient(params, data):
    y = np.exp(params["x"])
    y *= y
    return {"x": 2 * y}


def squares(params, data):
    x = params["x"]
    return np.sum(x * x)


def squares_gradient(params, data):
    return {"x": 2 * params["x"]}


def masked(params, data):
    x, d = params["x"], data["d"]
    return np.where(np.isnan(d), 0, d * x * x)


def masked_gradient(params, data):
    x, d = params["x"], data["d"]
    return {"x": np.where(np.isnan(d), 0, 2 * d * x)}


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "softplus_stable_minus_40": {
        "*": ("wrong", "1 + tanh(−20) is rounded to 0: no overflow, but a relative error of 1"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "power_0_2": {
        "*": ("wrong", "the derivative by y is 0² log 0"),
    },
    "power_0_1": {
        "*": ("wrong", "the derivative by x is 1 · 0⁰, by y 0 log 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "integer_data": {
        "plain:gradient:float32": ("wrong", "an integer array determines the result type"),
    },
    "float32_constant": {
        "plain:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
}
