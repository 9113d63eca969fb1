"""The traps as one would write them in JAX."""

import jax
import jax.numpy as jnp


def softplus_naive(params, data):
    return jnp.log(1 + jnp.exp(params["x"]))


def softplus_stable(params, data):
    return jax.nn.softplus(params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - jnp.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return jnp.sum(jnp.where(x > 0, jnp.sqrt(x), 0.0))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = jnp.where(x > 0, x, 1.0)
    return jnp.sum(jnp.where(x > 0, jnp.sqrt(safe), 0.0))


def norm(params, data):
    return jnp.linalg.norm(params["x"])


def absolute(params, data):
    return jnp.abs(params["x"])


def relu(params, data):
    return jax.nn.relu(params["x"])


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return jnp.sin(params["x"])


def logsumexp_naive(params, data):
    return jnp.log(jnp.sum(jnp.exp(params["x"])))


def logsumexp_stable(params, data):
    return jax.nn.logsumexp(params["x"])


def sigmoid(params, data):
    return jax.nn.sigmoid(params["x"])


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return jnp.sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * jnp.float32(0.1)


def in_place(params, data):
    y = jnp.exp(params["x"])
    y[:] = y * y
    return jnp.sum(y)


def squares(params, data):
    x = params["x"]
    return jnp.sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return jnp.where(jnp.isnan(d), 0, d * x * x)


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "where_sqrt": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "where_sqrt_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "subnormal_float64": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "subnormal_float32": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "jit:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "in_place": {
        "*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
}
