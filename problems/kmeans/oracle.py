"""J(μ) and its gradient in extended precision, centroid by centroid."""

import numpy as np


def labels(params, data):
    """The lowest index of a nearest centroid: a later one must be nearer."""
    X, centroids = data["X"], params["centroids"].real
    nearest, least = np.zeros(len(X), int), np.full(len(X), np.inf, np.longdouble)
    for j, centroid in enumerate(centroids):
        distance = np.zeros(len(X), np.longdouble)
        for i, coordinate in enumerate(centroid):
            distance += (X[:, i] - coordinate) ** 2
        nearest[distance < least] = j
        least = np.minimum(distance, least)
    return nearest


def objective(params, data):
    nearest = labels(params, data)
    return sum(np.sum((data["X"][nearest == j] - mu) ** 2) for j, mu in enumerate(params["centroids"]))


def objective_gradient(params, data):
    nearest, centroids = labels(params, data), params["centroids"]
    slopes = [-2 * np.sum(data["X"][nearest == j] - mu, axis=0) for j, mu in enumerate(centroids)]
    return {"centroids": np.stack(slopes)}
