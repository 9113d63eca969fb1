"""The functions, and the first derivatives of those whose second is asked for, in extended precision."""

import numpy as np


def quadratic(params, data):
    x = params["x"]
    return (x + 3) * x + 5


def square(params, data):
    return np.multiply(params["x"], params["x"])


def linear(params, data):
    return params["b"] + data["x"] * params["w"]


def sine_squared(params, data):
    return (1 - np.cos(2 * params["x"])) / 2


def sine_squared_gradient(params, data):
    x = params["x"]
    return {"x": 2 * np.sin(x) * np.cos(x)}


def cube(params, data):
    x = params["x"]
    return x * np.multiply(x, x)


def cube_gradient(params, data):
    x = params["x"]
    return {"x": np.multiply(x, x) * 3}


def product(params, data):
    x = params["x"]
    return np.sin(x) * x * x


def product_gradient(params, data):
    x = params["x"]
    return {"x": x * x * np.cos(x) + 2 * x * np.sin(x)}


def quotient(params, data):
    x = params["x"]
    return x * x * np.exp(-x)


def quotient_gradient(params, data):
    x = params["x"]
    return {"x": 2 * x * np.exp(-x) - x * x * np.exp(-x)}


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def sigmoid_gradient(params, data):
    small = np.exp(-params["x"])
    return {"x": small / (1 + small) ** 2}


def shifted_square(params, data):
    return (params["x"] + 1) * (params["x"] + 1)
