"""J(W) and its gradient in extended precision, by the chain rule from the probabilities of the ten digits."""

import numpy as np


def product(a, b):
    """a b. NumPy has no BLAS for extended precision, and its complex loop is ten times slower than real ones."""
    found = (a.real @ b.real).astype(np.clongdouble)
    if np.any(a.imag):
        found += 1j * (a.imag @ b.real)
    if np.any(b.imag):
        found += 1j * (a.real @ b.imag)
    return found - (a.imag @ b.imag if np.any(a.imag) and np.any(b.imag) else 0)


def layers(params, data):
    """The hidden layer (n, 32), and the logarithms of the probabilities of the digits (n, 10)."""
    hidden = np.tanh(product(data["X"], params["W1"]) + params["b1"])
    scores = product(hidden, params["W2"]) + params["b2"]
    scores = scores - scores.real.max(axis=1)[:, np.newaxis]
    return hidden, scores - np.log(np.exp(scores).sum(axis=1))[:, np.newaxis]


def objective(params, data):
    logarithms = layers(params, data)[1]
    return -sum(logarithms[i, digit] for i, digit in enumerate(data["y"])) / len(data["y"])


def objective_gradient(params, data):
    hidden, logarithms = layers(params, data)
    at_scores = (np.exp(logarithms) - (data["y"][:, np.newaxis] == np.arange(10))) / len(data["y"])
    at_sums = product(at_scores, params["W2"].T) * (1 - hidden**2)
    return {
        "W1": product(data["X"].T, at_sums),
        "b1": at_sums.sum(axis=0),
        "W2": product(hidden.T, at_scores),
        "b2": at_scores.sum(axis=0),
    }
