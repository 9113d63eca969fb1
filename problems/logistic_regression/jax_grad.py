"""log(1 + exp z) with the derivative σ(z): that of `jax.nn.softplus` costs another logarithm. X is stored d × n."""

import jax
import jax.numpy as jnp


def arrange(data):
    return {**data, "X": data["X"].T.copy()}


@jax.custom_jvp
def softplus(z):
    return jnp.logaddexp(z, 0)


softplus.defjvps(lambda tangent, answer, z: tangent * jax.nn.sigmoid(z))


def objective(params, data):
    w = params["w"]
    z = w @ data["X"]
    return jnp.mean(softplus(z) - data["y"] * z) + 0.5 * data["penalty"] * jnp.dot(w, w)


def plain(params, data):
    w = params["w"]
    z = data["X"] @ w
    return jnp.mean(jax.nn.softplus(z) - data["y"] * z) + 0.5 * data["penalty"] * jnp.dot(w, w)
