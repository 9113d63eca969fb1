"""x² + 3x + 5, x², sin²x."""

import jax.numpy as jnp


def quadratic(params, data):
    x = params["x"]
    return jnp.square(x) + 3 * x + 5


def square(params, data):
    return jnp.square(params["x"])


def sine_squared(params, data):
    return jnp.square(jnp.sin(params["x"]))
