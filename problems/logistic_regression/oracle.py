"""J(w) and its gradient in extended precision, by the logarithm of the larger of 1 and exp z."""

import numpy as np


def linear(X, w):
    """X w. NumPy has no BLAS for extended precision, and its complex loop is ten times slower than two real ones."""
    stepped = np.flatnonzero(w.imag)
    return X @ w.real + 1j * (X[:, stepped] @ w.imag[stepped])


def objective(params, data):
    w, z = params["w"], linear(data["X"], params["w"])
    large = z.real > 0
    loss = np.where(large, z, 0) + np.log(1 + np.exp(np.where(large, -z, z)))
    return np.mean(loss - data["y"] * z) + data["penalty"] * np.sum(w * w) / 2


def objective_gradient(params, data):
    w, X, z = params["w"], data["X"], linear(data["X"], params["w"])
    small = np.exp(np.where(z.real > 0, -z, z))
    excess = np.where(z.real > 0, 1 / (1 + small), small / (1 + small)) - data["y"]
    return {"w": (excess.real @ X + 1j * (excess.imag @ X)) / len(X) + data["penalty"] * w}


def plain(params, data):
    return objective(params, data)


def plain_gradient(params, data):
    return objective_gradient(params, data)
