"""Σⱼ xⱼ tʲ by Horner's rule, in place."""

import numpy as np


def objective(params, data):
    x, t = params["x"], data["t"]
    total = np.full(len(t), x[-1])
    for c in x[-2::-1]:
        total *= t
        total += c
    residual = total - data["s"]
    return 0.5 * (residual @ residual)
