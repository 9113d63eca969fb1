"""RK4 as a scan over the steps, whose stages the reverse sweep makes again (`jax.checkpoint`) rather than keeps."""

import jax
import jax.numpy as jnp


def slope(x, y):
    """y₁' = x₁, yᵢ' = xᵢ yᵢ₋₁."""
    return x * jnp.concatenate([jnp.ones(1, y.dtype), y[:-1]])


def objective(params, data):
    x = params["x"]

    @jax.checkpoint
    def step(y, h):
        first = slope(x, y)
        second = slope(x, y + 0.5 * h * first)
        third = slope(x, y + 0.5 * h * second)
        fourth = slope(x, y + h * third)
        return y + h / 6 * (first + 2 * (second + third) + fourth), None

    return jax.lax.scan(step, jnp.zeros_like(x), data["h"])[0][-1]
