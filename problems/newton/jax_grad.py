"""w² − 4w + 4 and Σ exp(Ax + b)."""

import jax.numpy as jnp


def parabola(params, data):
    w = params["w"]
    return jnp.square(w) - 4 * w + 4


def exponentials(params, data):
    return jnp.sum(jnp.exp(data["A"] @ params["x"] + data["b"]))
