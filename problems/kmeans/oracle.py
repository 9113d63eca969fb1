"""J(μ) = Σᵢ ‖xᵢ − μ_c(i)‖²."""

import numpy as np


def labels(params, data):
    """The lowest index of a nearest centroid; ‖x‖², which is the same for all of them, is left out."""
    centroids = params["centroids"]
    return ((centroids * centroids).sum(axis=1) - 2 * (data["X"] @ centroids.T)).argmin(axis=1)


def objective(params, data):
    distance = data["X"] - params["centroids"][labels(params, data)]
    return np.sum(distance * distance)
