"""J(W) = ½ Σ (y − σ(σ(x W₁) W₂))² in extended precision, unit by unit."""

import numpy as np


def unit(inputs, weights):
    """One sigmoid unit: inputs (4, k) and weights (k,) → (4,)."""
    return 1 / (1 + np.exp(-(inputs * weights).sum(axis=1)))


def objective(params, data):
    W, w = params["weights_input_hidden"], params["weights_hidden_output"]
    hidden = np.stack([unit(data["X"], W[:, 0]), unit(data["X"], W[:, 1])], axis=1)
    error = data["y"][:, 0] - unit(hidden, w[:, 0])
    return (error * error).sum() / 2
