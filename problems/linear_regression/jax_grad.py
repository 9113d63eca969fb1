"""J = r·r / 2m with r = Xθ − y. X is stored d × m: θ @ X then runs along contiguous rows."""

import jax.numpy as jnp


def arrange(data):
    return {**data, "X": data["X"].T.copy()}


def objective(params, data):
    residual = params["theta"] @ data["X"] - data["y"]
    return jnp.dot(residual, residual) / (2 * len(residual))


def plain(params, data):
    residual = data["X"] @ params["theta"] - data["y"]
    return jnp.dot(residual, residual) / (2 * len(residual))
