"""With t = tanh(Ax) and tanh' = 1 − tanh²: J = diag(1 − t²) A. It is neither mode: the rows of A are scaled."""

import numpy as np


def objective(params, data):
    return np.tanh(data["A"] @ params["x"])


def objective_jacobian(params, data):
    t = np.tanh(data["A"] @ params["x"])
    return {"x": (1 - t * t)[:, np.newaxis] * data["A"]}
