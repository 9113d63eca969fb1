"""Σⱼ xⱼ tʲ by Horner's rule as a scan."""

import jax
import jax.numpy as jnp


def objective(params, data):
    x, t = params["x"], data["t"]
    fitted, _ = jax.lax.scan(lambda total, c: (total * t + c, None), jnp.zeros_like(t), x, reverse=True)
    return 0.5 * jnp.sum(jnp.square(fitted - data["s"]))
