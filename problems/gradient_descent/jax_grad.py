"""x² and the mean of (wx + b − y)²."""

import jax.numpy as jnp


def square(params, data):
    return jnp.square(params["x"])


def linear_model(params, data):
    error = params["w"] * data["x"] + params["b"] - data["y"]
    return jnp.mean(jnp.square(error))
