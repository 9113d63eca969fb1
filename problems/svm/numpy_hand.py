"""With aᵢ = 1 where yᵢ xᵢ·w < 1 and 0 elsewhere, ∇J = −Xᵀ(a y)/n + λw. The comparison is strict: on the kink the
derivative of the hinge is taken as 0. X is stored column-major, as in linear regression."""

import numpy as np


def arrange(data):
    return {**data, "X": data["X"].copy(order="F")}


def objective(params, data):
    w = params["w"]
    excess = 1 - data["y"] * (data["X"] @ w)
    return np.sum(np.maximum(excess, 0)) / len(excess) + 0.5 * data["penalty"] * (w @ w)


def objective_gradient(params, data):
    w, X, y = params["w"], data["X"], data["y"]
    active = np.where(y * (X @ w) < 1, y, 0)
    return {"w": data["penalty"] * w - active @ X / len(X)}
