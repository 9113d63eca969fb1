"""J(w), and the interval of its gradients on the kink."""

import numpy as np


def excess(params, data):
    return 1 - data["y"] * (data["X"] @ params["w"])


def objective(params, data):
    hinge = excess(params, data)
    return np.sum(hinge * (hinge > 0)) / len(hinge) + data["penalty"] * np.sum(params["w"] ** 2) / 2


def objective_gradient_bounds(params, data):
    """(low, high): a sample on the kink adds between nothing and −y x/n to each entry."""
    hinge, pull = excess(params, data), -data["y"] / len(data["y"])
    slopes = data["penalty"] * params["w"] + (pull * (hinge > 0)) @ data["X"]
    added = (pull * (hinge == 0))[:, np.newaxis] * data["X"]
    low, high = ((added * sign).sum(axis=0) for sign in (added < 0, added > 0))
    return {"w": slopes + low}, {"w": slopes + high}
