"""x² and the mean squared error."""

import numpy as np


def square(params, data):
    return np.multiply(params["x"], params["x"])


def linear_model(params, data):
    error = data["y"] - (params["b"] + data["x"] * params["w"])
    return np.sum(error * error) / len(error)
