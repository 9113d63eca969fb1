"""The rules of differentiation, applied.

(x² + 3x + 5)' = 2x + 3; (x²)' = 2x; ∂(wx + b) = (x, 1); (sin²x)' = 2 sin x cos x = sin 2x, then 2 cos 2x;
(x³)' = 3x², then 6x; (x² sin x)' = x² cos x + 2x sin x, then (2 − x²) sin x + 4x cos x;
(x² e⁻ˣ)' = (2x − x²) e⁻ˣ, then (2 − 4x + x²) e⁻ˣ; σ' = σ(1 − σ), then σ(1 − σ)(1 − 2σ); (x² + 2x + 1)' = 2x + 2.
"""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return x * x + 3 * x + 5


def quadratic_gradient(params, data):
    return {"x": 2 * params["x"] + 3}


def square(params, data):
    x = params["x"]
    return x * x


def square_gradient(params, data):
    return {"x": 2 * params["x"]}


def linear(params, data):
    return params["w"] * data["x"] + params["b"]


def linear_gradient(params, data):
    return {"w": np.copy(data["x"])[()], "b": np.ones_like(params["b"])}


def sine_squared(params, data):
    sine = np.sin(params["x"])
    return sine * sine


def sine_squared_gradient(params, data):
    return {"x": np.sin(2 * params["x"])}


def sine_squared_hessian(params, data):
    return {"x": sine_squared_hessian_diagonal(params, data)}


def sine_squared_hessian_diagonal(params, data):
    return {"x": 2 * np.cos(2 * params["x"])}


def cube(params, data):
    x = params["x"]
    return x * x * x


def cube_gradient(params, data):
    x = params["x"]
    return {"x": 3 * (x * x)}


def cube_hessian(params, data):
    return {"x": cube_hessian_diagonal(params, data)}


def cube_hessian_diagonal(params, data):
    return {"x": 6 * params["x"]}


def product(params, data):
    x = params["x"]
    return x * x * np.sin(x)


def product_gradient(params, data):
    x = params["x"]
    return {"x": x * (x * np.cos(x) + 2 * np.sin(x))}


def product_hessian_diagonal(params, data):
    x = params["x"]
    return {"x": (2 - x * x) * np.sin(x) + 4 * x * np.cos(x)}


def quotient(params, data):
    x = params["x"]
    return x * x / np.exp(x)


def quotient_gradient(params, data):
    x = params["x"]
    return {"x": x * (2 - x) * np.exp(-x)}


def quotient_hessian_diagonal(params, data):
    x = params["x"]
    return {"x": (2 - 4 * x + x * x) * np.exp(-x)}


def sigmoid(params, data):
    return 0.5 * (1 + np.tanh(0.5 * params["x"]))


def sigmoid_gradient(params, data):
    s = sigmoid(params, data)
    return {"x": s * (1 - s)}


def sigmoid_hessian_diagonal(params, data):
    s = sigmoid(params, data)
    return {"x": s * (1 - s) * (1 - 2 * s)}


def shifted_square(params, data):
    x = params["x"]
    return x * x + 2 * x + 1


def shifted_square_gradient(params, data):
    return {"x": 2 * params["x"] + 2}
