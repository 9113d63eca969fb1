"""The functions, each in another form than its implementations have."""

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


def cube(params, data):
    x = params["x"]
    return x * np.multiply(x, x)


def product(params, data):
    x = params["x"]
    return np.sin(x) * x * x


def quotient(params, data):
    x = params["x"]
    return x * x * np.exp(-x)


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def shifted_square(params, data):
    return (params["x"] + 1) * (params["x"] + 1)
