"""The functions and their gradients in extended precision."""

import numpy as np


def cubic(params, data):
    x, y = params["x"], params["y"]
    return y * (x * x + y * y)


def cubic_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": 2 * x * y, "y": x * x + 3 * y * y}


def bowl(params, data):
    w = params["w"]
    return np.sum(w * w * np.array([1, 2]))


def bowl_gradient(params, data):
    return {"w": params["w"] * np.array([2, 4])}


def mixed(params, data):
    x, y = params["x"], params["y"]
    return (x + y) * (x + y) + x * y


def mixed_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": 2 * (x + y) + y, "y": 2 * (x + y) + x}


def rosenbrock(params, data):
    here, there = params["x"][:-1], params["x"][1:]
    valley = there - here * here
    return 100 * np.sum(valley * valley) + np.sum((1 - here) * (1 - here))


def rosenbrock_gradient(params, data):
    here, there = params["x"][:-1], params["x"][1:]
    valley = there - here * here
    slope = np.zeros_like(params["x"])
    slope[:-1] -= 400 * here * valley + 2 * (1 - here)
    slope[1:] += 200 * valley
    return {"x": slope}
