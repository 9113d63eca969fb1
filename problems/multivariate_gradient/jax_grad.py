"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function on two slices."""

import jax.numpy as jnp


def cubic(params, data):
    x, y = params["x"], params["y"]
    return jnp.square(x) * y + y * y * y


def bowl(params, data):
    first, second = params["w"]
    return jnp.square(first) + 2 * jnp.square(second)


def mixed(params, data):
    x, y = params["x"], params["y"]
    return jnp.square(x) + 3 * x * y + jnp.square(y)


def rosenbrock(params, data):
    here, after = params["x"][:-1], params["x"][1:]
    return jnp.sum(100 * jnp.square(after - jnp.square(here)) + jnp.square(1 - here))
