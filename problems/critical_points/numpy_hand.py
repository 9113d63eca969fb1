"""f                      ∇f                            ∇²f
x³ − 3x² + 2           3x² − 6x                      6x − 6
x⁴ + x² + xy + y² − 3x (4x³ + 2x + y − 3, x + 2y)    [[12x² + 2, 1], [1, 2]]
xy + x³/3 − y          (y + x², x − 1)               [[2x, 1], [1, 0]]
x³ − 3xy²              (3x² − 3y², −6xy)             [[6x, −6y], [−6y, −6x]]
"""

import numpy as np


def pair(p, x, y):
    """(x, y) as an array like p."""
    return np.array([x, y], p.dtype, like=p)


def cubic(params, data):
    x = params["x"]
    return (x - 3) * x * x + 2


def cubic_gradient(params, data):
    x = params["x"]
    return {"x": 3 * x * (x - 2)}


def cubic_hessian(params, data):
    return {"x": {"x": 6 * (params["x"] - 1)}}


def bowl(params, data):
    x, y = params["p"]
    return (x * x + 1) * x * x + (x + y) * y - 3 * x


def bowl_gradient(params, data):
    x, y = p = params["p"]
    return {"p": pair(p, (4 * x * x + 2) * x + y - 3, x + 2 * y)}


def bowl_hessian(params, data):
    x, _ = p = params["p"]
    return {"p": {"p": np.array([[12 * x * x + 2, 1], [1, 2]], p.dtype, like=p)}}


def saddle(params, data):
    x, y = params["p"]
    return x * y + x * x * x / 3 - y


def saddle_gradient(params, data):
    x, y = p = params["p"]
    return {"p": pair(p, y + x * x, x - 1)}


def saddle_hessian(params, data):
    x, _ = p = params["p"]
    return {"p": {"p": np.array([[2 * x, 1], [1, 0]], p.dtype, like=p)}}


def monkey_saddle(params, data):
    x, y = params["p"]
    return x * (x * x - 3 * y * y)


def monkey_saddle_gradient(params, data):
    x, y = p = params["p"]
    return {"p": pair(p, 3 * (x - y) * (x + y), -6 * x * y)}


def monkey_saddle_hessian(params, data):
    x, y = p = params["p"]
    return {"p": {"p": np.array([[6 * x, -6 * y], [-6 * y, -6 * x]], p.dtype, like=p)}}
