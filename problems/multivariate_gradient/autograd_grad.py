"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function.

Its two slices are parts of `np.split`, whose derivative is a concatenation; that of a slice is `np.add.at`, with which the
gradient takes 2.5 times as long (n = 10⁶), but the Hessian half (n = 100).
"""

import autograd.numpy as np


def cubic(params, data):
    x, y = params["x"], params["y"]
    return np.square(x) * y + y * y * y


def bowl(params, data):
    first, second = params["w"]
    return np.square(first) + 2 * np.square(second)


def mixed(params, data):
    x, y = params["x"], params["y"]
    return np.square(x) + 3 * x * y + np.square(y)


def rosenbrock(params, data):
    here, after = np.split(params["x"], [-1])[0], np.split(params["x"], [1])[1]
    return 100 * np.sum(np.square(after - np.square(here))) + np.sum(np.square(1 - here))
