"""The centroids are gathered entry by entry: `np.add.at`, which scatters the derivative, is quicker at numbers than at rows.
The gradient takes 0.8 of the time (n = 10⁵, k = 100); with one-hot labels it takes 1.5 times as long as with rows."""

import autograd.numpy as np
from autograd.tracer import getval


def nearest(centroids, X):
    distance = X @ (-2 * centroids).T
    distance += np.square(centroids).sum(axis=1)
    return distance.argmin(axis=1)


def objective(params, data):
    centroids, X = params["centroids"], data["X"]
    d = X.shape[1]
    label = nearest(getval(centroids), X)
    entries = np.ravel(d * label[:, np.newaxis] + np.arange(d))
    return np.sum(np.square(np.ravel(X) - np.ravel(centroids)[entries]))
