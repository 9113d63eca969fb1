"""J(w), its gradient, and the interval of its gradients on the kink, in extended precision."""

import numpy as np


def linear(X, w):
    """X w. NumPy has no BLAS for extended precision, and its complex loop is ten times slower than two real ones."""
    stepped = np.flatnonzero(w.imag)
    return X @ w.real + 1j * (X[:, stepped] @ w.imag[stepped])


def excess(params, data):
    return 1 - data["y"] * linear(data["X"], params["w"])


def objective(params, data):
    hinge = excess(params, data)
    return np.sum(hinge[hinge.real > 0]) / len(hinge) + data["penalty"] * np.sum(params["w"] ** 2) / 2


def objective_gradient(params, data):
    active = excess(params, data).real > 0
    return {"w": data["penalty"] * params["w"] - data["y"][active] @ data["X"][active] / len(active)}


def objective_gradient_bounds(params, data):
    """(low, high): a sample on the kink adds between nothing and −y x/n to each entry."""
    on = excess(params, data).real == 0
    slopes = objective_gradient(params, data)["w"].real
    added = -data["y"][on, np.newaxis] * data["X"][on] / len(on)
    return {"w": slopes + np.minimum(added, 0).sum(axis=0)}, {"w": slopes + np.maximum(added, 0).sum(axis=0)}
