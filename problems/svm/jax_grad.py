"""The hinge is `jnp.maximum`, whose derivative at the kink is ½. X is stored d × n."""

import jax.numpy as jnp


def arrange(data):
    return {**data, "X": data["X"].T.copy()}


def objective(params, data):
    w = params["w"]
    excess = 1 - data["y"] * (w @ data["X"])
    return jnp.mean(jnp.maximum(excess, 0)) + 0.5 * data["penalty"] * jnp.dot(w, w)
