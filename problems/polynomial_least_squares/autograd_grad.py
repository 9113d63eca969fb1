"""Σⱼ xⱼ tʲ as a product with the powers of t, which are no part of the trace: they do not depend on x."""

import autograd.numpy as np
import numpy


def powers(t, m):
    """tʲ: (m, n); each step doubles their number."""
    found, top = numpy.ones((1, len(t)), t.dtype), t
    while len(found) < m:
        found, top = numpy.concatenate([found, found * top]), top * top
    return found[:m]


def objective(params, data):
    residual = np.dot(params["x"], powers(data["t"], len(params["x"]))) - data["s"]
    return 0.5 * np.sum(np.square(residual))
