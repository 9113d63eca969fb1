"""The hinge is a product with a mask, whose derivative at the kink is 0. (That of `np.maximum` is ½ there, and answers in
float64 to float32.) X is stored column-major."""

import autograd.numpy as np


def arrange(data):
    return {**data, "X": data["X"].copy(order="F")}


def objective(params, data):
    w = params["w"]
    excess = 1 - data["y"] * (data["X"] @ w)
    return np.sum(excess * (excess > 0)) / len(excess) + 0.5 * data["penalty"] * (w @ w)
