"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function.

`np.sum` adds pairwise: a dot product of 10⁶ equal terms in float32 drifts by 4e-4.
"""

import numpy as np


def cubic(params, data):
    x, y = params["x"], params["y"]
    return x * x * y + y * y * y


def bowl(params, data):
    first, second = params["w"]
    return first * first + 2 * second * second


def mixed(params, data):
    x, y = params["x"], params["y"]
    return x * x + 3 * x * y + y * y


def rosenbrock(params, data):
    x = params["x"]
    valley = x[1:] - x[:-1] * x[:-1]
    gap = 1 - x[:-1]
    return 100 * np.sum(valley * valley) + np.sum(gap * gap)
