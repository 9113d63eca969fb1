"""The functions, with squares written as products."""

import numpy as np


def cubic(params, data):
    x, y = params["x"], params["y"]
    return y * (x * x + y * y)


def bowl(params, data):
    w = params["w"]
    return np.sum(w * w * np.array([1, 2]))


def mixed(params, data):
    x, y = params["x"], params["y"]
    return (x + y) * (x + y) + x * y


def rosenbrock(params, data):
    here, there = params["x"][:-1], params["x"][1:]
    valley = there - here * here
    return 100 * np.sum(valley * valley) + np.sum((1 - here) * (1 - here))
