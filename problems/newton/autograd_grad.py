"""w² − 4w + 4 and Σ exp(Ax + b)."""

import autograd.numpy as np


def parabola(params, data):
    w = params["w"]
    return np.square(w) - 4 * w + 4


def exponentials(params, data):
    return np.sum(np.exp(data["A"] @ params["x"] + data["b"]))
