"""The functions and their gradients in extended precision."""

import numpy as np


def parabola(params, data):
    w = params["w"]
    return (w - 2) * (w - 2)


def parabola_gradient(params, data):
    return {"w": 2 * (params["w"] - 2)}


def exponentials(params, data):
    return np.sum(np.exp((data["A"] * params["x"]).sum(axis=1) + data["b"]))


def exponentials_gradient(params, data):
    terms = np.exp((data["A"] * params["x"]).sum(axis=1) + data["b"])
    return {"x": (data["A"] * terms[:, np.newaxis]).sum(axis=0)}
