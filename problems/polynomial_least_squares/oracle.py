"""J(x), with Σⱼ xⱼ tʲ by Horner's rule."""

import numpy as np


def objective(params, data):
    x, t = params["x"], data["t"]
    total = x[-1]
    for j in range(len(x) - 2, -1, -1):
        total = total * t + x[j]
    residual = data["s"] - total
    return np.sum(residual * residual) / 2
